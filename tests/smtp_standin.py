"""A mail server on loopback that takes, refuses or puts off by the address, and keeps what came."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ANSWERS = {"closed@": b"550 no such mailbox", "grey@": b"450 come back later"}


class Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say(b"220 here")
        to = ""
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "RCPT":
                to = line.split("<")[1].rstrip(">")
                self.say(next((a for at, a in ANSWERS.items() if to.startswith(at)), b"250 yes"))
            elif word == "DATA":
                self.say(b"354 go on")
                while self.rfile.readline() != b".\r\n":
                    pass
                self.server.came.append(to)  # type: ignore[attr-defined]
                self.server.while_taking()  # type: ignore[attr-defined]
                self.say(b"250 taken")
            elif word == "QUIT":
                return self.say(b"221 bye")
            else:
                self.say(b"250 yes")
        return None

    def say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")


@contextmanager
def mail_server(
    while_taking: Callable[[], object] = lambda: None,
) -> Iterator[tuple[str, list[str]]]:
    """(SMTP_URL, the addresses to which a mail came, in order).

    while_taking: what somebody else does before the server says that it has a mail.
    """
    with socketserver.TCPServer(("127.0.0.1", 0), Talk) as server:
        server.came = []  # type: ignore[attr-defined]
        server.while_taking = while_taking  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        port = server.server_address[1]
        yield f"smtp://127.0.0.1:{port}", server.came  # type: ignore[attr-defined]
        server.shutdown()
