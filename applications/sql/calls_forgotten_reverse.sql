-- squawk-ignore-file
REVOKE DELETE ON applications_call FROM guichet_application;
DROP TRIGGER call_open_stays ON applications_call;
DROP FUNCTION applications_call_goes();
