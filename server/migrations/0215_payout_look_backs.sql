-- When it was last looked for payouts that were taken back at a provider long after they had arrived.
create table payout_look_backs (
  provider text        not null,
  mode     text        not null,
  house    text        not null,
  asked_at timestamptz not null,
  primary key (provider, mode, house)
);
