-- Out:   the beneficiary whose account takes what nobody claims, and its code; no row if the country
--        has none.
-- Locks: none.
SELECT b.id, b.code FROM places_beneficiary b WHERE b.id = payments_treasury()
