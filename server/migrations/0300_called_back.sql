-- A payment that nobody has accepted is called back once: of two who ask at once, one asks and the other finds that it was asked.
create unique index withdrawal_events_called_back on withdrawal_events (withdrawal_id) where step = 'call_back';
