-- Fails where criminal entries are cited: they cannot be forgotten.
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid
ALTER TABLE registers_citedentry DROP CONSTRAINT cited_entry_kind_known;
ALTER TABLE registers_citedentry ADD CONSTRAINT cited_entry_kind_known CHECK (
    kind IN ('birth', 'marriage', 'population')
);
ALTER TABLE registers_citedentry DROP CONSTRAINT cited_entry_act_has_its_place;
ALTER TABLE registers_citedentry ADD CONSTRAINT cited_entry_act_has_its_place CHECK (
    kind IN ('population')
    OR (registered_on IS NOT NULL AND year IS NOT NULL AND act_number <> '')
);
