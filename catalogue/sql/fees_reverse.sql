-- squawk-ignore-file
DROP TRIGGER draft_approved_by_right ON catalogue_servicedraft;
DROP FUNCTION catalogue_draft_by_right();
DROP FUNCTION catalogue_changes_money(jsonb, jsonb);
DROP FUNCTION catalogue_pays(jsonb);
DROP FUNCTION catalogue_said(jsonb);
