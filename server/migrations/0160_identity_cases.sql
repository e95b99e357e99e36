-- Who somebody is: one case at a time, decided by an operator who has looked at the papers. The name, the date of birth and
-- the country stay with the case; the pictures are erased.
create table identity_cases (
  id            uuid        primary key,
  user_id       uuid        not null references users (id),
  -- Of its person, from 1 without gaps.
  number        integer     not null check (number > 0),
  state         text        not null check (state in ('started', 'submitted', 'approved', 'refused', 'expired')),
  since         timestamptz not null,
  legal_name    text        not null check (legal_name <> ''),
  date_of_birth date        not null,
  -- ISO 3166, where the paper is from.
  country       text        not null check (country ~ '^[A-Z]{2}$'),
  document      text        not null check (document in ('passport', 'identity_card', 'driving_licence')),
  begun_at      timestamptz not null,
  -- Of a refusal: what has to be mended, and why.
  field         text        check (field in ('legalName', 'dateOfBirth', 'country', 'document', 'front', 'back', 'selfie', 'other')),
  reason        text,
  unique (user_id, number),
  check ((state = 'refused') = (field is not null and reason is not null))
);
-- One at a time.
create unique index identity_cases_open on identity_cases (user_id) where state in ('started', 'submitted');
create index identity_cases_queue on identity_cases (since, id) where state = 'submitted';
create index identity_cases_stale on identity_cases (since) where state = 'started';

create table identity_case_events (
  id      uuid        primary key,
  -- Their order.
  place   bigint      generated always as identity,
  case_id uuid        not null references identity_cases (id),
  at      timestamptz not null,
  step    text        not null check (step in ('started', 'submitted', 'looked_at', 'approved', 'refused', 'expired', 'erased')),
  -- Null for the house.
  by_user uuid        references users (id),
  field   text,
  note    text
);
create index identity_case_events_of on identity_case_events (case_id, place);
select carat_append_only('identity_case_events');

-- Pictures of papers and faces, encrypted with AES-256-GCM: nonce, tag and what is between. `key_name` says with which
-- key, so that keys are changed without losing any.
create table identity_pictures (
  id        uuid        primary key,
  case_id   uuid        not null references identity_cases (id),
  side      text        not null check (side in ('front', 'back', 'selfie')),
  made_at   timestamptz not null,
  width     integer     not null check (width > 0),
  height    integer     not null check (height > 0),
  key_name  text        not null,
  sealed    bytea,
  erased_at timestamptz,
  unique (case_id, side),
  check ((sealed is null) = (erased_at is not null))
);
create index identity_pictures_kept on identity_pictures (key_name) where sealed is not null;

-- Who looked at a picture: written before it is shown.
create table identity_picture_looks (
  id         uuid        primary key,
  picture_id uuid        not null,
  case_id    uuid        not null references identity_cases (id),
  side       text        not null,
  at         timestamptz not null,
  by_user    uuid        not null references users (id)
);
create index identity_picture_looks_of on identity_picture_looks (case_id, at);
select carat_append_only('identity_picture_looks');
