-- The way back of exchange.sql; the table itself goes with its model.
-- squawk-ignore-file

DROP TRIGGER applications_handover_no_truncate ON applications_handover;
DROP TRIGGER applications_handover_no_delete ON applications_handover;
GRANT UPDATE, DELETE ON applications_handover TO guichet_application;
DROP TRIGGER paper_on_its_way ON applications_statuschange;
DROP FUNCTION applications_paper_on_its_way();
DROP TRIGGER case_on_its_way ON applications_application;
DROP FUNCTION applications_case_on_its_way();
DROP TRIGGER arrival_by_another ON applications_handover;
DROP FUNCTION applications_arrival_by_another();
DROP TRIGGER handed_to_an_open_office ON applications_handover;
DROP FUNCTION applications_handed_to_an_open_office();
