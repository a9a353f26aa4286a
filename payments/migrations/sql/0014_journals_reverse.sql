DROP FUNCTION payments_fact_of_journal(text, bigint);

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

CREATE OR REPLACE FUNCTION payments_check_share() RETURNS trigger LANGUAGE plpgsql
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

CREATE OR REPLACE FUNCTION payments_check_division() RETURNS trigger LANGUAGE plpgsql
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

DROP FUNCTION payments_taken_minor(bigint);
DROP FUNCTION payments_treasury();
