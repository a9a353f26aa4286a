-- Out: places in the inbox without the message. Locks: none.
SELECT i.message_id
FROM payments_inbox i
LEFT JOIN payments_inbound_message m ON m.id = i.message_id AND m.received_at = i.received_at
WHERE m.id IS NULL
