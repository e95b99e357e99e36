-- A rate that one operator drafts and another approves. The draft is its drafter's; what it says is its newest revision.
create table rate_drafts (
  id         uuid primary key,
  drafted_by uuid not null references users (id),
  drafted_at timestamptz not null
);
create index rate_drafts_newest on rate_drafts (drafted_at desc, id desc);
select carat_append_only('rate_drafts');

create table rate_draft_revisions (
  draft_id          uuid not null references rate_drafts (id),
  revision          integer not null check (revision >= 1),
  -- dollars for 1,000 Diamonds, as they were typed
  dollars           text not null,
  cents_numerator   bigint not null check (cents_numerator > 0),
  units_denominator bigint not null check (units_denominator > 0),
  starts_at         timestamptz not null,
  reason            text not null check (reason <> ''),
  revised_at        timestamptz not null,
  primary key (draft_id, revision)
);
select carat_append_only('rate_draft_revisions');

-- The draft became a version, or was given up.
create table rate_draft_endings (
  draft_id uuid primary key references rate_drafts (id),
  -- null: given up
  version  integer unique references rate_versions (version),
  by_id    uuid not null references users (id),
  ended_at timestamptz not null
);
select carat_append_only('rate_draft_endings');
