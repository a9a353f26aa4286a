"""The doors to those who carry our words. Only an errand calls them."""

from functools import lru_cache

from django.conf import settings

from notifications.gateways.base import (
    GatewayUnavailable,
    MaybeSent,
    NotSent,
    Refused,
    SmsGateway,
)
from notifications.gateways.email import SmtpMail
from notifications.gateways.sms import HttpSmsGateway

__all__ = [
    "GatewayUnavailable",
    "MaybeSent",
    "NotSent",
    "Refused",
    "SmsGateway",
    "SmtpMail",
    "mail",
    "sms",
]


def sms() -> SmsGateway:
    """Return the SMS gateway named in settings.GATEWAYS["sms"]."""
    door = settings.GATEWAYS["sms"]
    return _sms(door["base_url"], door["token"])


@lru_cache(maxsize=4)
def _sms(base_url: str, token: str) -> SmsGateway:
    return HttpSmsGateway(base_url=base_url, token=token)


def mail() -> SmtpMail | None:
    """Return the mail server named in settings.GATEWAYS["mail"], or None where there is none."""
    door = settings.GATEWAYS["mail"]
    return SmtpMail(**door) if door["host"] else None
