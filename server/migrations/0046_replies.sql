-- The line that a line answers.
alter table chat_lines add column reply_to uuid references chat_lines (id);
