-- Nobody asks for, or decides, a refund of what she was billed herself: her login is the payer's, or
-- her person has been reached at the payer's contact by then. Declining gives her nothing. Where no
-- time is told, whenever it was counts.
CREATE FUNCTION payments_check_own_money() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM payments_bill b
        CROSS JOIN LATERAL (
            VALUES (NEW.maker_id, NEW.requested_at), (NEW.checker_id, NEW.decided_at)
        ) who (account_id, at)
        JOIN accounts_account a ON a.id = who.account_id
        WHERE b.id = NEW.bill_id AND b.payer_contact_id IS NOT NULL
          AND (a.contact_id = b.payer_contact_id OR EXISTS (
              SELECT FROM accounts_personcontact reached
              WHERE reached.contact_id = b.payer_contact_id AND reached.person_id = a.person_id
                AND (who.at IS NULL OR reached.from_at <= who.at)
          ))
    ) THEN
        RAISE EXCEPTION 'refund %: of what its maker or checker was billed herself', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_not_ones_own';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refund_not_ones_own BEFORE INSERT ON payments_refund
    FOR EACH ROW WHEN (NEW.bill_id IS NOT NULL AND NEW.maker_id IS NOT NULL)
    EXECUTE FUNCTION payments_check_own_money();
CREATE TRIGGER refund_never_becomes_ones_own BEFORE UPDATE ON payments_refund
    FOR EACH ROW WHEN (
        NEW.bill_id IS NOT NULL AND NEW.state <> 'DECLINED'
        AND (OLD.state IS DISTINCT FROM NEW.state
            OR (OLD.maker_id, OLD.checker_id) IS DISTINCT FROM (NEW.maker_id, NEW.checker_id))
    )
    EXECUTE FUNCTION payments_check_own_money();
