-- What a webhook calls a payment that is not booked: it is fetched by that name, and believed where it is of this try.
alter table payout_attempt_states add column told_ref text check (told_ref <> '');

-- Two operators may say what became of one that was asked for, that its provider never answered for, and that nobody can ask
-- about any more: it was paid, under the name that they give, or it was not.
alter table payout_resolutions drop constraint payout_resolutions_verdict_check;
alter table payout_resolutions add constraint payout_resolutions_verdict_check
  check (verdict in ('arrived', 'arrived_and_back', 'not_arrived', 'paid_there', 'not_paid'));
alter table payout_resolutions add constraint payout_resolutions_unbooked
  check (verdict not in ('paid_there', 'not_paid') or (back_cents = 0 and lost_cents = 0));
