-- Sessions that have just ended, in whatever way, so that every server process closes their sockets. Swept hourly.
create table session_endings (
  session_id uuid        not null,
  ended_at   timestamptz not null default now()
);
create index session_endings_ended_at on session_endings (ended_at);

create function tell_session_endings() returns trigger language plpgsql as $$
begin
  insert into session_endings (session_id) select id from ended;
  return null;
end $$;
create trigger sessions_tell_endings after delete on sessions
  referencing old table as ended for each statement execute function tell_session_endings();
