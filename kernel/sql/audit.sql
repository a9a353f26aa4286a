-- In: the trace of 0001. Out: seals over it, each with the hash of the one before; whoever writes an
-- entry waits for nobody, because its place is given when it is sealed.
-- squawk-ignore-file require-concurrent-index-creation, require-timeout-settings, prefer-robust-stmts
-- squawk-ignore-file adding-required-field

-- Entries of before have no transaction: the first seals take them by their ids.
ALTER TABLE kernel_audit_entry ADD COLUMN txid xid8 NOT NULL DEFAULT '0';
ALTER TABLE kernel_audit_entry ALTER COLUMN txid SET DEFAULT pg_current_xact_id();
CREATE INDEX audit_by_transaction ON kernel_audit_entry (txid, id);

-- Nobody says herself when she wrote, nor in which transaction: else an entry could be put behind
-- what is sealed.
CREATE FUNCTION kernel_stamp_audit() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.txid := pg_current_xact_id();
    NEW.written_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER kernel_audit_entry_stamped BEFORE INSERT ON kernel_audit_entry
    FOR EACH ROW EXECUTE FUNCTION kernel_stamp_audit();

-- `leaves` are the SHA-256 of the entries' canonical bytes, 32 bytes each, in the order of
-- `entry_ids`. Sealed are the entries up to (upto_txid, upto_id); `known_id` is the greatest that
-- another server sealed, whose transactions' numbers mean nothing here (0: none).
CREATE TABLE kernel_audit_seal (
    number bigint PRIMARY KEY CONSTRAINT audit_seal_counted CHECK (number > 0),
    sealed_at timestamptz NOT NULL,
    previous bytea NOT NULL CONSTRAINT audit_seal_previous CHECK (octet_length(previous) = 32),
    entry_ids bigint[] NOT NULL CONSTRAINT audit_seal_holds CHECK (cardinality(entry_ids) > 0),
    leaves bytea NOT NULL,
    hash bytea NOT NULL CONSTRAINT audit_seal_hash CHECK (octet_length(hash) = 32),
    key_id text NOT NULL,
    signature bytea NOT NULL CONSTRAINT audit_seal_signed CHECK (octet_length(signature) = 64),
    upto_txid xid8 NOT NULL,
    upto_id bigint NOT NULL,
    known_id bigint NOT NULL,
    greatest_id bigint NOT NULL,
    CONSTRAINT audit_seal_leaf_each CHECK (octet_length(leaves) = 32 * cardinality(entry_ids))
);
CREATE INDEX audit_seal_of_a_day ON kernel_audit_seal (sealed_at);

CREATE FUNCTION kernel_seal_follows() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    last_number bigint;
    last_hash bytea;
BEGIN
    SELECT s.number, s.hash INTO last_number, last_hash
    FROM kernel_audit_seal s ORDER BY s.number DESC LIMIT 1;
    IF (NEW.number <> coalesce(last_number, 0) + 1
        OR NEW.previous <> coalesce(last_hash, decode(repeat('00', 32), 'hex'))) THEN
        RAISE EXCEPTION 'seal % does not follow the last one', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_seal_follows';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kernel_audit_seal_follows BEFORE INSERT ON kernel_audit_seal
    FOR EACH ROW EXECUTE FUNCTION kernel_seal_follows();
