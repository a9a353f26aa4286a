DROP INDEX suspense_of_no_bill;
DROP INDEX movement_swept;
DROP INDEX evidence_of_statement_line;
DROP TABLE payments_statement_line;
DROP TABLE payments_statement;
DROP TABLE payments_statement_file;
DROP FUNCTION payments_check_statement_chain();
DROP FUNCTION payments_check_statement_file();
