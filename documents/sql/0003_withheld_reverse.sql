DROP TRIGGER issued_paper_is_not_withheld ON documents_paper;
DROP FUNCTION documents_issued_is_out();
DROP TRIGGER withheld_paper_is_not_signed ON documents_paperfile;
DROP FUNCTION documents_withheld_guard();
ALTER TABLE documents_paper DROP COLUMN withheld_at;
