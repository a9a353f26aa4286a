-- Counts anew, hour by hour, the collections that messages of each rail told of first.
--
-- In:    since (the beginning of an hour); from then on all is counted again, so that a poster that
--        committed late is not missed.
-- Out:   rail and when it was last heard.
-- Locks: the rows written, by rail and hour.
WITH heard AS (
    SELECT m.rail_id, date_trunc('hour', m.first_heard_at, 'UTC') AS hour, m.first_heard_at
    FROM payments_movement m
    WHERE m.first_heard_at >= %(since)s::timestamptz AND m.leg = 'credit'
      -- A statement tells of a whole day at once, and says nothing about how the rail does.
      AND EXISTS (
          SELECT FROM payments_evidence e WHERE e.movement_id = m.id AND e.source = 'message'
      )
),
counted AS (
    INSERT INTO payments_rail_hour AS kept (rail_id, hour, seen, first_at, last_at)
    SELECT heard.rail_id, heard.hour, count(*), min(heard.first_heard_at),
        max(heard.first_heard_at)
    FROM heard GROUP BY heard.rail_id, heard.hour ORDER BY heard.rail_id, heard.hour
    ON CONFLICT (rail_id, hour) DO UPDATE
        SET seen = EXCLUDED.seen, first_at = EXCLUDED.first_at, last_at = EXCLUDED.last_at
        WHERE (kept.seen, kept.last_at) IS DISTINCT FROM (EXCLUDED.seen, EXCLUDED.last_at)
)
SELECT heard.rail_id, max(heard.first_heard_at) FROM heard GROUP BY heard.rail_id
