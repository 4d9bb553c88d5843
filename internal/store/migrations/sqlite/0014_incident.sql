-- +goose Up

-- Room for incidents and breaches.
SELECT 1;
