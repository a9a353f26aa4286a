-- Sums of the ledger by account, day, kind and rail, kept beside it, so that a board never sums
-- history.
-- In: the postings, by payments_roll_up. Out: payments_day_sum and payments_unrolled, which are
-- exact at any moment, whoever is writing. Locks: the row of payments_rollup.
--
-- A journal is rolled if its transaction is older than the watermark. The watermark is the oldest
-- transaction that was still writing when the sums were made: all older ones had ended, so nothing
-- joins them later. Whoever reads the sums and the watermark in one statement therefore finds each
-- journal once: in the sums or in the rest.
--
-- The indexes on the ledger are built in the migration's transaction, before there is much money.
-- squawk-ignore-file require-concurrent-index-creation

CREATE TABLE payments_account_day (
    business_day date NOT NULL,
    account_id bigint NOT NULL REFERENCES payments_ledger_account,
    kind text NOT NULL,
    -- Of the journal, also where the account is of none: by which road money came. 0: by none.
    rail_id bigint NOT NULL,
    debit_minor bigint NOT NULL,
    credit_minor bigint NOT NULL,
    journals bigint NOT NULL,
    -- Between these ids they stand: whoever lists them need not read the account's whole life.
    first_journal_id bigint NOT NULL,
    last_journal_id bigint NOT NULL,
    PRIMARY KEY (business_day, account_id, kind, rail_id),
    CONSTRAINT account_day_sides_positive CHECK (debit_minor >= 0 AND credit_minor >= 0),
    CONSTRAINT account_day_has_journals CHECK (journals > 0 AND first_journal_id <= last_journal_id)
);
CREATE INDEX account_day_of_account ON payments_account_day (account_id, business_day);

-- The same over all days.
CREATE TABLE payments_account_sum (
    account_id bigint PRIMARY KEY REFERENCES payments_ledger_account,
    debit_minor bigint NOT NULL,
    credit_minor bigint NOT NULL,
    CONSTRAINT account_sum_sides_positive CHECK (debit_minor >= 0 AND credit_minor >= 0)
);

-- One row. Rolled are the journals with txid < upto_txid, and those with id <= known_journal_id:
-- what a restore brought, whose transactions are another server's.
CREATE TABLE payments_rollup (
    id smallint PRIMARY KEY DEFAULT 1 CONSTRAINT rollup_is_one CHECK (id = 1),
    upto_txid xid8 NOT NULL,
    known_journal_id bigint NOT NULL,
    rolled_at timestamptz
);
INSERT INTO payments_rollup (upto_txid, known_journal_id) VALUES ('0', 0);

CREATE INDEX journal_by_transaction ON payments_journal (txid);
CREATE INDEX ledger_day_not_closed ON payments_ledger_day (day) WHERE closed_at IS NULL;
CREATE INDEX refund_not_ended
    ON payments_refund (movement_id) WHERE state NOT IN ('DONE', 'FAILED', 'DECLINED');

-- The sums of the journals of some transactions. Planned for each call: the range is nothing, or
-- a moment's journals, or all there are. What was written last is in no statistics yet, so that the
-- planner takes thousands of journals for one and would look up the lines of each by itself; but
-- their ids lie together, and their lines are read as one piece of the index.
CREATE FUNCTION payments_sum_journals(from_txid xid8, before_txid xid8, after_journal_id bigint)
    RETURNS TABLE (
        business_day date, account_id bigint, kind text, rail_id bigint, debit_minor bigint,
        credit_minor bigint, journals bigint, first_journal_id bigint, last_journal_id bigint
    )
    LANGUAGE plpgsql STABLE ROWS 200
    SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan
    SET enable_nestloop = off SET enable_sort = off AS $$
DECLARE
    first_id bigint;
    last_id bigint;
BEGIN
    SELECT min(j.id), max(j.id) INTO first_id, last_id
    FROM payments_journal j
    WHERE j.txid >= from_txid AND j.txid < before_txid AND j.id > after_journal_id;
    RETURN QUERY
    SELECT j.business_day, l.account_id, j.kind, coalesce(l.rail_id, 0),
        sum(greatest(l.amount_minor, 0))::bigint, sum(greatest(-l.amount_minor, 0))::bigint,
        count(*) FILTER (WHERE l.is_first), min(j.id), max(j.id)
    FROM (
        SELECT p.journal_id, p.account_id, p.amount_minor,
            max(account.rail_id) OVER (PARTITION BY p.journal_id) AS rail_id,
            row_number() OVER (PARTITION BY p.journal_id, p.account_id) = 1 AS is_first
        FROM payments_posting p
        JOIN payments_ledger_account account ON account.id = p.account_id
        WHERE p.journal_id BETWEEN first_id AND last_id
    ) l
    JOIN payments_journal j ON j.id = l.journal_id
    WHERE j.txid >= from_txid AND j.txid < before_txid AND j.id > after_journal_id
    GROUP BY j.business_day, l.account_id, j.kind, coalesce(l.rail_id, 0);
END $$;

-- What is posted and not rolled yet.
CREATE VIEW payments_unrolled AS
SELECT rest.*
FROM payments_rollup r
CROSS JOIN LATERAL payments_sum_journals(
    r.upto_txid, '18446744073709551615'::xid8, r.known_journal_id
) rest;

-- The two together; an account, day, kind and rail may stand here twice.
CREATE VIEW payments_day_sum AS
SELECT business_day, account_id, kind, rail_id, debit_minor, credit_minor, journals,
    first_journal_id, last_journal_id
FROM payments_account_day
UNION ALL
SELECT business_day, account_id, kind, rail_id, debit_minor, credit_minor, journals,
    first_journal_id, last_journal_id
FROM payments_unrolled;

-- Adds the sums of the journals of some transactions to those that are kept.
CREATE FUNCTION payments_add_sums(from_txid xid8, before_txid xid8, after_journal_id bigint)
    RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    WITH fresh AS MATERIALIZED (
        SELECT s.* FROM payments_sum_journals(from_txid, before_txid, after_journal_id) s
    ),
    by_day AS (
        INSERT INTO payments_account_day AS kept SELECT f.* FROM fresh f
        ON CONFLICT (business_day, account_id, kind, rail_id) DO UPDATE SET
            debit_minor = kept.debit_minor + excluded.debit_minor,
            credit_minor = kept.credit_minor + excluded.credit_minor,
            journals = kept.journals + excluded.journals,
            first_journal_id = least(kept.first_journal_id, excluded.first_journal_id),
            last_journal_id = greatest(kept.last_journal_id, excluded.last_journal_id)
    )
    INSERT INTO payments_account_sum AS kept
    SELECT f.account_id, sum(f.debit_minor), sum(f.credit_minor) FROM fresh f GROUP BY f.account_id
    ON CONFLICT (account_id) DO UPDATE SET
        debit_minor = kept.debit_minor + excluded.debit_minor,
        credit_minor = kept.credit_minor + excluded.credit_minor;
END $$;

-- Rolls what has been posted since, as far as nobody can still add to it. A watermark of the future
-- is another server's: the books were restored from a dump, and are summed anew at once, because
-- this server's transactions would pass that watermark one day and be taken for rolled ones. No
-- journal is written meanwhile, and each that comes later has an id above `known`.
CREATE FUNCTION payments_roll_up(at timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    kept payments_rollup%ROWTYPE;
    upto xid8;
    known bigint;
BEGIN
    SELECT * INTO STRICT kept FROM payments_rollup r FOR UPDATE;
    known := kept.known_journal_id;
    IF kept.upto_txid > pg_snapshot_xmax(pg_current_snapshot()) THEN
        LOCK TABLE payments_journal IN SHARE ROW EXCLUSIVE MODE;
        upto := pg_snapshot_xmin(pg_current_snapshot());
        SELECT coalesce(max(j.id), 0) INTO known FROM payments_journal j;
        DELETE FROM payments_account_day;
        DELETE FROM payments_account_sum;
        PERFORM payments_add_sums('0', '18446744073709551615', 0);
    ELSE
        upto := pg_snapshot_xmin(pg_current_snapshot());
        PERFORM payments_add_sums(kept.upto_txid, upto, known);
    END IF;
    UPDATE payments_rollup SET upto_txid = upto, known_journal_id = known, rolled_at = at;
END $$;
REVOKE EXECUTE ON FUNCTION payments_roll_up(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION payments_roll_up(timestamptz) TO guichet_application;

-- The sums say what the postings say, so nobody writes them by hand.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE
    ON payments_account_day, payments_account_sum, payments_rollup FROM guichet_application;
