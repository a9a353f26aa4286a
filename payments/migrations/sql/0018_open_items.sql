-- What stands in suspense, one row a collection, so that a queue of it never sums history; who
-- holds one; what a country's pack allows; and matches that one person asked for in one act.

-- What the pack says of suspense in a currency. NULL: no source says it, so it is never done by
-- rule (the term), or not at all (the write-off, the loss).
CREATE TABLE payments_suspense_rule (
    currency text PRIMARY KEY,
    write_off_max_minor bigint,
    legal_term_days integer,
    loss_max_minor bigint,
    CONSTRAINT suspense_rule_currency_is_iso CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT suspense_rule_limit_positive CHECK (write_off_max_minor > 0),
    CONSTRAINT suspense_rule_loss_positive CHECK (loss_max_minor > 0),
    CONSTRAINT suspense_rule_term_at_least_a_year CHECK (legal_term_days >= 365)
);

-- The application lowers what may be written off or lost; only the owner of the tables raises it,
-- by a pack that is loaded with the owner's login.
CREATE FUNCTION payments_check_suspense_rule() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.currency <> OLD.currency
        OR (coalesce(NEW.write_off_max_minor, 0) > coalesce(OLD.write_off_max_minor, 0)
            OR coalesce(NEW.loss_max_minor, 0) > coalesce(OLD.loss_max_minor, 0))
        AND NOT pg_has_role(
            current_user, (SELECT c.relowner FROM pg_class c WHERE c.oid = TG_RELID), 'USAGE'
        )
    THEN
        RAISE EXCEPTION 'suspense rule of %: only the owner of the tables raises it', OLD.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'suspense_rule_never_raised';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER suspense_rule_never_raised BEFORE UPDATE ON payments_suspense_rule
    FOR EACH ROW EXECUTE FUNCTION payments_check_suspense_rule();
CREATE TRIGGER suspense_rule_never_deleted BEFORE DELETE ON payments_suspense_rule
    FOR EACH ROW EXECUTE FUNCTION payments_frozen();
REVOKE DELETE, TRUNCATE ON payments_suspense_rule FROM guichet_application;

CREATE TABLE payments_open_item (
    movement_id bigint PRIMARY KEY REFERENCES payments_movement,
    rail_id bigint NOT NULL REFERENCES payments_rail,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    reason text NOT NULL,
    opened_at timestamptz NOT NULL,
    unclaimed_since timestamptz,
    held_by_id bigint REFERENCES accounts_account,
    held_until timestamptz,
    hold_note text NOT NULL DEFAULT '',
    CONSTRAINT open_item_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT open_item_held_by_somebody CHECK ((held_by_id IS NULL) = (held_until IS NULL))
);
CREATE INDEX open_item_by_age ON payments_open_item (opened_at, movement_id);
CREATE INDEX open_item_by_amount ON payments_open_item (amount_minor DESC, movement_id);
CREATE INDEX open_item_of_rail ON payments_open_item (rail_id, opened_at, movement_id);
CREATE INDEX open_item_of_reason ON payments_open_item (reason, opened_at, movement_id);
CREATE INDEX open_item_held
    ON payments_open_item (held_by_id, opened_at, movement_id) WHERE held_by_id IS NOT NULL;
CREATE INDEX open_item_unclaimed
    ON payments_open_item (opened_at, movement_id) WHERE unclaimed_since IS NOT NULL;

-- Once per statement, and nothing where nothing came: what the entries of suspense say of the
-- collections that they touch. One that stood there before is held first, whoever writes, so that
-- its sum stands still while it is read; of a new one nobody else knows yet.
CREATE FUNCTION payments_keep_open_items() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    touched bigint[];
BEGIN
    touched := ARRAY(SELECT DISTINCT w.movement_id FROM written w);
    IF cardinality(touched) = 0 THEN
        RETURN NULL;
    END IF;
    PERFORM public.payments_hold_movements(ARRAY(
        SELECT t.movement_id FROM unnest(touched) t (movement_id)
        WHERE EXISTS (
            SELECT FROM payments_suspense_item s
            WHERE s.movement_id = t.movement_id
              AND s.journal_id NOT IN (SELECT w.journal_id FROM written w)
        )
    ));
    INSERT INTO payments_open_item AS item
        (movement_id, rail_id, currency, amount_minor, reason, opened_at)
    SELECT m.id, m.rail_id, m.currency, stands.amount_minor, stands.reason, stands.opened_at
    FROM unnest(touched) t (movement_id)
    JOIN payments_movement m ON m.id = t.movement_id
    CROSS JOIN LATERAL (
        SELECT sum(s.amount_minor) AS amount_minor,
            (array_agg(s.reason ORDER BY s.id DESC) FILTER (WHERE s.amount_minor > 0))[1]
                AS reason,
            min(s.opened_at) FILTER (WHERE s.amount_minor > 0) AS opened_at
        FROM payments_suspense_item s WHERE s.movement_id = m.id
    ) stands
    WHERE stands.amount_minor > 0
    ORDER BY m.id
    ON CONFLICT (movement_id) DO UPDATE
    SET amount_minor = excluded.amount_minor, reason = excluded.reason,
        opened_at = excluded.opened_at;
    DELETE FROM payments_open_item item
    WHERE item.movement_id = ANY (touched)
      AND (
          SELECT sum(s.amount_minor) FROM payments_suspense_item s
          WHERE s.movement_id = item.movement_id
      ) <= 0;
    RETURN NULL;
END $$;
CREATE TRIGGER open_items_follow AFTER INSERT ON payments_suspense_item
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION payments_keep_open_items();

-- What stands there already.
INSERT INTO payments_open_item (movement_id, rail_id, currency, amount_minor, reason, opened_at)
SELECT m.id, m.rail_id, m.currency, stands.amount_minor, stands.reason, stands.opened_at
FROM (
    SELECT s.movement_id, sum(s.amount_minor) AS amount_minor,
        (array_agg(s.reason ORDER BY s.id DESC) FILTER (WHERE s.amount_minor > 0))[1] AS reason,
        min(s.opened_at) FILTER (WHERE s.amount_minor > 0) AS opened_at
    FROM payments_suspense_item s
    GROUP BY s.movement_id
    HAVING sum(s.amount_minor) > 0
) stands
JOIN payments_movement m ON m.id = stands.movement_id;

-- Who looks into one, why, and until when; a row without an end lifts it. Append-only.
CREATE TABLE payments_hold (
    id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    movement_id bigint NOT NULL REFERENCES payments_movement,
    by_id bigint NOT NULL REFERENCES accounts_account,
    until_at timestamptz,
    note text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    CONSTRAINT hold_says_why CHECK (until_at IS NULL OR note <> ''),
    CONSTRAINT hold_ends_later CHECK (until_at > at)
);
CREATE INDEX hold_of_movement ON payments_hold (movement_id);

CREATE FUNCTION payments_keep_hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE payments_open_item item
    SET held_by_id = CASE WHEN NEW.until_at IS NOT NULL THEN NEW.by_id END,
        held_until = NEW.until_at,
        hold_note = CASE WHEN NEW.until_at IS NOT NULL THEN NEW.note ELSE '' END
    WHERE item.movement_id = NEW.movement_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'movement %: nothing of it stands in suspense', NEW.movement_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_of_what_stands';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER hold_is_kept AFTER INSERT ON payments_hold
    FOR EACH ROW EXECUTE FUNCTION payments_keep_hold();

-- No more of a collection is written off than the pack allows, however many times it is asked;
-- nothing where it names no limit.
CREATE FUNCTION payments_check_write_off() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF (
        SELECT sum(r.amount_minor) FROM payments_release r
        WHERE r.movement_id = NEW.movement_id AND r.kind = 'write_off'
          AND r.approved IS NOT FALSE
    ) > coalesce((
        SELECT s.write_off_max_minor FROM payments_suspense_rule s
        WHERE s.currency = NEW.currency
    ), 0) THEN
        RAISE EXCEPTION 'release %: more than is ever written off', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'write_off_within_its_limit';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER write_off_within_its_limit AFTER INSERT ON payments_release
    FOR EACH ROW WHEN (NEW.kind = 'write_off') EXECUTE FUNCTION payments_check_write_off();

-- Nothing is handed to the treasury before its term: that of the pack, or where it names none that
-- of the law which whoever asks has named.
CREATE FUNCTION payments_check_unclaimed() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    of_pack integer := (
        SELECT s.legal_term_days FROM payments_suspense_rule s WHERE s.currency = NEW.currency
    );
BEGIN
    IF NEW.term_days <> coalesce(of_pack, NEW.term_days) OR of_pack IS NULL AND NEW.law = '' THEN
        RAISE EXCEPTION 'release %: no law says so after % days', NEW.id, NEW.term_days
            USING ERRCODE = 'check_violation', CONSTRAINT = 'unclaimed_by_a_law';
    END IF;
    IF NOT EXISTS (
        SELECT FROM payments_open_item i
        WHERE i.movement_id = NEW.movement_id
          AND i.opened_at + make_interval(hours => 24 * NEW.term_days) <= NEW.asked_at
    ) THEN
        RAISE EXCEPTION 'release %: the term of movement % is not over', NEW.id, NEW.movement_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'unclaimed_after_its_term';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER unclaimed_after_its_term BEFORE INSERT ON payments_release
    FOR EACH ROW WHEN (NEW.kind = 'unclaimed' AND NEW.term_days IS NOT NULL)
    EXECUTE FUNCTION payments_check_unclaimed();

-- Only what the entries of suspense say stands here: the application notes a term, no more.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON payments_open_item FROM guichet_application;
GRANT UPDATE (unclaimed_since) ON payments_open_item TO guichet_application;
-- They write with the owner's rights: nobody hangs them on a table of her own.
REVOKE EXECUTE ON FUNCTION payments_keep_open_items(), payments_keep_hold()
    FROM PUBLIC, guichet_application;
