-- What an erasure may do to rows that otherwise never change, and where indexes are moved to a new
-- key.
-- In: rows before and after a change; a new key's name. Out: yes or no; two small tables.
-- Locks: none beyond the rows that are written.
-- squawk-ignore-file

-- A sealed text says nothing (a word of two letters at most): 33 bytes of its form are around it, 29
-- around one of the older form, as kernel/crypto.py writes them. jsonb shows bytes as '\x..'.
CREATE FUNCTION kernel_says_nothing(value jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, public, pg_temp
    RETURN coalesce(
        value IN ('null'::jsonb, '""'::jsonb, '{}'::jsonb, '"-"'::jsonb, '"XXX"'::jsonb)
        OR (value #>> '{}') ~ '^\\x([0-9a-f]{2}){29,35}$',
        true
    );

-- Whether a row changed in these columns alone, and only to nothing.
CREATE FUNCTION kernel_only_emptied(was jsonb, is_now jsonb, columns text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp
    RETURN (was - columns) = (is_now - columns) AND NOT EXISTS (
        SELECT FROM unnest(columns) AS c(name)
        WHERE (was -> c.name) IS DISTINCT FROM (is_now -> c.name)
            AND NOT kernel_says_nothing(is_now -> c.name)
    );

-- A file from before files were sealed may be sealed once, where it lies; else as it was.
CREATE OR REPLACE FUNCTION kernel_file_stays() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    free text[] := ARRAY['sealed_as', 'data_key', 'erased_at'];
    is_erased boolean := OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
        AND NEW.data_key IS NULL AND NEW.sealed_as = OLD.sealed_as;
    is_kept_anew boolean := OLD.erased_at IS NOT NULL AND NEW.erased_at IS NULL
        AND (NEW.data_key IS NOT NULL OR NEW.sealed_as = '');
    is_sealed boolean := OLD.erased_at IS NULL AND NEW.erased_at IS NULL
        AND OLD.sealed_as = '' AND OLD.data_key IS NULL
        AND NEW.sealed_as <> '' AND NEW.data_key IS NOT NULL;
BEGIN
    IF (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free)
        OR NOT (is_erased OR is_kept_anew OR is_sealed) THEN
        RAISE EXCEPTION 'a kept file is what it is'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'file_stays';
    END IF;
    RETURN NEW;
END $$;

-- Which key makes blind indexes, by the four bytes that name it; no row: the one of INDEX_KEY.
CREATE TABLE kernel_index_key (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    name bytea NOT NULL CONSTRAINT index_key_is_a_name CHECK (octet_length(name) = 4)
);
REVOKE ALL ON kernel_index_key FROM guichet_application;
GRANT SELECT ON kernel_index_key TO guichet_application;

-- While indexes move: each old one with its new one, and how far each column has been read.
CREATE TABLE kernel_new_index (
    old bytea PRIMARY KEY,
    new bytea NOT NULL
);
CREATE TABLE kernel_index_progress (
    place text PRIMARY KEY,
    last_key bigint NOT NULL
);
REVOKE ALL ON kernel_new_index, kernel_index_progress FROM guichet_application;
