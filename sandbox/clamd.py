"""
Plays a virus scanner over a real socket: clamd's INSTREAM, as `man 8 clamd` describes it.

`python -m sandbox.clamd 3310` answers for every file that names no virus of ours.
"""

import socketserver
import struct
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field

VIRUS = b"SANDBOX-VIRUS"
STREAM_BYTES_MAX = 25 * 1024 * 1024
_LENGTH = struct.Struct(">I")


@dataclass
class Behaviour:
    """
    How it answers; `seen` counts the files that it was sent whole.

    :param byte_seconds: how long it takes for each byte of its verdict
    """

    garbled: bool = False
    byte_seconds: float = 0.0
    limit_bytes: int = STREAM_BYTES_MAX
    seen: int = field(default=0)


class _Conversation(socketserver.StreamRequestHandler):
    server: "Scanner"

    def handle(self) -> None:
        if self.rfile.read(len(b"zINSTREAM\0")) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        data = bytearray()
        while length := self._length():
            data += self.rfile.read(length)
            if len(data) > self.server.behaviour.limit_bytes:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.server.behaviour.seen += 1
        with suppress(ConnectionError):  # Whoever asked may have gone.
            self._say(self._verdict(bytes(data)))

    def _length(self) -> int:
        told = self.rfile.read(_LENGTH.size)
        return int(_LENGTH.unpack(told)[0]) if len(told) == _LENGTH.size else 0

    def _say(self, verdict: bytes) -> None:
        if not self.server.behaviour.byte_seconds:
            self.wfile.write(verdict)
            return
        for byte in verdict:
            time.sleep(self.server.behaviour.byte_seconds)
            self.wfile.write(bytes([byte]))

    def _verdict(self, data: bytes) -> bytes:
        if self.server.behaviour.garbled:
            return b"stream: perhaps\0"
        return b"stream: Sandbox.Virus FOUND\0" if VIRUS in data else b"stream: OK\0"


class Scanner(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Conversation)
        self.behaviour = Behaviour()

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.server_address[1]}"


if __name__ == "__main__":
    with Scanner(int(sys.argv[1])) as scanner:
        scanner.serve_forever()
