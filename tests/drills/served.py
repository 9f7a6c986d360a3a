"""The portal as it is shipped, `portal serve`, on the demonstration; and its browsers."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from portal.app import create_app
from portal.settings import Settings
from tests.browser.site import Site
from tests.databases import free_port

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 240
PEOPLE = (
    "administrator@adventure-works.example", "finance@adventure-works.example",
    "channel.europe@adventure-works.example", "rachel.valdez@adventure-works.example",
    "seller@enterprise-center.example", "administrator@enterprise-center.example",
    "seller@global-bike-retailers.example",
)  # fmt: skip


@dataclass(frozen=True)
class Served:
    site: Site
    server: subprocess.Popen

    @property
    def web(self) -> list[int]:
        """The processes that answer: the heirs of the first child, or it alone."""
        first = children(self.server.pid)[0]
        return children(first) or [first]

    def browser(self, email: str) -> requests.Session:
        """Somebody who is signed in."""
        cookie = self.site.cookie(email)
        browser = requests.Session()
        browser.cookies.set(cookie["name"], cookie["value"])
        return browser


@contextmanager
def serve(folder: Path, *words: str, before: tuple[str, ...] = ()) -> Iterator[Served]:
    """before: what stands before the command, such as another clock."""
    port = free_port()
    environment = os.environ | {"INSTANCE_DIR": str(folder), "BASE_URL": f"http://localhost:{port}"}
    command = [sys.executable, "-m", "portal.command_line", "serve", "--demo", "--port", str(port)]
    log = (folder / "log").open("w")
    server = subprocess.Popen(
        [*before, *command, *words], cwd=ROOT, env=environment, stdout=log, stderr=log
    )
    url = f"http://localhost:{port}"
    try:
        _wait(server, url)
        app = create_app(Settings.from_environment(environment))
        yield Served(Site(url, app), server)
    finally:
        server.terminate()
        server.wait(PATIENCE_SECONDS)
        log.close()


def _wait(server: subprocess.Popen, url: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            requests.get(f"{url}/healthz", timeout=5)
            return
        except requests.ConnectionError:
            assert time.monotonic() < until and server.poll() is None
            time.sleep(0.2)


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def megabytes(pids: list[int]) -> float:
    """Resident memory of these processes together."""
    return sum(_resident(pid) for pid in pids) / 1024


def _resident(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def at(share: float, seconds: list[float]) -> float:
    """The value below which that share lies: at(0.95, …) is p95."""
    return sorted(seconds)[min(len(seconds) - 1, int(share * len(seconds)))]
