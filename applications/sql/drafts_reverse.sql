-- squawk-ignore-file
DROP TRIGGER ended_draft_stays ON applications_saveddraft;
DROP FUNCTION applications_ended_draft_stays();
