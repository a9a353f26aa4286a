-- squawk-ignore-file
DROP TRIGGER accounts_grant_rules_right ON accounts_grant;
DROP FUNCTION accounts_grant_by_right();
DROP FUNCTION accounts_is_founding(accounts_grant, timestamptz);
DROP FUNCTION accounts_holds(bigint, text, accounts_grant, timestamptz);
DROP TRIGGER accounts_guardian_rules_hands ON accounts_guardianship;
DROP TRIGGER accounts_phone_change_rules_hands ON accounts_phonechange;
DROP TRIGGER accounts_agent_rules_hands ON accounts_agent;
DROP TRIGGER accounts_invitation_rules_hands ON accounts_invitation;
DROP TRIGGER accounts_factor_reset_rules_hands ON accounts_factorreset;
DROP TRIGGER accounts_grant_rules_hands ON accounts_grant;
DROP FUNCTION accounts_apart();
DROP FUNCTION accounts_same_hands(bigint, bigint);
DROP FUNCTION accounts_phones_of(bigint);
