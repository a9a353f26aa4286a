-- Out: charges heard of since a moment, with the tariff of their rail and the amount of the
--      collection that they are about (NULL: none that we know); those alone that never rang.
-- In:  since. Locks: none.
SELECT charge.id, rail.code, rail.tariff::text, charge.amount_minor, collection.amount_minor
FROM payments_movement charge
JOIN payments_rail rail ON rail.id = charge.rail_id
-- A tariff is in the currency of its rail, and so explains nothing in another.
LEFT JOIN payments_movement collection ON collection.id = charge.original_id
    AND (collection.currency, charge.currency) = (rail.currency, rail.currency)
WHERE charge.leg = 'charge' AND charge.first_heard_at > %(since)s
  AND NOT EXISTS (
      SELECT FROM payments_alarm alarm
      WHERE alarm.kind = 'charge_not_tariff' AND alarm.subject = 'movement:' || charge.id
        AND alarm.rail_code = rail.code
  )
ORDER BY charge.id
