-- squawk-ignore-file
-- Both tables are new and empty: nothing is locked that anybody reads.
-- A line of a reminder names the account that its reminder names.
-- In: catalogue_reminder, catalogue_reminderline. Out: the rule reminder_line_whose_it_is.
-- Locks: both tables for the moment that the rule is made.
ALTER TABLE catalogue_reminder ADD CONSTRAINT reminder_and_whose UNIQUE (id, account_id);

ALTER TABLE catalogue_reminderline
    ADD CONSTRAINT reminder_line_whose_it_is
    FOREIGN KEY (reminder_id, account_id) REFERENCES catalogue_reminder (id, account_id);
