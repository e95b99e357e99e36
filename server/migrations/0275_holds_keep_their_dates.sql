-- Each hold keeps the rule by which it was made and the latest date that was said of it: a later one says another date
-- and takes nothing back of the first.
alter table withdrawal_events
  add column hold_rule text,
  add column hold_until timestamptz,
  add constraint withdrawal_events_hold check ((hold_rule is null) = (hold_until is null));

-- Of what is on hold now the newest step knows it still.
alter table withdrawal_events disable trigger user;
update withdrawal_events e set hold_rule = s.hold_rule, hold_until = s.hold_until
  from withdrawal_states s
 where s.withdrawal_id = e.withdrawal_id and s.state = 'held' and s.hold_rule is not null and s.hold_until is not null
   and e.place = (select max(l.place) from withdrawal_events l
                   where l.withdrawal_id = e.withdrawal_id and l.step in ('requested', 'hold'));
alter table withdrawal_events enable trigger user;
