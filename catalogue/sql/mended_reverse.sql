-- squawk-ignore-file
DROP TRIGGER fee_waits_for_its_law ON catalogue_servicedraft;
DROP FUNCTION catalogue_fee_waits();
DROP TRIGGER service_begins_without_version ON catalogue_service;
DROP TRIGGER service_newest_in_force ON catalogue_service;
DROP FUNCTION catalogue_newest_in_force();
DROP TRIGGER pack_leaves_edits ON catalogue_serviceversion;
DROP FUNCTION catalogue_pack_leaves_edits();
