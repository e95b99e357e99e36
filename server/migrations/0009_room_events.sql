-- What happened in each room, in order. Shown on the stage, resumed by cursor, replayed for 30 days.
create table room_heads (
  room_id uuid primary key,
  -- The number of the room's last event. Its row lock makes the numbers gapless in order of commit.
  seq bigint not null check (seq >= 0)
);

create table room_events (
  room_id uuid not null,
  seq bigint not null check (seq > 0),
  at timestamptz not null default now(),
  -- The event without its seq.
  event jsonb not null,
  primary key (room_id, seq)
);
create index room_events_by_age on room_events using brin (at);

-- Append-only, except that rows older than 30 days may go, and only through prune_room_events().
create function room_events_forbid_change() returns trigger
language plpgsql as $$
begin
  if tg_op = 'DELETE' and old.at < now() - interval '30 days' then
    return old;
  end if;
  raise exception '% is append-only: % is refused', tg_table_name, lower(tg_op)
    using errcode = 'restrict_violation';
end
$$;
create trigger forbid_change before update or delete on room_events
  for each row execute function room_events_forbid_change();
create trigger forbid_truncate before truncate on room_events
  for each statement execute function carat_forbid_change();
revoke update, delete, truncate on room_events from carat_app;
revoke delete, truncate on room_heads from carat_app;

-- Deletes up to `batch` events older than 30 days and says how many went. Runs as the owner.
create function prune_room_events(batch integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  gone integer;
begin
  delete from public.room_events
   where ctid = any (array(
     select ctid from public.room_events where at < now() - interval '30 days' limit batch));
  get diagnostics gone = row_count;
  return gone;
end
$$;
revoke execute on function prune_room_events(integer) from public;
grant execute on function prune_room_events(integer) to carat_app;

-- One-use proofs of who opens a socket. Only the hash is kept; redeeming deletes the row.
create table socket_tickets (
  hash bytea primary key check (octet_length(hash) = 32),
  principal jsonb not null,
  expires_at timestamptz not null
);
create index socket_tickets_by_expiry on socket_tickets (expires_at);

-- Server processes sharing this database, and how many people watch which room through each.
create table realtime_processes (
  id uuid primary key,
  seen_at timestamptz not null default now()
);
create table room_viewers (
  process_id uuid not null references realtime_processes (id) on delete cascade,
  room_id uuid not null,
  viewers integer not null check (viewers >= 0),
  primary key (process_id, room_id)
);
