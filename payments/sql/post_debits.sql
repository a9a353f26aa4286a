-- Posts what left our accounts at providers, or moved between them: movements, their journals, the
-- refunds that they end, and the news of it. What a reversal takes back, take_back.sql posts.
--
-- In:    one array per column, one element per debit, judged and new: position, rail_id,
--        external_id, leg, currency, amount_minor, occurred_at, business_day (open, held),
--        original_id, refund_id (held), remittance_id (held), own_role (the account of the rail that it moves), other_role
--        (the account on the other side; NULL for a reversal), bearer_id (beneficiary whose account
--        that is; NULL: the rail's or the house's), sign (-1: money left, 1: it arrived); and `at`.
-- Out:   per new movement: its position and its id.
-- Locks: days, refunds, bills and originals are held before. New movements go in by rail and
--        external id.
WITH told AS MATERIALIZED (
    SELECT t.*,
        nextval('payments_movement_id_seq') AS movement_id,
        nextval('payments_journal_id_seq') AS journal_id
    FROM unnest(
        %(position)s::int[], %(rail_id)s::bigint[], %(external_id)s::text[], %(leg)s::text[],
        %(currency)s::text[], %(amount_minor)s::bigint[], %(occurred_at)s::timestamptz[],
        %(business_day)s::date[], %(original_id)s::bigint[], %(refund_id)s::bigint[],
        %(remittance_id)s::bigint[],
        %(own_role)s::text[], %(other_role)s::text[], %(bearer_id)s::bigint[], %(sign)s::int[]
    ) t (
        position, rail_id, external_id, leg, currency, amount_minor, occurred_at, business_day,
        original_id, refund_id, remittance_id, own_role, other_role, bearer_id, sign
    )
),
new_movement AS MATERIALIZED (
    INSERT INTO payments_movement (
        id, rail_id, external_id, leg, currency, amount_minor, original_id, refund_id,
        remittance_id, occurred_at, first_heard_at
    )
    SELECT told.movement_id, told.rail_id, told.external_id, told.leg, told.currency,
           told.amount_minor, told.original_id, told.refund_id, told.remittance_id,
           told.occurred_at,
           %(at)s::timestamptz
    FROM told
    ORDER BY told.rail_id, told.external_id
    ON CONFLICT (rail_id, external_id, leg) DO NOTHING
    RETURNING id AS movement_id
),
moved AS MATERIALIZED (
    SELECT told.* FROM new_movement JOIN told USING (movement_id)
),
new_journal AS (
    INSERT INTO payments_journal (id, kind, subject_id, business_day, occurred_at, posted_at)
    SELECT moved.journal_id,
           -- "remittance" is the journal of the batch itself.
           CASE moved.leg WHEN 'remittance' THEN 'remitted' ELSE moved.leg END,
           moved.movement_id, moved.business_day,
           moved.occurred_at, %(at)s::timestamptz
    FROM moved
    WHERE moved.other_role IS NOT NULL
    ORDER BY moved.journal_id
),
posted AS (
    INSERT INTO payments_posting (journal_id, line_no, account_id, currency, amount_minor)
    SELECT moved.journal_id, 1, own.id, moved.currency, moved.sign * moved.amount_minor
    FROM moved
    JOIN payments_ledger_account own
        ON own.rail_id = moved.rail_id AND own.role = moved.own_role
        AND own.currency = moved.currency
    WHERE moved.other_role IS NOT NULL
    UNION ALL
    SELECT moved.journal_id, 2, other.id, moved.currency, -moved.sign * moved.amount_minor
    FROM moved
    JOIN payments_ledger_account other
        ON other.role = moved.other_role AND other.currency = moved.currency
        AND other.beneficiary_id IS NOT DISTINCT FROM moved.bearer_id
        AND other.rail_id IS NOT DISTINCT FROM CASE
            WHEN moved.bearer_id IS NULL AND moved.other_role <> 'sweeps_in_transit'
            THEN moved.rail_id
        END
    ORDER BY 1, 2
),
paid_back AS MATERIALIZED (
    UPDATE payments_refund refund
    SET state = 'DONE', ended_at = %(at)s::timestamptz, next_query_at = NULL, lease_until = NULL,
        external_id = moved.external_id
    FROM moved
    WHERE refund.id = moved.refund_id AND refund.state IN ('SENDING', 'PENDING', 'UNKNOWN')
    RETURNING refund.id
),
told_on AS (
    INSERT INTO kernel_event (name, payload, occurred_at)
    SELECT news.name,
        jsonb_build_object('subject_id', news.subject_id, 'occurred_at', %(at)s::timestamptz),
        %(at)s::timestamptz
    FROM (
        SELECT 'payments.debit.unexplained' AS name, moved.movement_id AS subject_id
        FROM moved WHERE moved.leg = 'withdrawal'
        UNION ALL
        SELECT 'payments.refund.done', paid_back.id FROM paid_back
    ) news
    ORDER BY news.name, news.subject_id
)
SELECT moved.position, moved.movement_id FROM moved ORDER BY moved.position
