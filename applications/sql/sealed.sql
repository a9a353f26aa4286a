-- How long a sealed text may be, told by what it says and not by the form it is sealed in.
-- In: a ciphertext of kernel/crypto.py. Out: the bytes of its plain text.
-- Locks: each table for as long as its rows are read.
-- squawk-ignore-file constraint-missing-not-valid, ban-drop-constraint

-- Nonce and tag are 28 bytes in each form; one that names its key has five before them, one that
-- was made by the key's place has one, which is below 0xF0.
CREATE FUNCTION applications_plain_bytes(sealed bytea) RETURNS integer LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, public, pg_temp
    RETURN octet_length(sealed) - CASE WHEN get_byte(sealed, 0) >= 240 THEN 33 ELSE 29 END;

ALTER TABLE applications_casenote DROP CONSTRAINT note_has_words;
ALTER TABLE applications_casenote ADD CONSTRAINT note_has_words
    CHECK (applications_plain_bytes(text) BETWEEN 1 AND 8000);
ALTER TABLE applications_transfer DROP CONSTRAINT transfer_text_bounded;
ALTER TABLE applications_transfer ADD CONSTRAINT transfer_text_bounded
    CHECK (applications_plain_bytes(text) <= 2000);
ALTER TABLE applications_secondapproval DROP CONSTRAINT second_declined_with_words;
ALTER TABLE applications_secondapproval ADD CONSTRAINT second_declined_with_words
    CHECK (applications_plain_bytes(text) <= 2000
        AND (approved OR applications_plain_bytes(text) >= 1));
ALTER TABLE applications_appeal DROP CONSTRAINT appeal_has_words;
ALTER TABLE applications_appeal ADD CONSTRAINT appeal_has_words
    CHECK (applications_plain_bytes(text) BETWEEN 1 AND 8000);
ALTER TABLE applications_givenpaper DROP CONSTRAINT another_has_authority;
ALTER TABLE applications_givenpaper ADD CONSTRAINT another_has_authority
    CHECK (applications_plain_bytes(authority) <= 1200
        AND (collector = 'another') = (applications_plain_bytes(authority) >= 1));
