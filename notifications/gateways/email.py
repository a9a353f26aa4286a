"""
A mail server, by SMTP (RFC 5321): what it took has left, and only a mailbox tells more.

Written so that its three failures mean what an SMS gateway's do: before the body is handed over
nothing has left; while it is, nobody can tell.
"""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from notifications.gateways.base import MaybeSent, NotSent, Refused

_SECONDS = 5.0
_FOR_GOOD = 500


class SmtpMail:
    def __init__(
        self, *, host: str, port: int, user: str, password: str, tls: str, sender: str
    ) -> None:
        """
        :param tls: "starttls", "tls" from the first byte, or "none" within the machine
        :param sender: our address
        """
        self._host, self._port = host, port
        self._user, self._password = user, password
        self._tls = tls
        self._sender = sender

    def send(self, *, to: str, subject: str, text: str) -> None:
        """
        Hand a mail over.

        :raises NotSent: it surely did not leave
        :raises Refused: it never will: the server refuses the address
        :raises MaybeSent: nobody knows
        """
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._sender, to, subject
        mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain=_domain(self._sender))
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text)
        try:
            server = self._open()
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(type(error).__name__) from None
        try:
            server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            raise _refusal(max(code for code, _ in error.recipients.values())) from None
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise _refusal(error.smtp_code) from None
        except smtplib.SMTPNotSupportedError as error:
            raise Refused(type(error).__name__) from None
        except (OSError, smtplib.SMTPException):
            raise MaybeSent from None
        finally:
            server.close()

    def _open(self) -> smtplib.SMTP:
        safe = ssl.create_default_context()
        if self._tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=_SECONDS, context=safe
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=_SECONDS)
        if self._tls == "starttls":
            server.starttls(context=safe)
        if self._user:
            server.login(self._user, self._password)
        return server


def _refusal(code: int) -> Exception:
    return Refused(f"code {code}") if code >= _FOR_GOOD else NotSent(f"code {code}")


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip("> ") or "localhost"
