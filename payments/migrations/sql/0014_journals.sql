-- Journals of what finance decides: explanations, releases and remittances.

-- What has been taken of a collection, and is not in it any more: by the provider, by a withdrawal
-- that turned out to be its reversal, by refunds that hold money, by releases.
CREATE FUNCTION payments_taken_minor(of_movement bigint) RETURNS bigint LANGUAGE sql STABLE
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
    SELECT (coalesce((
        SELECT r.amount_minor FROM payments_movement r
        WHERE r.original_id = of_movement AND r.leg = 'reversal'
    ), 0) + coalesce((
        SELECT sum(w.amount_minor) FROM payments_explanation e
        JOIN payments_movement w ON w.id = e.movement_id
        WHERE e.original_id = of_movement AND e.approved
    ), 0) + coalesce((
        SELECT sum(f.amount_minor) FROM payments_refund f
        WHERE f.movement_id = of_movement
          AND f.state IN ('APPROVED', 'SENDING', 'PENDING', 'UNKNOWN', 'DONE')
    ), 0) + coalesce((
        SELECT sum(l.amount_minor) FROM payments_release l
        WHERE l.movement_id = of_movement AND l.approved
    ), 0))::bigint
$$;

-- Whose account takes what nobody claims.
CREATE FUNCTION payments_treasury() RETURNS bigint LANGUAGE sql STABLE
    SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT b.id FROM places_beneficiary b
    WHERE b.kind = 'treasury' ORDER BY b.code = 'treasury' DESC, b.id LIMIT 1
$$;

-- What a journal of this kind about this subject has to post: the rail's own account (of what has
-- no rail, the beneficiary's) and what it moves on it (debit positive); the role on the other side,
-- if that is one line, and whose it is, if that is a beneficiary's; else the collection that is
-- divided. All NULL: there is no such fact. The roles are those of posting/legs.py.
-- squawk-ignore ban-drop-function
DROP FUNCTION payments_fact_of_journal(text, bigint);
CREATE FUNCTION payments_fact_of_journal(
    of_kind text, about_id bigint,
    OUT rail_id bigint, OUT currency text, OUT own_minor bigint, OUT own_role text,
    OUT other_role text, OUT movement_id bigint, OUT beneficiary_id bigint
) LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    batch_id bigint;
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
    ELSIF of_kind IN ('write_off', 'unclaimed') THEN
        SELECT CASE of_kind WHEN 'write_off' THEN m.rail_id END, r.currency,
            CASE of_kind WHEN 'write_off' THEN 'written_off' ELSE 'unclaimed' END,
            CASE of_kind WHEN 'unclaimed' THEN payments_treasury() END,
            r.movement_id, -r.amount_minor
        INTO rail_id, currency, own_role, beneficiary_id, movement_id, own_minor
        FROM payments_release r JOIN payments_movement m ON m.id = r.movement_id
        WHERE r.id = about_id AND r.kind = of_kind AND r.approved;
    ELSIF of_kind = 'returned' THEN
        SELECT r.currency, 'remittance_in_transit', b.beneficiary_id, r.movement_id,
            -r.amount_minor
        INTO currency, own_role, beneficiary_id, movement_id, own_minor
        FROM payments_release r JOIN payments_remittance b ON b.id = r.remittance_id
        WHERE r.id = about_id AND r.kind = of_kind AND r.approved;
    ELSIF of_kind = 'arrived' THEN
        SELECT r.currency, 'sweeps_in_transit', r.movement_id, -r.amount_minor
        INTO currency, own_role, movement_id, own_minor
        FROM payments_release r
        WHERE r.id = about_id AND r.kind = of_kind AND r.approved;
    ELSIF of_kind = 'explained' THEN
        SELECT m.rail_id, m.currency, 'unexplained', -m.amount_minor, e.original_id,
            e.remittance_id,
            CASE e.answer
                WHEN 'sweep' THEN 'sweeps_in_transit'
                WHEN 'returned' THEN 'sweeps_in_transit'
                WHEN 'charge' THEN 'charges'
                WHEN 'remittance' THEN 'remittance_in_transit'
                WHEN 'refund' THEN 'refunds_in_transit'
                WHEN 'loss' THEN 'losses'
            END
        INTO rail_id, currency, own_role, own_minor, movement_id, batch_id, other_role
        FROM payments_explanation e JOIN payments_movement m ON m.id = e.movement_id
        WHERE e.id = about_id AND e.approved;
    ELSIF of_kind IN (
        'remittance', 'remittance_returned', 'remittance_resumed', 'remittance_sent_back'
    ) THEN
        SELECT r.currency, 'payable', 'remittance_in_transit', r.beneficiary_id,
            CASE WHEN of_kind IN ('remittance', 'remittance_resumed')
                THEN r.amount_minor ELSE -r.amount_minor
            END
        INTO currency, own_role, other_role, beneficiary_id, own_minor
        FROM payments_remittance r
        -- Which of them a batch has in which state, remittance_is_posted_as_it_is asks.
        WHERE r.id = about_id AND CASE of_kind
            WHEN 'remittance' THEN r.state NOT IN ('BUILDING', 'PROPOSED')
            WHEN 'remittance_returned' THEN r.state IN (
                'FAILED', 'CANCELLED', 'CONFIRMED', 'RETURNED'
            )
            WHEN 'remittance_resumed' THEN r.state IN ('CONFIRMED', 'RETURNED')
            ELSE r.state = 'RETURNED'
        END;
    ELSE
        SELECT m.rail_id, m.currency, 'clearing', m.original_id, m.remittance_id,
            CASE WHEN m.leg IN ('credit', 'transfer') THEN m.amount_minor ELSE -m.amount_minor END,
            CASE m.leg
                WHEN 'charge' THEN 'charges'
                WHEN 'payout' THEN 'refunds_in_transit'
                WHEN 'sweep' THEN 'sweeps_in_transit'
                WHEN 'transfer' THEN 'sweeps_in_transit'
                WHEN 'withdrawal' THEN 'unexplained'
                WHEN 'remittance' THEN 'remittance_in_transit'
            END
        INTO rail_id, currency, own_role, movement_id, batch_id, own_minor, other_role
        FROM payments_movement m
        WHERE m.id = about_id AND m.leg = CASE of_kind
            WHEN 'collection' THEN 'credit'
            WHEN 'remitted' THEN 'remittance'
            ELSE nullif(of_kind, 'credit')
        END;
    END IF;
    IF batch_id IS NOT NULL THEN
        SELECT r.beneficiary_id INTO beneficiary_id
        FROM payments_remittance r WHERE r.id = batch_id;
    END IF;
END $$;

-- As before, and of the new kinds; a collection is asked as it was.
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
    IF fact.own_minor IS NULL THEN
        RAISE EXCEPTION 'journal %: no such % as it is about', NEW.id, NEW.kind
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_has_its_fact';
    END IF;
    IF NOT EXISTS (
        SELECT FROM payments_posting p
        JOIN payments_ledger_account own ON own.id = p.account_id
        WHERE p.journal_id = NEW.id AND p.line_no = 1
          AND p.amount_minor = fact.own_minor AND p.currency = fact.currency
          AND own.rail_id IS NOT DISTINCT FROM fact.rail_id
          AND (
              fact.rail_id IS NOT NULL
              OR own.beneficiary_id IS NOT DISTINCT FROM fact.beneficiary_id
          )
          -- A provider pays refunds from the account of the rail, or from the rail's float.
          AND (own.role = fact.own_role OR NEW.kind = 'payout' AND own.role = 'refund_float')
    ) OR (fact.other_role IS NOT NULL AND (
        EXISTS (SELECT FROM payments_posting p WHERE p.journal_id = NEW.id AND p.line_no > 2)
        OR NOT EXISTS (
            SELECT FROM payments_posting p
            JOIN payments_ledger_account other ON other.id = p.account_id
            WHERE p.journal_id = NEW.id AND p.line_no = 2 AND other.role = fact.other_role
              -- The rail's, a beneficiary's (who bears a charge) or the house's.
              AND (other.rail_id IS NULL OR other.rail_id = fact.rail_id)
              AND (
                  fact.beneficiary_id IS NULL OR other.beneficiary_id = fact.beneficiary_id
              )
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
          -- Nor have two people said of another debit that it paid that.
          AND NOT EXISTS (
              SELECT FROM payments_explanation e WHERE e.refund_id = f.id AND e.approved
          )
    ) THEN
        RAISE EXCEPTION 'payout % is not its refund as it was approved', NEW.subject_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_paid_as_approved';
    END IF;
    IF NEW.kind = 'explained' AND fact.other_role = 'refunds_in_transit' AND NOT EXISTS (
        SELECT FROM payments_explanation e
        JOIN payments_refund f ON f.id = e.refund_id
        JOIN payments_movement original ON original.id = f.movement_id
        WHERE e.id = NEW.subject_id AND f.state = 'DONE' AND f.amount_minor = -fact.own_minor
          AND f.currency = fact.currency AND original.rail_id = fact.rail_id
          AND NOT EXISTS (SELECT FROM payments_movement p WHERE p.refund_id = f.id)
    ) THEN
        RAISE EXCEPTION 'explanation % is not its refund as it was approved', NEW.subject_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_paid_as_approved';
    END IF;
    IF fact.other_role = 'remittance_in_transit' AND NEW.kind IN ('remitted', 'explained') THEN
        PERFORM FROM payments_remittance r
        WHERE r.id = CASE NEW.kind
                WHEN 'remitted' THEN (
                    SELECT m.remittance_id FROM payments_movement m WHERE m.id = NEW.subject_id
                )
                ELSE (
                    SELECT e.remittance_id FROM payments_explanation e WHERE e.id = NEW.subject_id
                )
            END
          AND r.state IN ('CONFIRMED', 'RETURNED') AND r.amount_minor = -fact.own_minor
          AND r.currency = fact.currency AND r.rail_id = fact.rail_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'journal %: no batch was to be paid so', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'remittance_paid_as_approved';
        END IF;
    END IF;
    RETURN NULL;
END $$;

-- Every movement has its journal; that of a remittance paid is not that of the batch.
CREATE OR REPLACE FUNCTION payments_check_movement() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM payments_journal j
        WHERE j.subject_id = NEW.id
          AND j.kind = CASE NEW.leg
              WHEN 'credit' THEN 'collection' WHEN 'remittance' THEN 'remitted' ELSE NEW.leg
          END
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

-- A journal posts what it divides, and the collection is divided to the last unit: as before, and of
-- explanations and releases.
CREATE OR REPLACE FUNCTION payments_check_share() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    touched bigint := NEW.movement_id;
    itself record;
    entry record;
    its_movement bigint;
    stands_minor bigint;
BEGIN
    SELECT m.leg, m.amount_minor, m.rail_id, m.currency INTO itself
    FROM payments_movement m WHERE m.id = touched;
    SELECT j.kind, j.subject_id INTO entry FROM payments_journal j WHERE j.id = NEW.journal_id;
    stands_minor := coalesce((
        SELECT sum(a.amount_minor) FROM payments_allocation a WHERE a.movement_id = touched
    ), 0) + coalesce((
        SELECT sum(s.amount_minor) FROM payments_suspense_item s WHERE s.movement_id = touched
    ), 0);
    -- All of a new collection stands: what takes of it says so when it is written itself, and this
    -- runs for every payment.
    IF itself.leg IS DISTINCT FROM 'credit' OR (
        (entry.kind <> 'collection' OR stands_minor <> itself.amount_minor)
        AND stands_minor + payments_taken_minor(touched) <> itself.amount_minor
    ) THEN
        RAISE EXCEPTION 'movement % is not divided as it came', touched
            USING ERRCODE = 'check_violation', CONSTRAINT = 'movement_is_divided';
    END IF;

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
    ELSIF entry.kind = 'explained' THEN
        SELECT e.original_id INTO its_movement FROM payments_explanation e
        WHERE e.id = entry.subject_id;
    ELSIF entry.kind IN ('write_off', 'unclaimed', 'returned', 'arrived') THEN
        SELECT r.movement_id INTO its_movement FROM payments_release r
        WHERE r.id = entry.subject_id;
    END IF;
    IF its_movement IS DISTINCT FROM touched
        OR (NEW.amount_minor < 0 AND entry.kind IN ('collection', 'refund_returned'))
        OR (NEW.amount_minor > 0
            AND entry.kind IN ('explained', 'write_off', 'unclaimed', 'returned', 'arrived'))
        OR (TG_TABLE_NAME = 'payments_allocation'
            AND entry.kind IN ('write_off', 'unclaimed', 'returned', 'arrived'))
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
    ), 0) + payments_taken_minor(touched) THEN
        RAISE EXCEPTION 'movement % is not divided as it came', touched
            USING ERRCODE = 'check_violation', CONSTRAINT = 'movement_is_divided';
    END IF;
    RETURN NULL;
END $$;
