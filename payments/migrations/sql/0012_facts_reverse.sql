DROP TRIGGER refund_begins_undecided ON payments_refund;
DROP FUNCTION payments_refund_begins();
DROP TRIGGER alias_of_its_movement ON payments_movement_alias;
DROP FUNCTION payments_check_alias();

CREATE OR REPLACE FUNCTION payments_check_top_up() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    -- As it is now: asked for and confirmed in one transaction, it is told of twice.
    IF EXISTS (
        SELECT FROM payments_float_top_up t WHERE t.id = NEW.id AND t.confirmed_at IS NOT NULL
    ) <> EXISTS (
        SELECT FROM payments_journal j WHERE j.kind = 'float' AND j.subject_id = NEW.id
    ) THEN
        RAISE EXCEPTION 'float top-up %: confirmed and posted are one', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'top_up_is_posted';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION payments_check_refund_posted() RETURNS trigger LANGUAGE plpgsql
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
