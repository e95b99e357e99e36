-- Where a ticket was asked for: its socket is counted for that network. Null = not counted.
alter table socket_tickets add column network text;
