-- A bank may decide a dispute anew after it was booked as lost, and a refund may fail later than a month after it was booked:
-- both are asked about for longer now, so each one that is booked and did not come back is looked at once more.
update recall_states s set next_check_at = now()
 where s.state = 'taken' and s.next_check_at is null and s.since > now() - interval '400 days'
   and not exists (select from recall_returns b where b.recall_id = s.recall_id);
