-- Raised by each hold, each reversal and the end of a recall: of two servers that looked at the same recall, one looks
-- again. What was read of its holds and its gifts is then still so in the commit that uses it.
alter table recall_states add column turn bigint not null default 0;
