-- Sums what bills took, and what was taken back from them, by the ledger's business day.
--
-- In:    first_day, last_day; unit ('day', 'month', ...) to sum days by; by_owner: whether each case
--        stands alone; beneficiary_ids (NULL: everybody's).
-- Out:   one row a group: its first day, the charge's owner ("applications.case:17", or ''), rail,
--        beneficiary, currency, received, taken back (both positive), entries in all, fees received,
--        and two arrays: the laws that waived a part of the same fees, and what each waived. That is
--        as much as the entry took of its line; what was taken back takes it back.
-- Locks: none.
WITH span AS (
    SELECT min(id) AS first_id, max(id) AS last_id
    FROM payments_journal
    WHERE business_day BETWEEN %(first_day)s::date AND %(last_day)s::date
)
SELECT date_trunc(%(unit)s::text, journal.business_day)::date,
    CASE WHEN %(by_owner)s::boolean
        THEN coalesce(substring(line.charge_key FROM '^[^:]*:[0-9]+'), '') ELSE ''
    END,
    movement.rail_id, line.beneficiary_id, line.currency,
    sum(greatest(allocation.amount_minor, 0))::bigint,
    -sum(least(allocation.amount_minor, 0))::bigint,
    count(*), count(*) FILTER (WHERE allocation.amount_minor > 0),
    coalesce(array_agg(line.waived_by) FILTER (WHERE line.waived_minor > 0), '{}'),
    coalesce(array_agg(share.minor) FILTER (WHERE line.waived_minor > 0), '{}')
FROM span
JOIN payments_allocation allocation
    ON allocation.journal_id BETWEEN span.first_id AND span.last_id
JOIN payments_journal journal ON journal.id = allocation.journal_id
    AND journal.business_day BETWEEN %(first_day)s::date AND %(last_day)s::date
JOIN payments_bill_line line ON line.id = allocation.line_id
JOIN payments_movement movement ON movement.id = allocation.movement_id
CROSS JOIN LATERAL (
    SELECT round(line.waived_minor::numeric * allocation.amount_minor / line.amount_minor)::bigint
) share (minor)
WHERE %(beneficiary_ids)s::bigint[] IS NULL
    OR line.beneficiary_id = ANY(%(beneficiary_ids)s::bigint[])
GROUP BY 1, 2, 3, 4, 5
