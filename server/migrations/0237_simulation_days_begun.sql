-- When the first day began: opening the books takes its own time, and says nothing of how long the days will.
alter table simulation_progress add column days_begun_at timestamptz;
