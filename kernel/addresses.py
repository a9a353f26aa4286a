"""Whose request it is, for whatever counts: the network address, as a limit should see it."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

_IPV6_SUBSCRIBER_BITS = 64
# What some proxies append: "196.12.0.1:40112", "[2001:db8::1]:40112".
_WITH_PORT = re.compile(r"\[(?P<six>[^\]]+)\](:\d+)?|(?P<four>[\d.]+):\d+", re.ASCII)
# A new word with each request would be a new visitor each time.
UNKNOWN = "unknown"


def address(request: HttpRequest) -> str:
    """
    Return the network address that guesses are counted by; of IPv6 the network of 64 bits.

    What is no address is one visitor for all: `UNKNOWN`.
    """
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.BEHIND_PROXY and forwarded:
        # Our own proxy appends the last one; whatever stands before it was sent by the visitor.
        return _counted(forwarded.rpartition(",")[2].strip())
    return _counted(str(request.META.get("REMOTE_ADDR", "")))


def _counted(told: str) -> str:
    if found := _WITH_PORT.fullmatch(told):
        told = found["six"] or found["four"]
    try:
        ip = ipaddress.ip_address(told)
    except ValueError:
        return UNKNOWN
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    # A subscriber is given 2^64 addresses or more: one each would be no limit at all.
    return str(ipaddress.IPv6Network((int(ip), _IPV6_SUBSCRIBER_BITS), strict=False))
