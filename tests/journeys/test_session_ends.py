"""A session that ends, or will: nobody loses what was typed, and nothing is recorded twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import expect
from tests.journeys.acts import fill, open_with_purpose
from tests.journeys.conftest import Officer

from somec.simulation.cast import PASSWORD

pytestmark = [
    pytest.mark.browser, pytest.mark.processes, pytest.mark.slow, pytest.mark.xdist_group("browser"),
]  # fmt: skip

SignIn = Callable[..., AbstractContextManager[Officer]]


def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing(officers: SignIn) -> None:
    with officers("LV", "officer") as officer:
        page = officer.page
        officer.visit("/people/record/", axe=False)
        fill(page, {"family": "ŠTAMERE", "given": "Līga", "source": "interview"})
        page.context.clear_cookies(name="somec_lv")
        officer.press("Record the person")
        expect(page.get_by_role("heading", level=1)).to_have_text("You were signed out")
        assert "ŠTAMERE" not in page.inner_text("main"), "data are shown to nobody in particular"
        with page.context.expect_page() as opened:
            page.get_by_role("link", name="Sign in again").click()
        again = opened.value
        fill(again, {"login": "officer@lv.example", "password": PASSWORD})
        again.locator("main form button[type=submit]").first.click()
        expect(again.get_by_role("heading", level=1)).to_have_text("You are signed in again")
        officer.press("Continue with what I typed")
        expect(page.get_by_role("main")).to_contain_text("It will be sent in your name: Ilze Bērziņa.")
        officer.press("Send what I typed")
        open_with_purpose(officer, "Opening the file that was just recorded.")
        expect(page.get_by_role("heading", level=1)).to_have_text("ŠTAMERE, Līga")
        officer.complaints = [one for one in officer.complaints if "status of 403" not in one]


def test_a_button_pressed_twice_records_one_person(officers: SignIn) -> None:
    with officers("LV", "officer") as officer:
        officer.visit("/people/record/", axe=False)
        fill(officer.page, {"family": "DIVREIZE", "given": "Ieva", "source": "interview"})
        officer.page.get_by_role("button", name="Record the person").dblclick()
        officer.page.wait_for_url("**/purpose/**")
        officer.visit("/people/", axe=False)
        expect(officer.page.get_by_role("link", name="DIVREIZE, Ieva")).to_have_count(1)


def test_a_session_warns_before_it_ends_and_is_prolonged_with_one_button(officers: SignIn) -> None:
    with officers("LV", "officer") as officer:
        page = officer.page
        left = {"left": 90}
        page.route("**/me/session/", lambda route: route.fulfill(json=left))
        page.clock.install()
        officer.visit("/people/record/", axe=False)
        warning = page.get_by_role("alert")
        expect(warning).to_be_empty()
        page.clock.fast_forward("29:00")
        expect(warning).to_contain_text("You will be signed out in two minutes.")
        officer.look()
        left["left"] = 1800
        page.get_by_role("button", name="Stay signed in").click()
        expect(warning).to_be_empty()
        left["left"] = 0
        page.clock.fast_forward("29:00")
        expect(warning).to_contain_text("You were signed out.")
