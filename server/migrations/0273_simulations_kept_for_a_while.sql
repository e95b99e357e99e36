-- A run of the simulator is kept for a while and then removed, whole. Nothing of it is ever changed.
alter table simulations drop constraint simulations_repeats_fkey;
do $$
declare
  target regclass;
begin
  foreach target in array array['simulations', 'simulation_endings']::regclass[] loop
    execute format('drop trigger forbid_change on %s', target);
    execute format('create trigger forbid_change before update on %s
                    for each row execute function carat_forbid_change()', target);
    execute format('grant delete on %s to carat_app', target);
  end loop;
end
$$;
create index simulation_endings_oldest on simulation_endings (ended_at);
create index simulations_of_asker on simulations (asked_by, asked_at);
