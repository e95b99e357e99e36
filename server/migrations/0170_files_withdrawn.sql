-- A file that nobody took yet may be withdrawn: what is in it waits for another one, and its bytes are given to nobody.
create table payout_file_withdrawals (
  file_id uuid        primary key references payout_files (id),
  at      timestamptz not null,
  by_user uuid        not null
);
select carat_append_only('payout_file_withdrawals');

-- In which file a withdrawal is now. The primary key is the promise: in one file at a time. The row goes when the file
-- is withdrawn; payout_file_entries say what each file was made of.
create table payout_file_places (
  withdrawal_id uuid primary key references withdrawals (id),
  file_id       uuid not null references payout_files (id)
);
create index payout_file_places_of on payout_file_places (file_id);
insert into payout_file_places (withdrawal_id, file_id) select withdrawal_id, file_id from payout_file_entries;

alter table payout_file_entries drop constraint payout_file_entries_pkey;
alter table payout_file_entries add primary key (withdrawal_id, file_id);
