-- The most people who watched a live at once, looked at every few seconds while it ran.
create table live_peaks (
  session_id uuid    primary key references stage_sessions (id),
  viewers    integer not null check (viewers > 0)
) with (fillfactor = 50);
