-- A gift may go to a guest on the stage where it is given. `creator_id` is whoever gets it; their own stage and live are
-- kept where they are others than those where it was given. No default and no rewrite: null, as for every gift before.
alter table gifts
  add column home_stage_id   uuid,
  add column home_session_id uuid,
  add constraint gifts_home check ((home_stage_id is null) = (home_session_id is null));
alter table streaks add column home_stage_id uuid;
