-- squawk-ignore-file
-- A call that was answered for may go when its term is over; an open one stays.
-- In: rows of applications_call. Out: the row, or an error with the rule's name. Locks: none.
CREATE FUNCTION applications_call_goes() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (OLD.done_at IS NULL) THEN
        RAISE EXCEPTION 'call %: nobody has answered for it', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'call_open_stays';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER call_open_stays BEFORE DELETE ON applications_call
    FOR EACH ROW EXECUTE FUNCTION applications_call_goes();

GRANT DELETE ON applications_call TO guichet_application;
