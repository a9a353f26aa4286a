-- Papers may cite what courts have entered about a person; such an entry has no act number.
-- In: rows of registers_citedentry. Out: a refusal of an unknown kind, or of an act without a place.
-- Locks: registers_citedentry, whole, for as long as its rows take to be read once.
-- Both are given anew, wider, in the same transaction.
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid
ALTER TABLE registers_citedentry DROP CONSTRAINT cited_entry_kind_known;
ALTER TABLE registers_citedentry ADD CONSTRAINT cited_entry_kind_known CHECK (
    kind IN ('birth', 'marriage', 'population', 'criminal')
);
ALTER TABLE registers_citedentry DROP CONSTRAINT cited_entry_act_has_its_place;
ALTER TABLE registers_citedentry ADD CONSTRAINT cited_entry_act_has_its_place CHECK (
    kind IN ('population', 'criminal')
    OR (registered_on IS NOT NULL AND year IS NOT NULL AND act_number <> '')
);
