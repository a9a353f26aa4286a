GRANT DELETE ON documents_paper, documents_numberseries, documents_credential
    TO guichet_application;
DROP TRIGGER documents_credential_guard ON documents_credential;
DROP FUNCTION documents_credential_guard();
DROP TRIGGER documents_numberseries_used ON documents_numberseries;
DROP FUNCTION documents_numberseries_used();
DROP TRIGGER documents_numberseries_guard ON documents_numberseries;
DROP FUNCTION documents_numberseries_guard();
DROP TRIGGER documents_paperfile_guard ON documents_paperfile;
DROP FUNCTION documents_paperfile_guard();
DROP TRIGGER documents_mandateitem_guard ON documents_mandateitem;
DROP FUNCTION documents_mandateitem_guard();
DROP TRIGGER documents_paper_guard ON documents_paper;
DROP FUNCTION documents_paper_guard();
