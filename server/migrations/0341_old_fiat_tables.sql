-- Of which table in force operators were told that it grows old, and whether as one that is not used any more.
alter table fiat_watch
  add column warned_version integer,
  add column warned_over    boolean;
