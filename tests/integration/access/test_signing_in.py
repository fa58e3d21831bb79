"""Signing in: password and second factor, lockout, the end of a session; and that all of it is in the log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import include, path, reverse

from somec.access import actions, authentication, queries, sessions
from somec.access.models import User
from somec.access.rules import Role, node_actor
from somec.audit import queries as log
from somec.audit.verify import verify
from somec.crypto import sealing
from somec.crypto.errors import DecryptionFailed
from somec.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

urlpatterns = [
    path("case/", login_required(lambda _request: HttpResponse("a page"))),
    path("", include("somec.node.urls")),
]

PASSWORD = "made-up but long enough"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN = "/account/login/"
NODE = node_actor("LV")


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def officer() -> User:
    authority = actions.create_authority(actor=NODE, name="State Probation Service", kind="probation")
    user = actions.create_user(
        actor=NODE, email="Ilze@probation.example", name="Ilze Bērziņa", authority=authority,
        roles=[Role.PROBATION_OFFICER], password=PASSWORD,
    )  # fmt: skip
    return User.objects.get(pk=user)


@pytest.fixture
def offered(settings: object) -> None:
    """A training node, where the second factor is offered but not required."""
    _configure(settings, second_factor="offered")


def _configure(settings: object, **values: object) -> None:
    settings.CONFIG = replace(settings.CONFIG, **values)  # type: ignore[attr-defined, type-var]


def sign_in(client: Client, email: str = "ilze@probation.example", password: str = PASSWORD) -> HttpResponse:
    return client.post(LOGIN, {"login": email, "password": password})  # type: ignore[return-value]


def code(moment: float | None = None) -> str:
    return format_hotp_value(hotp_value(SECRET, int((moment or time.time()) // 30)))


def acts(user: User | None = None) -> list[str]:
    trail = log.trail_of(user.pk) if user else log.whole()
    return [entry.action for entry in reversed(trail.entries)]


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_password_alone_is_enough_where_the_second_factor_is_only_offered(
    client: Client, officer: User, offered: None
) -> None:
    assert sign_in(client).status_code == 302
    assert signed_in(client)
    assert acts(officer) == ["session.begin"]
    assert log.trail_of(officer.pk).entries[0].detail == {"methods": "password"}


def test_the_address_is_taken_in_any_case(client: Client, officer: User, offered: None) -> None:
    sign_in(client, "ILZE@Probation.Example")
    assert signed_in(client)


def test_where_it_is_required_one_without_second_factor_sees_only_how_to_set_it_up(
    client: Client, officer: User, settings: object
) -> None:
    _configure(settings, second_factor="required")
    sign_in(client)
    assert signed_in(client)
    answer = client.get("/case/")
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_activate_totp"))
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_the_code_of_the_authenticator_app_is_asked_for_after_the_password(
    client: Client, officer: User, settings: object
) -> None:
    _configure(settings, second_factor="required")
    TOTP.activate(officer, SECRET)
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_authenticate"))
    assert not signed_in(client)
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200
    assert not signed_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code()})
    assert signed_in(client)
    assert acts(officer) == ["factor.refused", "session.begin"]
    assert log.trail_of(officer.pk).entries[0].detail == {"methods": "password mfa"}
    assert client.get("/case/").status_code == 200


def test_a_code_counts_once(client: Client, officer: User, offered: None) -> None:
    TOTP.activate(officer, SECRET)
    used = code()
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": used})
    assert signed_in(client)
    again = Client()
    sign_in(again)
    again.post(reverse("mfa_authenticate"), {"code": used})
    assert not signed_in(again)


def test_the_secret_of_the_app_does_not_stand_in_the_database(officer: User) -> None:
    TOTP.activate(officer, SECRET)
    stored = Authenticator.objects.get().data["secret"]
    assert SECRET not in stored
    assert authentication.SecondFactorAdapter().decrypt(stored) == SECRET


def test_a_sealed_secret_opens_only_for_its_node_and_use() -> None:
    sealed = sealing.seal("node key", "second factor", SECRET)
    assert sealing.unseal("node key", "second factor", sealed) == SECRET
    for secret, use, text in (
        ("another key", "second factor", sealed), ("node key", "other use", sealed),
        ("node key", "second factor", sealed[:-4] + "AAAA"), ("node key", "second factor", "not base64"),
        ("node key", "second factor", ""),
    ):  # fmt: skip
        with pytest.raises(DecryptionFailed):
            sealing.unseal(secret, use, text)


def test_five_wrong_passwords_lock_the_account_for_fifteen_minutes(
    client: Client, officer: User, offered: None
) -> None:
    answers = [sign_in(client, password=f"wrong password {number}") for number in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    sign_in(client)
    assert not signed_in(client)
    assert acts(officer) == ["session.refused"] * 4 + ["session.locked", "session.refused"]
    elsewhere = Client(REMOTE_ADDR="127.0.0.2")
    sign_in(elsewhere)
    assert signed_in(elsewhere)


def test_an_unknown_address_gets_the_same_answer_and_is_logged_without_it(client: Client, officer: User) -> None:
    known = sign_in(client, password="wrong password")
    unknown = sign_in(client, "nobody@probation.example", "wrong password")
    assert known.status_code == unknown.status_code == 200
    entry = log.whole().entries[0]
    assert (entry.action, entry.actor, entry.subject) == ("session.refused", "unknown", "unknown")
    assert verify().ok


def test_nobody_makes_an_account_himself(client: Client) -> None:
    client.post(
        "/account/signup/",
        {"email": "somebody@else.example", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert not User.objects.exists()


@pytest.mark.parametrize("page", ["signup", "email", "password/reset", "password/reset/done", "confirm-email"])
def test_pages_that_a_node_does_not_have_do_not_exist(client: Client, page: str) -> None:
    assert client.get(f"/account/{page}/").status_code == 404


def test_a_deactivated_person_is_out_with_the_next_page(client: Client, officer: User, offered: None) -> None:
    sign_in(client)
    assert client.get("/case/").status_code == 200
    User.objects.filter(pk=officer.pk).update(is_active=False)
    answer = client.get("/case/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(LOGIN)


@pytest.mark.parametrize(
    ("minutes", "still_in"), [([29, 58], True), ([31], False), ([25, 50, 75, 100], True), ([25, 56], False)]
)
def test_a_session_ends_half_an_hour_after_the_last_page(
    client: Client, officer: User, offered: None, minutes: list[int], still_in: bool
) -> None:
    begun = datetime(2026, 11, 21, 8, tzinfo=UTC)
    with clock.frozen(begun):
        sign_in(client)
        client.get("/case/")
    for after in minutes:
        with clock.frozen(begun + timedelta(minutes=after)):
            answer = client.get("/case/")
    assert (answer.status_code == 200) is still_in
    if not still_in:
        assert answer["Location"] == f"{LOGIN}?next=%2Fcase%2F"
        assert acts(officer)[-1] == "session.end"


def test_a_session_ends_after_ten_hours_of_work(client: Client, officer: User, offered: None) -> None:
    begun = datetime(2026, 11, 21, 8, tzinfo=UTC)
    for quarter in range(4 * 10 + 1):
        with clock.frozen(begun + timedelta(minutes=15 * quarter)):
            if quarter == 0:
                sign_in(client)
            answer = client.get("/case/")
            assert (answer.status_code == 200) is (quarter < 40)


def test_what_a_page_asks_for_by_itself_does_not_keep_a_session_alive(
    client: Client, officer: User, offered: None
) -> None:
    begun = datetime(2026, 11, 21, 8, tzinfo=UTC)
    with clock.frozen(begun):
        sign_in(client)
        client.get("/case/")
    with clock.frozen(begun + timedelta(minutes=20)):
        client.get("/case/", headers={"HX-Request": "true"})
    with clock.frozen(begun + timedelta(minutes=31)):
        answer = client.get("/case/", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer["HX-Redirect"].startswith(LOGIN)


def test_a_page_can_say_when_the_session_ends(client: Client, officer: User, offered: None) -> None:
    begun = datetime(2026, 11, 21, 8, tzinfo=UTC)
    with clock.frozen(begun):
        sign_in(client)
        client.get("/case/")
        request = RequestFactory().get("/")
        request.session = client.session
        assert sessions.seconds_left(request) == 30 * 60


def test_the_actor_of_a_request_costs_three_queries_at_most(officer: User) -> None:
    with CaptureQueriesContext(connection) as asked:
        queries.actor_for(User.objects.select_related("authority").get(pk=officer.pk))
    assert len(asked) <= 3


def test_the_identity_provider_lets_in_who_is_registered_and_nobody_else(officer: User) -> None:
    adapter = authentication.IdentityProviderAdapter()
    joined: list[User] = []

    def identity(email: str, *, verified: bool, existing: bool = False) -> SimpleNamespace:
        return SimpleNamespace(
            is_existing=existing, email_addresses=[SimpleNamespace(email=email, verified=verified)],
            connect=lambda _request, user: joined.append(user),
        )  # fmt: skip

    request = RequestFactory().get("/")
    for email, verified, existing in (
        ("ilze@probation.example", False, False), ("other@probation.example", True, False),
        ("ilze@probation.example", True, True),
    ):  # fmt: skip
        adapter.pre_social_login(request, identity(email, verified=verified, existing=existing))
    assert joined == []
    adapter.pre_social_login(request, identity("ILZE@probation.example", verified=True))
    assert joined == [officer]
    assert not adapter.is_open_for_signup(request, None)


def test_the_qr_code_is_drawn_as_svg() -> None:
    assert authentication.SecondFactorAdapter().build_totp_svg("otpauth://totp/x?secret=ABC").startswith("<svg")
