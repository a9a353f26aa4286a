-- Out: accepted messages that neither wait, nor are evidence, nor set aside. Locks: none.
SELECT m.id, m.received_at, m.kind
FROM payments_inbound_message m
WHERE m.auth = 'valid'
  AND NOT EXISTS (SELECT FROM payments_inbox i WHERE i.message_id = m.id)
  AND NOT EXISTS (SELECT FROM payments_unposted_message u WHERE u.message_id = m.id)
  AND NOT EXISTS (
      SELECT FROM payments_evidence e WHERE e.source = 'message' AND e.source_id = m.id
  )
