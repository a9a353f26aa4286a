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

DROP FUNCTION payments_fact_of_journal(text, bigint);

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
    HAVING sum(w.amount_minor) <> 0 OR count(*) < 2
    LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF broken.lines < 2 THEN
        RAISE EXCEPTION 'journal % has a single line in %', broken.journal_id, broken.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_has_two_lines';
    END IF;
    RAISE EXCEPTION 'journal % is out by % %', broken.journal_id, broken.left_over, broken.currency
        USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_sums_to_zero';
END $$;

ALTER TABLE payments_posting DROP CONSTRAINT posting_numbered_from_one;
