-- Posts a release: out of a collection's suspense, to what was written off, to the treasury's
-- account of what nobody claimed, back to the batch that it was, or to what is between our accounts.
--
-- In:    release_id (held, with its collection, of which so much stands in suspense), own_id (the
--        account to which it goes), business_day (open, held), `at`.
-- Out:   the journal's id, if it was not posted before.
-- Locks: none of its own.
WITH given AS MATERIALIZED (
    SELECT release.id AS release_id, release.kind, release.movement_id, release.currency,
        release.amount_minor, movement.rail_id, (
            SELECT max(s.bill_id) FROM payments_suspense_item s
            WHERE s.movement_id = release.movement_id
        ) AS bill_id,
        nextval('payments_journal_id_seq') AS journal_id
    FROM payments_release release
    JOIN payments_movement movement ON movement.id = release.movement_id
    WHERE release.id = %(release_id)s::bigint
),
new_journal AS MATERIALIZED (
    INSERT INTO payments_journal (id, kind, subject_id, business_day, occurred_at, posted_at)
    SELECT given.journal_id, given.kind, given.release_id, %(business_day)s::date,
           %(at)s::timestamptz, %(at)s::timestamptz
    FROM given
    ON CONFLICT (kind, subject_id) DO NOTHING
    RETURNING id AS journal_id
),
posted AS (
    INSERT INTO payments_posting (journal_id, line_no, account_id, currency, amount_minor)
    SELECT given.journal_id, 1, %(own_id)s::bigint, given.currency, -given.amount_minor
    FROM new_journal
    JOIN given USING (journal_id)
    UNION ALL
    SELECT given.journal_id, 2, suspense.id, given.currency, given.amount_minor
    FROM new_journal
    JOIN given USING (journal_id)
    JOIN payments_ledger_account suspense
        ON suspense.rail_id = given.rail_id AND suspense.role = 'suspense'
        AND suspense.currency = given.currency
    ORDER BY 1, 2
),
released AS (
    INSERT INTO payments_suspense_item (
        movement_id, journal_id, bill_id, reason, currency, amount_minor, opened_at
    )
    SELECT given.movement_id, given.journal_id, given.bill_id,
        CASE given.kind
            WHEN 'write_off' THEN 'WRITTEN_OFF'
            WHEN 'returned' THEN 'RETURNED'
            WHEN 'arrived' THEN 'ARRIVED'
            ELSE 'UNCLAIMED'
        END,
        given.currency, -given.amount_minor, %(at)s::timestamptz
    FROM new_journal
    JOIN given USING (journal_id)
)
SELECT new_journal.journal_id FROM new_journal
