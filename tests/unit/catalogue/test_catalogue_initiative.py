"""Telling another state unasked: what is open to whom, and why the rest is not."""

from __future__ import annotations

import pytest

from somec.catalogue import queries
from somec.catalogue.entries import AuthorityKind
from somec.catalogue.initiative import OwnInitiativeAdvice, WhoActs
from somec.catalogue.mechanisms import Force, Part

PROBATION, POLICE, SPOC = AuthorityKind.PROBATION_SERVICE, AuthorityKind.POLICE, AuthorityKind.POLICE_CONTACT_POINT
COURT, RECORDS = AuthorityKind.COURT, AuthorityKind.CRIMINAL_RECORDS_AUTHORITY


def _ask(authority: AuthorityKind, *running: str, receiving: str = "NL") -> OwnInitiativeAdvice:
    return queries.own_initiative_bases(
        authority=authority, sending_state="LV", receiving_state=receiving, running=frozenset(running)
    )


TABLE = [
    (PROBATION, (), ["DIR977_OWN_INITIATIVE:7(2)", "DIR977_OWN_INITIATIVE:7(1)"], WhoActs.DRAFTS),
    (AuthorityKind.PRISON_SERVICE, (), ["DIR977_OWN_INITIATIVE:7(2)", "DIR977_OWN_INITIATIVE:7(1)"], WhoActs.DRAFTS),
    (SPOC, (), ["DIR977_OWN_INITIATIVE:7(2)", "DIR977_OWN_INITIATIVE:7(1)"], WhoActs.TRANSMITS),
    (POLICE, (), ["DIR977_OWN_INITIATIVE:7(2)", "DIR977_OWN_INITIATIVE:7(1)"], WhoActs.TRANSMITS),
    (COURT, (), [], None),
    (RECORDS, (), [], None),
    (COURT, ("FD829_ESO",), ["FD829_ESO:19(3), 20(2)"], WhoActs.TRANSMITS),
    (COURT, ("FD909",), ["FD909:21(g), 21(h)"], WhoActs.TRANSMITS),
    (COURT, ("FD947",), ["FD947:16(3)", "FD947:16(1), 17, 18"], WhoActs.TRANSMITS),
    (RECORDS, ("FD947", "FD909", "FD829_ESO"), [], None),
]


@pytest.mark.parametrize(("authority", "running", "open_ids", "who"), TABLE)
def test_what_is_open_to_whom(
    authority: AuthorityKind, running: tuple[str, ...], open_ids: list[str], who: WhoActs | None
) -> None:
    advice = _ask(authority, *running)
    assert [basis.id for basis in advice.possible] == open_ids
    assert {basis.who for basis in advice.possible} == ({who} if who else set())


def test_duties_stand_before_what_is_merely_allowed() -> None:
    forces = [basis.basis.force for basis in _ask(PROBATION, "FD947").possible]
    assert forces == sorted(forces, key=lambda force: force is Force.MAY)
    assert forces[-1] is Force.MAY


@pytest.mark.parametrize("authority", list(AuthorityKind))
@pytest.mark.parametrize("running", [(), ("FD947", "FD909", "FD829_ESO")], ids=["nothing", "all"])
def test_every_mechanism_is_answered_and_every_reason_has_words(
    authority: AuthorityKind, running: tuple[str, ...]
) -> None:
    advice = _ask(authority, *running)
    named = {basis.mechanism.id for basis in advice.possible} | {item.mechanism.id for item in advice.excluded}
    assert named == {item.id for item in queries.mechanisms()}
    for item in advice.excluded:
        assert queries.initiative_term(item.code).label("lv").translated
    for basis in advice.possible:
        for condition in basis.basis.conditions:
            assert queries.initiative_term(condition).label("es").translated


def test_a_basis_carries_all_that_a_notice_needs() -> None:
    basis = _ask(PROBATION).basis("DIR977_OWN_INITIATIVE:7(2)")
    assert basis is not None
    assert basis.mechanism.channel == "siena"
    assert queries.channel(basis.mechanism.channel).label("nl").translated
    assert basis.basis.handling_code == "H2"
    assert [queries.permitted_use(use).id for use in basis.basis.permitted_uses] == ["prevent-serious-offences"]
    assert basis.transmitters == {SPOC, POLICE}
    assert basis.verified


def test_that_probation_only_drafts_is_marked_as_unread() -> None:
    """The definition of the Directive was not read (law.md 1, 6): the screen has to say so."""
    basis = _ask(PROBATION).possible[0]
    assert (basis.verified, basis.who_verified) == (True, False)
    assert "contact point sends" in basis.who_note
    assert _ask(SPOC).possible[0].who_verified


@pytest.mark.parametrize(
    ("mechanism", "code"),
    [
        ("EPO", "on-request-of-protected-person"),
        ("ECRIS", "convictions-to-state-of-nationality-only"),
        ("SIS36", "alert-to-all-states"),
        ("SIS32", "protects-possible-victims"),
        ("DIR977_REQUEST", "asks-does-not-tell"),
        ("INTERPOL", "third-countries"),
        ("FD947", "no-running-case"),
    ],
)
def test_why_the_others_do_not_serve(mechanism: str, code: str) -> None:
    assert code in {item.code for item in _ask(PROBATION).excluded if item.mechanism.id == mechanism}


def test_an_exclusion_that_rests_on_memory_says_so() -> None:
    marks = {item.mechanism.id: item.verified for item in _ask(PROBATION).excluded}
    assert marks["INTERPOL"] is False
    assert marks["SIS36"] is True


def test_an_unknown_basis_is_not_open() -> None:
    assert _ask(COURT).basis("DIR977_OWN_INITIATIVE:7(2)") is None


def test_who_may_transmit_a_basis_may_transmit_the_mechanism() -> None:
    for mechanism in queries.mechanisms():
        able = {user.authority for user in mechanism.users if Part.TRANSMIT in user.may}
        for basis in mechanism.own_initiative:
            if mechanism.id != "FD909":  # an escape is told at once by the prison itself (Art. 21(h))
                assert basis.transmit <= able, mechanism.id
