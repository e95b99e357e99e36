-- How often a provider was asked to begin a try: what one server was refused is no proof of what another one asked meanwhile.
-- Of tries from before nobody knows how often; what was asked may have been asked twice.
alter table payout_attempt_states add column asks integer not null default 0 check (asks >= 0);
update payout_attempt_states set asks = 2 where asked_at is not null;
