-- +goose Up

-- Room for contacts, callers and those who may speak for others.
SELECT 1;
