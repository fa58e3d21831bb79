"""The whole product role x relation x state x action against the table that was written by hand."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somec.access.rules import ACTIONS, Actor, Relation, Role, Target, can, check, decide, node_actor
from somec.kernel.errors import NotAllowed
from unit.access.permission_table import ROLES, STATES, Line, lines

LINES = {line.action: line for line in lines()}
LETTERS = "woadp"
RELATIONS = [
    "".join(letter for letter, on in zip(LETTERS, bits, strict=True) if on) for bits in product((0, 1), repeat=5)
]
ME, MINE, OTHERS = "usr-me", "aut-mine", "aut-other"


def officer(*roles: str, scopes: frozenset[str] | None = None) -> Actor:
    return Actor(
        id=ME, name="Made Up", authority_id=MINE, authority_ids=frozenset({MINE, "aut-below"}),
        roles=frozenset(Role(role) for role in roles), state="LV", scopes=scopes,
    )  # fmt: skip


def thing(letters: str, state: str = "", *, below: bool = False) -> Target:
    belongs = ("aut-below" if below else MINE) if "a" in letters else OTHERS
    return Target(
        "thing", "id-1", authority_id=belongs, author_id=ME if "w" in letters else "usr-else",
        owner_ids=frozenset({ME, "usr-x"} if "o" in letters else {"usr-else"}), state=state, desk="d" in letters,
        opened="p" in letters,
    )  # fmt: skip


def test_the_paper_and_the_program_know_the_same_actions_roles_and_relations() -> None:
    assert set(LINES) == set(ACTIONS)
    assert set(ROLES.values()) == set(Role)
    assert len(set(Relation)) == len(LETTERS) + 1


@pytest.mark.parametrize("line", LINES.values(), ids=list(LINES))
def test_every_role_relation_and_state(line: Line) -> None:
    wrong = [
        (role, letters, state)
        for role, letters, state in product(ROLES.values(), RELATIONS, STATES)
        if can(officer(role), line.action, thing(letters, state)) is not line.allows(role, letters, state)
    ]
    assert wrong == []


@pytest.mark.parametrize("line", LINES.values(), ids=list(LINES))
def test_without_a_thing_only_the_role_can_be_enough(line: Line) -> None:
    for role in ROLES.values():
        expected = line.cells[role] == "*" and not line.needs_opening
        assert can(officer(role), line.action) is expected


@pytest.mark.parametrize("line", LINES.values(), ids=list(LINES))
def test_what_belongs_to_an_authority_below_counts_as_its_own(line: Line) -> None:
    for role in ROLES.values():
        assert can(officer(role), line.action, thing("a", below=True)) is line.allows(role, "a", "")


@pytest.mark.parametrize("line", LINES.values(), ids=list(LINES))
def test_the_node_may_only_what_the_paper_says(line: Line) -> None:
    for letters in RELATIONS:
        assert can(node_actor("LV"), line.action, thing(letters)) is line.node


@given(
    roles=st.sets(st.sampled_from(sorted(ROLES.values())), max_size=4),
    action=st.sampled_from(sorted(LINES)), letters=st.sampled_from(RELATIONS), state=st.sampled_from(STATES),
)  # fmt: skip
def test_several_roles_may_what_one_of_them_may(roles: set[str], action: str, letters: str, state: str) -> None:
    expected = any(LINES[action].allows(role, letters, state) for role in roles)
    assert can(officer(*roles), action, thing(letters, state)) is expected


@given(
    action=st.sampled_from(sorted(LINES)), granted=st.sets(st.sampled_from(sorted(LINES)), max_size=5),
    role=st.sampled_from(sorted(ROLES.values())), letters=st.sampled_from(RELATIONS),
)  # fmt: skip
def test_a_token_narrows_and_never_widens(action: str, granted: set[str], role: str, letters: str) -> None:
    with_token = can(officer(role, scopes=frozenset(granted)), action, thing(letters))
    assert with_token is (action in granted and can(officer(role), action, thing(letters)))


@pytest.mark.parametrize(
    ("action", "role", "letters", "state", "code"),
    [
        ("notice.approve", "probation_officer", "woadp", "awaiting_approval", "access.role"),
        ("notice.approve", "authoriser", "wodp", "awaiting_approval", "access.relation"),
        ("notice.approve", "authoriser", "wa", "awaiting_approval", "access.second_person"),
        ("notice.approve", "authoriser", "a", "draft", "access.state"),
        ("notice.approve", "authoriser", "a", "awaiting_approval", ""),
        ("notice.read", "contact_point", "d", "draft", "access.state"),
        ("notice.read", "contact_point", "d", "approved", ""),
        ("person.read_protected", "police_officer", "o", "", "access.opening"),
        ("person.read_protected", "police_officer", "p", "", "access.relation"),
        ("person.read", "administrator", "woadp", "", "access.role"),
    ],
)
def test_the_answer_names_what_stands_in_the_way(action: str, role: str, letters: str, state: str, code: str) -> None:
    assert decide(officer(role), action, thing(letters, state)).code == code


def test_a_token_without_the_scope_is_told_so() -> None:
    actor = officer("administrator", scopes=frozenset({"peer.read"}))
    assert decide(actor, "people.manage").code == "access.token_scope"
    assert can(actor, "peer.read")


def test_a_refusal_carries_ids_and_codes_only() -> None:
    with pytest.raises(NotAllowed) as refused:
        check(officer("analyst"), "person.read", Target("person", "prs-1", case="prs-1"))
    assert refused.value.code == "access.role"
    assert refused.value.parameters == {"action": "person.read", "kind": "person", "id": "prs-1", "case": "prs-1"}
    assert check(officer("analyst"), "criteria.read") is None  # type: ignore[func-returns-value]


def test_an_action_that_nobody_wrote_down_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError):
        decide(officer(*ROLES.values()), "person.delete", thing("woadp"))


def test_names_are_not_shown_by_accident() -> None:
    assert "Made Up" not in repr(officer("analyst"))
