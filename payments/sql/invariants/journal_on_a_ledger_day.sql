-- Out: journals on a day without a row. Locks: none.
SELECT j.id, j.business_day
FROM payments_journal j
LEFT JOIN payments_ledger_day d ON d.day = j.business_day
WHERE d.day IS NULL
