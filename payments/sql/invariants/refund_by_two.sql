-- Out: refunds that hold money, or did, without two different people behind them. Locks: none.
SELECT f.id, f.state
FROM payments_refund f
WHERE f.state IN ('AWAITING_FUNDS', 'APPROVED', 'SENDING', 'PENDING', 'UNKNOWN', 'DONE', 'FAILED')
  AND (f.maker_id IS NULL OR f.checker_id IS NULL OR f.maker_id = f.checker_id)
