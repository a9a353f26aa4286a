-- Grants that have not ended and put two acts that are kept apart into one person's hands; one
-- that was given before its pair was declared stands here until somebody ends it.
SELECT one.id AS grant_id, other.id AS other_id, c.first_act, c.second_act
FROM accounts_conflicting_acts c
JOIN accounts_grant one ON one.act = c.first_act
JOIN accounts_account holder ON holder.id = one.account_id
JOIN accounts_grant other ON other.act = c.second_act
JOIN accounts_account other_holder ON other_holder.id = other.account_id
WHERE (one.account_id = other.account_id OR holder.person_id = other_holder.person_id)
  AND one.ended_at IS NULL AND other.ended_at IS NULL
  AND coalesce(one.until_at, 'infinity') > other.from_at
  AND coalesce(other.until_at, 'infinity') > one.from_at
  AND accounts_codes_meet(one.service_code, other.service_code)
  AND accounts_codes_meet(one.rail_code, other.rail_code)
  AND accounts_codes_meet(one.beneficiary_code, other.beneficiary_code)
  AND accounts_areas_meet(one.area_id, other.area_id)
