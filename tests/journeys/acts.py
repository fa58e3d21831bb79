"""What officers do with a page: fill in a form by the names of its fields, open a file with a purpose, go by keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

if TYPE_CHECKING:
    from tests.journeys.conftest import Officer

RIGA = ZoneInfo("Europe/Riga")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def fill(page: Page, values: Mapping[str, object]) -> None:
    """Fill in fields of the page's main part; a list ticks boxes or chooses several, a text chooses or types."""
    for name, value in values.items():
        field = page.locator(f'main [name="{name}"]:not([type=hidden])')
        kind = field.first.evaluate("one => one.type")
        if kind in {"radio", "checkbox"}:
            for one in value if isinstance(value, list) else [value]:
                choose(page, field.and_(page.locator(f'[value="{one}"]')))
        elif kind.startswith("select"):
            field.select_option(value if isinstance(value, list) else str(value))
        else:
            field.fill(str(value))


def choose(page: Page, box: Locator) -> None:
    """Choose a radio button or tick a box by its label, as people do: ECL hides the control and draws a box itself."""
    if not box.is_checked():
        page.locator(f'label[for="{box.get_attribute("id")}"]').click()
    expect(box).to_be_checked()


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant as the browser's own control takes it: in the zone of the reader's node."""
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def day(at: datetime, *, days: int = 0) -> str:
    """Return a calendar day some days from an instant."""
    return (at + timedelta(days=days)).date().isoformat()


def open_with_purpose(officer: Officer, reason: str) -> None:
    """Answer the question for the purpose, if it is asked, with the first purpose offered."""
    if "/purpose/" not in officer.page.url:
        return
    choose(officer.page, officer.page.locator("main input[name=purpose]").first)
    fill(officer.page, {"reason": reason})
    officer.press("Open with this purpose")


def opened_from_work(officer: Officer, verb: str, picture: str = "") -> None:
    """Open the first item of the list of work that begins with these words."""
    officer.visit("/work/")
    if picture:
        officer.picture(picture)
    officer.page.get_by_role("main").get_by_role("link", name=verb).first.click()
    officer.page.wait_for_load_state()
    officer.look()


def work_about(officer: Officer, name: str) -> list[str]:
    """Return what the rows of the list of work that name this person say."""
    return officer.page.locator("main tbody tr", has_text=name).all_inner_texts()


FOCUSED = """() => {
  const one = document.activeElement;
  const drawn = one.matches('.ecl-radio__input, .ecl-checkbox__input')
    ? one.parentElement.querySelector('.ecl-radio__box, .ecl-checkbox__box') : one;
  const style = getComputedStyle(drawn);
  const seen = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
  return {tag: one.tagName, id: one.id, name: one.name || '', text: one.innerText || one.value || '', seen};
}"""


def focused(page: Page) -> dict[str, Any]:
    """Return what has the focus: tag, id, name, text, and whether a ring or a halo shows it."""
    found: dict[str, Any] = page.evaluate(FOCUSED)
    return found


def tab_to(page: Page, name: str, *, stops: int = 80) -> None:
    """Press Tab until the field with this name, or the button with this text, has the focus."""
    for _stop in range(stops):
        page.keyboard.press("Tab")
        here = focused(page)
        if name in {here["name"], here["text"].strip()}:
            return
    message = f"{name} is not reached with the keyboard on {page.url}"
    raise AssertionError(message)
