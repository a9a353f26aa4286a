-- Who watches the house: where an event comes from, and when each job last ran.

-- Of which request, and of which trace, it was published; the SQL engines say neither. Null is no
-- rewrite of the table, and the checks hold for what comes: nothing older has a value.
ALTER TABLE kernel_event ADD COLUMN request_id varchar(32);
ALTER TABLE kernel_event ADD COLUMN traceparent varchar(55);
ALTER TABLE kernel_event ADD CONSTRAINT event_request_names_nobody
    CHECK (request_id ~ '^[0-9a-f]{32}$') NOT VALID;
ALTER TABLE kernel_event ADD CONSTRAINT event_trace_names_nobody
    CHECK (traceparent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$') NOT VALID;

CREATE TABLE kernel_pulse (
    name varchar(200) PRIMARY KEY,
    times bigint DEFAULT 0 NOT NULL,
    ran_at timestamptz,
    broke_at timestamptz,
    trouble varchar(120) DEFAULT '' NOT NULL,
    CONSTRAINT pulse_counts_up CHECK (times >= 0),
    CONSTRAINT pulse_ran_or_broke CHECK (ran_at IS NOT NULL OR broke_at IS NOT NULL),
    CONSTRAINT pulse_broken_by_something CHECK ((broke_at IS NULL) = (trouble = ''))
);

-- What is parked is little, and is asked for by the operators' page and by each scrape.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX delivery_parked ON kernel_delivery (handler, id) WHERE state = 'PARKED';
