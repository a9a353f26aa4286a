"""
The sandbox: the outside world of Guichet in one process. `python -m sandbox`

It plays MTN MoMo collections, a bank or USSD aggregator that is paid by reference, an SMS gateway,
a population register and a civil register, over HTTP; and it shows their phones in the browser.
Its people are synthetic. It is for development and tests, never for production.

  SANDBOX_PORT            port, 8001
  SANDBOX_HOST            address to listen on, 127.0.0.1
  SANDBOX_STATE           folder of its SQLite file, var/<country>/sandbox
  SANDBOX_COUNTRY         country code, COUNTRY or else rw
  SANDBOX_PROMPT_SECONDS  how long a payer can answer an MTN prompt, 300
  SANDBOX_CERTIFICATE     file with key and certificate (PEM), then it speaks https alone, none
  SANDBOX_ROOTS           file with authorities (PEM) that it believes besides the usual, none
  SANDBOX_LATE_SECONDS    how late the fault mtn.callback=late is, 20
  GUICHET_URL             where Guichet's site is, http://127.0.0.1:8000
  CALLBACKS_URL           where callbacks go, GUICHET_URL
  BANK_RAIL               code of the rail by contract, bank-<country>
  BANK_SECRET             secret that signs its inquiries and notifications
  REGISTER_TOKEN          bearer token that the registers ask for
  SMS_TOKEN               bearer token that the SMS gateway asks for
  SMS_RECEIPT_TOKEN       bearer token that its delivery receipts carry
  SANDBOX_MAIL_PORT       port of its mail server, none
  DIRECTORY_CLIENT_SECRET secret that the state's directory asks Guichet for
  MTN_API_USER, MTN_API_KEY, MTN_SUBSCRIPTION_KEY, MTN_ENVIRONMENT
                          what the MTN API asks for

Left out, a secret has the development value that Guichet's settings have.
"""

import argparse
import asyncio
import signal
import socket
import sqlite3
import sys

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from sandbox.app import create
from sandbox.settings import Settings, WrongSetting


async def serve(settings: Settings) -> None:
    # The server shares its port, so that a second sandbox would take half of the calls unseen.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((settings.host, settings.port))
    server = Server(
        create(settings),
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        log_level=LogLevels.error,
        websockets=False,
        ssl_cert=settings.certificate,
        ssl_key=settings.certificate,
    )
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(wanted, server.stop)
    await server.serve()


def main() -> int:
    argparse.ArgumentParser(
        prog="python -m sandbox",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    try:
        settings = Settings.read()
        asyncio.run(serve(settings))
    except WrongSetting as error:
        print(error, file=sys.stderr)  # noqa: T201
    except (OSError, RuntimeError, sqlite3.Error) as error:
        print(f"The sandbox cannot start: {error}", file=sys.stderr)  # noqa: T201
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
