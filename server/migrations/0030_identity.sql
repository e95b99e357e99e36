-- People, how they prove who they are, and what they may do.

create table users (
  id              uuid primary key,
  -- Lower case ASCII. Told to nobody but its owner.
  email           text not null constraint users_email_key unique check (email = lower(email)),
  handle          text not null constraint users_handle_key unique check (handle ~ '^[a-z0-9_.]+$'),
  -- The handle with look-alikes folded together: nobody can have a handle that reads like another's.
  handle_skeleton text not null constraint users_handle_skeleton_key unique,
  display_name    text not null check (display_name <> ''),
  avatar          text not null,
  bio             text not null default '',
  date_of_birth   date,
  -- Kept by the follow verbs, in the transaction that changes `follows`.
  followers       integer not null default 0 check (followers >= 0),
  following       integer not null default 0 check (following >= 0),
  created_at      timestamptz not null
);

-- A person with a password. People of the demonstration town have none.
create table passwords (
  user_id    uuid primary key references users (id),
  hash       text not null,
  changed_at timestamptz not null
);

-- Only the SHA-256 of a session's token is kept: who reads this table cannot sign in with it.
create table sessions (
  id         uuid primary key,
  token_hash bytea not null unique check (length(token_hash) = 32),
  user_id    uuid not null references users (id),
  created_at timestamptz not null,
  seen_at    timestamptz not null,
  -- The latest end, used or not.
  ends_at    timestamptz not null
);
create index sessions_user_id on sessions (user_id);
create index sessions_ends_at on sessions (ends_at);

-- Tries per account or network address in the current window. The key is a hash.
create table sign_in_tries (
  key          bytea primary key,
  tries        integer not null,
  window_start timestamptz not null
);
create index sign_in_tries_window_start on sign_in_tries (window_start);

-- The roles beyond `fan`, which everybody has.
create table user_roles (
  user_id uuid not null references users (id),
  role    text not null check (role in ('creator', 'operator', 'support')),
  primary key (user_id, role)
);
create index user_roles_role on user_roles (role);

-- Who gave or took which role, when and why; `by_user` is null where nobody did (the demonstration town).
create table role_changes (
  id      uuid primary key,
  user_id uuid not null references users (id),
  role    text not null,
  granted boolean not null,
  by_user uuid references users (id),
  reason  text not null check (reason <> ''),
  at      timestamptz not null
);
create index role_changes_user_id on role_changes (user_id, at);
select carat_append_only('role_changes');

-- The handles a person had before. For a while nobody else can take them.
create table handle_changes (
  id           uuid primary key,
  user_id      uuid not null references users (id),
  old_handle   text not null,
  old_skeleton text not null,
  new_handle   text not null,
  at           timestamptz not null
);
create index handle_changes_user_id on handle_changes (user_id, at);
create index handle_changes_old_skeleton on handle_changes (old_skeleton, at);
select carat_append_only('handle_changes');

create table date_of_birth_changes (
  id       uuid primary key,
  user_id  uuid not null references users (id),
  old_date date,
  new_date date not null,
  by_user  uuid not null references users (id),
  at       timestamptz not null
);
create index date_of_birth_changes_user_id on date_of_birth_changes (user_id, at);
select carat_append_only('date_of_birth_changes');

-- A freeze closes gates of an account until its end, or until it is lifted.
create table account_freezes (
  id      uuid primary key,
  user_id uuid not null references users (id),
  gates   text[] not null check (cardinality(gates) > 0 and gates <@ array['send', 'buy', 'earn']),
  reason  text not null check (reason <> ''),
  by_user uuid references users (id),
  at      timestamptz not null,
  -- null = until somebody lifts it.
  until   timestamptz check (until > at)
);
create index account_freezes_user_id on account_freezes (user_id);
select carat_append_only('account_freezes');

create table account_freeze_lifts (
  freeze_id uuid primary key references account_freezes (id),
  reason    text not null check (reason <> ''),
  by_user   uuid references users (id),
  at        timestamptz not null
);
select carat_append_only('account_freeze_lifts');

create table follows (
  follower_id uuid not null references users (id),
  followed_id uuid not null references users (id),
  at          timestamptz not null,
  primary key (follower_id, followed_id),
  check (follower_id <> followed_id)
);
create index follows_followed_id on follows (followed_id, at);

-- The one-time link that makes the first operator. Only the hash of its token is kept.
create table operator_links (
  id         uuid primary key,
  token_hash bytea not null unique check (length(token_hash) = 32),
  created_at timestamptz not null,
  ends_at    timestamptz not null
);
create table operator_link_uses (
  link_id uuid primary key references operator_links (id),
  user_id uuid not null references users (id),
  at      timestamptz not null
);
select carat_append_only('operator_link_uses');

-- People of the demonstration town whom a visitor can be with one click, in this order.
create table demo_people (
  user_id  uuid primary key references users (id),
  position integer not null,
  line     text not null
);
-- One row while somebody has switched the simulated crowd off.
create table demo_crowd_pauses (
  only_one boolean primary key default true check (only_one),
  at       timestamptz not null
);
