"""Pages around signing in, in Latvian: nothing on them is left in English, and none of them breaks."""

from __future__ import annotations

import base64
import re
import time
from xml.etree import ElementTree as ET

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user_model
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from somec.access import actions as access
from somec.access.rules import Role, node_actor

ENGLISH = re.compile(
    r">\s*(?:[A-Z][a-z]+ )*(?:Name|Key|Add|Not used\.?|Not Found|Security keys?|Password|Edit|Remove)\s*<"
)


@pytest.fixture
def officer(db: None) -> Client:
    node = node_actor("LV")
    home = access.create_authority(actor=node, name="Probācija, piemērs", kind="probation")
    user = access.create_user(
        actor=node, email="officer@lv.example", name="Ilze Piemēra", authority=home, roles=[Role.PROBATION_OFFICER]
    )
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(get_user_model().objects.get(id=user), "allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 0}, {"method": "mfa", "at": 0}]
    session["account_authentication_methods_user"] = user
    session.save()
    client.cookies["somec_language"] = "lv"
    return client


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/account/2fa/", 200, "Drošības atslēgas"),
        ("/account/2fa/webauthn/", 200, "Kuras drošības atslēgas atver jūsu kontu?"),
        ("/account/password/change/", 302, ""),
        ("/me/", 200, "Jūsu konts"),
        ("/no-such-page/", 404, "Tādas lapas nav"),
    ],
)
def test_the_page_is_all_latvian(officer: Client, address: str, status: int, says: str) -> None:
    answer = officer.get(address)
    assert answer.status_code == status
    text = answer.content.decode()
    assert says in text
    assert ENGLISH.findall(text) == []


def test_a_fault_is_told_without_asking_the_node() -> None:
    with translation.override("lv"):
        assert "Mezgls to nevarēja izdarīt" in render_to_string("500.html")


def fresh(client: Client) -> Client:
    """Let the officer have signed in a moment ago, so that nothing is asked again before a change to the account."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    return client


def test_the_picture_for_the_authenticator_app_can_be_shown_as_an_image(officer: Client) -> None:
    page = fresh(officer).get("/account/2fa/totp/activate/").content.decode()
    found = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    assert found, "no picture to scan"
    drawn = ET.fromstring(base64.b64decode(found[1]))  # noqa: S314 - our own drawing
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg", "a browser shows no SVG image without its namespace"


def test_recovery_codes_are_shown_to_their_owner(officer: Client) -> None:
    user = get_user_model().objects.get(email="officer@lv.example")
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    codes = RecoveryCodes.activate(user).get_unused_codes()
    page = fresh(officer).get("/account/2fa/recovery-codes/").content.decode()
    assert len(codes) >= 8
    assert [code for code in codes if code not in page] == []


def test_no_page_offers_a_password_by_mail(officer: Client) -> None:
    user = get_user_model().objects.get(email="officer@lv.example")
    user.set_password("training-2026-somec")
    user.save()
    officer.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    page = fresh(officer).get("/account/password/change/").content.decode()
    assert "password/reset" not in page
    assert "Jūsu administrators" in page
