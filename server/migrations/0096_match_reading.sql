-- Every page of a stage asks for the match that ended a moment ago, and whoever asks for one whether it was just refused.
create index match_ends_by_time on match_ends (ended_at);
create index match_cancels_by_time on match_cancels (at);
