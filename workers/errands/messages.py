"""Messages are sent once, and asked after."""

from concurrent.futures import Future, ThreadPoolExecutor

import structlog

from notifications import gateways, wording
from notifications import operations as notifications
from notifications.operations import Accepted, Outgoing
from workers.errands.carrying import CLAIM_MAX, LEASE, Clock

log = structlog.get_logger()

# Sent at the same time, so that none waits behind a slow call and outlives its lease.
MESSAGES_MAX = 8


def send_messages(clock: Clock) -> int:
    gateway, server = gateways.sms(), gateways.mail()
    now = clock()
    claimed = notifications.claim_messages(
        limit=MESSAGES_MAX, now=now, until=now + LEASE, by_email=server is not None
    )
    if not claimed:
        return 0
    with ThreadPoolExecutor(max_workers=len(claimed)) as pool:
        # The threads send, and touch no database.
        answers = {
            message.message_id: pool.submit(_send, gateway, server, message) for message in claimed
        }
    accepted = [
        Accepted(message_id=message_id, provider_id=provider_id)
        for message_id, answer in answers.items()
        if (provider_id := _provider_id(message_id, answer, clock)) is not None
    ]
    if accepted:
        notifications.record_sent(accepted, at=clock())
    return len(claimed)


def _send(gateway: gateways.SmsGateway, server: gateways.SmtpMail | None, message: Outgoing) -> str:
    """Hand a message over, and return the gateway's own id of it; a mail server gives none."""
    if message.channel == "email" and server is not None:
        subject = wording.subject(message.language)
        server.send(to=message.to, subject=subject, text=f"{message.text}\n")
        return ""
    return gateway.send(key=message.key, to=message.to, text=message.text)


def _provider_id(message_id: int, answer: Future[str], clock: Clock) -> str | None:
    """Return the gateway's id of a message that it took; record whatever else it said."""
    try:
        return answer.result()
    except gateways.NotSent as error:
        notifications.record_not_sent(message_id=message_id, reason=error.reason, at=clock())
    except gateways.Refused as error:
        notifications.record_failed(message_id=message_id, reason=error.reason, at=clock())
    except gateways.MaybeSent:
        notifications.record_unknown(message_id=message_id, at=clock())
    except Exception as trouble:
        # Nobody knows whether it left: its lease ends, and it is asked after. The others go on.
        log.error(  # noqa: TRY400
            "errand.message_broke", message_id=message_id, trouble=type(trouble).__name__
        )
    return None


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
