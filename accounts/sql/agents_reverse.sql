-- Takes agents.sql back.
-- In: nothing. Out: nothing. Locks: the tables of the triggers, for a moment.
-- squawk-ignore-file

GRANT UPDATE, TRUNCATE ON accounts_incomingtext TO guichet_application;
DROP FUNCTION accounts_licence_of(bigint, timestamptz);
DROP FUNCTION accounts_is_agent(bigint);
GRANT UPDATE, DELETE, TRUNCATE ON accounts_agent TO guichet_application;
DROP TRIGGER accounts_agent_fee_rules ON accounts_agentfee;
DROP FUNCTION accounts_agent_fee_rules();
DROP TRIGGER accounts_agent_rules ON accounts_agent;
DROP FUNCTION accounts_agent_rules();
