"""Invitations are mailed once; one in doubt waits for somebody to look into her mailbox."""

from django.conf import settings
from django.urls import reverse

from accounts import operations as accounts
from accounts.operations import MailState, OutgoingInvitation
from notifications import gateways, wording
from workers.errands.carrying import LEASE, ONCE_MAX, Clock


def mail_invitations(clock: Clock) -> int:
    server = gateways.mail()
    if server is None:
        return 0  # They wait; the page of whoever invited says for what.
    now = clock()
    claimed = accounts.claim_invitations(limit=ONCE_MAX, now=now, until=now + LEASE)
    for mail in claimed:
        accounts.record_invitation_mail(
            invitation_id=mail.invitation_id, came=_send(server, mail), at=clock()
        )
    return len(claimed)


def _send(server: gateways.SmtpMail, mail: OutgoingInvitation) -> MailState:
    link = settings.SITE_URL + reverse("accounts:invited", args=[mail.token])
    subject, text = wording.email(
        code="invitation",
        language=mail.language,
        context={"name": mail.name, "link": link, "expires_at": mail.expires_at},
    )
    try:
        server.send(to=mail.to, subject=subject, text=text)
    except gateways.NotSent:
        return MailState.WAITING
    except gateways.Refused:
        return MailState.FAILED
    except gateways.MaybeSent:
        return MailState.UNSURE
    return MailState.SENT
