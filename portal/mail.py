"""Sends what the notices say, as plain mails.  Called by the worker, never inside a request."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from flask import Flask
from sqlalchemy import func, select

from models import notices, vendor
from models.accounts import links
from models.notices import Notice
from models.people import Person
from models.sealing import Seal
from portal.clock import now
from portal.database import transaction
from portal.settings import Settings

BATCH = 50


def send_waiting(app: Flask) -> int:
    """Send the notices that have not been mailed yet; how many.

    Each is marked as sent in the transaction in which it leaves: a crash can
    send one twice, never lose one.
    Without an SMTP setting they are only marked; staff read them at /outbox.
    What its reader has muted is passed over, and marked as such.
    """
    settings: Settings = app.extensions["settings"]
    with transaction() as session:
        notices.pass_over_muted(session, now=now())
        waiting = session.execute(
            select(Notice, func.coalesce(Person.email, Notice.email), Person.name)
            .outerjoin(Person, Person.id == Notice.person_id)
            .where(Notice.mailed_at.is_(None), notices.rings(now()))
            .order_by(Notice.at, Notice.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True, of=Notice)
        ).all()
        if not waiting:
            return 0
        sender = vendor.settings(session).mail_from
        messages = [_message(notice, email, sender, settings) for notice, email, _ in waiting]
        if settings.smtp_url:
            _deliver(messages, settings.smtp_url)
        for notice, _, _ in waiting:
            notice.mailed_at = now()
    return len(waiting)


def _message(notice: Notice, email: str, sender: str, settings: Settings) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = " ".join(notice.title.split())
    message["From"] = sender
    message["To"] = email
    message["Date"] = format_datetime(notice.at)
    message["Message-ID"] = f"<{notice.id}@{urlsplit(settings.base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{notice.body}\n\n{full_link(notice.link, settings)}\n")
    return message


def full_link(link: str, settings: Settings) -> str:
    """As it stands in the mail: with the portal's address, and with the secret of a link
    that works once, which the database does not hold."""
    return settings.base_url + links.completed(link, Seal(settings.sealing_key))


def _deliver(messages: list[EmailMessage], smtp_url: str) -> None:
    where = urlsplit(smtp_url)
    secure = where.scheme == "smtps"
    connect = smtplib.SMTP_SSL if secure else smtplib.SMTP
    host, port = where.hostname or "localhost", where.port or (465 if secure else 25)
    with connect(host, port, timeout=30) as server:
        if not secure and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        if where.username:
            server.login(unquote(where.username), unquote(where.password or ""))
        for message in messages:
            server.send_message(message)
