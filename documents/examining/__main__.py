"""
The examiner: reads questions from the channel it was given, and forks a child for each.

It imports everything before it is asked, and lives as long as who started it.
"""

import json
import logging
import os
import pkgutil
import socket
import sys
from importlib import import_module

from documents.examining import frames
from documents.examining.child import answer_in_a_child

NICENESS = 5
# What pyHanko and its kin import when they first meet a filter, an encoding, a kind of key: a
# child can open no file for it any more.
_LATER = (
    "asn1crypto",
    "cryptography.hazmat.backends",
    "cryptography.hazmat.primitives",
    "encodings",
    "pyhanko.pdf_utils",
    "pyhanko.sign.diff_analysis",
    "pyhanko.sign.validation",
    "pyhanko_certvalidator",
)


def import_what_comes_later() -> None:
    for name in _LATER:
        package = import_module(name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            try:
                import_module(found.name)
            # Some want libraries that are not installed, or another system: never ours.
            except Exception as error:
                logging.getLogger(__name__).debug("not imported: %s", type(error).__name__)


def main(channel: socket.socket) -> None:
    os.nice(NICENESS)  # Pages come first.
    import_what_comes_later()
    # What pyHanko says of a file may quote it.
    logging.disable(logging.CRITICAL)
    while True:
        try:
            question = json.loads(frames.receive(channel))
            data = frames.receive(channel)
            frames.send(channel, json.dumps(answer_in_a_child(question, data)).encode())
        except (frames.Closed, OSError):
            return


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
