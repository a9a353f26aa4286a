-- squawk-ignore-file
DROP TRIGGER file_stays ON kernel_stored_file;
DROP FUNCTION kernel_file_stays();
REVOKE UPDATE (sealed_as, data_key, erased_at) ON kernel_stored_file FROM guichet_application;
