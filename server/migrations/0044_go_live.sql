-- Going live is a gate of its own: it can be frozen apart from receiving gifts.
alter table account_freezes drop constraint account_freezes_gates_check;
alter table account_freezes add constraint account_freezes_gates_check
  check (cardinality(gates) > 0 and gates <@ array['send', 'buy', 'earn', 'go-live']);

-- What the creator chose for one live.
alter table stage_sessions
  add column gifts_on boolean not null default true,
  -- Gifts above this tier are shown as ones of this tier: no takeover of the stage.
  add column effects_cap smallint not null default 5 check (effects_cap between 1 and 5);
