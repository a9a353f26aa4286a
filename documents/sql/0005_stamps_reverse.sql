DROP TRIGGER documents_proof_guard ON documents_proof;
DROP FUNCTION documents_proof_guard();
GRANT DELETE ON documents_proof TO guichet_application;
DROP TRIGGER documents_proof_follows ON documents_paperfile;
DROP FUNCTION documents_proof_follows();
DROP TRIGGER documents_paperfile_guard ON documents_paperfile;
DROP TRIGGER withheld_paper_is_not_signed ON documents_paperfile;
DROP TRIGGER documents_revision_guard ON documents_paperfile;
DROP FUNCTION documents_revision_guard();
