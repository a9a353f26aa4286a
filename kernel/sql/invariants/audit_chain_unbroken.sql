-- Seals whose number or previous hash is not that of the seal before, and seals of entries that are
-- gone. That the bytes are what was sealed is checked by `verify_audit`.
SELECT s.number, NULL::bigint AS entry_id
FROM (
    SELECT number, previous, lag(number, 1, 0::bigint) OVER w AS last_number,
        lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER w AS last_hash
    FROM kernel_audit_seal WINDOW w AS (ORDER BY number)
) s
WHERE s.number <> s.last_number + 1 OR s.previous <> s.last_hash
UNION ALL
SELECT sealed.number, sealed.entry_id
FROM (SELECT number, unnest(entry_ids) AS entry_id FROM kernel_audit_seal) sealed
WHERE NOT EXISTS (SELECT FROM kernel_audit_entry e WHERE e.id = sealed.entry_id)
