-- How much each rail tells us by the hour, and what that says about it now.
-- In: counted by payments/sql/count_hours.sql, judged by payments.operations.channels.
-- Locks: the rows written; whoever counts takes them rail by rail.
-- squawk-ignore-file constraint-missing-not-valid

-- Collections that a message of the rail's told of first, by the hour (UTC) in which we heard.
-- An hour without a row was silent, once the rail was counted at all.
CREATE TABLE payments_rail_hour (
    rail_id bigint NOT NULL REFERENCES payments_rail,
    hour timestamptz NOT NULL,
    seen integer NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (rail_id, hour),
    CONSTRAINT rail_hour_is_an_hour CHECK (hour = date_trunc('hour', hour, 'UTC')),
    CONSTRAINT rail_hour_saw_something CHECK (seen > 0),
    CONSTRAINT rail_hour_holds_its_times CHECK (
        first_at >= hour AND last_at >= first_at AND last_at < hour + interval '1 hour'
    )
);
CREATE INDEX rail_hour_by_time ON payments_rail_hour (hour);
REVOKE DELETE, TRUNCATE ON payments_rail_hour FROM guichet_application;

-- What the last look found: since when nothing has come although it should (quiet), and by how
-- much what comes is late. `looked_at` bounds both: an old look says nothing about now.
ALTER TABLE payments_rail_health
    ADD COLUMN counted_from timestamptz,
    ADD COLUMN counted_until timestamptz,
    ADD COLUMN heard_at timestamptz,
    ADD COLUMN quiet_since timestamptz,
    ADD COLUMN late_since timestamptz,
    ADD COLUMN late_seconds integer,
    ADD COLUMN looked_at timestamptz;
-- A handful of rows: one a rail.
ALTER TABLE payments_rail_health
    ADD CONSTRAINT rail_late_by_so_much CHECK ((late_since IS NULL) = (late_seconds IS NULL));
