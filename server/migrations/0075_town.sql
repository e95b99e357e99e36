-- The demo town: one row once its people and their story are complete.
CREATE TABLE town_settlements (
  settled_at timestamptz NOT NULL,
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one)
);
