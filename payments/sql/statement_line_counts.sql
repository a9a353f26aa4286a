-- How often has an account told what these lines say?
--
-- In:    rail_id, account, is_advice; fingerprint[], each once.
-- Out:   fingerprint and count, of those that it has told.
-- Locks: none; the rail is held before.
SELECT told.fingerprint, max(line.occurrence)
FROM unnest(%(fingerprint)s::bytea[]) told (fingerprint)
JOIN payments_statement_line line
    ON line.rail_id = %(rail_id)s AND line.account = %(account)s::text
    AND line.is_advice = %(is_advice)s AND line.fingerprint = told.fingerprint
GROUP BY told.fingerprint
