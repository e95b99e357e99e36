-- Money that goes back. How much of each purchase has gone back or is on its way, whoever asked for it: the fan, support,
-- the provider, the fan's bank. One row per order, made when it is first needed; the checks are the promise that
-- nothing is given back twice.
alter table purchase_payments add constraint purchase_payments_paid unique (order_id, asset, units, price_cents);

create table order_returns (
  order_id       uuid   primary key,
  asset          text   not null,
  units          bigint not null,
  price_cents    bigint not null,
  returned_units bigint not null default 0,
  returned_cents bigint not null default 0,
  -- Raised by each change: of two that looked at the same order, one looks again.
  turn           bigint not null default 0,
  foreign key (order_id, asset, units, price_cents)
    references purchase_payments (order_id, asset, units, price_cents),
  constraint never_more_units_than_were_bought check (returned_units between 0 and units),
  constraint never_more_than_was_paid check (returned_cents between 0 and price_cents)
) with (fillfactor = 70);
revoke delete, truncate on order_returns from carat_app;

-- A refund that somebody here asked for, in the commit that reserves its units and its cash. Its id ends in 0; its
-- transfers have the same id with another last digit: 1 units and 2 cash reserved, 3 and 4 posted, 5 and 6 voided,
-- 7 and 8 back after a bank could not deliver what it had said it would.
create table refunds (
  id           uuid        primary key,
  committed    bigint      not null,
  order_id     uuid        not null references purchase_payments (order_id),
  user_id      uuid        not null references users (id),
  asset        text        not null check (asset in ('COIN', 'DIAMOND')),
  units        bigint      not null check (units > 0),
  cents        bigint      not null check (cents > 0),
  -- How the money goes: through the provider, or by somebody's hand.
  road         text        not null check (road in ('provider', 'hand')),
  -- The fan, or an operator for them.
  asked_by     uuid        not null references users (id),
  reason       text        check (reason <> ''),
  -- Of a payment by hand: what names it at the bank or in the wallet.
  reference    text        check (reference <> ''),
  request_hash bigint      not null,
  asked_at     timestamptz not null,
  check ((road = 'hand') = (reference is not null)),
  check (asked_by = user_id or reason is not null)
);
create index refunds_of_order on refunds (order_id, committed);
create index refunds_of_user on refunds (user_id, asset);
create index refunds_newest on refunds (committed desc);
select carat_append_only('refunds');

-- Where each one stands. Whoever moves one on names where it stood, and must find it there.
create table refund_states (
  refund_id      uuid        primary key references refunds (id),
  -- waiting: for a second operator; asked: the provider is to be told; sent: it has it; rejecting: units go back next.
  state          text        not null check (state in ('waiting', 'asked', 'sent', 'parked', 'rejecting',
                                                       'refunded', 'failed', 'rejected')),
  since          timestamptz not null,
  -- The provider's id of it and its own word, once it answered.
  refund_ref     text,
  raw_status     text,
  -- Why it failed, was rejected or is parked.
  failure        text,
  approval_id    uuid,
  -- When the provider was told first. Its idempotency keys live a day; after that one only looks.
  first_tried_at timestamptz,
  -- Null: nobody needs to look any more.
  next_check_at  timestamptz,
  checks         integer     not null default 0
) with (fillfactor = 70);
create unique index refund_states_refund_ref on refund_states (refund_ref) where refund_ref is not null;
create index refund_states_due on refund_states (next_check_at) where next_check_at is not null;

create table refund_events (
  id        uuid        primary key,
  place     bigint      generated always as identity,
  refund_id uuid        not null references refunds (id),
  at        timestamptz not null,
  state     text        not null,
  by_user   uuid,
  note      text
);
create index refund_events_of on refund_events (refund_id, place);
select carat_append_only('refund_events');

-- Money that the provider took back: a dispute at the payer's bank, or a refund that was made at the provider itself.
create table recalls (
  id           uuid        primary key,
  kind         text        not null check (kind in ('dispute', 'provider_refund')),
  provider     text        not null,
  mode         text        not null,
  -- The provider's id of the dispute or the refund.
  provider_ref text        not null,
  order_id     uuid        not null references purchase_payments (order_id),
  user_id      uuid        not null references users (id),
  asset        text        not null check (asset in ('COIN', 'DIAMOND')),
  -- What the provider took.
  cents        bigint      not null check (cents > 0),
  -- The bank's word.
  reason       text        not null,
  opened_at    timestamptz not null,
  found_at     timestamptz not null,
  constraint recalls_once unique (provider, provider_ref)
);
create index recalls_of_order on recalls (order_id);
create index recalls_of_user on recalls (user_id, asset);
select carat_append_only('recalls');

create table recall_states (
  recall_id       uuid        primary key references recalls (id),
  -- held: undecided; parked: the provider says a word that nobody knows, and all stays held; released: it was won, or the
  -- refund failed; taken: it was lost, and booked.
  state           text        not null check (state in ('held', 'parked', 'released', 'taken')),
  since           timestamptz not null,
  raw_status      text        not null,
  evidence_due_at timestamptz,
  fee_cents       bigint      not null default 0 check (fee_cents >= 0),
  -- What of the order it takes; the order's row counts it.
  held_units      bigint      not null default 0 check (held_units >= 0),
  held_cents      bigint      not null default 0 check (held_cents >= 0),
  -- What the provider took beyond what was left of the order: the house's own loss, never the fan's or a creator's.
  beyond_cents    bigint      not null default 0 check (beyond_cents >= 0),
  -- Why it could not be booked yet, or what an operator should know.
  note            text,
  -- A decision that came after another one, which an operator must look at.
  needs_person    boolean     not null default false,
  -- Set by an operator: the account may buy and give again although the dispute was lost.
  pardoned_at     timestamptz,
  pardoned_by     uuid        references users (id),
  next_check_at   timestamptz,
  checks          integer     not null default 0
) with (fillfactor = 70);
create index recall_states_due on recall_states (next_check_at) where next_check_at is not null;
create index recall_states_open on recall_states (state) where state in ('held', 'parked');

create table recall_events (
  id        uuid        primary key,
  place     bigint      generated always as identity,
  recall_id uuid        not null references recalls (id),
  at        timestamptz not null,
  state     text        not null,
  by_user   uuid,
  note      text
);
create index recall_events_of on recall_events (recall_id, place);
select carat_append_only('recall_events');

-- Unspent units that a recall holds: pending transfers, posted when it is lost, voided when it is won.
create table recall_holds (
  transfer_id uuid   primary key,
  recall_id   uuid   not null references recalls (id),
  units       bigint not null check (units > 0)
);
create index recall_holds_of on recall_holds (recall_id);
select carat_append_only('recall_holds');

-- What a lost one took from whom, in the commit that took it.
create table recall_takings (
  recall_id     uuid   not null references recalls (id),
  -- fan: unspent units; creators: unmatured gifts, with the platform's share of them; reserve and house: money.
  source        text   not null check (source in ('fan', 'creators', 'reserve', 'house', 'fee')),
  units         bigint not null check (units >= 0),
  cents         bigint not null check (cents >= 0),
  diamond_units bigint not null check (diamond_units >= 0),
  primary key (recall_id, source)
);
select carat_append_only('recall_takings');

-- Gifts and answers that do not mature while something is not decided. A queue, not a record: the row goes with the
-- decision. Maturity looks for it in the commit that matures.
create table earning_holds (
  earning_id uuid        not null,
  recall_id  uuid        not null,
  -- Units of the lot that paid for it.
  units      bigint      not null check (units > 0),
  reason     text        not null,
  decided_by text        not null,
  -- By then it is decided, at the latest.
  until      timestamptz not null,
  at         timestamptz not null,
  primary key (earning_id, recall_id)
);
create index earning_holds_of_recall on earning_holds (recall_id);

-- What was taken back of a gift that had not matured: so many Diamonds of its creator, so many Coins of the platform.
create table earning_reversals (
  earning_id    uuid        not null,
  recall_id     uuid        not null,
  creator_id    uuid        not null,
  transfer_id   uuid        not null,
  coins         bigint      not null check (coins > 0),
  diamond_units bigint      not null check (diamond_units >= 0),
  matures_at    timestamptz not null,
  reason        text        not null,
  at            timestamptz not null,
  primary key (earning_id, recall_id)
);
create index earning_reversals_of_creator on earning_reversals (creator_id, at);
create index earning_reversals_of_recall on earning_reversals (recall_id);
create index earning_reversals_by_transfer on earning_reversals (transfer_id);
select carat_append_only('earning_reversals');

-- Units that left a lot, or are reserved to leave it, by a refund or a recall rather than by being spent.
create view lot_takings as
  select r.order_id, r.user_id, r.asset, r.units, s.state in ('waiting', 'asked', 'sent', 'parked', 'rejecting') as pending
    from refunds r join refund_states s on s.refund_id = r.id where s.state not in ('failed', 'rejected')
  union all
  select r.order_id, r.user_id, r.asset, h.units, s.state in ('held', 'parked')
    from recall_holds h join recalls r on r.id = h.recall_id join recall_states s on s.recall_id = r.id
   where s.state <> 'released';

-- How far the providers were asked what was given back or disputed.
create table purchase_back_marks (
  provider text        not null,
  mode     text        not null,
  until    timestamptz not null,
  primary key (provider, mode)
);

-- What people have not been told yet of refunds and recalls: a queue, not a record.
create table return_news (
  event_id uuid primary key,
  kind     text not null check (kind in ('refund', 'recall'))
);

-- What was set aside of each day's sales, UTC.
create table reserve_days (
  day         date   primary key,
  transfer_id uuid   not null,
  sold_cents  bigint not null check (sold_cents >= 0),
  cents       bigint not null check (cents >= 0)
);
select carat_append_only('reserve_days');
