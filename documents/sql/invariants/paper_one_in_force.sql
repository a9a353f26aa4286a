-- Out: papers in force beside what replaces them, and copies worth more than their original.
-- Locks: none.
SELECT p.id AS paper_id, p.state, other.id AS other_id, other.state AS other_state
FROM documents_paper p
JOIN documents_paper other ON other.id IN (p.replaces_id, p.copy_of_id)
WHERE (other.id = p.replaces_id AND p.issued_at IS NOT NULL
        AND other.state IN ('ISSUED', 'SUSPENDED'))
    OR (other.id = p.copy_of_id AND p.state IN ('ISSUED', 'SUSPENDED')
        AND other.state NOT IN ('ISSUED', 'SUSPENDED'))
    OR (other.id = p.copy_of_id AND p.state = 'ISSUED' AND other.state = 'SUSPENDED')
