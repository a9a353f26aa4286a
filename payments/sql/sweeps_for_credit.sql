-- Which sweeps of other rails may a credit be the arrival of?
--
-- In:    movement_id (the credit), rail_id (its own), currency, amount_minor; first, last: when they
--        may have left; word[]: what the credit says of itself, in capitals; most.
-- Out:   id, rail, own id, amount and moment of leaving, the newest first: of just that amount, or
--        named by the credit. None of which somebody asks already whether it is another credit.
-- Locks: none.
SELECT s.id, s.rail_id, s.external_id, s.amount_minor, s.occurred_at
FROM payments_sweep_under_way s
WHERE s.rail_id <> %(rail_id)s AND s.currency = %(currency)s::text
  AND s.occurred_at BETWEEN %(first)s::timestamptz AND %(last)s::timestamptz
  AND (s.amount_minor = %(amount_minor)s::bigint OR upper(s.external_id) = ANY (%(word)s::text[]))
  AND NOT EXISTS (
      SELECT FROM payments_release l
      WHERE l.sweep_id = s.id AND l.decided_at IS NULL AND l.movement_id <> %(movement_id)s
  )
ORDER BY s.occurred_at DESC, s.id DESC
LIMIT %(most)s::int
