-- What a creator's program sends video with. Only the SHA-256 of the key is kept: who reads this table cannot use it.
create table stream_keys (
  user_id      uuid primary key references users (id),
  key_hash     bytea not null check (length(key_hash) = 32),
  -- The last characters, for the creator to tell one key from another.
  ends_with    text not null,
  made_at      timestamptz not null,
  last_used_at timestamptz
);
