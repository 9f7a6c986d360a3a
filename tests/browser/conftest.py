"""A real browser on the demonstration: `visit(email)` gives a page of somebody signed in."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser.site import Site, make_demo, served

DESK, PHONE = {"width": 1280, "height": 850}, {"width": 390, "height": 844}
PATIENCE_MS = 10_000

EXPECTED = ("status of 4",)
"""The browser itself tells of every 4xx answer; pages are asked for those on purpose."""

NOT_OURS = "ignore::pytest.PytestUnraisableExceptionWarning"
"""Flask-Compress leaves it to the garbage collector to close a static file."""

Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")
            item.add_marker(pytest.mark.filterwarnings(NOT_OURS))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    """Chromium of the machine where there is one, else Playwright's own."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    return {"args": ["--no-sandbox"], **({"executable_path": found} if found else {})}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def shared_site(demo: Path) -> Iterator[Site]:
    """For tests that only look."""
    with served(demo.parent, demo) as site:
        yield site


@pytest.fixture
def own_site(demo: Path) -> Iterator[Site]:
    """For tests that change something: a copy of their own."""
    with served(demo.parent, demo) as site:
        yield site


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """visit(email, path, phone=…, dark=…, script=…) → the page; email None for a stranger.

    On `own_site` when the test asked for it, else on the shared one.  Whatever a page
    complains of on its console fails the test.
    """
    own = "own_site" in request.fixturenames
    site: Site = request.getfixturevalue("own_site" if own else "shared_site")
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def go(email: str | None, path: str = "/", **how: bool) -> Page:
        context = _context(browser, site, **how)
        contexts.append(context)
        if email:
            context.add_cookies([site.cookie(email)])
        page = context.new_page()
        page.on("console", lambda message: complaints.extend(_complaint(message)))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []


def _context(
    browser: Browser, site: Site, *, phone: bool = False, dark: bool = False, script: bool = True
) -> BrowserContext:
    context = browser.new_context(
        base_url=site.url,
        viewport=PHONE if phone else DESK,
        has_touch=phone,
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
        locale="en-US",
    )
    context.set_default_timeout(PATIENCE_MS)
    return context


def _complaint(message: ConsoleMessage) -> list[str]:
    expected = any(words in message.text for words in EXPECTED)
    return [] if expected or message.type not in ("error", "warning") else [message.text]
