-- What is known about the debits that providers tell of?
--
-- In:    one array per column, one element per debit: position, rail_id, leg, external_id, currency,
--        amount_minor, original_id (external id of a collection, or ''), key (of a refund, or NULL),
--        source (who tells it); and movement_id[], refund_id[]: the collections and refunds that are
--        held.
-- Out:   per position: leg and external id by which the ledger knows it already (NULL if it is new),
--        and the collection that it stands for there;
--        leg and external id of a reversal or charge of its original, of its amount, that no such
--        source has told: a withdrawal, where people have said that it was one;
--        the collection that it is about (held, or posted by this transaction), its currency, what
--        is left of it, whether it has been reversed; the refunds that it can be the payout of, in
--        the order of their ids; the refund that its key names and the collection of that; whether its
--        id names that order; whether it may be a second payout of it.
-- Locks: none; collections and refunds are held before, so that this snapshot is younger than their
--        last change.
WITH told AS MATERIALIZED (
    SELECT t.*
    FROM unnest(
        %(position)s::int[], %(rail_id)s::bigint[], %(leg)s::text[], %(external_id)s::text[],
        %(currency)s::text[], %(amount_minor)s::bigint[], %(original_id)s::text[],
        %(key)s::uuid[], %(source)s::text[]
    ) t (
        position, rail_id, leg, external_id, currency, amount_minor, original_id, key, source
    )
)
SELECT told.position, known.leg, known.external_id, known.original_id, untold.leg,
    untold.external_id, original.id, original.currency,
    coalesce(original.left_minor, 0)::bigint, coalesce(original.is_reversed, false),
    ARRAY(
        SELECT refund.id
        FROM payments_refund refund
        WHERE (refund.movement_id = original.id OR refund.key = told.key)
          AND refund.id = ANY (%(refund_id)s::bigint[])
          AND refund.state IN ('SENDING', 'PENDING', 'UNKNOWN', 'DONE')
          AND (refund.currency, refund.amount_minor) = (told.currency, told.amount_minor)
          AND NOT EXISTS (SELECT FROM payments_movement p WHERE p.refund_id = refund.id)
          AND NOT EXISTS (
              SELECT FROM payments_explanation e WHERE e.refund_id = refund.id AND e.approved
          )
          -- Another rail's money does not pay this rail's collection back.
          AND told.rail_id = (
              SELECT m.rail_id FROM payments_movement m WHERE m.id = refund.movement_id
          )
        ORDER BY (refund.key = told.key) IS TRUE DESC, refund.id
    ),
    keyed.id, keyed.movement_id, coalesce(keyed.is_order, false), coalesce(known.is_second, false)
FROM told
LEFT JOIN LATERAL (
    SELECT r.id, r.movement_id, r.handle, r.external_id,
        -- These name the order, or all that the provider has a name for.
        told.external_id IN (r.handle, r.external_id, (
            SELECT c.external_id FROM payments_movement c WHERE c.id = r.movement_id
        )) AS is_order
    FROM payments_refund r WHERE r.key = told.key
) keyed ON true
CROSS JOIN LATERAL (
    SELECT CASE told.leg
        WHEN 'reversal' THEN ARRAY['reversal', 'payout', 'withdrawal']
        WHEN 'payout' THEN ARRAY['reversal', 'payout', 'withdrawal']
        WHEN 'sweep' THEN ARRAY['sweep', 'withdrawal']
        WHEN 'withdrawal'
            THEN ARRAY['reversal', 'payout', 'sweep', 'withdrawal', 'remittance']
        WHEN 'remittance' THEN ARRAY['remittance', 'withdrawal']
        ELSE ARRAY[told.leg]
    END AS legs
) alike
LEFT JOIN LATERAL (
    SELECT m.leg, m.external_id, coalesce(m.original_id, (
        SELECT r.movement_id FROM payments_refund r WHERE r.id = m.refund_id
    ), (
        SELECT e.original_id FROM payments_explanation e
        WHERE m.leg = 'withdrawal' AND e.movement_id = m.id AND e.approved
    )) AS original_id, false AS is_second
    FROM payments_movement m
    WHERE m.rail_id = told.rail_id AND m.external_id = told.external_id
      AND m.leg = ANY (alike.legs)
    UNION ALL
    -- Our key names one payout, whatever id the provider tells it by; but two ids of their own, by
    -- the same road, may be two debits.
    SELECT m.leg, m.external_id, keyed.movement_id,
        NOT keyed.is_order AND m.external_id <> keyed.handle
            AND (m.currency, m.amount_minor) = (told.currency, told.amount_minor)
            AND EXISTS (
                SELECT FROM payments_evidence e
                WHERE e.movement_id = m.id AND e.source = told.source
            )
            AND NOT EXISTS (
                SELECT FROM payments_movement_alias a
                WHERE a.movement_id = m.id AND a.rail_id = told.rail_id
                  AND a.external_id = told.external_id AND a.leg = m.leg
            )
    FROM payments_movement m
    WHERE m.refund_id = keyed.id AND m.rail_id = told.rail_id
    UNION ALL
    SELECT m.leg, m.external_id, coalesce(m.original_id, (
        SELECT r.movement_id FROM payments_refund r WHERE r.id = m.refund_id
    ), (
        SELECT e.original_id FROM payments_explanation e
        WHERE m.leg = 'withdrawal' AND e.movement_id = m.id AND e.approved
    )), false
    FROM payments_movement_alias alias
    JOIN payments_movement m ON m.id = alias.movement_id
    WHERE alias.rail_id = told.rail_id AND alias.external_id = told.external_id
      AND alias.leg = ANY (alike.legs)
    LIMIT 1
) known ON true
LEFT JOIN LATERAL (
    SELECT m.id, m.currency,
        coalesce((
            SELECT sum(a.amount_minor) FROM payments_allocation a WHERE a.movement_id = m.id
        ), 0) + coalesce((
            SELECT sum(s.amount_minor) FROM payments_suspense_item s WHERE s.movement_id = m.id
        ), 0) AS left_minor,
        EXISTS (
            SELECT FROM payments_movement r WHERE r.original_id = m.id AND r.leg = 'reversal'
        ) OR EXISTS (
            SELECT FROM payments_explanation e WHERE e.original_id = m.id AND e.approved
        ) AS is_reversed
    FROM payments_movement m
    WHERE m.rail_id = told.rail_id AND m.external_id = told.original_id AND m.leg = 'credit'
      AND (m.id = ANY (%(movement_id)s::bigint[]) OR EXISTS (
          SELECT FROM payments_journal j
          WHERE j.kind = 'collection' AND j.subject_id = m.id
            AND j.txid = pg_current_xact_id_if_assigned()
      ))
) original ON true
LEFT JOIN LATERAL (
    SELECT same.leg, same.external_id
    FROM (
        SELECT r.* FROM payments_movement r
        WHERE told.leg IN ('reversal', 'charge')
          AND r.original_id = original.id AND r.leg = told.leg
        UNION ALL
        SELECT w.* FROM payments_explanation e
        JOIN payments_movement w ON w.id = e.movement_id
        WHERE told.leg = 'reversal' AND e.original_id = original.id AND e.approved
    ) same
    WHERE (same.currency, same.amount_minor) = (told.currency, told.amount_minor)
      AND NOT EXISTS (
          SELECT FROM payments_evidence e
          WHERE e.movement_id = same.id AND e.source = told.source
      )
    ORDER BY same.id LIMIT 1
) untold ON true
ORDER BY told.position
