GRANT DELETE ON documents_consent TO guichet_application;
GRANT UPDATE ON documents_look TO guichet_application;
DROP TRIGGER documents_consent_no_truncate ON documents_consent;
DROP TRIGGER documents_consent_guard ON documents_consent;
DROP FUNCTION documents_consent_guard();
DROP TRIGGER documents_look_no_truncate ON documents_look;
DROP TRIGGER documents_look_guard ON documents_look;
DROP FUNCTION documents_look_guard();
