"""Every page of every role: wide and narrow, in two languages, without JavaScript, by keyboard, on paper, in trouble."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.journeys.acts import fill, focused, open_with_purpose, tab_to
from tests.journeys.conftest import Officer

from somec.simulation.nodes import RunningNode

pytestmark = [
    pytest.mark.browser, pytest.mark.processes, pytest.mark.slow, pytest.mark.xdist_group("browser"),
]  # fmt: skip

SignIn = Callable[..., AbstractContextManager[Officer]]
ROLES = [
    ("LV", "officer"), ("LV", "head"), ("LV", "desk"), ("LV", "protection"), ("LV", "admin"), ("NL", "desk"),
    ("NL", "police"), ("NL", "officer"),
]  # fmt: skip
PHONE, DESK, SMALLEST = 390, 1280, 320
NOBODY = "prs-00000000000000000000000000"


def places(officer: Officer) -> list[str]:
    """Return the addresses in the navigation, the reader's account and the foot of the page."""
    links = officer.page.locator("header a, nav.sm-nav a, footer a").evaluate_all(
        "all => all.map(one => one.getAttribute('href'))"
    )
    return list(dict.fromkeys(links))


@pytest.mark.parametrize(("state", "key"), ROLES)
def test_every_place_of_a_role_holds_wide_and_narrow(officers: SignIn, state: str, key: str) -> None:
    with officers(state, key) as officer:
        found = places(officer)
        assert len(found) >= 4, f"{key} is offered too little: {found}"
        for address in found:
            officer.page.set_viewport_size({"width": DESK, "height": 900})
            officer.visit(address)
            officer.page.set_viewport_size({"width": PHONE, "height": 900})
            officer.look()


def test_every_place_holds_in_latvian(officers: SignIn) -> None:
    with officers("LV", "desk") as officer:
        officer.page.context.add_cookies([{"name": "somec_language", "value": "lv", "url": officer.node.address}])
        officer.visit("/work/")
        for address in places(officer):
            officer.page.set_viewport_size({"width": PHONE, "height": 900})
            officer.visit(address, axe=False)
            expect(officer.page.locator("html")).to_have_attribute("lang", "lv")


def test_the_language_is_changed_with_one_button_and_stays(officers: SignIn) -> None:
    with officers("ES", "officer") as officer:
        officer.visit("/people/")
        officer.press("Latviešu")
        expect(officer.page.locator("html")).to_have_attribute("lang", "lv")
        assert officer.page.url.endswith("/people/")
        officer.visit("/work/")
        officer.press("English")
        expect(officer.page.locator("html")).to_have_attribute("lang", "en")


def test_nothing_scrolls_sideways_at_the_smallest_width(officers: SignIn) -> None:
    with officers("NL", "desk") as officer:
        officer.page.set_viewport_size({"width": SMALLEST, "height": 640})
        for address in [*places(officer), "/people/?filter=1"]:
            officer.visit(address, axe=False)
        assert not officer.complaints


def test_a_person_is_found_opened_and_recorded_without_javascript(officers: SignIn) -> None:
    with officers("LV", "officer", scripts=False) as officer:
        page = officer.page
        for address in places(officer):
            answer = page.goto(f"{officer.node.address}{address}")
            assert answer is not None
            assert answer.ok, address
        page.goto(f"{officer.node.address}/people/record/")
        fill(page, {"family": "OZOLIŅŠ", "given": "Andris", "source": "interview", "certainty": "said_by_himself"})
        page.get_by_role("button", name="Record the person").click()
        fill(page, {"purpose": first_purpose(page), "reason": "Opening the file that was just recorded."})
        page.get_by_role("button", name="Open with this purpose").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("OZOLIŅŠ, Andris")
        page.goto(f"{officer.node.address}/people/find/")
        fill(page, {"names": "Ozolins Andris", "purpose": first_purpose(page), "reason": "He may have a file already."})
        page.get_by_role("button", name="Find").click()
        expect(page.get_by_role("main")).to_contain_text("OZOLIŅŠ, Andris")


def first_purpose(page: Page) -> str:
    """Return the first purpose that the page offers."""
    value = page.locator("main input[name=purpose]").first.get_attribute("value")
    assert value
    return value


def test_a_person_is_recorded_with_the_keyboard_alone(officers: SignIn) -> None:
    with officers("LV", "officer") as officer:
        page = officer.page
        officer.visit("/people/record/")
        page.keyboard.press("Tab")
        assert "Skip to main content" in focused(page)["text"], "the first stop is not the skip link"
        page.keyboard.press("Enter")
        tab_to(page, "family")
        page.keyboard.type("BĒRZIŅŠ")
        tab_to(page, "source")
        page.keyboard.press("i")
        tab_to(page, "Record the person")
        page.keyboard.press("Enter")
        page.wait_for_url("**/purpose/**")
        officer.look()
        tab_to(page, "purpose")
        page.keyboard.press("Space")
        tab_to(page, "reason")
        page.keyboard.type("Recorded with the keyboard alone.")
        tab_to(page, "Open with this purpose")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("BĒRZIŅŠ")


def test_the_focus_is_seen_on_every_stop(officers: SignIn) -> None:
    with officers("LV", "officer") as officer:
        for address in ("/work/", "/people/find/", "/people/record/"):
            officer.visit(address, axe=False)
            for _stop in range(60):
                officer.page.keyboard.press("Tab")
                stop = focused(officer.page)
                if stop["tag"] == "BODY":
                    break
                assert stop["seen"], f"{address}: the focus is not seen on {stop}"


def test_on_paper_the_frame_goes_and_name_and_time_stay(officers: SignIn) -> None:
    with officers("LV", "desk") as officer:
        officer.visit("/notices/")
        officer.page.emulate_media(media="print")
        expect(officer.page.locator("nav.sm-nav")).to_be_hidden()
        expect(officer.page.get_by_text(re.compile(r"^Printed by Dace Liepa, \w{3} \d+ \w{3} \d{4}"))).to_be_visible()
        for button in officer.page.get_by_role("button").all():
            expect(button).to_be_hidden()


def test_a_file_that_is_not_there_looks_like_one_that_is_closed(officers: SignIn) -> None:
    with officers("NL", "police") as officer:
        for address in (f"/people/{NOBODY}/", "/notices/ntc-00000000000000000000000000/", "/conversations/cnv-0/"):
            answer = officer.page.goto(f"{officer.node.address}{address}")
            assert answer is not None
            assert answer.status == 403, address
            officer.look()
            expect(officer.page.get_by_role("heading", level=1)).to_have_text("You have no relation to this case")
        officer.complaints = [
            one for one in officer.complaints if "status of 403" not in one
        ]  # the browser says so too


def test_a_wrong_address_is_told_in_words(officers: SignIn) -> None:
    with officers("LV", "officer") as officer:
        answer = officer.page.goto(f"{officer.node.address}/there-is-no-such-page/")
        assert answer is not None
        assert answer.status == 404
        officer.look()
        expect(officer.page.get_by_role("link", name="Needs me now")).to_be_visible()
        officer.complaints = [one for one in officer.complaints if "status of 404" not in one]


@pytest.mark.parametrize(
    ("address", "button", "typed", "wrong"),
    [
        ("/people/record/", "Record the person", {"family": "KALNIŅŠ", "born": "31.13.1984"}, "born"),
        ("/people/find/", "Find", {"names": "Kalniņš", "born": "84"}, "born"),
    ],
)
def test_a_mistake_is_named_at_its_field_and_what_was_typed_stays(
    officers: SignIn, address: str, button: str, typed: dict[str, str], wrong: str
) -> None:
    with officers("LV", "officer") as officer:
        officer.visit(address)
        fill(officer.page, typed)
        officer.page.get_by_role("main").get_by_role("button", name=button).click()
        officer.page.wait_for_load_state()
        officer.look()
        assert officer.page.title().startswith("Error:")
        for name, value in typed.items():
            expect(officer.page.locator(f"main [name={name}]")).to_have_value(value)
        field = officer.page.locator(f"main [name={wrong}]")
        expect(field).to_have_attribute("aria-invalid", "true")
        tied = (field.get_attribute("aria-describedby") or "").split()
        assert any(officer.page.locator(f"#{one}.ecl-feedback-message").count() for one in tied), (
            "not tied to its field"
        )
        assert focused(officer.page)["id"] == "errors", "the focus does not go to the mistakes"
        officer.page.locator("#errors a").first.click()
        assert focused(officer.page)["name"], "the link does not lead to a field"


def test_a_purpose_needs_its_sentence(officers: SignIn) -> None:
    with officers("LV", "officer") as officer:
        officer.visit("/people/", axe=False)
        officer.page.locator("main tbody th a").last.click()
        officer.page.wait_for_load_state()
        officer.look()
        assert "/purpose/" in officer.page.url, "a file opened without a purpose"
        officer.press("Open with this purpose")
        assert officer.page.title().startswith("Error:")
        open_with_purpose(officer, "Checking the file for the desk.")
        expect(officer.page.get_by_role("region", name="Your purpose")).to_be_visible()


def test_the_pages_for_a_second_factor_and_the_password(officers: SignIn) -> None:
    with officers("NL", "head") as officer:
        officer.visit("/me/")
        officer.visit("/account/password/change/")
        officer.visit("/account/2fa/")
        for address in officer.page.locator("main a[href*='/account/2fa/']").evaluate_all(
            "all => all.map(one => one.getAttribute('href'))"
        ):
            officer.visit(address)
        assert not officer.complaints


def test_sign_in_says_what_is_wrong_and_closes_after_five_tries(
    browser: Browser, states: dict[str, RunningNode]
) -> None:
    node = states["ES"]
    context = browser.new_context(viewport={"width": DESK, "height": 900}, locale="en")
    guest = Officer(context.new_page(), node)
    guest.visit("/work/")
    assert "/account/login/" in guest.page.url, "a page opened without signing in"
    guest.picture("sign-in")
    for _try in range(6):
        fill(guest.page, {"login": "second-admin@es.example", "password": "not the password"})
        guest.page.locator("main form button[type=submit]").first.click()
        guest.page.wait_for_load_state()
        guest.look()
        assert guest.page.title().startswith("Error:")
    said = guest.page.locator("#errors").inner_text()
    assert "oo many" in said, f"the sixth try was not refused: {said}"
    context.close()
    assert not guest.complaints, "\n".join(guest.complaints)


@pytest.mark.parametrize("media", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}])
def test_forced_colours_and_reduced_motion_keep_the_focus_seen_and_nothing_moving(
    officers: SignIn, media: dict[str, Any]
) -> None:
    with officers("NL", "desk") as officer:
        page = officer.page
        page.emulate_media(**media)
        officer.visit("/people/find/", axe=False)
        for _stop in range(25):
            page.keyboard.press("Tab")
            stop = focused(page)
            assert stop["tag"] == "BODY" or stop["seen"], f"{media}: the focus is not seen on {stop}"
        moving = "[...document.querySelectorAll('*')].filter(one => parseFloat(getComputedStyle(one).transitionDuration) > 0)"
        assert "reduced_motion" not in media or page.evaluate(f"{moving}.length") == 0
