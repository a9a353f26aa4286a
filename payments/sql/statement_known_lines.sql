-- Which lines of a statement has another one told already?
--
-- In:    rail_id, account, is_advice; fingerprint[], occurrence[].
-- Out:   fingerprint and occurrence of those that are known.
-- Locks: none; the rail is held before.
SELECT told.fingerprint, told.occurrence
FROM unnest(%(fingerprint)s::bytea[], %(occurrence)s::int[]) told (fingerprint, occurrence)
JOIN payments_statement_line line
    ON line.rail_id = %(rail_id)s AND line.account = %(account)s::text
    AND line.is_advice = %(is_advice)s
    AND line.fingerprint = told.fingerprint AND line.occurrence = told.occurrence
