ALTER TABLE applications_casenote DROP CONSTRAINT note_has_words;
ALTER TABLE applications_casenote ADD CONSTRAINT note_has_words
    CHECK (octet_length(text) BETWEEN 30 AND 8029);
ALTER TABLE applications_transfer DROP CONSTRAINT transfer_text_bounded;
ALTER TABLE applications_transfer ADD CONSTRAINT transfer_text_bounded
    CHECK (octet_length(text) <= 2029);
ALTER TABLE applications_secondapproval DROP CONSTRAINT second_declined_with_words;
ALTER TABLE applications_secondapproval ADD CONSTRAINT second_declined_with_words
    CHECK (octet_length(text) <= 2029 AND (approved OR octet_length(text) >= 30));
ALTER TABLE applications_appeal DROP CONSTRAINT appeal_has_words;
ALTER TABLE applications_appeal ADD CONSTRAINT appeal_has_words
    CHECK (octet_length(text) BETWEEN 30 AND 8029);
ALTER TABLE applications_givenpaper DROP CONSTRAINT another_has_authority;
ALTER TABLE applications_givenpaper ADD CONSTRAINT another_has_authority
    CHECK (octet_length(authority) <= 1229
        AND (collector = 'another') = (octet_length(authority) >= 30));
DROP FUNCTION applications_plain_bytes(bytea);
