-- Creators who are live together: each on their own stage, and every stage shows them all. The row is what is locked to
-- change who they are.
create table companies (
  id        uuid        primary key,
  opened_at timestamptz not null
);

-- Who is in a company now; the row goes when they leave. Nobody is in two: the key says so.
create table company_members (
  user_id    uuid        primary key,
  company_id uuid        not null references companies,
  stage_id   uuid        not null unique,
  -- Their own live: when it ends, they leave.
  session_id uuid        not null,
  -- The order of coming; the lowest is the host, who invites.
  place      integer     not null,
  joined_at  timestamptz not null,
  unique (company_id, place)
);

-- Who was in a company, and why they left.
create table company_stays (
  company_id uuid        not null references companies,
  user_id    uuid        not null,
  stage_id   uuid        not null,
  session_id uuid        not null,
  place      integer     not null,
  joined_at  timestamptz not null,
  left_at    timestamptz not null,
  -- They left; the host sent them; their live ended; nobody else was left.
  why        text        not null check (why in ('left', 'removed', 'live_ended', 'alone')),
  primary key (company_id, place)
);
select carat_append_only('company_stays');

create table guest_invitations (
  id              uuid        primary key,
  host_id         uuid        not null,
  host_stage_id   uuid        not null,
  host_session_id uuid        not null,
  guest_id        uuid        not null,
  invited_at      timestamptz not null,
  expires_at      timestamptz not null
);
create index guest_invitations_of_guest on guest_invitations (guest_id, invited_at desc);
create index guest_invitations_of_host on guest_invitations (host_id, invited_at desc);
select carat_append_only('guest_invitations');

-- What was answered. An invitation without a row here is open until it expires or the host's live ends.
create table guest_invitation_answers (
  invitation_id uuid        primary key references guest_invitations,
  answer        text        not null check (answer in ('accepted', 'declined', 'withdrawn')),
  at            timestamptz not null
);
select carat_append_only('guest_invitation_answers');

-- In which company a gift to a guest was given; written in the gift's own commit, while both were in it.
create table guest_gifts (
  gift_id    uuid primary key,
  company_id uuid not null references companies
);
select carat_append_only('guest_gifts');
