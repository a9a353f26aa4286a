-- Builds a batch of all that waits for one beneficiary and currency: what came up to the cut-off, less
-- what was taken back until now, because what is not there any more cannot be remitted.
--
-- In:    payable_id (its account, held), beneficiary_id, currency, account_id (in force), rail_id,
--        maker_id, cut_off, year (of the number), key, at.
-- Out:   one row: the batch's id (NULL: nothing waits, or as much or more was taken back as came, and
--        nothing is done), its allocations, what came and what was taken back, in minor units.
-- Locks: the payable account is held before, so that two builders come one after the other. What
--        waits is read by the account's key alone: this costs what is new, and no more.
WITH ready AS MATERIALIZED (
    SELECT waiting.allocation_id, waiting.amount_minor
    FROM payments_unremitted waiting
    JOIN payments_allocation a ON a.id = waiting.allocation_id
    JOIN payments_journal j ON j.id = a.journal_id
    WHERE waiting.payable_id = %(payable_id)s::bigint
      AND (j.posted_at <= %(cut_off)s::timestamptz OR waiting.amount_minor < 0)
),
summed AS (
    SELECT count(*)::int AS allocations,
        coalesce(sum(ready.amount_minor) FILTER (WHERE ready.amount_minor > 0), 0)::bigint
            AS gross_minor,
        coalesce(-sum(ready.amount_minor) FILTER (WHERE ready.amount_minor < 0), 0)::bigint
            AS taken_back_minor
    FROM ready
),
-- Shown, not taken off: what its account of charges was charged since the last batch that stands.
before AS (
    SELECT coalesce(max(r.charges_journal_id), 0) AS journal_id
    FROM payments_remittance r
    WHERE r.beneficiary_id = %(beneficiary_id)s::bigint AND r.currency = %(currency)s::text
      AND r.state NOT IN ('CANCELLED', 'FAILED', 'RETURNED')
),
charged AS (
    SELECT coalesce(sum(p.amount_minor), 0)::bigint AS charges_minor,
        coalesce(max(p.journal_id), (SELECT before.journal_id FROM before)) AS journal_id
    FROM payments_ledger_account charges
    JOIN payments_posting p ON p.account_id = charges.id
    JOIN payments_journal j ON j.id = p.journal_id
    WHERE charges.beneficiary_id = %(beneficiary_id)s::bigint AND charges.role = 'charges'
      AND charges.currency = %(currency)s::text
      AND p.journal_id > (SELECT before.journal_id FROM before)
      AND j.posted_at <= %(cut_off)s::timestamptz
),
numbered AS (
    SELECT n.id, lpad(n.id::text, greatest(6, length(n.id::text)), '0') AS short,
        lpad(n.id::text, greatest(8, length(n.id::text)), '0') AS long
    FROM (SELECT nextval('payments_remittance_id_seq') AS id) n
),
batch AS (
    INSERT INTO payments_remittance (
        id, key, number, beneficiary_id, currency, amount_minor, gross_minor, taken_back_minor,
        charges_minor, charges_journal_id, allocations, account_id, rail_id, end_to_end_id, state,
        maker_id, cut_off, built_at
    )
    SELECT numbered.id, %(key)s::uuid, 'RM-' || %(year)s::text || '-' || numbered.short,
        %(beneficiary_id)s::bigint, %(currency)s::text,
        summed.gross_minor - summed.taken_back_minor, summed.gross_minor,
        summed.taken_back_minor, charged.charges_minor, charged.journal_id, summed.allocations,
        %(account_id)s::bigint, %(rail_id)s::bigint, 'RM' || %(year)s::text || numbered.long,
        'BUILDING', %(maker_id)s::bigint, %(cut_off)s::timestamptz, %(at)s::timestamptz
    FROM numbered, summed, charged
    WHERE summed.gross_minor > summed.taken_back_minor
    RETURNING id
),
taken AS (
    DELETE FROM payments_unremitted waiting
    USING ready, batch
    WHERE waiting.payable_id = %(payable_id)s::bigint
      AND waiting.allocation_id = ready.allocation_id
),
line AS (
    INSERT INTO payments_remittance_line (allocation_id, remittance_id, amount_minor)
    SELECT ready.allocation_id, batch.id, ready.amount_minor
    FROM ready, batch
    ORDER BY ready.allocation_id
)
SELECT (SELECT batch.id FROM batch), summed.allocations, summed.gross_minor,
    summed.taken_back_minor
FROM summed
