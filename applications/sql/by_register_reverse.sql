DROP TRIGGER question_answered_once ON applications_registerquestion;
DROP FUNCTION applications_question_answered_once();
DROP TRIGGER case_issued_by_register ON applications_application;
DROP FUNCTION applications_issued_by_register();
