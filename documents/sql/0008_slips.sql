-- Letters of the office: papers that rest on no register entry and carry the office's seal alone.
-- In: rows of documents_paper. Out: a refusal of a letter that cites, or of a paper that does not.
-- Locks: documents_paper, whole, for as long as its rows take to be read once.
-- The first is given anew, wider, in the same transaction.
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid
ALTER TABLE documents_paper DROP CONSTRAINT paper_drawn_cites_its_entry;
ALTER TABLE documents_paper ADD CONSTRAINT paper_drawn_cites_its_entry CHECK (
    (state = 'REQUESTED' AND rendered_at IS NULL)
    OR (state <> 'REQUESTED' AND (cited_entry_id IS NOT NULL OR is_slip)
        AND number IS NOT NULL AND rendered_at IS NOT NULL)
);
ALTER TABLE documents_paper ADD CONSTRAINT paper_slip_cites_nothing CHECK (
    (is_slip AND sealed_only AND cited_entry_id IS NULL)
    OR (NOT is_slip AND cited_entry_id IS NOT NULL)
);
