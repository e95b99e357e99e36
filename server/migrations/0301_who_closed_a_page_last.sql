-- A page that its provider did not close is asked to be closed again, for another reason, or by its owner: the last who
-- asked before it was closed says why.
alter table purchase_closings
  drop constraint purchase_closings_pkey,
  drop constraint purchase_closings_why_check,
  add constraint purchase_closings_why_check check (why in ('buying_closed', 'over_limit', 'asked')),
  add column place bigint generated always as identity primary key;
create index purchase_closings_of on purchase_closings (order_id, place);
