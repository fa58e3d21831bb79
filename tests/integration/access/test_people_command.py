"""``somec people``: an operator makes the first people of a node."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from somec.access import queries
from somec.access.models import User
from somec.access.rules import Role
from somec.audit import queries as log
from somec.cli import main, setup
from somec.kernel.errors import NotAllowed

pytestmark = pytest.mark.django_db

PASSWORD = "made-up but long enough"


@pytest.fixture(autouse=True)
def _node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "ready_node", lambda: None)


def people(*arguments: str) -> int:
    return main.main(["people", *arguments])


def test_authority_person_role_and_token(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert people("authority", "State Probation Service", "--kind", "probation", "--phone", "+371 1") == 0
    unit = capsys.readouterr().out.strip()
    assert people("authority", "Daugavpils", "--kind", "probation", "--parent", unit) == 0
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n", encoding="utf-8")
    person = ("add", "ilze@made.example", "Ilze Bērziņa", "--authority", unit, "--role", "probation_officer")
    assert people(*person, "--password-file", str(secret)) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    assert people("add", "b@made.example", "B", "--authority", unit, "--password-file", "-") == 0
    assert people("add", "m@made.example", "Register", "--authority", unit, "--machine") == 0
    ilze = User.objects.get(email="ilze@made.example")
    assert ilze.check_password(PASSWORD)
    assert User.objects.get(email="b@made.example").check_password(PASSWORD)
    assert not User.objects.get(email="m@made.example").has_usable_password()
    assert people("grant", "ILZE@made.example", "authoriser") == 0
    assert people("revoke", "ilze@made.example", "probation_officer") == 0
    assert queries.actor_by_id(ilze.id).roles == {Role.AUTHORISER}
    capsys.readouterr()
    assert people("token", "m@made.example", "register", "--scope", "notice.read", "--days", "3") == 0
    token = capsys.readouterr().out.strip()
    assert queries.actor_for_token(token).scopes == {"notice.read"}
    assert people("revoke-token", token.split("_")[1]) == 0
    with pytest.raises(NotAllowed):
        queries.actor_for_token(token)
    assert people("off", "ilze@made.example") == 0
    capsys.readouterr()
    assert people("list") == 0
    shown = capsys.readouterr().out
    assert "Ilze Bērziņa, State Probation Service: authoriser (shut out)" in shown
    assert "Daugavpils" in shown
    assert people("on", "ilze@made.example") == 0
    assert {entry.actor for entry in log.whole().entries} == {"node"}


def test_roles_are_told_with_their_actions(capsys: pytest.CaptureFixture[str]) -> None:
    assert people("roles") == 0
    shown = capsys.readouterr().out
    assert all(role.value in shown for role in Role)
    assert "notice.transmit" in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "a@made.example", "A", "--authority", "aut-nobody", "--no-password"),
        ("grant", "nobody@made.example", "authoriser"), ("revoke-token", "tok-nobody"),
        ("authority", "A", "--kind", "police", "--parent", "aut-nobody"),
    ],
    ids=["authority", "person", "token", "parent"],
)  # fmt: skip
def test_what_does_not_exist_is_refused(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert people(*arguments) == 1
    said = capsys.readouterr().err
    assert said.startswith("somec: ")
    assert "access." in said


def test_an_unknown_role_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    people("authority", "A", "--kind", "police")
    unit = capsys.readouterr().out.strip()
    assert people("add", "a@made.example", "A", "--authority", unit, "--no-password", "--role", "boss") == 1
    assert "probation_officer" in capsys.readouterr().err
    assert not User.objects.exists()
