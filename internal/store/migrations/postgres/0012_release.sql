-- +goose Up

-- Room for links by which an answer is fetched.
SELECT 1;
