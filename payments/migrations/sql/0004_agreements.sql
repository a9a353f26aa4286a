-- What must agree when a transaction commits, now that money is taken back too.

-- What came in stands on bill lines, in suspense, or has been taken back: by a reversal, or by
-- refunds that hold money. The other legs are not divided. Asked of a reversal, it looks at what
-- that takes from.
CREATE FUNCTION payments_check_division() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    touched bigint;
BEGIN
    IF TG_TABLE_NAME = 'payments_movement' THEN
        touched := NEW.original_id;
    ELSE
        touched := NEW.movement_id;
    END IF;
    IF (
        SELECT m.amount_minor FROM payments_movement m WHERE m.id = touched AND m.leg = 'credit'
    ) IS DISTINCT FROM coalesce((
        SELECT sum(a.amount_minor) FROM payments_allocation a WHERE a.movement_id = touched
    ), 0) + coalesce((
        SELECT sum(s.amount_minor) FROM payments_suspense_item s WHERE s.movement_id = touched
    ), 0) + coalesce((
        SELECT r.amount_minor FROM payments_movement r
        WHERE r.original_id = touched AND r.leg = 'reversal'
    ), 0) + coalesce((
        SELECT sum(f.amount_minor) FROM payments_refund f
        WHERE f.movement_id = touched
          AND f.state IN ('APPROVED', 'SENDING', 'PENDING', 'UNKNOWN', 'DONE')
    ), 0) THEN
        RAISE EXCEPTION 'movement % is not divided as it came', touched
            USING ERRCODE = 'check_violation', CONSTRAINT = 'movement_is_divided';
    END IF;
    RETURN NULL;
END $$;

-- The same of every allocation and entry of suspense, and one thing more: a journal posts what it
-- divides. They are those of the collection that it is about, and stand in it account by account.
-- Its first line is the account on the other side: what the provider holds, or refunds on their
-- way; a match has none. Money leaves a collection only to go back, and suspense only for that or
-- for a bill that it was meant for.
-- Of an allocation, that its bill is paid by what was allocated, too. One function for all of it,
-- because it runs for every row that is posted.
CREATE FUNCTION payments_check_share() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    touched bigint := NEW.movement_id;
    itself record;
    entry record;
    its_movement bigint;
BEGIN
    SELECT m.leg, m.amount_minor, m.rail_id, m.currency INTO itself
    FROM payments_movement m WHERE m.id = touched;
    IF itself.leg IS DISTINCT FROM 'credit' OR itself.amount_minor <> coalesce((
        SELECT sum(a.amount_minor) FROM payments_allocation a WHERE a.movement_id = touched
    ), 0) + coalesce((
        SELECT sum(s.amount_minor) FROM payments_suspense_item s WHERE s.movement_id = touched
    ), 0) + coalesce((
        SELECT r.amount_minor FROM payments_movement r
        WHERE r.original_id = touched AND r.leg = 'reversal'
    ), 0) + coalesce((
        SELECT sum(f.amount_minor) FROM payments_refund f
        WHERE f.movement_id = touched
          AND f.state IN ('APPROVED', 'SENDING', 'PENDING', 'UNKNOWN', 'DONE')
    ), 0) THEN
        RAISE EXCEPTION 'movement % is not divided as it came', touched
            USING ERRCODE = 'check_violation', CONSTRAINT = 'movement_is_divided';
    END IF;

    SELECT j.kind, j.subject_id INTO entry FROM payments_journal j WHERE j.id = NEW.journal_id;
    IF entry.kind = 'collection' THEN
        its_movement := entry.subject_id;
    ELSIF entry.kind = 'reversal' THEN
        -- By its id alone: the small index of reversals would be read from end to end.
        SELECT CASE r.leg WHEN 'reversal' THEN r.original_id END INTO its_movement
        FROM payments_movement r WHERE r.id = entry.subject_id;
    ELSIF entry.kind IN ('refund', 'refund_returned') THEN
        SELECT f.movement_id INTO its_movement FROM payments_refund f
        WHERE f.id = entry.subject_id;
    ELSIF entry.kind = 'match' THEN
        SELECT m.movement_id INTO its_movement FROM payments_match m
        WHERE m.id = entry.subject_id;
    END IF;
    IF its_movement IS DISTINCT FROM touched
        OR (NEW.amount_minor < 0 AND entry.kind IN ('collection', 'refund_returned'))
        OR entry.kind = 'match'
            AND (NEW.amount_minor < 0) = (TG_TABLE_NAME = 'payments_allocation')
        OR EXISTS (
            SELECT FROM (
                SELECT p.account_id, p.amount_minor FROM payments_posting p
                WHERE p.journal_id = NEW.journal_id
                  AND (p.line_no > 1 OR entry.kind = 'match')
                UNION ALL
                SELECT (SELECT l.payable_id FROM payments_bill_line l WHERE l.id = a.line_id),
                    a.amount_minor
                FROM payments_allocation a
                WHERE a.movement_id = touched AND a.journal_id = NEW.journal_id
                UNION ALL
                SELECT (
                        SELECT account.id FROM payments_ledger_account account
                        WHERE account.rail_id = itself.rail_id AND account.role = 'suspense'
                          AND account.currency = itself.currency
                    ), s.amount_minor
                FROM payments_suspense_item s
                WHERE s.journal_id = NEW.journal_id
            ) line
            GROUP BY line.account_id
            HAVING sum(line.amount_minor) <> 0
        )
    THEN
        RAISE EXCEPTION 'journal % does not post what it divides', NEW.journal_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_posts_what_it_divides';
    END IF;

    IF TG_TABLE_NAME <> 'payments_allocation' THEN
        RETURN NULL;
    END IF;
    SELECT b.id, b.paid_minor INTO itself
    FROM payments_bill b
    WHERE b.id = (SELECT l.bill_id FROM payments_bill_line l WHERE l.id = NEW.line_id);
    IF itself.paid_minor <> (
        SELECT sum((
            SELECT sum(a.amount_minor) FROM payments_allocation a WHERE a.line_id = l.id
        ))
        FROM payments_bill_line l WHERE l.bill_id = itself.id
    ) THEN
        RAISE EXCEPTION 'bill %: what is paid is not what was allocated', itself.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bill_paid_is_allocated';
    END IF;
    IF NEW.amount_minor < 0 AND (
        SELECT sum(a.amount_minor) FROM payments_allocation a
        WHERE a.line_id = NEW.line_id AND a.movement_id = touched
    ) < 0 THEN
        RAISE EXCEPTION 'movement % gives back more of a line than it paid', touched
            USING ERRCODE = 'check_violation', CONSTRAINT = 'share_never_below_zero';
    END IF;
    RETURN NULL;
END $$;

-- Every movement has its journal, and what came in is divided at all: whether rightly, is asked of
-- what it was divided into.
CREATE OR REPLACE FUNCTION payments_check_movement() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM payments_journal j
        WHERE j.subject_id = NEW.id
          AND j.kind = CASE NEW.leg WHEN 'credit' THEN 'collection' ELSE NEW.leg END
    ) THEN
        RAISE EXCEPTION 'movement % has no journal', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'movement_has_its_journal';
    END IF;
    IF NEW.leg = 'credit'
        AND NOT EXISTS (SELECT FROM payments_allocation a WHERE a.movement_id = NEW.id)
        AND NOT EXISTS (SELECT FROM payments_suspense_item s WHERE s.movement_id = NEW.id)
    THEN
        RAISE EXCEPTION 'movement % is not divided as it came', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'movement_is_divided';
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER bill_paid_is_allocated ON payments_allocation;
DROP TRIGGER movement_is_divided ON payments_allocation;
DROP TRIGGER movement_is_divided ON payments_suspense_item;
CREATE CONSTRAINT TRIGGER share_agrees AFTER INSERT
    ON payments_allocation DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_check_share();
CREATE CONSTRAINT TRIGGER share_agrees AFTER INSERT
    ON payments_suspense_item DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_check_share();
CREATE CONSTRAINT TRIGGER original_is_divided AFTER INSERT
    ON payments_movement DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.leg = 'reversal') EXECUTE FUNCTION payments_check_division();

-- A refund that holds money has taken it by its journal; one that failed has given it back.
CREATE FUNCTION payments_check_refund_posted() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    now_state text;
BEGIN
    SELECT f.state INTO now_state FROM payments_refund f WHERE f.id = NEW.id;
    IF (now_state IN ('APPROVED', 'SENDING', 'PENDING', 'UNKNOWN', 'DONE', 'FAILED'))
        <> EXISTS (
            SELECT FROM payments_journal j WHERE j.kind = 'refund' AND j.subject_id = NEW.id
        )
        OR (now_state = 'FAILED') <> EXISTS (
            SELECT FROM payments_journal j
            WHERE j.kind = 'refund_returned' AND j.subject_id = NEW.id
        )
    THEN
        RAISE EXCEPTION 'refund % is % and its journals say otherwise', NEW.id, now_state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_is_posted_as_it_is';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refund_is_posted_as_it_is AFTER INSERT OR UPDATE OF state
    ON payments_refund DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_check_refund_posted();
CREATE CONSTRAINT TRIGGER movement_is_divided AFTER INSERT OR UPDATE OF state
    ON payments_refund DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_check_division();
