-- What an office has to do, by the day promised, and what it did on a day.
-- Locks: both tables against writers while the index is made; the register of the day needs them.
-- squawk-ignore-file require-concurrent-index-creation
CREATE INDEX case_of_office_by_promise ON applications_application (promised_at, id)
    WHERE status IN ('IN_QUEUE', 'UNDER_REVIEW', 'AWAITING_SECOND', 'AWAITING_SIGNATURE');
CREATE INDEX move_of_office_on_a_day ON applications_statuschange (office_id, changed_at)
    WHERE office_id IS NOT NULL;
