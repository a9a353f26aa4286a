DROP INDEX statement_file_by_time;
DROP TABLE payments_watched_file;
DROP TABLE payments_import;
DROP TABLE payments_unposted_line;
DROP TABLE payments_statement_preview;
