-- Out: what our books held on a rail at a moment; the least and the most that its provider could
--      rightly have told then: whatever was posted from early to late may be in it or not, and a
--      charge by the rail's tariff may have been kept that nobody has told yet.
-- In:  rail_id, currency, roles[], at, early, late, charged_since. Locks: none.
WITH line AS (
    SELECT journal.posted_at, posting.amount_minor
    FROM payments_posting posting
    JOIN payments_journal journal ON journal.id = posting.journal_id
    JOIN payments_ledger_account account ON account.id = posting.account_id
    WHERE account.rail_id = %(rail_id)s::bigint AND account.currency = %(currency)s
      AND account.role = ANY (%(roles)s::text[])
      AND journal.posted_at <= %(late)s
),
sums AS (
    SELECT
        coalesce(sum(amount_minor) FILTER (WHERE posted_at <= %(at)s), 0) AS books,
        coalesce(sum(amount_minor) FILTER (WHERE posted_at <= %(early)s), 0) AS settled,
        coalesce(sum(amount_minor) FILTER (WHERE posted_at > %(early)s AND amount_minor < 0), 0)
            AS gone,
        coalesce(sum(amount_minor) FILTER (WHERE posted_at > %(early)s AND amount_minor > 0), 0)
            AS come
    FROM line
),
untold AS (
    SELECT coalesce(sum(band.charge_minor), 0) AS charges
    FROM payments_movement credit
    JOIN payments_rail rail ON rail.id = credit.rail_id AND rail.currency = credit.currency
    CROSS JOIN LATERAL (
        SELECT b.charge_minor
        FROM jsonb_to_recordset(rail.tariff -> 'bands') b (up_to_minor bigint, charge_minor bigint)
        WHERE credit.amount_minor <= b.up_to_minor
        ORDER BY b.up_to_minor LIMIT 1
    ) band
    WHERE credit.rail_id = %(rail_id)s::bigint AND credit.leg = 'credit'
      AND credit.currency = %(currency)s
      AND credit.first_heard_at > %(charged_since)s AND credit.first_heard_at <= %(late)s
      AND NOT EXISTS (
          SELECT FROM payments_movement charge
          JOIN payments_journal journal
              ON journal.kind = 'charge' AND journal.subject_id = charge.id
          WHERE charge.original_id = credit.id AND charge.leg = 'charge'
            AND journal.posted_at <= %(late)s
      )
)
SELECT sums.books::bigint, (sums.settled + sums.gone - untold.charges)::bigint,
    (sums.settled + sums.come)::bigint
FROM sums CROSS JOIN untold
