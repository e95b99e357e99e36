-- People who are in no ranking by name: whoever sees one reads "A supporter". Taking it back deletes the row.
create table rank_opt_outs (
  user_id uuid        primary key references users (id),
  at      timestamptz not null
);
