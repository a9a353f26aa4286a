-- Two people are two persons: one person with two accounts is still one pair of hands.

CREATE FUNCTION payments_same_hands(one bigint, other bigint) RETURNS boolean LANGUAGE sql STABLE
    SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT one = other OR EXISTS (
        SELECT FROM accounts_account a JOIN accounts_account b ON b.person_id = a.person_id
        WHERE a.id = one AND b.id = other
    )
$$;

-- Of every table with a maker and a checker.
CREATE FUNCTION payments_check_hands() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF payments_same_hands(NEW.maker_id, NEW.checker_id) THEN
        RAISE EXCEPTION '% %: maker and checker are one person', TG_TABLE_NAME, NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'two_persons';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER two_persons BEFORE INSERT OR UPDATE OF maker_id, checker_id ON payments_refund
    FOR EACH ROW WHEN (NEW.checker_id IS NOT NULL) EXECUTE FUNCTION payments_check_hands();
CREATE TRIGGER two_persons BEFORE INSERT OR UPDATE OF maker_id, checker_id ON payments_match
    FOR EACH ROW WHEN (NEW.checker_id IS NOT NULL) EXECUTE FUNCTION payments_check_hands();
CREATE TRIGGER two_persons BEFORE INSERT OR UPDATE OF maker_id, checker_id ON payments_float_top_up
    FOR EACH ROW WHEN (NEW.checker_id IS NOT NULL) EXECUTE FUNCTION payments_check_hands();
