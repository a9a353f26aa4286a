DROP TABLE reports_export;
DROP FUNCTION reports_keep_export();
