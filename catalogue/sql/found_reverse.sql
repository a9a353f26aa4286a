-- squawk-ignore-file prefer-robust-stmts
ALTER TABLE catalogue_pagereport DROP CONSTRAINT page_report_of_its_version;
ALTER TABLE catalogue_serviceversion DROP CONSTRAINT version_of_its_service;
