"""What an officer typed survives: a session that ended, a sign-in in another tab, a statement withdrawn meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from people_pages import Office, text
from somec.kernel import clock
from somec.persons import queries as persons

TYPED = {"family": "ŠTAMERE “<b>", "given": "Anna", "source": "interview", "reason": ""}
SOURCE = {"source": "interview", "evaluation": "B2"}
OWN = "http://127.0.0.1"

pytestmark = pytest.mark.django_db


def carried(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's main form."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.partition("<main")[2])
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def test_what_was_typed_stays_when_the_session_is_over(office: Office) -> None:
    client = Client(SERVER_NAME="127.0.0.1")
    answer = client.post(reverse("record_person"), TYPED)
    assert answer.status_code == 403
    assert answer["Cache-Control"] == "no-store"
    assert carried(answer.content.decode()) == TYPED
    assert f'action="{reverse("record_person")}"' in answer.content.decode()
    assert "You were signed out" in text(answer)
    assert client.get(reverse("record_person")).status_code == 302


def test_a_form_sent_after_half_an_hour_of_silence_is_kept(office: Office) -> None:
    begun = datetime(2026, 11, 21, 3, tzinfo=UTC)
    with clock.frozen(begun):
        client = office.client("officer")
        assert client.get(reverse("record_person")).status_code == 200
    with clock.frozen(begun + timedelta(minutes=31)):
        answer = client.post(reverse("record_person"), TYPED)
    assert carried(answer.content.decode()) == TYPED
    assert persons.find(office.actor("officer"), persons.PersonQuery(text="ŠTAMERE")).total == 0


@pytest.mark.parametrize(("origin", "kept"), [(OWN, True), ("https://elsewhere.example", False), ("null", False)])
def test_a_form_older_than_the_sign_in_is_given_back_to_its_own_page_alone(
    office: Office, origin: str, kept: bool
) -> None:
    client = office.client("officer")
    client.handler.enforce_csrf_checks = True
    answer = client.post(reverse("record_person"), TYPED, headers={"Origin": origin})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert carried(page) == (TYPED if kept else {})
    assert ("Nothing was sent or recorded yet. It will be sent in your name: Made Up Officer." in text(answer)) is kept


def test_a_password_is_never_written_back(office: Office) -> None:
    client = office.client("officer")
    client.handler.enforce_csrf_checks = True
    answer = client.post(reverse("account_login"), {"password": "secret-of-mine"}, headers={"Origin": OWN})
    assert answer.status_code == 403
    assert "secret-of-mine" not in answer.content.decode()


def test_a_correction_while_another_withdraws_keeps_what_was_typed(office: Office, page: Callable[..., str]) -> None:
    client = office.opened("officer")
    typed = {"kind": "alias", "full": "Valerka"} | SOURCE
    assert client.post(page("person_add", "name"), typed).status_code == 302
    name = next(one for one in persons.person(office.actor("officer"), office.person).names if one.full == "Valerka")
    other = office.opened("officer")
    assert other.post(page("person_withdraw", name.id), {"reason": "Heard wrongly"}).status_code == 302
    late = client.post(page("person_correct", name.id), typed | {"full": "Valērka", "reason": "Spelt anew"})
    assert late.status_code == 409
    assert "Made Up Officer has withdrawn this meanwhile: “Heard wrongly”." in text(late)
    assert 'value="Valērka"' in late.content.decode()
    assert f'action="{page("person_add", "name")}"' in late.content.decode()
    again = client.post(page("person_withdraw", name.id), {"reason": "Heard wrongly"}, follow=True)
    assert "has withdrawn this meanwhile" in text(again)
    assert client.get(page("person_correct", "nam-00000000000000000000000000")).status_code == 403


def test_a_page_knows_how_long_the_session_lasts(office: Office) -> None:
    client = office.client("officer")
    assert 1790 <= client.get(reverse("session_left")).json()["left"] <= 1800
    assert 'data-session-left="1' in client.get(reverse("what_is_logged")).content.decode()
