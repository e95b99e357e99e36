-- The server works as carat_app (made before the first migration: roles belong to the cluster). It reads and
-- writes rows; it owns nothing, so it can neither change the schema nor switch a trigger off.
grant usage on schema public to carat_app;
alter default privileges in schema public grant select, insert, update, delete on tables to carat_app;
alter default privileges in schema public grant usage, select on sequences to carat_app;

-- Read by the health page; written by migrations alone.
grant select on schema_migrations to carat_app;
revoke insert, update, delete, truncate on schema_migrations from carat_app;

-- What is told to whoever tries to rewrite history.
create function carat_forbid_change() returns trigger
language plpgsql as $$
begin
  raise exception '% is append-only: % is refused', tg_table_name, lower(tg_op)
    using errcode = 'restrict_violation';
end
$$;

-- Makes a table append-only twice over: the application's role loses the privilege, and triggers refuse
-- everyone else. Row triggers of a partitioned table reach its partitions by themselves; privileges do not,
-- so call this for a partition too.
create function carat_append_only(target regclass) returns void
language plpgsql as $$
begin
  execute format('revoke update, delete, truncate on %s from carat_app', target);
  if not exists (select from pg_trigger where tgrelid = target and tgname = 'forbid_change') then
    execute format('create trigger forbid_change before update or delete on %s
                    for each row execute function carat_forbid_change()', target);
  end if;
  if not exists (select from pg_trigger where tgrelid = target and tgname = 'forbid_truncate') then
    execute format('create trigger forbid_truncate before truncate on %s
                    for each statement execute function carat_forbid_change()', target);
  end if;
end
$$;
revoke execute on function carat_append_only(regclass) from public;
