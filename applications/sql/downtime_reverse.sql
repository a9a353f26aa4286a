-- The way back of downtime.sql; the tables themselves go with their models.
-- squawk-ignore-file

DROP TRIGGER applications_downtimesheet_no_truncate ON applications_downtimesheet;
DROP TRIGGER applications_downtimesheet_no_delete ON applications_downtimesheet;
GRANT UPDATE, DELETE ON applications_downtimesheet TO guichet_application;
DROP TRIGGER received_once ON applications_application;
DROP FUNCTION applications_received_once();
DROP TRIGGER received_on_a_sheet ON applications_application;
DROP FUNCTION applications_received_on_a_sheet();
DROP TRIGGER sheet_ends_once ON applications_downtimesheet;
DROP FUNCTION applications_sheet_ends_once();
DROP TRIGGER sheet_of_its_book ON applications_downtimesheet;
DROP FUNCTION applications_sheet_of_its_book();
DROP TRIGGER book_is_whole ON applications_downtimebook;
DROP FUNCTION applications_book_is_whole();
DROP TRIGGER book_without_gap ON applications_downtimebook;
DROP FUNCTION applications_book_without_gap();
