-- squawk-ignore-file ban-drop-table, ban-drop-column, require-timeout-settings, prefer-robust-stmts
DROP TABLE kernel_audit_seal;
DROP FUNCTION kernel_seal_follows();
DROP TRIGGER kernel_audit_entry_stamped ON kernel_audit_entry;
DROP FUNCTION kernel_stamp_audit();
DROP INDEX audit_by_transaction;
ALTER TABLE kernel_audit_entry DROP COLUMN txid;
