"""The pages of the log: what a proof found, who is told of a fault, and who may ask for another proof."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from people_pages import Office, text
from somec.audit import checking
from somec.audit.models import Verification
from somec.kernel import clock

pytestmark = pytest.mark.django_db


def found(code: str = "", first: int | None = None, last: int | None = None) -> None:
    """Leave behind what a proof found."""
    now = clock.now()
    Verification.objects.create(asked_at=now, done_at=now, entries=41, code=code, first=first, last=last)


def test_a_proved_log_says_so_and_nobody_is_alarmed(office: Office, page: Callable[..., str]) -> None:
    assert "Not proved yet" in text(office.opened("officer").get(page("case_log")))
    found()
    shown = text(office.opened("officer").get(page("case_log")))
    assert "Proved from the first entry to the last 41 entries" in shown
    assert "Prove the whole log now" not in shown
    assert "not proved:" not in text(office.client("protection").get(reverse("log")))


@pytest.mark.parametrize(("code", "words"), [
    ("entry.changed", "Something was changed after it was recorded."),
    ("log.cut", "The end of the log was cut off."),
    ("checkpoint.root", "The entries do not match the checkpoint that was signed over them."),
])  # fmt: skip
def test_a_log_that_is_not_proved_names_the_entry_and_whom_to_call(
    office: Office, page: Callable[..., str], code: str, words: str
) -> None:
    found(code, 17, 17)
    for shown in (office.opened("officer").get(page("case_log")), office.client("protection").get(reverse("log"))):
        assert text(shown).count("The log is not proved: entry 17 does not match") == 1
        assert words in text(shown)
        assert "Call the supervisor and the data protection officer now." in text(shown)
        assert "ecl-notification--error" in shown.content.decode()


def test_who_can_prove_the_log_is_told_on_every_page_and_others_are_not(office: Office) -> None:
    found("entry.missing", 3, 9)
    title = "The log is not proved: entries 3 to 9 do not match"
    for key, told in (("head", True), ("protection", True), ("admin", True), ("officer", False), ("desk", False)):
        shown = text(office.client(key).get(reverse("account")))
        assert (title in shown) is told, key


def test_a_proof_is_asked_for_with_one_button(office: Office, page: Callable[..., str]) -> None:
    client = office.client("protection")
    assert "Prove the whole log now" in text(client.get(reverse("log")))
    answer = client.post(reverse("prove_log"), {"next": reverse("log")})
    assert answer.url == reverse("log")
    assert checking.latest().waits
    assert "A proof was asked for and is being done." in text(client.get(reverse("log")))
    assert client.post(reverse("prove_log"), {"next": "https://elsewhere.example/"}).url == reverse("home")
    assert office.client("officer").post(reverse("prove_log"), {"next": reverse("log")}).status_code == 403
    assert Verification.objects.count() == 1
