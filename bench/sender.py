"""
The bank: sends signed notifications over HTTP, as a process of its own that costs little.

`python -m bench.sender` reads one line of JSON (see `Order`), builds every request, says "ready",
waits for a line, sends, and writes one line of JSON (see `Sent`).
"""

import heapq
import json
import random
import re
import resource
import select
import socket
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass, field

from bench.numbers import amount_minor, reference, scattered
from payments.gateways import bycontract

OPEN_LOOP_CONNECTIONS = 128
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


@dataclass(frozen=True)
class Order:
    host: str
    port: int
    path: str
    secret: str
    seconds: float  # How long to send; what is under way is waited for.
    places: tuple[int, int]  # Of the bills that may be paid: first, after the last.
    first_bill: int
    bills: int
    connections: int = 16
    a_second: float = 0.0  # Open loop at this rate, arrivals by chance; 0: closed loop.


@dataclass
class Sent:
    answered: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    began: float = 0.0  # CLOCK_MONOTONIC, which all processes of a machine share.
    ended: float = 0.0
    cpu_seconds: float = 0.0
    # From when the request was due to when its answer was here.
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    max_ms: float = 0.0


def main() -> None:
    order = Order(**json.loads(sys.stdin.readline()))
    requests = [_request(order, place) for place in range(*order.places)]
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(asdict(Bank(order, requests).send())), flush=True)


def _request(order: Order, place: int) -> bytes:
    bill = scattered(place, first=order.first_bill, bills=order.bills)
    now = time.time()
    told = {
        "id": f"B{bill:012d}",
        "reference": reference(bill),
        "amount": str(amount_minor(bill)),
        "currency": "RWF",
        "paid_at": time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(now)),
        "channel": "ussd",
    }
    body = json.dumps(told).encode()
    signature = bycontract.sign(secret=order.secret, timestamp=int(now), body=body)
    head = (
        f"POST {order.path} HTTP/1.1\r\nHost: {order.host}:{order.port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"X-Timestamp: {int(now)}\r\nX-Signature: {signature}\r\n\r\n"
    )
    return head.encode() + body


class Bank:
    """One thread, one epoll, requests that were built before the clock began."""

    def __init__(self, order: Order, requests: list[bytes]) -> None:
        self.order = order
        self.requests = deque(requests)
        self.sent = Sent()
        self.poll = select.epoll()
        self.sockets: dict[int, socket.socket] = {}
        self.due: dict[int, float] = {}  # By socket: when the request under way was due.
        self.halves: dict[int, bytes] = {}
        self.latencies: list[float] = []
        count = OPEN_LOOP_CONNECTIONS if order.a_second else order.connections
        for _ in range(count):
            one = socket.create_connection((order.host, order.port))
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.poll.register(one.fileno(), select.EPOLLIN)
            self.sockets[one.fileno()] = one

    def send(self) -> Sent:
        cpu = time.process_time()
        self.sent.began = time.monotonic()
        if self.order.a_second:
            self._open_loop()
        else:
            self._closed_loop()
        self.sent.cpu_seconds = time.process_time() - cpu
        self._sum_up()
        return self.sent

    def _closed_loop(self) -> None:
        end = self.sent.began + self.order.seconds
        for number in self.sockets:
            self._say(number, time.monotonic())
        while self.due:
            for number in self._heard(1.0):
                now = time.monotonic()
                if now < end and self.requests:
                    self._say(number, now)

    def _open_loop(self) -> None:
        # A seed of its own, so that two runs meet the same bursts.
        chance = random.Random(7)
        end = self.sent.began + self.order.seconds
        idle, late = list(self.sockets), deque[float]()
        next_at = self.sent.began
        while self.due or late or next_at < end:
            now = time.monotonic()
            while next_at <= now and next_at < end and len(late) < len(self.requests):
                late.append(next_at)
                next_at += chance.expovariate(self.order.a_second)
            while late and idle:
                self._say(idle.pop(), late.popleft())
            wait = max(0.0, min(next_at - time.monotonic(), 0.05)) if next_at < end else 0.05
            idle.extend(self._heard(wait))

    def _say(self, number: int, due: float) -> None:
        self.sockets[number].sendall(self.requests.popleft())
        self.due[number] = due

    def _heard(self, seconds: float) -> list[int]:
        answered = []
        for number, _ in self.poll.poll(seconds):
            piece = self.sockets[number].recv(65536)
            told = self.halves.pop(number, b"") + piece
            if piece and not _is_whole(told):
                self.halves[number] = told
                continue
            now = time.monotonic()
            status = told[9:12].decode(errors="replace") or "closed"
            if status == "200":
                self.sent.answered += 1
                self.latencies.append(now - self.due[number])
            else:
                self.sent.refused[status] = self.sent.refused.get(status, 0) + 1
            del self.due[number]
            self.sent.ended = now
            if piece:
                answered.append(number)
            else:
                self.poll.unregister(number)
        return answered

    def _sum_up(self) -> None:
        if self.latencies:
            slowest = heapq.nlargest(1 + len(self.latencies) // 100, self.latencies)
            self.sent.p99_ms = slowest[-1] * 1000
            self.sent.max_ms = slowest[0] * 1000
            self.sent.p50_ms = sorted(self.latencies)[len(self.latencies) // 2] * 1000


def _is_whole(told: bytes) -> bool:
    head, gap, body = told.partition(b"\r\n\r\n")
    if not gap:
        return False
    length = LENGTH.search(head)
    return len(body) >= int(length[1]) if length else told.endswith(b"0\r\n\r\n")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    main()
