-- Out: rail_code, reason, how many messages were set aside unread for it, the first of their ids;
--      those alone that were read since the last alarm of that kind was cleared.
-- In:  since (no older ones are counted), calm[] (reasons that are in order). Locks: none.
SELECT message.rail_code, unposted.reason, count(*), min(unposted.message_id)
FROM payments_unposted_message unposted
JOIN payments_inbound_message message
    ON message.id = unposted.message_id AND message.received_at = unposted.received_at
WHERE unposted.read_at > %(since)s
  AND unposted.reason <> ALL (%(calm)s::text[])
  AND NOT EXISTS (
      SELECT FROM payments_alarm alarm
      WHERE alarm.kind = 'message_unreadable' AND alarm.subject = unposted.reason
        AND alarm.rail_code = message.rail_code AND alarm.cleared_at >= unposted.read_at
  )
GROUP BY message.rail_code, unposted.reason
ORDER BY message.rail_code, unposted.reason
