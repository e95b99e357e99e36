-- No verdict is for ever: an approval is taken back, a refusal does not count any more, and a case whose pictures cannot be
-- opened goes back to its person.
do $$
declare
  name text;
begin
  for name in select conname from pg_constraint
               where contype = 'c' and conrelid = 'identity_cases'::regclass
                 and pg_get_constraintdef(oid) like '%state%' loop
    execute format('alter table identity_cases drop constraint %I', name);
  end loop;
  for name in select conname from pg_constraint
               where contype = 'c' and conrelid = 'identity_case_events'::regclass
                 and pg_get_constraintdef(oid) like '%step%' loop
    execute format('alter table identity_case_events drop constraint %I', name);
  end loop;
end
$$;
alter table identity_cases
  -- Of a refusal: since when it counts no more among those that a person may have.
  add column forgiven_at timestamptz,
  add constraint identity_cases_state
    check (state in ('started', 'submitted', 'approved', 'refused', 'expired', 'revoked')),
  add constraint identity_cases_field check ((state = 'refused') = (field is not null)),
  add constraint identity_cases_reason check ((state in ('refused', 'revoked')) = (reason is not null)),
  add constraint identity_cases_forgiven check (forgiven_at is null or state = 'refused');
alter table identity_case_events
  add constraint identity_case_events_step
    check (step in ('started', 'submitted', 'looked_at', 'approved', 'refused', 'expired', 'erased',
                    'revoked', 'forgiven', 'sent_back'));
