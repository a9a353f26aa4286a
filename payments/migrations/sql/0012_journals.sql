-- A journal says what its fact says: its first line is the account of the rail that the fact moved,
-- by the fact's amount; what stands on the other side is the account that its leg asks for, or what
-- it divides (share_agrees). All of its lines come in at once, numbered from 1.
--
-- One transaction, while nothing is posted: the new rule is read at once.
-- squawk-ignore-file constraint-missing-not-valid

ALTER TABLE payments_posting ADD CONSTRAINT posting_numbered_from_one CHECK (line_no >= 1);

-- Once per statement: all lines of a journal come in by one statement, in one currency, and balance
-- there. Only one statement can bring line 1, so whoever adds lines later is refused, even in the
-- transaction of the journal, after it has had its constraints checked.
CREATE OR REPLACE FUNCTION payments_check_postings() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    broken record;
BEGIN
    IF EXISTS (SELECT FROM written w WHERE w.txid <> pg_current_xact_id()) THEN
        RAISE EXCEPTION 'a posting names another transaction'
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'posting_belongs_to_its_journals_transaction';
    END IF;
    SELECT w.journal_id, w.currency, sum(w.amount_minor) AS left_over, count(*) AS lines
    INTO broken
    FROM written w
    GROUP BY w.journal_id, w.currency
    HAVING sum(w.amount_minor) <> 0 OR count(*) < 2 OR min(w.line_no) <> 1
    LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF broken.lines < 2 THEN
        RAISE EXCEPTION 'journal % has a single line in %', broken.journal_id, broken.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_has_two_lines';
    END IF;
    IF broken.left_over = 0 THEN
        RAISE EXCEPTION 'journal % has lines in % without its first', broken.journal_id,
            broken.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_written_at_once';
    END IF;
    RAISE EXCEPTION 'journal % is out by % %', broken.journal_id, broken.left_over, broken.currency
        USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_sums_to_zero';
END $$;

-- What a journal of this kind about this subject has to post: the rail's own account and what it
-- moves on it (debit positive); the role on the other side, if that is one line; else the
-- collection that is divided. All NULL: there is no such fact. The roles are those of
-- posting/legs.py.
CREATE FUNCTION payments_fact_of_journal(
    of_kind text, about_id bigint,
    OUT rail_id bigint, OUT currency text, OUT own_minor bigint, OUT own_role text,
    OUT other_role text, OUT movement_id bigint
) LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF of_kind IN ('refund', 'refund_returned') THEN
        SELECT m.rail_id, f.currency, 'refunds_in_transit', f.movement_id,
            CASE of_kind WHEN 'refund' THEN -f.amount_minor ELSE f.amount_minor END
        INTO rail_id, currency, own_role, movement_id, own_minor
        FROM payments_refund f JOIN payments_movement m ON m.id = f.movement_id
        WHERE f.id = about_id AND (
            f.state = 'FAILED' OR of_kind = 'refund'
            AND f.state IN ('APPROVED', 'SENDING', 'PENDING', 'UNKNOWN', 'DONE')
        );
    ELSIF of_kind = 'match' THEN
        SELECT m.rail_id, m.currency, 'suspense', t.movement_id, t.amount_minor
        INTO rail_id, currency, own_role, movement_id, own_minor
        FROM payments_match t JOIN payments_movement m ON m.id = t.movement_id
        WHERE t.id = about_id AND t.approved;
    ELSIF of_kind = 'float' THEN
        SELECT t.rail_id, t.currency, 'refund_float', 'sweeps_in_transit', t.amount_minor
        INTO rail_id, currency, own_role, other_role, own_minor
        FROM payments_float_top_up t
        WHERE t.id = about_id AND t.confirmed_at IS NOT NULL;
    ELSE
        SELECT m.rail_id, m.currency, 'clearing', m.original_id,
            CASE WHEN m.leg IN ('credit', 'transfer') THEN m.amount_minor ELSE -m.amount_minor END,
            CASE m.leg
                WHEN 'charge' THEN 'charges'
                WHEN 'payout' THEN 'refunds_in_transit'
                WHEN 'sweep' THEN 'sweeps_in_transit'
                WHEN 'transfer' THEN 'sweeps_in_transit'
                WHEN 'withdrawal' THEN 'unexplained'
            END
        INTO rail_id, currency, own_role, movement_id, own_minor, other_role
        FROM payments_movement m
        WHERE m.id = about_id
          AND m.leg = CASE of_kind WHEN 'collection' THEN 'credit' ELSE nullif(of_kind, 'credit') END;
    END IF;
END $$;

-- At commit: a journal has lines, the fact that it is about, and moves what that moved. A
-- collection is asked once, by three primary keys, because this runs for every payment; that its
-- other lines are its allocations and its suspense follows from share_agrees, since a collection is
-- divided to the last unit.
CREATE OR REPLACE FUNCTION payments_check_journal_not_empty() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    fact record;
BEGIN
    IF NEW.kind = 'collection' AND EXISTS (
        SELECT FROM payments_posting p
        JOIN payments_ledger_account own ON own.id = p.account_id
        JOIN payments_movement m ON m.id = NEW.subject_id
        WHERE p.journal_id = NEW.id AND p.line_no = 1
          AND p.amount_minor = m.amount_minor AND p.currency = m.currency
          AND own.rail_id = m.rail_id AND own.role = 'clearing' AND m.leg = 'credit'
    ) THEN
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT FROM payments_posting p WHERE p.journal_id = NEW.id) THEN
        RAISE EXCEPTION 'journal % has no lines', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_has_lines';
    END IF;
    SELECT f.* INTO fact FROM payments_fact_of_journal(NEW.kind, NEW.subject_id) f;
    IF fact.rail_id IS NULL THEN
        RAISE EXCEPTION 'journal %: no such % as it is about', NEW.id, NEW.kind
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_has_its_fact';
    END IF;
    IF NOT EXISTS (
        SELECT FROM payments_posting p
        JOIN payments_ledger_account own ON own.id = p.account_id
        WHERE p.journal_id = NEW.id AND p.line_no = 1
          AND p.amount_minor = fact.own_minor AND p.currency = fact.currency
          AND own.rail_id = fact.rail_id
          -- A provider pays refunds from the account of the rail, or from the rail's float.
          AND (own.role = fact.own_role OR NEW.kind = 'payout' AND own.role = 'refund_float')
    ) OR (fact.other_role IS NOT NULL AND (
        EXISTS (SELECT FROM payments_posting p WHERE p.journal_id = NEW.id AND p.line_no > 2)
        OR NOT EXISTS (
            SELECT FROM payments_posting p
            JOIN payments_ledger_account other ON other.id = p.account_id
            WHERE p.journal_id = NEW.id AND p.line_no = 2 AND other.role = fact.other_role
              -- The rail's, a beneficiary's (who bears a charge) or the house's.
              AND coalesce(other.rail_id, fact.rail_id) = fact.rail_id
        )
    )) THEN
        RAISE EXCEPTION 'journal % does not move what its % moved', NEW.id, NEW.kind
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_moves_its_fact';
    END IF;
    -- Of one that divides nothing, share_agrees is never asked.
    IF fact.other_role IS NULL
        AND NOT EXISTS (SELECT FROM payments_suspense_item s WHERE s.journal_id = NEW.id)
        AND NOT EXISTS (
            SELECT FROM payments_allocation a
            WHERE a.movement_id = fact.movement_id AND a.journal_id = NEW.id
        )
    THEN
        RAISE EXCEPTION 'journal % does not post what it divides', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_posts_what_it_divides';
    END IF;
    IF NEW.kind = 'payout' AND NOT EXISTS (
        SELECT FROM payments_movement m
        JOIN payments_refund f ON f.id = m.refund_id
        JOIN payments_movement original ON original.id = f.movement_id
        WHERE m.id = NEW.subject_id AND f.state = 'DONE' AND f.amount_minor = m.amount_minor
          AND f.currency = m.currency AND original.rail_id = m.rail_id
    ) THEN
        RAISE EXCEPTION 'payout % is not its refund as it was approved', NEW.subject_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_paid_as_approved';
    END IF;
    RETURN NULL;
END $$;
