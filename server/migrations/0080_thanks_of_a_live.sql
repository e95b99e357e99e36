-- What a creator thanked for in one live, newest first.
create index supporter_thanks_in on supporter_thanks (session_id, thanked_at desc, gift_id desc);
