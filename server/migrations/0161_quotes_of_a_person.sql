-- How many prices somebody asked for lately.
create index withdrawal_quotes_of_user on withdrawal_quotes (user_id, quoted_at);
