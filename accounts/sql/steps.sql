-- squawk-ignore-file
-- What opens somebody's cases, or closes an agent's shop, follows a fresh proof of who did it.
-- In:  rows of accounts_guardianship, accounts_meeting, accounts_agent.
-- Out: the row, or an error with the constraint's name.
-- Locks: none beyond the row: the step-up was held by whoever used it up in this transaction.

-- Whether this account used a step-up up, for this purpose, by the act of this moment.
CREATE FUNCTION accounts_stepped_up(who bigint, for_this text, moment timestamptz) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
    RETURN EXISTS (
        SELECT FROM accounts_stepup s
        WHERE s.account_id = who AND s.purpose = for_this AND s.used_at = moment
    );

-- Arguments: the constraint's name, the purpose, and the columns that say who and when.
CREATE FUNCTION accounts_by_step_up() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    told jsonb := to_jsonb(NEW);
    who bigint := (told ->> TG_ARGV[2])::bigint;
BEGIN
    IF (NOT accounts_stepped_up(who, TG_ARGV[1], (told ->> TG_ARGV[3])::timestamptz)) THEN
        RAISE EXCEPTION '% %: account % has not just proved who she is', TG_TABLE_NAME, NEW.id, who
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0];
    END IF;
    RETURN NULL;
END $$;

-- All after whatever else speaks against the row. A parent whom the register names is decided about
-- by nobody.
CREATE TRIGGER accounts_guardian_steps_decided
    AFTER INSERT OR UPDATE OF decided_by_id ON accounts_guardianship
    FOR EACH ROW WHEN (NEW.decided_by_id IS NOT NULL)
    EXECUTE FUNCTION accounts_by_step_up(
        'guardian_decided_by_step_up', 'person.guard', 'decided_by_id', 'decided_at'
    );

-- Whoever acts for somebody ends it as a citizen, by her own wish; an officer ends it for her.
CREATE FUNCTION accounts_guardian_ended() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (EXISTS (SELECT FROM accounts_account a WHERE a.id = NEW.ended_by_id AND a.kind = 'staff')
        AND NOT accounts_stepped_up(NEW.ended_by_id, 'person.guard', NEW.ended_at)) THEN
        RAISE EXCEPTION 'guardianship %: ended by an officer without a fresh proof', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'guardian_ended_by_step_up';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_guardian_steps_ended
    AFTER UPDATE OF ended_by_id ON accounts_guardianship
    FOR EACH ROW WHEN (NEW.ended_by_id IS NOT NULL AND OLD.ended_by_id IS NULL)
    EXECUTE FUNCTION accounts_guardian_ended();

CREATE TRIGGER accounts_meeting_steps AFTER INSERT ON accounts_meeting
    FOR EACH ROW EXECUTE FUNCTION accounts_by_step_up(
        'meeting_by_step_up', 'person.meet', 'by_id', 'at'
    );

CREATE TRIGGER accounts_agent_steps_confirmed AFTER UPDATE OF confirmed_by_id ON accounts_agent
    FOR EACH ROW WHEN (NEW.confirmed_by_id IS NOT NULL AND OLD.confirmed_by_id IS NULL)
    EXECUTE FUNCTION accounts_by_step_up(
        'agent_confirmed_by_step_up', 'agent.confirm', 'confirmed_by_id', 'confirmed_at'
    );
CREATE TRIGGER accounts_agent_steps_suspended AFTER UPDATE OF suspended_by_id ON accounts_agent
    FOR EACH ROW WHEN (NEW.suspended_by_id IS NOT NULL AND OLD.suspended_by_id IS NULL)
    EXECUTE FUNCTION accounts_by_step_up(
        'agent_stopped_by_step_up', 'agent.stop', 'suspended_by_id', 'suspended_at'
    );
CREATE TRIGGER accounts_agent_steps_ended AFTER UPDATE OF ended_by_id ON accounts_agent
    FOR EACH ROW WHEN (NEW.ended_by_id IS NOT NULL AND OLD.ended_by_id IS NULL)
    EXECUTE FUNCTION accounts_by_step_up(
        'agent_stopped_by_step_up', 'agent.stop', 'ended_by_id', 'ended_at'
    );

-- So that a row is found by who used it up and when, however many there are.
CREATE INDEX step_up_used ON accounts_stepup (account_id, used_at) WHERE used_at IS NOT NULL;
