-- Out: series of receipts whose last number, highest number and number of receipts are not one.
-- Locks: none. Numbers are unique in their series, so as many as the highest leave no gap.
SELECT coalesce(s.beneficiary_id, r.beneficiary_id) AS beneficiary_id,
    coalesce(s.year, r.series_year) AS year, s.last, r.highest, r.receipts
FROM payments_receipt_series s
FULL JOIN (
    SELECT beneficiary_id, series_year, max(series_no) AS highest, count(*) AS receipts
    FROM payments_receipt
    GROUP BY beneficiary_id, series_year
) r ON (r.beneficiary_id, r.series_year) = (s.beneficiary_id, s.year)
WHERE (s.last, s.last) IS DISTINCT FROM (r.highest, r.receipts)
