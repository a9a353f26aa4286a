-- Which sweeps may a line of a rail's statement be the arrival of?
--
-- In:    rail_id (where they arrive), currency; is_advice (which kind of line tells); zone; left_from,
--        came_from, until: local days.
-- Out:   own id, amount, local day, whether it has arrived: first those that arrived by another road
--        between came_from and until, and that no line of that kind tells yet (the day is that of the
--        arrival); then those that left another rail between left_from and until and are under way.
--        Each in the order in which they moved.
-- Locks: none. A sweep arrives once, under its own id or by the word of two people; so does a debit
--        that two people have explained as one. Where a collection of that amount has the sweep's id
--        here, its arrival may be told already: two people say so.
SELECT sweep.external_id, sweep.amount_minor, sweep.day, sweep.has_arrived
FROM (
    SELECT t.external_id, t.amount_minor, t.occurred_at, t.id, true AS has_arrived,
        (t.occurred_at AT TIME ZONE %(zone)s::text)::date AS day
    FROM payments_movement t
    WHERE t.leg = 'transfer' AND t.rail_id = %(rail_id)s AND t.currency = %(currency)s::text
      AND t.occurred_at >= %(came_from)s::date - 1 AND t.occurred_at < %(until)s::date + 2
      AND NOT EXISTS (
          SELECT FROM payments_statement_line line
          WHERE line.movement_id = t.id AND line.is_advice = %(is_advice)s
      )
    UNION ALL
    SELECT s.external_id, s.amount_minor, s.occurred_at, s.id, false,
        (s.occurred_at AT TIME ZONE %(zone)s::text)::date
    FROM payments_sweep_under_way s
    WHERE s.rail_id <> %(rail_id)s AND s.currency = %(currency)s::text
      AND s.occurred_at >= %(left_from)s::date - 1 AND s.occurred_at < %(until)s::date + 2
      AND NOT EXISTS (
          SELECT FROM payments_movement c
          WHERE c.rail_id = %(rail_id)s AND c.external_id = s.external_id AND c.leg = 'credit'
            AND (c.currency, c.amount_minor) = (s.currency, s.amount_minor)
      )
) sweep
ORDER BY sweep.has_arrived DESC, sweep.occurred_at, sweep.id
