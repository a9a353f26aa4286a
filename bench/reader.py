"""
Readers of one page, as a process of its own that costs little.

`python -m bench.reader` reads one line of JSON (see `Order`), asks for the page over connections
that stay open, and writes one line of JSON (see `Read`).
"""

import json
import random
import re
import select
import socket
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


@dataclass(frozen=True)
class Order:
    port: int
    path: str
    seconds: float
    connections: int = 16
    a_second: float = 0.0  # Open loop at this rate, arrivals by chance; 0: closed loop.


@dataclass(frozen=True)
class Read:
    """Milliseconds are from when an answer was due to be asked for until it was here."""

    answered: int
    seconds: float
    refused: int
    bytes: int  # Of one answer, its head included.
    p50_ms: float
    p99_ms: float


def main() -> None:
    print(json.dumps(asdict(read(Order(**json.loads(sys.stdin.readline()))))))


def read(order: Order) -> Read:
    asked = (
        f"GET {order.path} HTTP/1.1\r\nHost: 127.0.0.1:{order.port}\r\nAccept: text/html\r\n"
        "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en-GB,en;q=0.9\r\n\r\n"
    ).encode()
    sockets = {}
    poll = select.poll()
    for _ in range(order.connections):
        one = socket.create_connection(("127.0.0.1", order.port))
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sockets[one.fileno()] = one
        poll.register(one, select.POLLIN)
    idle, since, heard = list(sockets), dict.fromkeys(sockets, 0.0), dict.fromkeys(sockets, b"")
    times: list[float] = []
    refused = size = 0
    began = time.monotonic()
    end = began + order.seconds
    due = _due(order, began)
    following = next(due)
    while (now := time.monotonic()) < end or len(idle) < len(sockets):
        while idle and following <= now < end:
            here = idle.pop()
            since[here] = following if order.a_second else now
            sockets[here].sendall(asked)
            following = next(due)
        wait = following - now if idle and now < end else 0.05
        for here, _ in poll.poll(max(0.0, min(wait, 0.05)) * 1000):
            heard[here] += sockets[here].recv(262_144)
            whole = _whole(heard[here])
            if whole:
                times.append(time.monotonic() - since[here])
                refused += not heard[here].startswith(b"HTTP/1.1 200")
                size, heard[here] = whole, b""
                idle.append(here)
    seconds = time.monotonic() - began
    for one in sockets.values():
        one.close()
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return Read(len(times), seconds, refused, size, 1000 * cuts[49], 1000 * cuts[98])


def _due(order: Order, began: float) -> Iterator[float]:
    """Yield when the next one comes: at once, or by chance at the rate that was ordered."""
    moment, chance = began, random.Random(7)
    while True:
        moment += chance.expovariate(order.a_second) if order.a_second else 0.0
        yield moment


def _whole(heard: bytes) -> int:
    """Return how long the answer is, once all of it is here; else 0."""
    head = heard.find(b"\r\n\r\n")
    if head < 0:
        return 0
    length = LENGTH.search(heard, 0, head)
    whole = head + 4 + (int(length[1]) if length else 0)
    return whole if len(heard) >= whole else 0


if __name__ == "__main__":
    main()
