-- Posts a journal of two lines about one fact.
--
-- In:    kind and subject_id (of the journal), own_id and other_id (ledger accounts), currency,
--        amount_minor (what the first is debited and the other credited; negative: the other way
--        round), business_day (open, held), `at`.
-- Out:   the journal's id, if it was not posted before.
-- Locks: none of its own; the fact is held.
WITH new_journal AS MATERIALIZED (
    INSERT INTO payments_journal (kind, subject_id, business_day, occurred_at, posted_at)
    VALUES (
        %(kind)s::text, %(subject_id)s::bigint, %(business_day)s::date, %(at)s::timestamptz,
        %(at)s::timestamptz
    )
    ON CONFLICT (kind, subject_id) DO NOTHING
    RETURNING id AS journal_id
),
posted AS (
    INSERT INTO payments_posting (journal_id, line_no, account_id, currency, amount_minor)
    SELECT new_journal.journal_id, line.line_no, line.account_id, %(currency)s::text,
           line.sign * %(amount_minor)s::bigint
    FROM new_journal
    CROSS JOIN (VALUES (1, %(own_id)s::bigint, 1), (2, %(other_id)s::bigint, -1))
        line (line_no, account_id, sign)
    ORDER BY 1, 2
)
SELECT new_journal.journal_id FROM new_journal
