-- The name in Latin letters where the paper's own are others; a case that its person takes back; and a case that nobody
-- decided about in time.
alter table identity_cases add column latin_name text check (latin_name <> '');
alter table identity_cases
  drop constraint identity_cases_state,
  add constraint identity_cases_state
    check (state in ('started', 'submitted', 'approved', 'refused', 'expired', 'revoked', 'withdrawn', 'undecided'));
alter table identity_case_events
  drop constraint identity_case_events_step,
  add constraint identity_case_events_step
    check (step in ('started', 'submitted', 'looked_at', 'approved', 'refused', 'expired', 'erased',
                    'revoked', 'forgiven', 'sent_back', 'withdrawn', 'undecided'));
