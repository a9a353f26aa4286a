DROP INDEX delivery_parked;
DROP TABLE kernel_pulse;
ALTER TABLE kernel_event DROP CONSTRAINT event_trace_names_nobody;
ALTER TABLE kernel_event DROP CONSTRAINT event_request_names_nobody;
-- squawk-ignore ban-drop-column
ALTER TABLE kernel_event DROP COLUMN traceparent;
-- squawk-ignore ban-drop-column
ALTER TABLE kernel_event DROP COLUMN request_id;
