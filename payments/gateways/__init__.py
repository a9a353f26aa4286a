"""Who can read which message. A rail's kind is the first word of the kinds of message it sends."""

from payments.gateways import bycontract, mtn
from payments.gateways.base import Parser

PARSERS: dict[str, Parser] = {
    "mtn.status": mtn.parse_status,
    "bycontract.notification": bycontract.parse_notification,
}

RAIL_KINDS = frozenset({"mtn", "bycontract"})
