-- +goose Up

-- What somebody decided with a version of the notice: the kinds of people whom its changes
-- concern, where they named them; the rules of the linter that were overruled; and that it
-- was taken back before its day. Ids of kinds and rules stand with spaces between.
ALTER TABLE desk_notice ADD COLUMN concerns text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE desk_notice ADD COLUMN despite text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE desk_notice ADD COLUMN withdrawn bigint;
ALTER TABLE desk_notice ADD COLUMN withdrawn_by text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE desk_notice ADD COLUMN withdrawn_why text COLLATE "C" NOT NULL DEFAULT '';
