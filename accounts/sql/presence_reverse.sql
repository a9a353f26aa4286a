DROP TRIGGER absence_rules ON accounts_absence;
DROP FUNCTION accounts_absence_rules();
ALTER TABLE accounts_absence DROP CONSTRAINT absence_one_at_a_time;
DROP FUNCTION accounts_away(timestamptz, timestamptz, timestamptz);
