-- squawk-ignore-file
GRANT DELETE ON catalogue_servicedraft TO guichet_application;
DROP TRIGGER published_edit_was_approved ON catalogue_serviceversion;
DROP FUNCTION catalogue_edit_was_approved();
DROP TRIGGER draft_revision_kept ON catalogue_servicedraft;
DROP FUNCTION catalogue_keep_revision();
DROP TRIGGER draft_begins ON catalogue_servicedraft;
DROP FUNCTION catalogue_draft_begins();
DROP TRIGGER draft_kept ON catalogue_servicedraft;
DROP FUNCTION catalogue_draft_kept();
DROP FUNCTION catalogue_is_in_force(text, bigint);
DROP FUNCTION catalogue_fees_without_law(jsonb, jsonb);
DROP FUNCTION catalogue_price_of(jsonb);
