-- Downtime books and what became of their sheets, said again by PostgreSQL.
-- In: rows written by applications.operations.downtime. Out: an exception that names the rule.
-- Locks: none beyond the rows that are written.
-- squawk-ignore-file

-- The numbers of an office and a year have no gap: a book begins where the last one ended.
CREATE FUNCTION applications_book_without_gap() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    used integer := (
        SELECT coalesce(max(b.last), 0) FROM applications_downtimebook b
        WHERE b.office_id = NEW.office_id AND b.year = NEW.year
    );
BEGIN
    IF NEW.first <> used + 1 THEN
        RAISE EXCEPTION 'office %: the sheets of a year follow each other', NEW.office_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'book_without_gap';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER book_without_gap BEFORE INSERT ON applications_downtimebook
    FOR EACH ROW EXECUTE FUNCTION applications_book_without_gap();

-- A book has all of its sheets, and no other, when it is written.
CREATE FUNCTION applications_book_is_whole() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (
        SELECT count(*) FROM applications_downtimesheet s
        WHERE s.book_id = NEW.id AND s.number BETWEEN NEW.first AND NEW.last
    ) <> NEW.last - NEW.first + 1 THEN
        RAISE EXCEPTION 'book %: a sheet is missing', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'book_is_whole';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER book_is_whole AFTER INSERT ON applications_downtimebook
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION applications_book_is_whole();

-- A sheet belongs to the numbers of its book, and begins open.
CREATE FUNCTION applications_sheet_of_its_book() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.ended_at IS NOT NULL OR NOT EXISTS (
        SELECT FROM applications_downtimebook b
        WHERE b.id = NEW.book_id AND NEW.number BETWEEN b.first AND b.last
    ) THEN
        RAISE EXCEPTION 'sheet %: it is none of its book', NEW.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sheet_of_its_book';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sheet_of_its_book BEFORE INSERT ON applications_downtimesheet
    FOR EACH ROW EXECUTE FUNCTION applications_sheet_of_its_book();

-- A sheet ends once; what is captured was taken after its book was printed, is of its book's
-- service and office, and is typed in and was taken by somebody without an interest.
CREATE FUNCTION applications_sheet_ends_once() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL
        OR (NEW.book_id, NEW.number, NEW.code) IS DISTINCT FROM (OLD.book_id, OLD.number, OLD.code)
    THEN
        RAISE EXCEPTION 'sheet %: it ends once', OLD.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sheet_ends_once';
    END IF;
    IF NEW.application_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM applications_downtimebook b
        JOIN applications_application a ON a.id = NEW.application_id
        WHERE b.id = NEW.book_id AND NEW.received_at >= b.printed_at
            AND a.service_code = b.service_code AND a.received_at = NEW.received_at
            AND a.receiving_office_id = b.office_id
    ) THEN
        RAISE EXCEPTION 'sheet %: the case is not the one that stands on it', OLD.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sheet_captured_as_it_is';
    END IF;
    IF NEW.application_id IS NOT NULL AND EXISTS (
        SELECT FROM applications_application a
        WHERE a.id = NEW.application_id
            AND (applications_has_interest(NEW.ended_by_id, a.holder_id, a.account_id)
                OR applications_has_interest(NEW.taken_by_id, a.holder_id, a.account_id))
    ) THEN
        RAISE EXCEPTION 'sheet %: nobody captures her own case', OLD.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sheet_captured_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sheet_ends_once BEFORE UPDATE ON applications_downtimesheet
    FOR EACH ROW EXECUTE FUNCTION applications_sheet_ends_once();

-- The true time is a sheet's, is not in the future of the case, and never changes.
CREATE FUNCTION applications_received_on_a_sheet() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM applications_downtimesheet s
        WHERE s.application_id = NEW.id AND s.received_at = NEW.received_at
    ) THEN
        RAISE EXCEPTION 'case %: no sheet says when it was received', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'received_on_a_sheet';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER received_on_a_sheet AFTER INSERT ON applications_application
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.received_at IS NOT NULL)
    EXECUTE FUNCTION applications_received_on_a_sheet();

CREATE FUNCTION applications_received_once() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'case %: when it was received never changes', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'received_once';
END $$;
CREATE TRIGGER received_once BEFORE UPDATE OF received_at ON applications_application
    FOR EACH ROW WHEN (NEW.received_at IS DISTINCT FROM OLD.received_at)
    EXECUTE FUNCTION applications_received_once();

REVOKE UPDATE, DELETE, TRUNCATE ON applications_downtimesheet FROM guichet_application;
GRANT UPDATE (application_id, received_at, taken_by_id, spoiled, ended_by_id, ended_at)
    ON applications_downtimesheet TO guichet_application;
CREATE TRIGGER applications_downtimesheet_no_delete BEFORE DELETE ON applications_downtimesheet
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
CREATE TRIGGER applications_downtimesheet_no_truncate BEFORE TRUNCATE
    ON applications_downtimesheet
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_append_only();
