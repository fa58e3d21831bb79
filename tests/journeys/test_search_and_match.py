"""Do we know this person, in the browser: keyboard, phone, Latvian, without JavaScript, back and forth, any answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.acts import choose, fill, focused, tab_to
from tests.journeys.conftest import Officer

pytestmark = [
    pytest.mark.browser, pytest.mark.processes, pytest.mark.slow, pytest.mark.xdist_group("browser"),
]  # fmt: skip

SignIn = Callable[..., AbstractContextManager[Officer]]
PHONE, DESK = 390, 1280
WHY = "A man was met in the harbour and says so."
FIRST_SEARCH = 180_000.0  # milliseconds: where nothing was compiled before, the node compiles now
DECOY = "KOVAĻOVS"  # of the made-up people of the Netherlands


def ask(page: Page, **typed: str) -> None:
    """Fill in the question, with a purpose where one is asked, and send it."""
    fill(page, typed)
    if page.locator("main input[name=purpose]").count():
        choose(page, page.locator("main input[name=purpose][value=compare-person]"))
        fill(page, {"reason": WHY})
    page.get_by_role("main").get_by_role("button", name="Find").click(timeout=FIRST_SEARCH)
    page.wait_for_load_state()


def test_a_person_is_found_looked_at_and_the_question_changed(officers: SignIn) -> None:
    with officers("NL", "desk") as officer:
        page = officer.page
        officer.visit("/people/find/")
        officer.picture("search")
        ask(page, names="Ковалёв Валерий\nKovalov Valerijs", born="17.03.1984", sex="male")
        expect(page.get_by_role("heading", level=1)).to_have_text("Do we know this person?")
        expect(page.get_by_role("main")).to_contain_text(DECOY)
        assert "oval" not in page.url + page.title()
        officer.picture("search-answer")
        first = page.url
        others = page.locator("#candidates ~ * tbody th a, #candidates ~ table tbody th a")
        assert others.count() >= 1, "no second candidate to look at"
        others.first.click()
        page.wait_for_load_state()
        officer.look()
        expect(page.get_by_role("heading", name="What you asked beside")).to_be_visible()
        page.go_back()
        expect(page).to_have_url(first)
        page.reload()
        expect(page.get_by_role("main")).to_contain_text(DECOY)
        officer.follow("Change the question")
        expect(page.locator("[name=names]")).to_have_value("Ковалёв Валерий\nKovalov Valerijs")
        expect(page.locator("[name=sex]")).to_have_value("male")
        expect(page.get_by_role("region", name="Your purpose")).to_contain_text("Compare a person")


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ({"names": "Zwingenberger Xaver", "born": "1911-11-11"}, "Nobody on file is near"),
        ({"names": "K", "born": "1984"}, "This says too little to tell people apart"),
        ({"case_number": "NL-2099-999999"}, "No file that you may find has this case number"),
        ({"names": "\u202eKovalov\u202c محمد Ковалёв " + "é" * 120}, ""),
    ],
)
def test_every_other_answer_holds_wide_and_narrow(officers: SignIn, typed: dict[str, str], title: str) -> None:
    with officers("NL", "desk") as officer:
        officer.visit("/people/find/", axe=False)
        ask(officer.page, **typed)
        for width in (DESK, PHONE, 320):
            officer.page.set_viewport_size({"width": width, "height": 900})
            officer.look(axe=width != 320)
        assert title in officer.page.locator("main .ecl-notification__title").first.inner_text()


def test_the_warning_of_a_twin_stands_before_the_evidence(officers: SignIn) -> None:
    with officers("NL", "desk") as officer:
        officer.visit("/people/find/", axe=False)
        ask(officer.page, names="Andrejs Kovaļovs", born="1984-03-17")
        for width in (DESK, PHONE):
            officer.page.set_viewport_size({"width": width, "height": 900})
            expect(officer.page.get_by_role("heading", name="They may be twins")).to_be_visible()
            officer.look()


def test_a_phone_folds_what_agrees_and_shows_it_when_asked(officers: SignIn) -> None:
    with officers("NL", "desk") as officer:
        page = officer.page
        officer.visit("/people/find/", axe=False)
        ask(page, names="Valerijs Kovaļovs", born="1984-03-17", sex="male", documents="AB1234567")
        agreeing = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Date of birth"))
        box = page.get_by_role("checkbox", name="fields that agree")
        expect(agreeing).to_be_visible()
        expect(box).to_be_hidden()
        page.set_viewport_size({"width": PHONE, "height": 900})
        expect(agreeing).to_be_hidden()
        page.emulate_media(media="print")
        expect(agreeing).to_be_visible()
        page.emulate_media(media="screen")
        expect(agreeing).to_be_hidden()
        short = page.evaluate("document.documentElement.scrollHeight")
        box.focus()
        page.keyboard.press("Space")
        expect(agreeing).to_be_visible()
        officer.look()
        assert page.evaluate("document.documentElement.scrollHeight") > short + 200


def test_the_question_is_asked_with_the_keyboard_alone(officers: SignIn) -> None:
    with officers("NL", "desk") as officer:
        page = officer.page
        officer.visit("/people/find/", axe=False)
        tab_to(page, "names")
        page.keyboard.type("Valerijs Kovalovs")
        tab_to(page, "born")
        page.keyboard.type("1984")
        tab_to(page, "purpose")
        page.keyboard.press("Space")
        tab_to(page, "reason")
        page.keyboard.type(WHY)
        tab_to(page, "Find")
        assert focused(page)["seen"]
        page.keyboard.press("Enter")
        page.wait_for_url("**/people/find/qry-*/", timeout=FIRST_SEARCH)
        expect(page.get_by_role("main")).to_contain_text(DECOY)
        tab_to(page, "Change the question")


def test_without_javascript_and_in_latvian(officers: SignIn) -> None:
    with officers("NL", "desk", scripts=False) as officer:
        page = officer.page
        page.goto(f"{officer.node.address}/people/find/")
        page.get_by_role("main").get_by_role("button", name="Find").click()
        expect(page).to_have_title(re.compile("^Error:"))
        expect(page.locator("#errors li")).to_have_count(2)
        ask(page, names="Valerijs Kovalovs", born="1984-03-17")
        expect(page.get_by_role("main")).to_contain_text(DECOY)
        page.context.add_cookies([{"name": "somec_language", "value": "lv", "url": officer.node.address}])
        page.reload()
        expect(page.locator("html")).to_have_attribute("lang", "lv")
        expect(page.get_by_role("heading", level=1)).to_have_text("Vai mēs šo personu pazīstam?")
        said = page.get_by_role("main").inner_text()
        assert "rakstīts vienādi" in said or "skanējuma rakstības veidi" in said
        for english in ("Candidates", "Evidence", "bits for", "Born", "very likely", "unlikely", "Missing"):
            assert english not in said
