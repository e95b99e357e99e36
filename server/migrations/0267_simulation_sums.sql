-- What a list of runs shows of each: a year's result is some hundred kilobytes, which nobody unpacks for a line.
alter table simulation_endings
  add column now_sums      jsonb generated always as (result #> '{now,sums}') stored,
  add column proposed_sums jsonb generated always as (result #> '{proposed,sums}') stored;
