-- In:    day[]: local dates on which money moved; today.
-- Out:   which of them, and of the week from today on, the ledger has, and whether each is open: in
--        the order of days.
-- Locks: those rows of payments_ledger_day FOR KEY SHARE, by day. A close waits for us.
SELECT d.day, d.closed_at IS NULL AS is_open
FROM payments_ledger_day d
WHERE d.day = ANY (%(day)s::date[]) OR d.day BETWEEN %(today)s::date AND %(today)s::date + 6
ORDER BY d.day
FOR KEY SHARE
