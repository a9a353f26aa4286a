-- What two people may say of money that nobody ordered, and when a term is over.
--
-- In: rows of payments_explanation and payments_open_item. Locks: none.

-- Since when a term is over is noted once, and not before it is over.
CREATE FUNCTION payments_check_unclaimed_since() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.unclaimed_since IS NOT NULL OR NEW.unclaimed_since IS NULL OR NOT EXISTS (
        SELECT FROM payments_suspense_rule r
        WHERE r.currency = NEW.currency
          AND NEW.opened_at + make_interval(hours => 24 * r.legal_term_days) <= NEW.unclaimed_since
    ) THEN
        RAISE EXCEPTION 'open item %: unclaimed once, after its term', NEW.movement_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'open_item_unclaimed_after_its_term';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER open_item_unclaimed_after_its_term BEFORE UPDATE OF unclaimed_since
    ON payments_open_item
    FOR EACH ROW WHEN (OLD.unclaimed_since IS DISTINCT FROM NEW.unclaimed_since)
    EXECUTE FUNCTION payments_check_unclaimed_since();

-- A debit was a sweep only where an account is named for it, a loss or a charge only up to what the
-- pack lets be lost, and a refund only of one that is paid by hand to a payee whom two people have
-- proven; when it is asked, and when it is decided.
CREATE FUNCTION payments_check_explanation_allowed() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    gone record;
    moment timestamptz := coalesce(NEW.decided_at, NEW.asked_at);
BEGIN
    SELECT m.rail_id, m.currency, m.amount_minor INTO gone
    FROM payments_movement m WHERE m.id = NEW.movement_id;
    IF NEW.answer = 'sweep' AND NOT EXISTS (
        SELECT FROM payments_sweep_account s
        WHERE s.rail_id = gone.rail_id AND s.approved AND s.from_at <= moment
          AND (s.until_at IS NULL OR s.until_at > moment)
    ) THEN
        RAISE EXCEPTION 'explanation %: no account is named for sweeps', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'explanation_sweep_is_named';
    END IF;
    IF NEW.answer IN ('loss', 'charge') AND gone.amount_minor > coalesce((
        SELECT r.loss_max_minor FROM payments_suspense_rule r WHERE r.currency = gone.currency
    ), 0) THEN
        RAISE EXCEPTION 'explanation %: more than is ever taken as lost', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'explanation_loss_within_its_limit';
    END IF;
    IF NEW.answer = 'refund' AND NOT EXISTS (
        SELECT FROM payments_refund f JOIN payments_payee p ON p.refund_id = f.id
        WHERE f.id = NEW.refund_id AND f.by_hand AND p.confirmed_at IS NOT NULL
          AND CASE WHEN NEW.approved THEN p.paid_at IS NOT NULL AND f.state = 'PENDING'
              ELSE f.state IN ('APPROVED', 'PENDING') END
    ) THEN
        RAISE EXCEPTION 'explanation %: refund % is not being paid by hand', NEW.id, NEW.refund_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'explanation_refund_is_by_hand';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER explanation_is_allowed BEFORE INSERT OR UPDATE OF approved ON payments_explanation
    FOR EACH ROW WHEN (
        NEW.answer IN ('sweep', 'loss', 'charge', 'refund') AND NEW.approved IS NOT FALSE
    )
    EXECUTE FUNCTION payments_check_explanation_allowed();
