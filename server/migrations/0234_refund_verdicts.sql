-- What two operators decided about a refund that nobody understood: carried out by whoever looks at it next.
alter table refund_states add column verdict text check (verdict in ('refunded', 'failed'));
