DROP TRIGGER lookup_of_a_draft ON applications_lookup;
DROP FUNCTION applications_lookup_of_a_draft();
