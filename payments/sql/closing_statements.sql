-- Out: the statement files that came on a closed day, by id. In: day. Locks: none.
SELECT f.id, payments_seal_instant(f.imported_at), f.bytes, encode(f.sha256, 'hex')
FROM payments_close c
JOIN payments_statement_file f
    ON f.imported_at >= c.day::timestamp AT TIME ZONE c.zone
    AND f.imported_at < (c.day + 1)::timestamp AT TIME ZONE c.zone
WHERE c.day = %(day)s::date
ORDER BY f.id
