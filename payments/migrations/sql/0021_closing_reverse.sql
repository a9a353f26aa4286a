DROP TRIGGER ledger_day_begins_open ON payments_ledger_day;
DROP FUNCTION payments_open_day();
CREATE OR REPLACE FUNCTION payments_close_day() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.day <> NEW.day OR OLD.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'ledger day %: % refused', OLD.day, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_day_closes_once';
    END IF;
    PERFORM FROM payments_ledger_day d WHERE d.day = OLD.day FOR UPDATE;
    RETURN NEW;
END $$;
DROP TABLE payments_close;
DROP FUNCTION payments_check_close_took(), payments_check_close(),
    payments_recorded_differences(date), payments_totals_of_day(date), payments_name_of(bigint);
DROP TABLE payments_close_difference;
DROP INDEX movement_withdrawn, allocation_by_journal, journal_of_day;
