"""What a phone sends to us: kept before anybody reads it, and read when the news is delivered."""

from datetime import datetime

from django.db import transaction

from accounts.events import TextReceived
from accounts.models import ContactPoint, IncomingText
from accounts.states import ContactKind
from kernel import outbox
from kernel.crypto import blind_index

TEXT_MAX = 480
"""Three parts: what we wait for is two words."""


def keep_text(*, gateway_id: str, sender: str, text: str, at: datetime) -> bool:
    """
    Keep a text, and tell of it once; False where the gateway has told us of it before.

    :param sender: as the gateway writes it; a number at which nobody here was ever reached is
        not kept, for it is nobody's that we know
    """
    index = blind_index("phone", "+" + sender.strip().lstrip("+"))
    contact = ContactPoint.objects.filter(kind=ContactKind.PHONE, value_index=index).first()
    with transaction.atomic():
        kept, is_new = IncomingText.objects.get_or_create(
            gateway_id=gateway_id,
            defaults={
                "contact": contact,
                # An unknown number's words are none of our business.
                "text": text[:TEXT_MAX] if contact else "",
                "received_at": at,
            },
        )
        if is_new and contact is not None:
            outbox.publish(TextReceived(subject_id=kept.pk, occurred_at=at))
    return is_new
