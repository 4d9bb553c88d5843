-- +goose Up

-- Room for what was given to others.
SELECT 1;
