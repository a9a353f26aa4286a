"""Messages are sent once, and asked after."""

from notifications import gateways
from notifications import operations as notifications
from workers.errands.carrying import CLAIM_MAX, LEASE, ONCE_MAX, Clock


def send_messages(clock: Clock) -> int:
    gateway = gateways.sms()
    now = clock()
    claimed = notifications.claim_messages(limit=ONCE_MAX, now=now, until=now + LEASE)
    for message in claimed:
        message_id = message.message_id
        try:
            provider_id = gateway.send(key=message.key, to=message.to, text=message.text)
        except gateways.NotSent as error:
            notifications.record_not_sent(message_id=message_id, reason=error.reason, at=clock())
        except gateways.Refused as error:
            notifications.record_failed(message_id=message_id, reason=error.reason, at=clock())
        except gateways.MaybeSent:
            notifications.record_unknown(message_id=message_id, at=clock())
        else:
            notifications.record_sent(message_id=message_id, provider_id=provider_id, at=clock())
    return len(claimed)


def ask_after_messages(clock: Clock) -> int:
    gateway = gateways.sms()
    now = clock()
    claimed = notifications.claim_inquiries(limit=CLAIM_MAX, now=now, until=now + LEASE)
    for inquiry in claimed:
        try:
            status = gateway.ask(key=inquiry.key)
        except gateways.GatewayUnavailable:
            return 0  # Asked again when the lease has run out.
        if status is None:
            notifications.record_unheard(message_id=inquiry.message_id, at=clock())
        else:
            notifications.record_receipt(key=inquiry.key, status=status, at=clock())
    return len(claimed)
