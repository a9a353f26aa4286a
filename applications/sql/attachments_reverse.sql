-- squawk-ignore-file
DROP TRIGGER attachment_not_truncated ON applications_attachment;
DROP TRIGGER attachment_not_deleted ON applications_attachment;
DROP TRIGGER attachment_stays ON applications_attachment;
DROP FUNCTION applications_attachment_stays();
DROP TRIGGER attachment_added ON applications_attachment;
DROP FUNCTION applications_attachment_added();
GRANT UPDATE, DELETE ON applications_attachment TO guichet_application;
