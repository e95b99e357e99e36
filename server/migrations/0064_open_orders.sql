-- How many orders a person has open is asked before each new one.
create index coin_orders_user_id_expires_at on coin_orders (user_id, expires_at);
