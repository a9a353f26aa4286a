-- At commit: a journal has lines, and the fact that it is about. A collection's is asked of its
-- allocations and its suspense (share_agrees), so that what runs for every payment pays nothing.
CREATE OR REPLACE FUNCTION payments_check_journal_not_empty() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM payments_posting p WHERE p.journal_id = NEW.id) THEN
        RAISE EXCEPTION 'journal % has no lines', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_has_lines';
    END IF;
    IF NEW.kind = 'collection' THEN
        RETURN NULL;
    END IF;
    IF NOT (CASE
        WHEN NEW.kind IN ('reversal', 'charge', 'payout', 'sweep', 'transfer', 'withdrawal')
            THEN EXISTS (
                SELECT FROM payments_movement m WHERE m.id = NEW.subject_id AND m.leg = NEW.kind
            )
        WHEN NEW.kind = 'refund' THEN EXISTS (
            SELECT FROM payments_refund f
            WHERE f.id = NEW.subject_id AND f.state IN (
                'APPROVED', 'SENDING', 'PENDING', 'UNKNOWN', 'DONE', 'FAILED'
            )
        )
        WHEN NEW.kind = 'refund_returned' THEN EXISTS (
            SELECT FROM payments_refund f WHERE f.id = NEW.subject_id AND f.state = 'FAILED'
        )
        WHEN NEW.kind = 'float' THEN EXISTS (
            SELECT FROM payments_float_top_up t
            WHERE t.id = NEW.subject_id AND t.confirmed_at IS NOT NULL
        )
        WHEN NEW.kind = 'match' THEN EXISTS (
            SELECT FROM payments_match m WHERE m.id = NEW.subject_id AND m.approved
        )
        ELSE false
    END) THEN
        RAISE EXCEPTION 'journal %: no such % as it is about', NEW.id, NEW.kind
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_has_its_fact';
    END IF;
    RETURN NULL;
END $$;
