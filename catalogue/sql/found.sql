-- squawk-ignore-file
-- The catalogue's tables hold some thousand rows: none of it locks anybody out for long.
-- A remark is on a version of the service that it names, and on no other's.
-- In: catalogue_serviceversion, catalogue_pagereport. Out: the rule page_report_of_its_version.
-- Locks: both tables for the moment that the rule is made; the reports are new and empty.
ALTER TABLE catalogue_serviceversion
    ADD CONSTRAINT version_of_its_service UNIQUE (id, service_id);

ALTER TABLE catalogue_pagereport
    ADD CONSTRAINT page_report_of_its_version
    FOREIGN KEY (version_id, service_id) REFERENCES catalogue_serviceversion (id, service_id);
