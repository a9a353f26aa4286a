"""What is kept of a browser: enough to know one's own again, too little to follow anybody."""

import ipaddress
import re

# The order decides: Edge and Opera say Chrome too, Chrome says Safari, Android says Linux.
_BROWSERS = (
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera Mini", r"Opera Mini"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("Android", r"Android"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("KaiOS", r"KAIOS"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux"),
)
_READ_MAX = 400
_IPV4_BITS, _IPV6_BITS = 24, 48


def kind(user_agent: str) -> str:
    """Return such as "Firefox, Linux"; "" for one that nobody knows."""
    said = user_agent[:_READ_MAX]
    found = [
        next((name for name, mark in marks if re.search(mark, said)), "")
        for marks in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(filter(None, found))


def network(address: str) -> str:
    """Return the network of an address, or of a network: /24 of IPv4, /48 of IPv6."""
    try:
        first = ipaddress.ip_address(address.partition("/")[0])
    except ValueError:
        return ""
    bits = _IPV4_BITS if first.version == 4 else _IPV6_BITS
    return str(ipaddress.ip_interface(f"{first}/{bits}").network)
