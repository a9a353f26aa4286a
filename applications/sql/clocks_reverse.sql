-- squawk-ignore-file
DROP TRIGGER escalation_is_due ON applications_escalation;
DROP FUNCTION applications_escalation_is_due();
