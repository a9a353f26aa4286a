-- Out: body and received_at of the balances that a rail has told, the newest first.
-- In:  rail_code, kind, since, until. Locks: none.
SELECT message.body, message.received_at
FROM payments_inbound_message message
WHERE message.external_hint = 'balance'  -- As the index says it.
  AND message.rail_code = %(rail_code)s
  AND message.kind = %(kind)s
  AND message.auth = 'valid'
  AND message.received_at > %(since)s
  AND message.received_at <= %(until)s
ORDER BY message.received_at DESC, message.id DESC
