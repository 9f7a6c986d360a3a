"""Sends what the notices say, as plain mails.  Called by the worker, never inside a request."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit
from uuid import UUID

from flask import Flask

from models import outbox, vendor
from models.accounts import links
from models.notices import Notice
from portal.clock import now
from portal.database import transaction
from portal.sealing import seal_of
from portal.settings import Settings, is_this_machine

log = logging.getLogger("counterpart.mail")

BATCH = 50
MAIL_SECONDS = 30
"""So long the mail server may say nothing."""
PUT_OFF = timedelta(minutes=15)
LEFT_ALONE = timedelta(minutes=1)
TAKEN_FOR = timedelta(minutes=5)
"""So long a worker may take to send one mail; then another tries."""
ASKED_AGAIN_AT = "mail server asked again at"
TRIED_FOR = timedelta(days=3)
OF_ONE_MAIL = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
    ValueError,
)
"""What the server has against one mail; the next one can still leave."""


class Refusal(NamedTuple):
    said: str
    is_for_good: bool


def send_waiting(app: Flask) -> int:
    """Send the notices that have not been mailed yet; how many were dealt with.

    Each is taken in one transaction and marked in another, and leaves between the two, so nobody
    waits for the mail server: a crash can send one twice, never lose one.  A mail that the server
    refuses stays in the outbox with what the server said, and holds up no other.  A server that
    does not answer is left alone for a minute.
    Without an SMTP setting they are only marked; staff read them at /outbox.
    What its reader has muted is passed over, and marked as such.
    """
    settings: Settings = app.extensions["settings"]
    if now() < app.extensions.get(ASKED_AGAIN_AT, now()):
        return 0
    with transaction() as session:
        outbox.pass_over(session, now=now())
        waiting = outbox.to_mail(session, now=now(), limit=BATCH)
    try:
        if waiting:
            with _connected(settings.smtp_url) as server:
                for notice_id in waiting:
                    _send(notice_id, server, settings)
    except OSError as error:
        app.extensions[ASKED_AGAIN_AT] = now() + LEFT_ALONE
        log.warning("the mail server does not take mails: %s", error)
        return 0
    return len(waiting)


def _send(notice_id: UUID, server: smtplib.SMTP | None, settings: Settings) -> None:
    with transaction() as session:
        if not outbox.take(session, notice_id, until=now() + TAKEN_FOR, now=now()):
            return  # another worker was quicker
        letter = session.execute(outbox.letter(notice_id)).one()
        sender = vendor.settings(session).mail_from
    refusal = _deliver(letter, sender, server, settings) if server else None
    with transaction() as session:
        notice = session.get_one(Notice, notice_id, with_for_update=True)
        notice.mail_problem = refusal.said[:200] if refusal else None
        if refusal is None or refusal.is_for_good or now() - notice.at > TRIED_FOR:
            notice.mailed_at = now()
        else:
            notice.mail_after = now() + PUT_OFF


def _message(notice: Any, sender: str, settings: Settings) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = " ".join(notice.title.split())
    message["From"] = sender
    message["To"] = notice.email
    message["Date"] = format_datetime(notice.at)
    message["Message-ID"] = f"<{notice.id}@{urlsplit(settings.base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{notice.body}\n\n{full_link(notice.link, settings)}\n")
    return message


def full_link(link: str, settings: Settings) -> str:
    """As it stands in the mail: with the portal's address, and with the secret of a link
    that works once, which the database does not hold."""
    return settings.base_url + links.completed(link, seal_of(settings))


@contextmanager
def _connected(smtp_url: str) -> Iterator[smtplib.SMTP | None]:
    """The mail server, signed in; None without a setting."""
    if not smtp_url:
        yield None
        return
    where = urlsplit(smtp_url)
    secure, host = where.scheme == "smtps", where.hostname or "localhost"
    port = where.port or (465 if secure else 25)
    with _opened(host, port, secure=secure) as server:
        if not secure and (server.has_extn("starttls") or not is_this_machine(host)):
            # A server elsewhere that offers no TLS is an error: nothing is said in the clear.
            server.starttls(context=ssl.create_default_context())
        if where.username:
            server.login(unquote(where.username), unquote(where.password or ""))
        yield server


def _opened(host: str, port: int, *, secure: bool) -> smtplib.SMTP:
    """smtplib asks a server for no certificate unless it is told to."""
    if secure:
        checked = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, timeout=MAIL_SECONDS, context=checked)
    return smtplib.SMTP(host, port, timeout=MAIL_SECONDS)


def _deliver(letter: Any, sender: str, server: smtplib.SMTP, settings: Settings) -> Refusal | None:
    """None when it left.  What is wrong with the server itself is raised."""
    try:
        server.send_message(_message(letter, sender, settings))
    except OF_ONE_MAIL as error:
        code, said = _answer(error)
        return Refusal(f"{code} {said}", is_for_good=not 400 <= code < 500)
    return None


def _answer(error: Exception) -> tuple[int, str]:
    """(SMTP code, words); an address that cannot even be written down counts as refused."""
    said: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, said = error.smtp_code, error.smtp_error
    else:
        code, said = 553, str(error)
    return code, said.decode("utf-8", "replace") if isinstance(said, bytes) else said
