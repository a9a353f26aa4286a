-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid
ALTER TABLE documents_paper DROP CONSTRAINT paper_slip_cites_nothing;
ALTER TABLE documents_paper DROP CONSTRAINT paper_drawn_cites_its_entry;
ALTER TABLE documents_paper ADD CONSTRAINT paper_drawn_cites_its_entry CHECK (
    (state = 'REQUESTED' AND rendered_at IS NULL)
    OR (state <> 'REQUESTED' AND number IS NOT NULL AND rendered_at IS NOT NULL
        AND cited_entry_id IS NOT NULL)
);
