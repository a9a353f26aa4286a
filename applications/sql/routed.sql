-- The ways into the queues of the whole country, where a page of each office would be read to show
-- one: each list in each order is the beginning of one of these. All but the last hold open cases
-- only, and are small. Beside `case_on_desk_anywhere` of queues.sql.
-- Locks: the cases against writers while the indexes are made.
-- squawk-ignore-file

CREATE INDEX case_with_nobody_anywhere ON applications_application (queue_at, id)
    WHERE status IN ('IN_QUEUE', 'UNDER_REVIEW', 'AWAITING_SECOND') AND officer_id IS NULL;
CREATE INDEX case_with_nobody_anywhere_by_age ON applications_application (id)
    WHERE status IN ('IN_QUEUE', 'UNDER_REVIEW', 'AWAITING_SECOND') AND officer_id IS NULL;
CREATE INDEX case_waits_anywhere ON applications_application (queue_at, id)
    WHERE status = 'AWAITING_COMPLETION';
CREATE INDEX case_waits_anywhere_by_age ON applications_application (id)
    WHERE status = 'AWAITING_COMPLETION';
CREATE INDEX case_escalated_anywhere ON applications_application (queue_at, id)
    WHERE escalated_to IS NOT NULL AND status IN (
        'IN_QUEUE', 'UNDER_REVIEW', 'AWAITING_SECOND', 'APPROVED', 'AWAITING_SIGNATURE'
    );
CREATE INDEX case_escalated_anywhere_by_age ON applications_application (id)
    WHERE escalated_to IS NOT NULL AND status IN (
        'IN_QUEUE', 'UNDER_REVIEW', 'AWAITING_SECOND', 'APPROVED', 'AWAITING_SIGNATURE'
    );
CREATE INDEX case_decided_anywhere ON applications_application (decided_at, id)
    WHERE decided_at IS NOT NULL;
