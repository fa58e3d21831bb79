"""Two files of one person in the browser: compared, proposed, agreed, read as one, and separated; wide and narrow."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import expect
from tests.journeys.acts import choose, fill, open_with_purpose
from tests.journeys.conftest import Officer

pytestmark = [
    pytest.mark.browser, pytest.mark.processes, pytest.mark.slow, pytest.mark.xdist_group("browser"),
]  # fmt: skip

SignIn = Callable[..., AbstractContextManager[Officer]]
WHY = "The same fingerprints number stands in both files."
GROUND = "The register was asked; it is a slip of the pen."


def recorded(officer: Officer, family: str, given: str, sex: str) -> str:
    """Record somebody through the page; returns the case number."""
    page = officer.page
    officer.visit("/people/record/", axe=False)
    fill(page, {"family": family, "given": given, "sex": sex, "source": "interview", "certainty": "said_by_himself"})
    page.get_by_role("button", name="Record the person").click()
    open_with_purpose(officer, "Opening the file that was just recorded.")
    return re.findall(r"LV-\d{4}-\d{6}", page.locator("main").inner_text())[0]


def compared(officer: Officer, kept: str, other: str) -> None:
    """Come to the comparison of two files by their case numbers, with a purpose for each."""
    officer.visit("/people/duplicates/", axe=False)
    fill(officer.page, {"kept": kept, "merged": other})
    officer.page.get_by_role("main").get_by_role("button", name="Compare").click()
    for _ in range(2):
        officer.page.wait_for_load_state()
        open_with_purpose(officer, "It is to be seen whether this is one person.")


def test_two_files_become_one_and_two_again(officers: SignIn) -> None:
    with officers("LV", "officer") as officer, officers("LV", "head") as head:
        kept = recorded(officer, "JANSONS", "Edvīns", "male")
        other = recorded(officer, "YANSON", "Edvins", "female")
        compared(officer, kept, other)
        officer.look()
        officer.page.get_by_role("button", name="Propose to merge").click()
        expect(officer.page.get_by_role("main")).to_contain_text("Write why.")
        fill(officer.page, {"merge-reason": WHY, "merge-sex_differs": GROUND})
        officer.picture("two-files")
        officer.press("Propose to merge")
        expect(officer.page.get_by_role("button", name="Agree: one person")).to_have_count(0)

        head.visit("/people/duplicates/")
        head.page.get_by_role("link", name="Waits for a second person").first.click()
        for _ in range(2):
            head.page.wait_for_load_state()
            open_with_purpose(head, "A second person is asked.")
        expect(head.page.get_by_role("main")).to_contain_text(GROUND)
        head.picture("merge-to-agree")
        head.press("Agree: one person")
        expect(head.page.get_by_role("main")).to_contain_text("Read as one file")

        officer.visit("/people/", axe=False)
        officer.page.get_by_role("link", name="JANSONS, Edvīns").first.click()
        officer.look()
        expect(officer.page.get_by_role("main")).to_contain_text(f"from the merged file {other}")
        officer.follow("Who decided it, and how to separate them")
        officer.follow(f"{kept} + {other}")
        fill(officer.page, {"separation-reason": "They are brother and sister after all."})
        officer.picture("separate-files")
        officer.press("Propose to separate")

        head.visit("/people/duplicates/", axe=False)
        expect(head.page.get_by_role("link", name=re.compile("a separation waits"))).to_have_count(1)
        head.visit("/work/")
        head.page.get_by_role("link", name=re.compile("Decide whether two files are one person")).first.click()
        head.page.wait_for_load_state()
        open_with_purpose(head, "A second person is asked.")
        head.press("Agree: two people")
        expect(head.page.get_by_role("main")).to_contain_text("Separated again")


def test_two_people_are_kept_apart_without_javascript_and_in_latvian(officers: SignIn) -> None:
    with officers("LV", "officer", scripts=False) as officer:
        page = officer.page
        numbers = []
        for given in ("Zane", "Zanda"):
            page.goto(f"{officer.node.address}/people/record/")
            fill(page, {"family": "KRŪZE", "given": given, "source": "interview", "certainty": "said_by_himself"})
            page.get_by_role("button", name="Record the person").click()
            choose(page, page.locator("main input[name=purpose]").first)
            fill(page, {"reason": "Opening the file that was just recorded."})
            page.get_by_role("button", name="Open with this purpose").click()
            numbers += re.findall(r"LV-\d{4}-\d{6}", page.locator("main").inner_text())[:1]
        page.goto(f"{officer.node.address}/people/duplicates/?kept={numbers[0]}&merged={numbers[1]}")
        fill(page, {"apart-reason": "They are twins, and both are known to us."})
        page.get_by_role("button", name="Record: two people").click()
        expect(page.get_by_role("main")).to_contain_text("They are twins, and both are known to us.")
        page.context.add_cookies([{"name": "somec_language", "value": "lv", "url": officer.node.address}])
        page.set_viewport_size({"width": 390, "height": 900})
        page.goto(f"{officer.node.address}/people/duplicates/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Kurš ir divās lietās?")
        expect(page.get_by_role("main")).to_contain_text("Kāds ir teicis: divi cilvēki")
