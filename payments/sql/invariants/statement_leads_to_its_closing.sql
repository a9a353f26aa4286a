-- Out: posted statements whose new lines do not lead from the balance before them to their own.
--      Locks: none.
SELECT s.id
FROM payments_statement s
LEFT JOIN payments_statement p ON p.id = s.previous_id
WHERE s.state = 'POSTED' AND NOT s.is_advice
  AND coalesce(p.closing_minor, s.opening_minor) + coalesce((
      SELECT sum(l.amount_minor) FROM payments_statement_line l WHERE l.statement_id = s.id
  ), 0) <> s.closing_minor
