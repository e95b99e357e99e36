-- The bank account that a question about a payout names, so that the same question again names the same one. Null: none.
alter table payout_asks add column bank text check (bank <> '');
