-- In:    day[]: local dates on which money moved; today.
-- Out:   which of them, and of the week from today on, are open: in the order of days.
-- Locks: those rows of payments_ledger_day FOR KEY SHARE, by day. A close waits for us.
SELECT d.day
FROM payments_ledger_day d
WHERE (d.day = ANY (%(day)s::date[]) OR d.day BETWEEN %(today)s::date AND %(today)s::date + 6)
  AND d.closed_at IS NULL
ORDER BY d.day
FOR KEY SHARE
