-- How often somebody asked maturity to look again. The date alone does not tell: a hold that ends on something due beyond
-- the mark leaves it where it is, and a run that has read past it meanwhile would carry the mark over it.
alter table gift_maturity_mark add column set_back bigint not null default 0;

-- What was left behind that way is looked at again.
update gift_maturity_mark mark set swept_to = least(swept_to, (
  select min(e.matures_at) from earnings e
   where e.matures_at <= mark.swept_to
     and not exists (select from gift_maturities m where m.gift_id = e.id)
     and not exists (select from earning_holds h where h.earning_id = e.id)));
