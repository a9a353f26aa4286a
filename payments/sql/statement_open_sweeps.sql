-- Which sweeps of other rails are still under way?
--
-- In:    rail_id (where they may arrive), currency; zone; first_day, last_day: of their leaving.
-- Out:   own id, amount and local day, in the order in which they left.
-- Locks: none. A sweep arrives once, under its own id or by the word of two people; so does a debit
--        that two people have explained as one.
SELECT m.external_id, m.amount_minor, (m.occurred_at AT TIME ZONE %(zone)s::text)::date
FROM payments_sweep_under_way m
WHERE m.rail_id <> %(rail_id)s AND m.currency = %(currency)s::text
  AND m.occurred_at >= %(first_day)s::date - 1 AND m.occurred_at < %(last_day)s::date + 2
ORDER BY m.occurred_at, m.id
