-- squawk-ignore-file
DROP TRIGGER answer_checked ON catalogue_reportanswer;
DROP FUNCTION catalogue_answer_checked();
DROP TRIGGER confirmation_checked ON catalogue_confirmation;
DROP FUNCTION catalogue_confirmation_checked();
