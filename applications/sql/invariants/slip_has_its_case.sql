-- Out: slips of no case and of no day, or sealed for another office than theirs. Locks: none.
SELECT p.id AS paper_id, p.paper_type, s.application_id AS case_id
FROM documents_paper p
LEFT JOIN applications_caseslip s ON s.paper_id = p.id
LEFT JOIN applications_dayslip d ON d.paper_id = p.id
WHERE p.is_slip
    AND (s.kind IS DISTINCT FROM p.paper_type)
    AND (d.office_id IS DISTINCT FROM p.office_id)
