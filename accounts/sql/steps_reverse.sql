-- squawk-ignore-file
DROP INDEX step_up_used;
DROP TRIGGER accounts_agent_steps_ended ON accounts_agent;
DROP TRIGGER accounts_agent_steps_suspended ON accounts_agent;
DROP TRIGGER accounts_agent_steps_confirmed ON accounts_agent;
DROP TRIGGER accounts_meeting_steps ON accounts_meeting;
DROP TRIGGER accounts_guardian_steps_ended ON accounts_guardianship;
DROP FUNCTION accounts_guardian_ended();
DROP TRIGGER accounts_guardian_steps_decided ON accounts_guardianship;
DROP FUNCTION accounts_by_step_up();
DROP FUNCTION accounts_stepped_up(bigint, text, timestamptz);
