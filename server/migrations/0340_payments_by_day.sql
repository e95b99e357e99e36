-- What was paid and what of it went back, by day: the formula of the rate adds it up once a day. No gift is in it.
create index ledger_transfers_payments on ledger_transfers (code, timestamp) where code in (1, 4, 80, 81, 83);
