-- +goose Up

-- Room for registers of accountability.
SELECT 1;
