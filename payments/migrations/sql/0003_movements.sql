-- Every leg of money, and money that leaves suspense again.

ALTER TABLE payments_movement
    ADD COLUMN refund_id bigint,
    DROP CONSTRAINT movement_leg_known,
    ADD CONSTRAINT movement_leg_known CHECK (leg IN (
        'credit', 'reversal', 'charge', 'payout', 'sweep', 'transfer', 'withdrawal'
    )),
    DROP CONSTRAINT movement_reversal_has_original,
    -- The collection that it takes back, or that the provider charges for.
    ADD CONSTRAINT movement_reversal_has_original CHECK (
        CASE leg
            WHEN 'reversal' THEN original_id IS NOT NULL
            WHEN 'charge' THEN true
            ELSE original_id IS NULL
        END
    ),
    ADD CONSTRAINT movement_payout_has_refund
        CHECK ((leg = 'payout') = (refund_id IS NOT NULL));
CREATE UNIQUE INDEX movement_pays_refund_once
    ON payments_movement (refund_id) WHERE refund_id IS NOT NULL;

ALTER TABLE payments_suspense_item
    DROP CONSTRAINT suspense_amount_positive,
    DROP CONSTRAINT suspense_reason_known,
    ADD CONSTRAINT suspense_reason_has_its_sign CHECK (
        CASE
            WHEN reason IN (
                'UNKNOWN_REFERENCE', 'WRONG_CURRENCY', 'OVERPAID', 'ALREADY_PAID',
                'BILL_CANCELLED', 'BILL_REPLACED', 'BILL_EXPIRED', 'REFUND_FAILED'
            ) THEN amount_minor > 0
            WHEN reason IN ('REVERSED', 'REFUNDED', 'MATCHED') THEN amount_minor < 0
            ELSE false
        END
    );

-- Holds collections, in the order of their ids, while somebody takes money out of them. The
-- application may not UPDATE movements and so cannot lock them by itself.
CREATE FUNCTION payments_hold_movements(movement_ids bigint[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    PERFORM FROM public.payments_movement m
    WHERE m.id = ANY (movement_ids) ORDER BY m.id FOR NO KEY UPDATE;
END $$;
REVOKE EXECUTE ON FUNCTION payments_hold_movements(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION payments_hold_movements(bigint[]) TO guichet_application;

-- Once per statement: nobody takes more out of suspense than stands there. Whoever takes holds the
-- collection first; the sum is read by a statement that is younger than the lock.
CREATE FUNCTION payments_check_suspense() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    taking bigint[];
    broken bigint;
BEGIN
    taking := ARRAY(SELECT DISTINCT w.movement_id FROM written w WHERE w.amount_minor < 0);
    IF cardinality(taking) = 0 THEN
        RETURN NULL;
    END IF;
    PERFORM public.payments_hold_movements(taking);
    SELECT t.movement_id INTO broken
    FROM unnest(taking) t (movement_id)
    WHERE (
        SELECT sum(s.amount_minor) FROM payments_suspense_item s WHERE s.movement_id = t.movement_id
    ) < 0
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'movement %: less stands in suspense than is taken', broken
            USING ERRCODE = 'check_violation', CONSTRAINT = 'suspense_never_below_zero';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER suspense_never_below_zero AFTER INSERT ON payments_suspense_item
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION payments_check_suspense();

-- Other names of movements: ids by which a provider may tell of one again, besides its own. Like
-- its own, such an id names one movement of each leg.
CREATE TABLE payments_movement_alias (
    rail_id bigint NOT NULL REFERENCES payments_rail,
    external_id text NOT NULL,
    leg text NOT NULL DEFAULT 'credit',
    movement_id bigint NOT NULL REFERENCES payments_movement,
    PRIMARY KEY (rail_id, external_id, leg),
    CONSTRAINT alias_has_an_id CHECK (external_id <> '')
);
