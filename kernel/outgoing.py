"""
The one door to the outside: the house's own HTTP clients are made here.

Who goes out says what for, and goes where the settings say for that, by scheme, host and port, and
nowhere else: an address that came with a certificate, a redirect or a provider's answer opens
nothing. A name of the public internet must also lead there: one that suddenly leads to an address
within the machine's own net is refused (OWASP ASVS 5.0, 1.3.6 and 13.2.4). Mail, the object store
and the exporter of traces have clients of their own, each with one address that is a setting.
"""

import ipaddress
import ssl
from functools import cache
from typing import Any

import httpcore
import httpx
from django.conf import settings

PORTS = {"http": 80, "https": 443}
_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
# Addresses of IPv6 that hide one of IPv4: RFC 6052, 2.1 and RFC 3056.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotAllowed(httpx.ConnectError):
    """The settings name no such origin for this purpose; nothing has left this machine."""


def client(purpose: str, **how: Any) -> httpx.Client:
    """
    Return a client that reaches the hosts of a purpose, one of the keys of `settings.OUTGOING`.

    It follows no redirect and asks no proxy of the environment. Close it, or keep it.

    :param how: what `httpx.Client` takes: timeout, headers, limits
    """
    limits = how.pop("limits", httpx.Limits())
    return httpx.Client(
        transport=_Road(purpose, verify=trusted(), limits=limits), trust_env=False, **how
    )


def async_client(purpose: str, **how: Any) -> httpx.AsyncClient:
    """As `client`, for an event loop; redirects are followed if asked for, to allowed hosts."""
    return httpx.AsyncClient(
        transport=_AsyncRoad(purpose, verify=trusted()), trust_env=False, **how
    )


@cache
def trusted() -> ssl.SSLContext:
    """Return whom we trust, and what we show who asks for it: reading them is what costs."""
    context = httpx.create_ssl_context()
    if settings.OUTGOING_CERTIFICATE:
        context.load_cert_chain(settings.OUTGOING_CERTIFICATE)
    return context


@cache
def of_the_house(roots: str) -> ssl.SSLContext:
    """Return the authority in this file, and no other (OWASP ASVS 5.0, 12.3.4)."""
    return ssl.create_default_context(cafile=roots)


def roots_for(address: str) -> str | None:
    """Return the file of whom a neighbour at this address must descend from; None elsewhere."""
    host = httpx.URL(address).host
    return settings.NEIGHBOUR_ROOTS if _is_neighbour(host) else None


def require(purpose: str, url: httpx.URL) -> None:
    """:raises NotAllowed: if the settings name no such origin for the purpose"""
    allowed = settings.OUTGOING.get(purpose, ())
    # A host alone is one of this machine, which plays the world on whatever ports are free.
    if url.scheme not in PORTS or not ({origin(url), url.host} & set(allowed)):
        # Not the address itself: what somebody wrote into it goes into no log.
        raise NotAllowed(f"no origin of {purpose}")


def origin(address: str | httpx.URL) -> str:
    """Return "https://bank.example:443" of any address there; "" of one that names no host."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        return ""
    if not url.host:
        return ""
    host = f"[{url.host}]" if ":" in url.host else url.host
    return f"{url.scheme}://{host}:{url.port or PORTS.get(url.scheme, 0)}"


class _Road(httpx.HTTPTransport):
    def __init__(self, purpose: str, **how: Any) -> None:
        super().__init__(**how)
        self._purpose = purpose
        # httpx hands no backend on to the pool that it makes. A test sees that this one is used.
        self._pool._network_backend = _Net()  # noqa: SLF001

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        require(self._purpose, request.url)
        return super().handle_request(request)


class _AsyncRoad(httpx.AsyncHTTPTransport):
    def __init__(self, purpose: str, **how: Any) -> None:
        super().__init__(**how)
        self._purpose = purpose
        self._pool._network_backend = _AsyncNet()  # noqa: SLF001

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        require(self._purpose, request.url)
        return await super().handle_async_request(request)


class _Net(httpcore.SyncBackend):
    """Looks where the connection has led before a byte of the question goes into it."""

    def connect_tcp(self, host: str, *to: Any, **how: Any) -> httpcore.NetworkStream:
        stream = super().connect_tcp(host, *to, **how)
        if not is_plausible(host, _peer(stream.get_extra_info("server_addr"))):
            stream.close()
            raise httpcore.ConnectError("a public name leads into a private net")
        return _sworn(stream) if _is_neighbour(host) else stream


class _AsyncNet(httpcore.AnyIOBackend):
    async def connect_tcp(self, host: str, *to: Any, **how: Any) -> httpcore.AsyncNetworkStream:
        stream = await super().connect_tcp(host, *to, **how)
        if not is_plausible(host, _peer(stream.get_extra_info("server_addr"))):
            await stream.aclose()
            raise httpcore.ConnectError("a public name leads into a private net")
        return _sworn(stream) if _is_neighbour(host) else stream


def _sworn(stream: Any) -> Any:
    """Have a neighbour show a certificate of the house's own authority, and take no other."""
    usual = stream.start_tls

    def start_tls(ssl_context: ssl.SSLContext, **how: Any) -> Any:
        return usual(of_the_house(settings.NEIGHBOUR_ROOTS), **how)

    stream.start_tls = start_tls
    return stream


def _is_neighbour(host: str) -> bool:
    """Say whether a name is one of the machine's own net, and its authority is known."""
    return bool(settings.NEIGHBOUR_ROOTS) and "." not in host and ":" not in host


def is_plausible(host: str, address: str) -> bool:
    """
    Say whether a host of this name may be at this address.

    An address that the settings name as such is meant; a name without a dot is a neighbour within
    the machine's own net, a container beside us. Any other name must be at a public address, and
    none at a link-local one, where clouds keep a machine's secrets.
    """
    found = _within(ipaddress.ip_address(address))
    if found.is_link_local:
        return False
    return found.is_global or _is_address(host) or "." not in host or host in settings.OUTGOING_NEAR


def _within(found: _Ip) -> _Ip:
    """Return the address of IPv4 that an address of IPv6 leads to, or else the address itself."""
    if isinstance(found, ipaddress.IPv4Address):
        return found
    if found in _NAT64:
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour or found


def _peer(address: Any) -> str:
    # (host, port), and two numbers more for IPv6, whose host may end in the name of an interface.
    return str(address[0]).partition("%")[0]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
