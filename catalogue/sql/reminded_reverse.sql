-- squawk-ignore-file
ALTER TABLE catalogue_reminderline DROP CONSTRAINT reminder_line_whose_it_is;
ALTER TABLE catalogue_reminder DROP CONSTRAINT reminder_and_whose;
