-- squawk-ignore-file require-timeout-settings, prefer-robust-stmts
REVOKE UPDATE (reviewed_by_id, reviewed_at, accepted, review_text) ON applications_opening
    FROM guichet_application;
REVOKE UPDATE (answered_by_id, answered_at, answer) ON applications_lookquestion
    FROM guichet_application;
GRANT UPDATE, DELETE ON applications_lookquestion, applications_opening TO guichet_application;
DROP TRIGGER opening_by_another ON applications_opening;
DROP FUNCTION applications_opening_by_another();
DROP TRIGGER look_question_by_another ON applications_lookquestion;
DROP FUNCTION applications_question_by_another();
