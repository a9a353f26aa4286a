-- The life of a paper after its issue, said where no code can forget it.
-- In: rows written by documents.operations. Out: an exception that names the rule.
-- Locks: a copy holds its original's row while it is numbered; a copy or a reissue that comes out
-- shares the row of what it came from until commit; else none beyond the row written.
--
-- Made before there are many papers: what locks or scans the table is over in a moment.
-- squawk-ignore-file ban-drop-constraint, ban-drop-default, require-concurrent-index-deletion, disallowed-unique-constraint, adding-foreign-key-constraint, constraint-missing-not-valid, require-concurrent-index-creation

-- Whether an account held the right over an office at a moment: as accounts.policies.may says.
CREATE FUNCTION documents_may(
    by_account bigint, act_code text, over_office bigint, at_time timestamptz
) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM accounts_grant g JOIN accounts_account a ON a.id = g.account_id
        WHERE g.account_id = by_account AND g.act = act_code AND g.confirmed_at <= at_time
          AND g.service_code = '*' AND g.rail_code = '*' AND g.beneficiary_code = '*'
          AND g.from_at <= at_time AND (g.until_at IS NULL OR g.until_at > at_time)
          AND (g.ended_at IS NULL OR g.ended_at > at_time)
          AND a.is_active AND NOT a.is_superuser AND a.kind = 'staff'
          AND (g.area_id IS NULL OR EXISTS (
              SELECT FROM places_office o
              JOIN places_area lies ON lies.id = o.area_id
              JOIN places_area granted ON granted.id = g.area_id
              WHERE o.id = over_office AND granted.code = ANY (string_to_array(lies.path, '/'))
          ))
    )
$$;

-- Whether two cite one entry: of the same place in the register, or of the same persons. Either may
-- have been corrected meanwhile; registers.queries.is_same_entry says it in code.
CREATE FUNCTION documents_same_entry(one_id bigint, earlier_id bigint) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM registers_citedentry one
        JOIN registers_citedentry earlier ON earlier.kind = one.kind
        WHERE one.id = one_id AND earlier.id = earlier_id AND (
            (one.act_number <> ''
             AND (one.office_code, one.year, one.volume, one.act_number)
                 IS NOT DISTINCT FROM
                 (earlier.office_code, earlier.year, earlier.volume, earlier.act_number))
            -- No person on either side is NULL, and never equal.
            OR (SELECT array_agg(p.person_index ORDER BY p.person_index)
                FROM registers_entryperson p WHERE p.entry_id = one.id)
             = (SELECT array_agg(p.person_index ORDER BY p.person_index)
                FROM registers_entryperson p WHERE p.entry_id = earlier.id)
        )
    )
$$;

-- What somebody asks of a paper, and what another decides.
CREATE FUNCTION documents_paperact_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    paper documents_paper%ROWTYPE;
    who bigint;
    since timestamptz;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an act on a paper is never deleted'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'paper_act_kept';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.decided_at IS NOT NULL OR NEW.withdrawn_at IS NOT NULL THEN
            RAISE EXCEPTION 'an act on a paper begins undecided'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_act_begins_undecided';
        END IF;
        who := NEW.maker_id;
        since := NEW.asked_at;
    ELSE
        IF (NEW.paper_id, NEW.kind, NEW.reason, NEW.note, NEW.cited_entry_id, NEW.maker_id,
            NEW.asked_at) IS DISTINCT FROM
           (OLD.paper_id, OLD.kind, OLD.reason, OLD.note, OLD.cited_entry_id, OLD.maker_id,
            OLD.asked_at)
           OR OLD.decided_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL THEN
            RAISE EXCEPTION 'act %: what was asked stands, and is decided or withdrawn once', OLD.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_act_once';
        END IF;
        IF NEW.decided_at IS NULL THEN
            RETURN NEW;
        END IF;
        who := NEW.checker_id;
        since := NEW.decided_at;
        IF EXISTS (
            SELECT FROM accounts_account a JOIN accounts_account b ON b.person_id = a.person_id
            WHERE a.id = NEW.maker_id AND b.id = NEW.checker_id
        ) THEN
            RAISE EXCEPTION 'act %: who asked and who decides are one person', OLD.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_act_two_persons';
        END IF;
        IF NEW.approved AND NOT EXISTS (
            SELECT FROM accounts_stepup s
            WHERE s.id = NEW.step_up_id AND s.account_id = NEW.checker_id
              AND s.purpose = 'paper.decide' AND s.used_at IS NOT NULL
        ) THEN
            RAISE EXCEPTION 'act %: its approval has no step-up of the checker', OLD.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_act_behind_a_step_up';
        END IF;
    END IF;
    SELECT * INTO STRICT paper FROM documents_paper WHERE id = NEW.paper_id;
    IF NEW.kind = 'reissue' AND (paper.copy <> 'original' OR paper.is_slip) THEN
        RAISE EXCEPTION 'paper % is no original: a copy is made anew instead', paper.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_reissue_of_an_original';
    END IF;
    IF NEW.kind = 'reissue'
       AND NOT documents_same_entry(NEW.cited_entry_id, paper.cited_entry_id) THEN
        RAISE EXCEPTION 'paper % is reissued on its own entry, read anew', paper.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_reissue_on_its_own_entry';
    END IF;
    IF NOT documents_may(who, 'paper.' || NEW.kind, paper.office_id, since) THEN
        RAISE EXCEPTION 'act on paper %: account % holds no right to it', paper.id, who
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_act_by_right';
    END IF;
    IF EXISTS (
        SELECT FROM accounts_account a
        JOIN accounts_person p ON p.id = a.person_id
        JOIN registers_entryperson e ON e.person_index = p.national_id_index
        WHERE a.id = who AND e.entry_id IN (paper.cited_entry_id, NEW.cited_entry_id)
    ) THEN
        RAISE EXCEPTION 'act on paper %: it is about account % herself', paper.id, who
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_act_not_ones_own';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_paperact_guard BEFORE INSERT OR UPDATE OR DELETE ON documents_paperact
    FOR EACH ROW EXECUTE FUNCTION documents_paperact_guard();
REVOKE DELETE, TRUNCATE ON documents_paperact FROM guichet_application;

-- At commit: what two people approved has happened, in the same transaction.
CREATE FUNCTION documents_paperact_done() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM documents_paperchange c WHERE c.act_id = NEW.id AND c.paper_id = NEW.paper_id
    ) AND NOT EXISTS (
        SELECT FROM documents_paper p
        WHERE NEW.kind = 'reissue' AND p.replaces_id = NEW.paper_id
          AND p.cited_entry_id = NEW.cited_entry_id
    ) THEN
        RAISE EXCEPTION 'act % is approved and nothing came of it', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_act_takes_effect';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER documents_paperact_done AFTER UPDATE ON documents_paperact
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.approved AND OLD.approved IS NULL)
    EXECUTE FUNCTION documents_paperact_done();

-- History goes before the state: a change begins where the paper is.
CREATE FUNCTION documents_paperchange_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    stands text := (SELECT p.state FROM documents_paper p WHERE p.id = NEW.paper_id);
    begun boolean := EXISTS (SELECT FROM documents_paperchange c WHERE c.paper_id = NEW.paper_id);
BEGIN
    IF (begun AND NEW.source IS DISTINCT FROM stands)
       OR (NOT begun AND (NEW.source <> '' OR NEW.target <> 'REQUESTED')) THEN
        RAISE EXCEPTION 'paper % is %, not %', NEW.paper_id, stands, NEW.source
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_change_from_its_state';
    END IF;
    IF (NEW.act_id IS NOT NULL OR NEW.event_id IS NOT NULL)
       AND NEW.source NOT IN ('ISSUED', 'SUSPENDED') THEN
        RAISE EXCEPTION 'paper % is not out yet: no act and no event moves it', NEW.paper_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_change_cause_when_out';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_paperchange_guard BEFORE INSERT ON documents_paperchange
    FOR EACH ROW EXECUTE FUNCTION documents_paperchange_guard();

-- At commit: the last change is what the paper is.
CREATE FUNCTION documents_paper_as_told() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    of_paper bigint := (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
BEGIN
    -- id + 0: the few changes of one paper are sorted, and the whole table is never walked.
    IF (SELECT p.state FROM documents_paper p WHERE p.id = of_paper) IS DISTINCT FROM (
        SELECT c.target FROM documents_paperchange c WHERE c.paper_id = of_paper
        ORDER BY c.id + 0 DESC LIMIT 1
    ) THEN
        RAISE EXCEPTION 'paper % is not what its history says', of_paper
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_is_as_told';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER documents_paperchange_true AFTER INSERT ON documents_paperchange
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION documents_paper_as_told('paper_id');
CREATE CONSTRAINT TRIGGER documents_paper_told AFTER INSERT ON documents_paper
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION documents_paper_as_told('id');

-- How a paper begins: a copy of a paper in force with its facts, a reissue by two people.
CREATE FUNCTION documents_paper_begins() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    first documents_paper%ROWTYPE;
BEGIN
    SELECT * INTO STRICT first FROM documents_paper
        WHERE id = coalesce(NEW.copy_of_id, NEW.replaces_id) FOR NO KEY UPDATE;
    IF first.copy <> 'original' OR first.is_slip THEN
        RAISE EXCEPTION 'paper % is no original', first.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_after_an_original';
    END IF;
    IF NEW.replaces_id IS NOT NULL THEN
        IF NOT EXISTS (
            SELECT FROM documents_paperact a
            WHERE a.paper_id = first.id AND a.kind = 'reissue' AND a.approved
              AND a.cited_entry_id = NEW.cited_entry_id
        ) OR (NEW.paper_type, NEW.kind) IS DISTINCT FROM (first.paper_type, first.kind) THEN
            RAISE EXCEPTION 'paper % is replaced by what two people decided', first.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_replaced_by_two_people';
        END IF;
        RETURN NEW;
    END IF;
    IF first.state <> 'ISSUED' THEN
        RAISE EXCEPTION 'paper % is not in force: there are no copies of it', first.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_copy_of_one_in_force';
    END IF;
    IF (NEW.paper_type, NEW.kind, NEW.template_version, NEW.language, NEW.facts, NEW.facts_sha256,
        NEW.cited_entry_id, NEW.valid_until) IS DISTINCT FROM
       (first.paper_type, first.kind, first.template_version, first.language, first.facts,
        first.facts_sha256, first.cited_entry_id, first.valid_until) THEN
        RAISE EXCEPTION 'a copy says what paper % says', first.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_copy_says_the_same';
    END IF;
    IF NEW.copy_no <> 1 + (
        SELECT coalesce(max(c.copy_no), 0) FROM documents_paper c
        WHERE c.copy_of_id = first.id AND c.copy = NEW.copy
    ) THEN
        RAISE EXCEPTION 'copies of paper % are counted one by one', first.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_copies_without_gaps';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_paper_begins BEFORE INSERT ON documents_paper
    FOR EACH ROW WHEN (NEW.copy_of_id IS NOT NULL OR NEW.replaces_id IS NOT NULL)
    EXECUTE FUNCTION documents_paper_begins();

-- The endings of the last hour are counted at each event (documents.operations.ending).
CREATE INDEX paper_change_by_an_event ON documents_paperchange (changed_at)
    WHERE event_id IS NOT NULL;

-- What became of a paper that was out has its cause: an act, a reissue, or an event.
CREATE FUNCTION documents_paper_cause() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    told documents_paperchange%ROWTYPE;
BEGIN
    SELECT * INTO told FROM documents_paperchange c WHERE c.paper_id = NEW.id
        ORDER BY c.id + 0 DESC LIMIT 1;
    IF told.source IS DISTINCT FROM OLD.state OR told.target IS DISTINCT FROM NEW.state THEN
        RAISE EXCEPTION 'paper %: its history does not say that it becomes %', NEW.id, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_change_told_first';
    END IF;
    IF OLD.state NOT IN ('ISSUED', 'SUSPENDED') THEN
        RETURN NEW;
    END IF;
    IF NEW.state IN ('ISSUED', 'SUSPENDED', 'REVOKED') AND NOT EXISTS (
        SELECT FROM documents_paperact a
        WHERE a.id = told.act_id AND a.approved AND a.paper_id IN (NEW.id, NEW.copy_of_id)
          AND a.kind = (CASE NEW.state WHEN 'ISSUED' THEN 'resume'
                                       WHEN 'SUSPENDED' THEN 'suspend' ELSE 'revoke' END)
          -- In the moment of the decision; a copy that comes out later falls as it comes out.
          AND told.changed_at >= a.decided_at
          AND told.changed_at <= (CASE WHEN a.paper_id = NEW.id THEN a.decided_at
                                       ELSE greatest(a.decided_at, NEW.issued_at) END)
          -- A copy follows what became of its original last, ...
          AND (a.paper_id = NEW.id OR a.id = (
              SELECT c.act_id FROM documents_paperchange c WHERE c.paper_id = a.paper_id
              ORDER BY c.id + 0 DESC LIMIT 1
          ))
          -- ... and is resumed with it only where it was suspended with it.
          AND (a.paper_id = NEW.id OR NEW.state <> 'ISSUED' OR a.paper_id = (
              SELECT cause.paper_id FROM documents_paperchange c
              LEFT JOIN documents_paperact cause ON cause.id = c.act_id
              WHERE c.paper_id = NEW.id AND c.id < told.id
              ORDER BY c.id + 0 DESC LIMIT 1
          ))
    ) THEN
        RAISE EXCEPTION 'paper % is % only by two people''s act', NEW.id, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_moved_by_an_act';
    END IF;
    IF NEW.state = 'SUPERSEDED' AND NOT EXISTS (
        SELECT FROM documents_paper p
        WHERE p.replaces_id IN (NEW.id, NEW.copy_of_id) AND p.issued_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'paper % is superseded by a paper that is issued', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_superseded_by_its_reissue';
    END IF;
    IF NEW.state = 'ENDED' AND NOT EXISTS (
        SELECT FROM registers_registerevent e
        JOIN registers_eventperson concerned ON concerned.event_id = e.id
        JOIN registers_entryperson cited ON cited.person_index = concerned.person_index
        WHERE e.id = told.event_id AND cited.entry_id = NEW.cited_entry_id
          AND (e.happened_on, e.kind) = (NEW.ended_on, NEW.end_reason)
          -- Since the entry was cited: it was recorded before it was read, whatever a clock says.
          AND e.kind <> 'correction'
          AND least(e.recorded_at, e.read_at) > (
              SELECT entry.cited_at FROM registers_citedentry entry
              WHERE entry.id = NEW.cited_entry_id
          )
    ) THEN
        RAISE EXCEPTION 'paper % ends by what a register says of the same person', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_ended_by_an_event';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_paper_cause BEFORE UPDATE OF state ON documents_paper
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION documents_paper_cause();

-- What was fixed by a later column stays fixed too; the day of the end comes with the end.
CREATE FUNCTION documents_paper_life_frozen() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'paper % says what it said when it was requested', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_frozen';
END $$;
CREATE TRIGGER documents_paper_life_frozen BEFORE UPDATE ON documents_paper
    FOR EACH ROW WHEN (
        (NEW.is_slip, NEW.copy, NEW.copy_no, NEW.copy_of_id, NEW.replaces_id, NEW.valid_until)
        IS DISTINCT FROM
        (OLD.is_slip, OLD.copy, OLD.copy_no, OLD.copy_of_id, OLD.replaces_id, OLD.valid_until)
        OR ((NEW.ended_on, NEW.end_reason) IS DISTINCT FROM (OLD.ended_on, OLD.end_reason)
            AND (OLD.state = 'ENDED' OR NEW.state <> 'ENDED'))
    )
    EXECUTE FUNCTION documents_paper_life_frozen();

-- At commit: a copy is worth no more than its original.
CREATE FUNCTION documents_copy_no_better() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- Held until commit: who revokes the original meanwhile waits, and then sees the copy.
    PERFORM FROM documents_paper WHERE id = NEW.copy_of_id FOR SHARE;
    IF EXISTS (
        SELECT FROM documents_paper original
        JOIN documents_paper c ON c.copy_of_id = original.id
        WHERE original.id = coalesce(NEW.copy_of_id, NEW.id)
          AND ((original.state IN ('SUPERSEDED', 'REVOKED', 'ENDED')
                AND c.state IN ('ISSUED', 'SUSPENDED'))
            OR (original.state = 'SUSPENDED' AND c.state = 'ISSUED'))
    ) THEN
        RAISE EXCEPTION 'paper %: a copy is worth more than its original', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'copy_no_better_than_its_original';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER documents_copy_no_better AFTER UPDATE ON documents_paper
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (
        OLD.state IS DISTINCT FROM NEW.state AND NEW.issued_at IS NOT NULL
        AND (NEW.copy_of_id IS NOT NULL OR NEW.state <> 'ISSUED')
    )
    EXECUTE FUNCTION documents_copy_no_better();

-- At commit: once its reissue is out, a paper is not in force any more. What two people revoked
-- comes back by no reissue.
CREATE FUNCTION documents_replaced_is_over() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM documents_paper WHERE id = NEW.replaces_id FOR SHARE;
    IF EXISTS (
        SELECT FROM documents_paper p
        WHERE p.id = NEW.replaces_id AND p.state IN ('ISSUED', 'SUSPENDED', 'REVOKED')
    ) THEN
        RAISE EXCEPTION 'paper % is out and what it replaces is in force, or revoked', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'replaced_paper_is_over';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER documents_replaced_is_over AFTER UPDATE ON documents_paper
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (
        NEW.replaces_id IS NOT NULL AND OLD.issued_at IS NULL AND NEW.issued_at IS NOT NULL
    )
    EXECUTE FUNCTION documents_replaced_is_over();

-- A drawn reissue that nobody will sign is abandoned, and so is one of what was revoked meanwhile,
-- signed or not: it keeps its number and all it says, and what it was to replace may be reissued
-- anew while it is in force. 0002's guard wants a file for each state, so this
-- one move has a guard of its own.
CREATE FUNCTION documents_paper_abandoned() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.replaces_id IS NULL THEN
        RAISE EXCEPTION 'paper % is no reissue: it waits for its officer', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_abandoned_is_a_reissue';
    END IF;
    IF (to_jsonb(NEW) - 'state' - 'lease_until') <> (to_jsonb(OLD) - 'state' - 'lease_until') THEN
        RAISE EXCEPTION 'paper % is abandoned as it is', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_frozen';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER documents_paper_guard ON documents_paper;
CREATE TRIGGER documents_paper_guard BEFORE INSERT OR DELETE ON documents_paper
    FOR EACH ROW EXECUTE FUNCTION documents_paper_guard();
CREATE TRIGGER documents_paper_guard_changes BEFORE UPDATE ON documents_paper
    FOR EACH ROW WHEN (NEW.state <> 'ABANDONED') EXECUTE FUNCTION documents_paper_guard();
CREATE TRIGGER documents_paper_abandoned BEFORE UPDATE ON documents_paper
    FOR EACH ROW WHEN (NEW.state = 'ABANDONED') EXECUTE FUNCTION documents_paper_abandoned();

CREATE FUNCTION documents_abandoned_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM documents_paper p WHERE p.id = NEW.paper_id AND p.state = 'ABANDONED'
    ) THEN
        RAISE EXCEPTION 'paper % is abandoned', NEW.paper_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'abandoned_paper_is_not_signed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER abandoned_paper_is_not_signed BEFORE INSERT ON documents_paperfile
    FOR EACH ROW EXECUTE FUNCTION documents_abandoned_guard();
CREATE TRIGGER abandoned_paper_is_not_ordered BEFORE INSERT ON documents_mandateitem
    FOR EACH ROW EXECUTE FUNCTION documents_abandoned_guard();

-- What is out is out of our hands, whatever became of it since.
DROP TRIGGER issued_paper_is_not_withheld ON documents_paper;
CREATE TRIGGER issued_paper_is_not_withheld BEFORE UPDATE ON documents_paper
    FOR EACH ROW WHEN (NEW.issued_at IS NOT NULL AND NEW.withheld_at IS NOT NULL)
    EXECUTE FUNCTION documents_issued_is_out();
