-- squawk-ignore-file
DROP TRIGGER named_file_is_there ON applications_attachment;
DROP TRIGGER named_file_is_there ON applications_helpconsent;
DROP TRIGGER named_file_is_there ON accounts_guardianship;
DROP TRIGGER named_file_is_there ON registers_paperentry;
DROP TRIGGER named_file_is_there ON documents_paperfile;
DROP FUNCTION applications_named_file_is_there();
DROP TRIGGER file_needed_stays ON kernel_stored_file;
DROP FUNCTION applications_file_needed_stays();
DROP FUNCTION applications_file_is_needed(text);
