DROP TRIGGER registers_paper_has_its_scan ON registers_citedentry;
DROP FUNCTION registers_paper_has_its_scan();
DROP TRIGGER registers_paperentry_of_paper ON registers_paperentry;
DROP FUNCTION registers_paperentry_of_paper();
