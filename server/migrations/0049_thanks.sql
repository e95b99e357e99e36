-- A creator thanked a supporter for a gift on the stage, before everybody. Once per gift.
create table supporter_thanks (
  gift_id      uuid        primary key,
  creator_id   uuid        not null references users (id),
  supporter_id uuid        not null references users (id),
  -- The live in which it was said.
  session_id   uuid        not null references stage_sessions (id),
  thanked_at   timestamptz not null
);
create index supporter_thanks_of on supporter_thanks (creator_id, supporter_id, thanked_at desc);
create index supporter_thanks_to on supporter_thanks (supporter_id, thanked_at desc);
select carat_append_only('supporter_thanks');

-- A few words from a creator to a supporter about a gift, which only the two of them read. Once per gift.
create table supporter_notes (
  gift_id      uuid        primary key,
  creator_id   uuid        not null references users (id),
  supporter_id uuid        not null references users (id),
  text         text        not null check (text <> ''),
  sent_at      timestamptz not null
);
create index supporter_notes_of on supporter_notes (creator_id, supporter_id, sent_at desc);
create index supporter_notes_to on supporter_notes (supporter_id, sent_at desc);
select carat_append_only('supporter_notes');
