"""How the two sides speak: a length in four bytes, then so many bytes."""

import socket
import struct

FRAME_BYTES_MAX = 16 * 1024 * 1024
_LENGTH = struct.Struct(">I")


class Closed(Exception):
    """The other side has gone, or says what no side of ours would say."""


class TooLong(Exception):
    """More than a frame may hold: the other side would hang up, and seem to have died."""


def require_short(*frames: bytes) -> None:
    """:raises TooLong: if one of them is too long to be sent"""
    for data in frames:
        if len(data) > FRAME_BYTES_MAX:
            raise TooLong(f"{len(data)} bytes, at most {FRAME_BYTES_MAX}")


def send(channel: socket.socket, data: bytes) -> None:
    """:raises OSError: if the other side has gone or does not take it in time"""
    channel.sendall(_LENGTH.pack(len(data)))
    channel.sendall(data)


def receive(channel: socket.socket) -> bytes:
    """:raises Closed: if no whole frame comes; TimeoutError after the channel's own time"""
    (length,) = _LENGTH.unpack(_exactly(channel, _LENGTH.size))
    if length > FRAME_BYTES_MAX:
        raise Closed
    return _exactly(channel, length)


def _exactly(channel: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        more = channel.recv(min(size - len(parts), 1 << 20))
        if not more:
            raise Closed
        parts += more
    return bytes(parts)
