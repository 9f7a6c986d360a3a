"""Every page that somebody can reach by its links, one of each kind."""

import re
from collections import Counter
from collections.abc import Iterator
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


def reachable(page: Page, seen: Counter[str], start: str = "/") -> Iterator[str]:
    """Opens every page that links lead to from `start`; one of each kind not `seen` before.

    Yields the address while its page is open.  The start counts as not seen.
    """
    waiting = [start]
    seen.pop(_kind(start), None)
    while waiting:
        address = waiting.pop(0)
        if seen[_kind(address)]:
            continue
        seen[_kind(address)] += 1
        page.goto(address)
        links = page.eval_on_selector_all("a[href^='/']", LEADS_TO)
        waiting += [link for link in dict.fromkeys(links) if not NOT_A_PAGE.search(link)]
        yield address


def _kind(address: str) -> str:
    """The path with its ids taken out, and the names of what the query says."""
    parts = urlsplit(address)
    said = {pair.partition("=")[0] for pair in parts.query.split("&") if pair} - SAME_LIST
    return UUID.sub("*", parts.path) + "?" + "&".join(sorted(said))
