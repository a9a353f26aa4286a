-- Ties each telling to its movement, old or new, and notes where two tellings differ.
--
-- In:    one array per column, one element per telling: rail_id, external_id, leg
--        (those of its movement), currency, amount_minor, reference and known_reference (what was told now, and what the movement
--        was known by: 12 digits or ''), source, source_id, source_at; and `at`.
-- Out:   one row of counts: evidence kept, differences noted.
-- Locks: none. It runs after the posting, as a statement of its own, because only a new
--        snapshot sees a movement that another poster has committed meanwhile.
WITH told AS MATERIALIZED (
    SELECT t.*
    FROM unnest(
        %(rail_id)s::bigint[], %(external_id)s::text[], %(leg)s::text[], %(currency)s::text[],
        %(amount_minor)s::bigint[], %(reference)s::text[], %(known_reference)s::text[],
        %(source)s::text[], %(source_id)s::bigint[], %(source_at)s::timestamptz[]
    ) t (
        rail_id, external_id, leg, currency, amount_minor, reference, known_reference, source,
        source_id, source_at
    )
),
seen AS MATERIALIZED (
    SELECT movement.id AS movement_id, told.*,
        (told.currency, told.amount_minor) <> (movement.currency, movement.amount_minor)
        OR told.reference <> '' AND CASE
            WHEN told.known_reference <> '' THEN told.reference <> told.known_reference
            -- Whose money it was, nobody knew; this telling may be the answer.
            ELSE EXISTS (
                SELECT FROM payments_suspense_item item
                WHERE item.movement_id = movement.id AND item.reason = 'UNKNOWN_REFERENCE'
            )
        END AS is_different
    FROM told
    JOIN payments_movement movement
        ON movement.rail_id = told.rail_id AND movement.external_id = told.external_id
        AND movement.leg = told.leg
),
kept AS (
    INSERT INTO payments_evidence (movement_id, source, source_id, source_at)
    SELECT seen.movement_id, seen.source, seen.source_id, seen.source_at
    FROM seen
    ORDER BY seen.movement_id, seen.source_id
    ON CONFLICT DO NOTHING
    RETURNING movement_id
),
noted AS (
    INSERT INTO payments_difference (
        movement_id, told_currency, told_amount_minor, told_reference, source, source_id,
        source_at, noted_at
    )
    SELECT DISTINCT ON (seen.movement_id, seen.currency, seen.amount_minor, seen.reference)
        seen.movement_id, seen.currency, seen.amount_minor, seen.reference, seen.source,
        seen.source_id, seen.source_at, %(at)s::timestamptz
    FROM seen
    WHERE seen.is_different
    ORDER BY seen.movement_id, seen.currency, seen.amount_minor, seen.reference, seen.source_id
    ON CONFLICT DO NOTHING
    RETURNING movement_id
)
SELECT (SELECT count(*) FROM kept), (SELECT count(*) FROM noted)
