-- squawk-ignore-file require-timeout-settings, prefer-robust-stmts
DROP TRIGGER opening_within_limits ON applications_opening;
DROP FUNCTION applications_opening_within_limits();
