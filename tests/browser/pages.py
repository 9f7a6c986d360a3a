"""Every page that somebody can reach by its links, one of each kind."""

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOT_A_PAGE = re.compile(
    r"/export|[?&]as=|/static/|/remittance|/pdf|/file|/sample|/paper|\.(csv|xlsx|pdf|xml)"
)
LEADS_TO = """all => all.map(a => new URL(a.getAttribute("href"), location))
  .map(to => to.pathname + to.search)"""
"""Also of links inside a drawing, which have no pathname of their own."""
SAME_LIST = {"sort", "after", "before"}


class Looked:
    """The kinds of pages that were looked at, in a folder that all processes of a run share."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.here: set[str] = set()
        """By this process: their links were followed too."""

    def first(self, kind: str) -> bool:
        """Whether nobody has looked yet; whoever asks first looks."""
        self.here.add(kind)
        try:
            (self.folder / sha256(kind.encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


def reachable(page: Page, looked: Looked, start: str = "/") -> Iterator[str]:
    """Opens every page that links lead to from `start`, and yields each that is to be looked at.

    One of each kind in a run; the start is looked at by everybody.  What another process looks
    at is opened all the same, for its links.  Yields the address while its page is open.
    """
    waiting, here = [start], _kind(start)
    looked.here.discard(here)
    while waiting:
        address = waiting.pop(0)
        kind = _kind(address)
        if kind in looked.here:
            continue
        is_first = looked.first(kind)
        page.goto(address)
        links = page.eval_on_selector_all("a[href^='/']", LEADS_TO)
        waiting += [link for link in dict.fromkeys(links) if not NOT_A_PAGE.search(link)]
        if is_first or kind == here:
            yield address


def _kind(address: str) -> str:
    """The path with its ids taken out, and the names of what the query says."""
    parts = urlsplit(address)
    said = {pair.partition("=")[0] for pair in parts.query.split("&") if pair} - SAME_LIST
    return UUID.sub("*", parts.path) + "?" + "&".join(sorted(said))
