"""Every page that a role can come to by links: it answers, has its own title, and is built like a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import pairwise

import pytest
from tests.journeys.acts import open_with_purpose
from tests.journeys.conftest import Officer

pytestmark = [
    pytest.mark.browser, pytest.mark.processes, pytest.mark.slow, pytest.mark.xdist_group("browser"),
]  # fmt: skip

SignIn = Callable[..., AbstractContextManager[Officer]]
ROLES = [
    ("LV", "officer"), ("LV", "head"), ("LV", "desk"), ("LV", "protection"), ("LV", "admin"), ("NL", "desk"),
]  # fmt: skip


@pytest.mark.parametrize(("state", "key"), ROLES)
def test_no_link_leads_into_nothing_and_every_page_is_built_like_a_page(officers: SignIn, state: str, key: str) -> None:
    """Each address that some page of the role links to is opened once for its shape: it answers, and is in order."""
    with officers(state, key) as officer:
        page, seen, waiting, titles = officer.page, set(), ["/work/"], {}
        while waiting:
            path = waiting.pop(0)
            answer = page.goto(f"{officer.node.address}{path}")
            assert answer is not None
            assert answer.ok, f"a page links to {path}, which answers {answer.status}"
            open_with_purpose(officer, "Looking at every page of the file.")
            found = page.evaluate(BUILT)
            assert found["levels"].count(1) == 1, f"{path}: not one h1"
            assert not any(after - before > 1 for before, after in pairwise(found["levels"])), (
                f"{path}: a level is left out"
            )
            assert found["bare"] == 0, f"{path}: a table without caption"
            assert found["places"] <= 1, f"{path}: two places are the present one"
            titles.setdefault(page.title(), set()).add(shape(path).partition("?")[0])
            for link in found["links"]:
                if shape(link) not in seen and not link.endswith("/log/proof/"):  # a file to be downloaded
                    seen.add(shape(link))
                    waiting.append(link)
        assert len(seen) >= 8, f"{key} comes nowhere: {seen}"
        for title, paths in titles.items():
            assert len(paths - {"/"}) <= 2, f"{title!r} is the title of {paths}"


BUILT = """() => ({
  levels: [...document.querySelectorAll('h1, h2, h3, h4')].map(one => Number(one.tagName[1])),
  bare: [...document.querySelectorAll('table')].filter(one => !one.caption).length,
  places: document.querySelectorAll('.sm-nav [aria-current]').length,
  links: [...document.querySelectorAll('a[href]')].map(one => new URL(one.href))
    .filter(one => one.origin === location.origin && !one.pathname.startsWith('/static/') && !one.search.includes('next='))
    .map(one => one.pathname + one.search),
})"""


def shape(address: str) -> str:
    """Return an address without what differs from one thing to the next: its id and the values of its filters."""
    path, mark, query = address.partition("?")
    names = ",".join(sorted(part.partition("=")[0] for part in query.split("&")))
    return re.sub(r"[a-z]{3}-[0-9a-hjkmnp-tv-z]{26}", "ID", path) + mark + names
