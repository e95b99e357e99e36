-- A lost case whose lot has Coins in the escrow of a question waits for the question: returned, the Coins are the case's;
-- answered, they are a gift that has not matured. The account's reserved units as they were when it was looked at: once they
-- are others, it looks again.
alter table recall_states
  add column awaits_account uuid,
  add column awaits_pending bigint,
  add column awaits_since   timestamptz,
  add constraint awaits_whole check ((awaits_account is null) = (awaits_pending is null)
                                     and (awaits_account is null) = (awaits_since is null));
create index recall_states_awaiting on recall_states (awaits_account) where awaits_account is not null;
