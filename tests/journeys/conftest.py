"""Three real nodes and headless Chromium: each page is clicked, checked by axe, and must not complain in the console."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from somec.cli import demo
from somec.simulation import nodes as running
from somec.simulation.cast import PASSWORD
from somec.simulation.nodes import RunningNode

PICTURES = Path(__file__).resolve().parent.parent.parent / "docs" / "pictures"
KEEP_PICTURES = os.environ.get("SOMEC_PICTURES") == "1"  # `make pictures`; otherwise they are taken and thrown away
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-quic",
]  # fmt: skip
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
MADE_UP_PEOPLE = 40
TALLEST = 2200  # pixels of a picture: what a reader of the documents looks at


def free_port() -> int:
    """Return the first of a row of ports that nobody uses."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    begin = 21_700 + 2_000 * (int(worker) % 4)  # two workers must not choose the same row before either listens
    for first in range(begin, begin + 2_000, 100):
        three = running.lay_out(Path("/nowhere"), first)
        if not running.ports_in_use(three, first):
            return first
    message = "no ports are free"
    raise RuntimeError(message)


@pytest.fixture(scope="session")
def states(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, RunningNode]]:
    """Make and start the nodes of Latvia, the Netherlands and Spain as processes of their own."""
    folder = tmp_path_factory.mktemp("three-nodes")
    three = running.lay_out(folder, free_port())
    demo.prepare_nodes(folder, three, MADE_UP_PEOPLE)
    try:
        for node in three:
            node.start()
        running.wait_until_ready(three)
        yield {node.country.state: node for node in three}
    finally:
        for node in three:
            node.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start headless Chromium; Debian: ``apt-get install chromium``."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@dataclass
class Officer:
    """One signed-in officer with a page of his own; complaints of console and axe are collected and fail the test."""

    page: Page
    node: RunningNode
    complaints: list[str] = field(default_factory=list)

    def visit(self, path: str, *, axe: bool = True) -> None:
        """Open an address of the officer's node and look at it."""
        answer = self.page.goto(f"{self.node.address}{path}")
        assert answer is not None
        assert answer.status < 400, f"{path}: {answer.status}"
        self.look(axe=axe)

    def look(self, *, axe: bool = True) -> None:
        """Check the present page: axe finds nothing (slow: about half a second), one h1, nothing scrolls sideways."""
        found = Axe().run(self.page, options=RULES).response["violations"] if axe else []
        self.complaints += [f"{self.page.url}: axe {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
        if self.page.locator("h1").count() != 1:
            self.complaints.append(f"{self.page.url}: not one h1")
        wide = self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
        if wide:
            self.complaints.append(f"{self.page.url}: scrolls sideways at {self.page.viewport_size}")

    def press(self, name: str) -> None:
        """Press the button with this text and look at what comes."""
        self.page.get_by_role("button", name=name, exact=False).first.click()
        self.page.wait_for_load_state()
        self.look()

    def follow(self, name: str) -> None:
        """Follow the link with this text and look at what comes."""
        self.page.get_by_role("link", name=name, exact=False).first.click()
        self.page.wait_for_load_state()
        self.look()

    def picture(self, name: str) -> None:
        """Keep the page as a picture for the documents, at both widths."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        for width in (1280, 390):
            self.page.set_viewport_size({"width": width, "height": 900})
            file = PICTURES / f"{name}-{width}.png" if KEEP_PICTURES else None
            whole = self.page.evaluate("document.documentElement.scrollHeight")
            self.page.screenshot(
                path=file, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": min(whole, TALLEST)}
            )
            self.look()
        self.page.set_viewport_size({"width": 1280, "height": 900})


@pytest.fixture
def officers(browser: Browser, states: dict[str, RunningNode]) -> Iterator[object]:
    """Return a way to sign officers in: ``officers("LV", "officer")``."""
    with signing_in(browser, states) as signed_in:
        yield signed_in


@contextmanager
def signing_in(browser: Browser, states: dict[str, RunningNode]) -> Iterator[object]:
    """Give a way to sign officers in at these nodes; what console and axe complain of fails at the end."""
    opened: list[Officer] = []

    @contextmanager
    def _signed_in(state: str, key: str, *, scripts: bool = True, width: int = 1280) -> Iterator[Officer]:
        node = states[state]
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=scripts, locale="en"
        )
        page = context.new_page()
        officer = Officer(page, node)
        opened.append(officer)
        page.on("console", lambda said: _console(officer, said))
        page.on("pageerror", lambda error: officer.complaints.append(f"{page.url}: {error}"))
        page.goto(f"{node.address}/account/login/")
        page.fill("input[name=login]", node.country.member(key).email(state))
        page.fill("input[name=password]", PASSWORD)
        page.click("main form button[type=submit]")
        yield officer
        context.close()

    yield _signed_in
    complaints = [complaint for officer in opened for complaint in officer.complaints]
    assert not complaints, "\n".join(dict.fromkeys(complaints))


def _console(officer: Officer, said: ConsoleMessage) -> None:
    if said.type in {"error", "warning"}:
        officer.complaints.append(f"{officer.page.url}: console {said.type}: {said.text}")
