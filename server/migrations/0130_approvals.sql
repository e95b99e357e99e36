-- What one operator asks another to approve: exactly this body of this thing, until some instant. It never changes;
-- who changes the thing withdraws the asking and asks again.
create table approvals (
  id         uuid        primary key,
  -- What kind of thing: rate_draft, withdrawal …
  kind       text        not null check (kind <> ''),
  subject_id uuid        not null,
  -- For the other operator to read.
  summary    text        not null check (summary <> ''),
  body       jsonb       not null,
  -- SHA-256 of all of it: who decides says what they saw.
  body_hash  bytea       not null check (octet_length(body_hash) = 32),
  asked_by   uuid        not null references users (id),
  asked_at   timestamptz not null,
  expires_at timestamptz not null check (expires_at > asked_at),
  unique (id, asked_by)
);
create index approvals_of_subject on approvals (kind, subject_id, asked_at desc);
create index approvals_newest on approvals (asked_at desc, id desc);
select carat_append_only('approvals');

-- What became of it: one row, for good. Nobody approves or rejects what they asked for themselves.
create table approval_decisions (
  approval_id uuid        primary key,
  asked_by    uuid        not null,
  verdict     text        not null check (verdict in ('approved', 'rejected', 'withdrawn')),
  by_user     uuid        not null references users (id),
  -- Why; a rejection has one.
  reason      text        check (reason <> ''),
  decided_at  timestamptz not null,
  foreign key (approval_id, asked_by) references approvals (id, asked_by),
  check (verdict = 'withdrawn' or by_user <> asked_by),
  check (verdict <> 'rejected' or reason is not null)
);
select carat_append_only('approval_decisions');
