-- What gifts brought each creator, added up in the order of their commits and a moment behind them. Who reads adds
-- the gifts that are not booked yet, so an answer is complete; the gifts themselves stay without an index per creator.
create table creator_earning_days (
  creator_id    uuid   not null,
  -- UTC
  day           date   not null,
  coins         bigint not null,
  diamond_units bigint not null,
  gifts         bigint not null,
  primary key (creator_id, day)
) with (fillfactor = 70);

-- What becomes available on which day.
create table creator_clearing_days (
  creator_id    uuid   not null,
  matures_on    date   not null,
  diamond_units bigint not null,
  primary key (creator_id, matures_on)
) with (fillfactor = 70);

create table creator_supporters (
  creator_id    uuid        not null,
  sender_id     uuid        not null,
  coins         bigint      not null,
  diamond_units bigint      not null,
  gifts         bigint      not null,
  since         timestamptz not null,
  primary key (creator_id, sender_id)
);
create index creator_supporters_top on creator_supporters (creator_id, diamond_units desc);

-- Every gift committed up to here is booked. One row, locked by each turn.
create table creator_earnings_mark (
  only_row boolean primary key default true check (only_row),
  booked   bigint  not null
) with (fillfactor = 50);
insert into creator_earnings_mark (booked) values (0);
