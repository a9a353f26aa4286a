-- Takes 0004_life.sql back, while no paper has lived on since.
-- In: documents_paper, documents_paperact. Out: an exception that names the rule if something
-- would be forgotten: a revoked paper that is "issued" again is worse than a release that stays.
-- Locks: the tables whose triggers go.
DO $$
BEGIN
    IF EXISTS (SELECT FROM documents_paperact)
       OR EXISTS (
           SELECT FROM documents_paper p
           WHERE p.state NOT IN ('REQUESTED', 'RENDERED', 'SIGNED', 'ISSUED')
              OR p.copy_of_id IS NOT NULL OR p.replaces_id IS NOT NULL OR p.is_slip
              OR p.valid_until IS NOT NULL
       ) THEN
        RAISE EXCEPTION 'papers have lived on: going back would forget what became of them'
            USING ERRCODE = 'object_not_in_prerequisite_state', CONSTRAINT = 'papers_lived_on';
    END IF;
END $$;
DROP TRIGGER issued_paper_is_not_withheld ON documents_paper;
CREATE TRIGGER issued_paper_is_not_withheld BEFORE UPDATE ON documents_paper
    FOR EACH ROW WHEN (NEW.state = 'ISSUED' AND NEW.withheld_at IS NOT NULL)
    EXECUTE FUNCTION documents_issued_is_out();
DROP TRIGGER abandoned_paper_is_not_ordered ON documents_mandateitem;
DROP TRIGGER abandoned_paper_is_not_signed ON documents_paperfile;
DROP FUNCTION documents_abandoned_guard();
DROP TRIGGER documents_paper_abandoned ON documents_paper;
DROP FUNCTION documents_paper_abandoned();
DROP TRIGGER documents_paper_guard_changes ON documents_paper;
DROP TRIGGER documents_paper_guard ON documents_paper;
CREATE TRIGGER documents_paper_guard BEFORE INSERT OR UPDATE OR DELETE ON documents_paper
    FOR EACH ROW EXECUTE FUNCTION documents_paper_guard();
DROP TRIGGER documents_replaced_is_over ON documents_paper;
DROP FUNCTION documents_replaced_is_over();
DROP TRIGGER documents_copy_no_better ON documents_paper;
DROP FUNCTION documents_copy_no_better();
DROP TRIGGER documents_paper_life_frozen ON documents_paper;
DROP FUNCTION documents_paper_life_frozen();
DROP TRIGGER documents_paper_cause ON documents_paper;
DROP FUNCTION documents_paper_cause();
DROP INDEX paper_change_by_an_event;
DROP TRIGGER documents_paper_begins ON documents_paper;
DROP FUNCTION documents_paper_begins();
DROP TRIGGER documents_paper_told ON documents_paper;
DROP TRIGGER documents_paperchange_true ON documents_paperchange;
DROP FUNCTION documents_paper_as_told();
DROP TRIGGER documents_paperchange_guard ON documents_paperchange;
DROP FUNCTION documents_paperchange_guard();
DROP TRIGGER documents_paperact_done ON documents_paperact;
DROP FUNCTION documents_paperact_done();
GRANT DELETE ON documents_paperact TO guichet_application;
DROP TRIGGER documents_paperact_guard ON documents_paperact;
DROP FUNCTION documents_paperact_guard();
DROP FUNCTION documents_same_entry(bigint, bigint);
DROP FUNCTION documents_may(bigint, text, bigint, timestamptz);
