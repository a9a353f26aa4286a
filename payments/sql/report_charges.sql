-- Sums what providers kept, by rail, beside what their tariff says of the same collections.
--
-- In:    first_day, last_day (the ledger's business days).
-- Out:   one row a rail and currency: charges, kept, kept where the tariff says something, what it
--        says of those, and charges of which it says nothing (no tariff, or no collection known).
-- Locks: none.
WITH charge AS (
    SELECT movement.rail_id, movement.currency, movement.amount_minor, movement.original_id
    FROM payments_journal journal
    JOIN payments_movement movement ON movement.id = journal.subject_id
    WHERE journal.kind = 'charge'
      AND journal.business_day BETWEEN %(first_day)s::date AND %(last_day)s::date
    UNION ALL
    -- A withdrawal that two people found to be one.
    SELECT movement.rail_id, movement.currency, movement.amount_minor, NULL
    FROM payments_journal journal
    JOIN payments_explanation explanation
        ON explanation.id = journal.subject_id AND explanation.answer = 'charge'
    JOIN payments_movement movement ON movement.id = explanation.movement_id
    WHERE journal.kind = 'explained'
      AND journal.business_day BETWEEN %(first_day)s::date AND %(last_day)s::date
)
SELECT charge.rail_id, charge.currency, count(*), sum(charge.amount_minor)::bigint,
    coalesce(sum(charge.amount_minor) FILTER (WHERE told.charge_minor IS NOT NULL), 0)::bigint,
    coalesce(sum(told.charge_minor), 0)::bigint,
    count(*) FILTER (WHERE told.charge_minor IS NULL)
FROM charge
JOIN payments_rail rail ON rail.id = charge.rail_id
-- A tariff is in the currency of its rail, and so says nothing of another.
LEFT JOIN payments_movement collection ON collection.id = charge.original_id
    AND (collection.currency, charge.currency) = (rail.currency, rail.currency)
-- As payments/tariff.py: the bands rise, and each holds up to and including its amount.
LEFT JOIN LATERAL (
    SELECT (band.told ->> 'charge_minor')::bigint AS charge_minor
    FROM jsonb_array_elements(rail.tariff -> 'bands') WITH ORDINALITY band (told, place)
    WHERE collection.amount_minor <= (band.told ->> 'up_to_minor')::bigint
    ORDER BY band.place
    LIMIT 1
) told ON true
GROUP BY 1, 2
