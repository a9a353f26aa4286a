CREATE TRIGGER documents_paperfile_guard BEFORE INSERT ON documents_paperfile
    FOR EACH ROW EXECUTE FUNCTION documents_paperfile_guard();
CREATE TRIGGER withheld_paper_is_not_signed BEFORE INSERT ON documents_paperfile
    FOR EACH ROW WHEN (NEW.step <> 'rendered') EXECUTE FUNCTION documents_withheld_guard();
