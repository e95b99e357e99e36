alter table identity_cases
  drop constraint identity_cases_field_check,
  add constraint identity_cases_field_check
    check (field in ('legalName', 'latinName', 'dateOfBirth', 'country', 'document', 'front', 'back', 'selfie', 'other')),
  -- When its name was last compared with a list of sanctions.
  add column compared_at timestamptz;
create index identity_cases_to_compare on identity_cases (compared_at nulls first)
  where state in ('submitted', 'approved');

-- What the list said each time: the people on it whom it takes for this one; none is the empty array.
create table identity_screenings (
  id      uuid        primary key,
  place   bigint      generated always as identity,
  case_id uuid        not null references identity_cases (id),
  at      timestamptz not null,
  hits    jsonb       not null check (jsonb_typeof(hits) = 'array')
);
create index identity_screenings_of on identity_screenings (case_id, place desc);
select carat_append_only('identity_screenings');

alter table identity_case_events
  drop constraint identity_case_events_step,
  add constraint identity_case_events_step
    check (step in ('started', 'submitted', 'looked_at', 'approved', 'refused', 'expired', 'erased', 'revoked',
                    'forgiven', 'sent_back', 'withdrawn', 'undecided', 'cleared', 'listed'));
