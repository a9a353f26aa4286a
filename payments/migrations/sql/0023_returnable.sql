-- When a fee goes back, as the bill promised it, and how each refund stands to that.
--
-- Bills issued before keep {}: nothing was published then. Refunds asked for before keep '': nobody
-- compared them.
-- squawk-ignore-file constraint-missing-not-valid

CREATE FUNCTION payments_promise_ok(promise jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN promise = '{}' OR CASE WHEN jsonb_typeof(promise -> 'when') = 'array' THEN
        promise -> 'when' <> '[]'
        AND promise -> 'when' <@ '["never", "before_decision", "if_refused", "on_error", "other",
                                 "unpublished"]'
        ELSE false END;

-- {"when": [...], "words": {"en": ...}, "law": ..., "source": ...}; frozen with the line.
ALTER TABLE payments_bill_line
    ADD COLUMN returnable jsonb NOT NULL DEFAULT '{}',
    ADD CONSTRAINT bill_line_promise_is_known CHECK (payments_promise_ok(returnable));

ALTER TABLE payments_refund ADD COLUMN standing text NOT NULL DEFAULT '';
ALTER TABLE payments_refund
    ADD CONSTRAINT refund_standing_known
        CHECK (standing IN ('', 'always', 'claimed', 'promised', 'against', 'open')),
    -- A code alone is one word. A rule gives no reason in words: a person asks instead.
    ADD CONSTRAINT refund_against_its_fee_says_why CHECK (
        standing <> 'against' OR state IN ('PROPOSED', 'DECLINED')
        OR rule = '' AND reason ~ '\S\s+\S'
    );

-- payments.returnable.standing says the same. Money in suspense goes back first, and paid no fee; nor
-- did a part of a bill whose term is over. A rule knows what has happened; a person says it.
CREATE FUNCTION payments_standing_of(
    of_movement bigint, goes_back bigint, of_reason text, of_rule text
) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    code text := btrim(split_part(CASE WHEN of_rule = '' THEN of_reason ELSE of_rule END, ':', 1));
    covering text;
    said text;
BEGIN
    IF goes_back <= (
        SELECT coalesce(sum(s.amount_minor), 0) FROM payments_suspense_item s
        WHERE s.movement_id = of_movement
    ) + (
        SELECT coalesce(sum(a.amount_minor), 0)
        FROM payments_allocation a
        JOIN payments_bill_line l ON l.id = a.line_id
        JOIN payments_bill b ON b.id = l.bill_id
        WHERE a.movement_id = of_movement AND b.state = 'EXPIRED' AND of_rule = 'expired_in_part'
    ) - (
        -- What others have asked for goes first.
        SELECT coalesce(sum(r.amount_minor), 0) FROM payments_refund r
        WHERE r.movement_id = of_movement AND r.state IN ('REQUESTED', 'AWAITING_FUNDS')
    ) THEN
        RETURN 'always';
    END IF;
    IF code IN ('paid_twice', 'overpaid', 'by_mistake') THEN
        RETURN 'claimed';
    END IF;
    covering := CASE code
        WHEN 'withdrawn' THEN 'before_decision'
        WHEN 'refused' THEN 'if_refused'
        WHEN 'not_given' THEN 'on_error'
        ELSE ''
    END;
    SELECT CASE
        WHEN bool_or(one.says = 'against') THEN 'against'
        WHEN bool_and(one.says = 'promised') THEN
            CASE WHEN of_rule = '' THEN 'claimed' ELSE 'promised' END
        ELSE 'open'
    END INTO said
    FROM (
        SELECT CASE
            WHEN l.returnable -> 'when' ? covering THEN 'promised'
            WHEN l.returnable = '{}' OR l.returnable -> 'when' ?| '{other,unpublished}' THEN 'open'
            ELSE 'against'
        END AS says
        FROM (
            SELECT a.line_id FROM payments_allocation a
            WHERE a.movement_id = of_movement
            GROUP BY a.line_id HAVING sum(a.amount_minor) > 0
        ) stands
        JOIN payments_bill_line l ON l.id = stands.line_id
    ) one;
    RETURN said;
END $$;

CREATE FUNCTION payments_compare_with_fee() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.rule <> '' AND NEW.state <> 'PROPOSED' THEN
        RAISE EXCEPTION 'refund %: what a rule wants begins proposed', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_of_a_rule_begins_proposed';
    END IF;
    NEW.standing :=
        payments_standing_of(NEW.movement_id, NEW.amount_minor, NEW.reason, NEW.rule);
    RETURN NEW;
END $$;
CREATE TRIGGER refund_compared_with_its_fee BEFORE INSERT ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION payments_compare_with_fee();
-- What a rule proposed stands to its fee as it does when a person asks for it; then it is kept.
CREATE TRIGGER refund_compared_when_taken_up BEFORE UPDATE ON payments_refund
    FOR EACH ROW WHEN (OLD.state = 'PROPOSED' AND NEW.state = 'REQUESTED')
    EXECUTE FUNCTION payments_compare_with_fee();
CREATE TRIGGER refund_standing_frozen BEFORE UPDATE ON payments_refund
    FOR EACH ROW WHEN (
        OLD.standing IS DISTINCT FROM NEW.standing
        AND NOT (OLD.state = 'PROPOSED' AND NEW.state = 'REQUESTED')
    )
    EXECUTE FUNCTION payments_frozen();
