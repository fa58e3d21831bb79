"""Authorities, people, roles, purposes, tokens, refusals: what they change and what the log says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from somec.access import actions, queries, scope, trails
from somec.access.models import ApiToken, Opening, User
from somec.access.rules import Actor, Role, Target, check, node_actor
from somec.audit import queries as log
from somec.audit.rules import Kind
from somec.audit.verify import verify
from somec.kernel import clock
from somec.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, NotPossibleNow

pytestmark = pytest.mark.django_db

NODE = node_actor("LV")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
WHY = "He is expected in Daugavpils tomorrow."

Someone = Callable[..., Actor]


@pytest.fixture
def unit() -> str:
    return actions.create_authority(actor=NODE, name="State Probation Service", kind="probation", phone="+371 1")


@pytest.fixture
def someone(unit: str) -> Someone:
    def make(*roles: Role, authority: str = "", name: str = "Made Up") -> Actor:
        number = User.objects.count()
        user = actions.create_user(
            actor=NODE, email=f"person{number}@made.example", name=name, authority=authority or unit, roles=roles
        )
        return queries.actor_by_id(user)

    return make


def last() -> log.EntryView:
    return log.whole().entries[0]


# Authorities and people


def test_authorities_form_a_tree_and_people_belong_to_those_below(unit: str, someone: Someone) -> None:
    below = actions.create_authority(actor=NODE, name="Daugavpils", kind="probation", parent=unit)
    beside = actions.create_authority(actor=NODE, name="State Police", kind="police")
    assert someone().authority_ids == {unit, below}
    assert someone(authority=below).authority_ids == {below}
    assert [card.name for card in queries.authorities("LV")] == [
        "Daugavpils",
        "State Police",
        "State Probation Service",
    ]
    assert queries.authority(beside).kind == "police"
    assert queries.authorities("NL") == []
    with pytest.raises(NotFound):
        queries.authority("aut-nobody")


@pytest.mark.parametrize(
    ("values", "field"),
    [({"name": " "}, "name"), ({"kind": "school"}, "kind"), ({"parent": "aut-nobody"}, "parent")],
)
def test_a_wrong_authority_is_refused_by_field(values: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.create_authority(actor=NODE, **{"name": "A", "kind": "police", **values})  # type: ignore[arg-type]
    assert list(refused.value.fields) == [field]


def test_an_authority_is_named_once(unit: str) -> None:
    with pytest.raises(Conflict):
        actions.create_authority(actor=NODE, name="State Probation Service", kind="probation")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"), ({"email": "nobody"}, "email"), ({"authority": "aut-nobody"}, "authority"),
        ({"password": "short"}, "password"), ({"machine": True, "password": "long enough to be one"}, "password"),
    ],
)  # fmt: skip
def test_a_wrong_person_is_refused_by_field(unit: str, values: dict[str, object], field: str) -> None:
    given = {"email": "a@made.example", "name": "A", "authority": unit, **values}
    with pytest.raises(Invalid) as refused:
        actions.create_user(actor=NODE, **given)  # type: ignore[arg-type]
    assert list(refused.value.fields) == [field]
    assert not User.objects.exists()


def test_an_address_belongs_to_one_person_whatever_its_case(unit: str) -> None:
    actions.create_user(actor=NODE, email="a@made.example", name="A", authority=unit)
    with pytest.raises(Conflict):
        actions.create_user(actor=NODE, email="A@Made.example", name="B", authority=unit)


def test_roles_come_and_go_and_the_log_says_by_whom(someone: Someone) -> None:
    administrator, officer = someone(Role.ADMINISTRATOR), someone(Role.PROBATION_OFFICER)
    actions.grant_role(actor=administrator, user=officer.id, role=Role.AUTHORISER)
    actions.grant_role(actor=administrator, user=officer.id, role=Role.AUTHORISER)
    assert queries.actor_by_id(officer.id).roles == {Role.PROBATION_OFFICER, Role.AUTHORISER}
    assert (last().action, last().actor, last().subject) == ("role.grant", administrator.id, officer.id)
    actions.revoke_role(actor=administrator, user=officer.id, role=Role.PROBATION_OFFICER)
    assert queries.actor_by_id(officer.id).roles == {Role.AUTHORISER}
    with pytest.raises(NotFound):
        actions.revoke_role(actor=administrator, user=officer.id, role=Role.PROBATION_OFFICER)
    assert len(log.whole(only=log.TrailFilter(actions=frozenset({"role.grant"}))).entries) == 3


def test_nobody_gives_himself_a_role(someone: Someone) -> None:
    administrator = someone(Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed, match=r"access\.self"):
        actions.grant_role(actor=administrator, user=administrator.id, role=Role.CONTACT_POINT)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_an_administrator_makes_people(someone: Someone, unit: str, role: Role) -> None:
    asker = someone(role)
    with pytest.raises(NotAllowed):
        actions.create_user(actor=asker, email="b@made.example", name="B", authority=unit)
    with pytest.raises(NotAllowed):
        actions.create_authority(actor=asker, name="B", kind="police")


def test_a_person_who_left_is_no_actor_and_his_tokens_end(someone: Someone) -> None:
    administrator, officer = someone(Role.ADMINISTRATOR), someone(Role.PROBATION_OFFICER)
    token = actions.issue_token(actor=administrator, user=officer.id, name="t", scopes=["person.read"], days=30)
    actions.set_active(actor=administrator, user=officer.id, active=False)
    with pytest.raises(NotAllowed, match=r"access\.inactive"):
        queries.actor_by_id(officer.id)
    with pytest.raises(NotAllowed, match=r"token\.revoked"):
        queries.actor_for_token(token)
    assert officer.id not in {card.id for card in queries.colleagues(administrator)}
    assert officer.id in {card.id for card in queries.people(administrator)}
    actions.set_active(actor=administrator, user=officer.id, active=True)
    assert queries.actor_by_id(officer.id).roles == {Role.PROBATION_OFFICER}


def test_colleagues_are_found_by_role_and_authority_in_two_queries(
    someone: Someone, django_assert_num_queries: Callable[[int], object]
) -> None:
    police = actions.create_authority(actor=NODE, name="State Police", kind="police")
    asker = someone(Role.PROBATION_OFFICER, name="C")
    both = someone(Role.CONTACT_POINT, Role.POLICE_OFFICER, authority=police, name="A")
    someone(Role.POLICE_OFFICER, authority=police, name="B")
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        everybody = queries.colleagues(asker)
    assert [card.name for card in everybody] == ["A", "B", "C"]
    assert [card.id for card in queries.colleagues(asker, Role.CONTACT_POINT)] == [both.id]
    assert len(queries.colleagues(asker, authority_id=police)) == 2
    card = queries.person(asker.id)
    assert (card.authority_name, card.phone, card.roles) == (
        "State Probation Service", "+371 1", (Role.PROBATION_OFFICER,)
    )  # fmt: skip
    with pytest.raises(NotFound):
        queries.person("usr-nobody")


def test_the_language_is_kept(someone: Someone) -> None:
    officer = someone()
    actions.set_language(actor=officer, language="lv")
    assert queries.actor_by_id(officer.id).language == "lv"


# Openings


def opening(actor: Actor, **values: object) -> str:
    given = {"kind": "person", "id": "prs-1", "purpose": "supervise_order", "reason": WHY, "minutes": 240, **values}
    return actions.open_with_purpose(actor=actor, **given)  # type: ignore[arg-type]


def test_a_case_outside_ones_own_opens_with_a_purpose_and_closes_by_itself(someone: Someone) -> None:
    officer = someone(Role.PROBATION_OFFICER)
    target = Target("person", "prs-1", authority_id="aut-else")
    with pytest.raises(NotAllowed):
        check(officer, "person.read", target)
    with clock.frozen(NOON):
        made = opening(officer)
        assert queries.is_open(officer, "person", "prs-1")
        assert queries.opened_ids(officer, "person") == {"prs-1"}
        assert last().reason == WHY
        assert (last().action, last().case, last().purpose) == ("opening.open", "prs-1", "supervise_order")
        view = queries.current_opening(officer, "person", "prs-1")
        assert view is not None
        assert (view.id, view.ends_at) == (made, NOON + timedelta(hours=4))
        check(officer, "person.read", Target("person", "prs-1", authority_id="aut-else", opened=True))
    with clock.frozen(NOON + timedelta(hours=4)):
        assert not queries.is_open(officer, "person", "prs-1")
        assert queries.current_opening(officer, "person", "prs-1") is None
        before = queries.last_opening(officer, "person", "prs-1")
        assert before is not None
        assert before.purpose == "supervise_order"


def test_what_one_opened_another_has_not_open(someone: Someone) -> None:
    one, other = someone(Role.PROBATION_OFFICER), someone(Role.PROBATION_OFFICER)
    made = opening(one)
    assert not queries.is_open(other, "person", "prs-1")
    with pytest.raises(NotFound):
        actions.close_opening(actor=other, opening=made)


def test_an_opening_can_be_closed_early(someone: Someone) -> None:
    officer = someone(Role.PROBATION_OFFICER)
    made = opening(officer)
    actions.close_opening(actor=officer, opening=made)
    entries = log.size()
    actions.close_opening(actor=officer, opening=made)
    assert not queries.is_open(officer, "person", "prs-1")
    assert log.size() == entries


@pytest.mark.parametrize("role", [Role.ANALYST, Role.POLICY, Role.TRAINER, Role.ADMINISTRATOR])
def test_a_role_without_cases_opens_none(someone: Someone, role: Role) -> None:
    with pytest.raises(NotAllowed):
        opening(someone(role))
    assert not Opening.objects.exists()


def test_a_protected_part_asks_for_a_relation_besides_the_purpose(someone: Someone, unit: str) -> None:
    officer = someone(Role.PROBATION_OFFICER)
    own = Target("protected", "prs-1", authority_id=unit)
    with pytest.raises(NotAllowed):
        opening(officer, kind="protected", minutes=30)
    with pytest.raises(Invalid):
        opening(officer, kind="protected", minutes=31, target=own)
    opening(officer, kind="protected", minutes=30, target=own)
    assert queries.is_open(officer, "protected", "prs-1")
    assert not queries.is_open(officer, "person", "prs-1")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "folder"}, "kind"), ({"minutes": 0}, "minutes"), ({"minutes": 481}, "minutes"),
        ({"purpose": ""}, "purpose"), ({"reason": "because"}, "reason"),
    ],
)  # fmt: skip
def test_a_wrong_opening_is_refused_by_field(someone: Someone, values: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        opening(someone(Role.PROBATION_OFFICER), **values)
    assert list(refused.value.fields) == [field]


def test_danger_to_life_opens_at_once_and_a_second_person_reviews_it(someone: Someone) -> None:
    officer = someone(Role.PROBATION_OFFICER, Role.AUTHORISER)
    head = someone(Role.AUTHORISER)
    stranger = someone(Role.AUTHORISER, authority=actions.create_authority(actor=NODE, name="Else", kind="police"))
    with clock.frozen(NOON):
        made = opening(officer, emergency=True)
        waiting = queries.openings_to_review(head)
    assert [view.id for view in waiting] == [made]
    assert waiting[0].review_due == NOON + timedelta(hours=24)
    assert queries.openings_to_review(officer) == []
    assert queries.openings_to_review(stranger) == []
    for other in (officer, stranger):
        with pytest.raises(NotAllowed):
            actions.review_opening(actor=other, opening=made, justified=True, reason="seen")
    actions.review_opening(actor=head, opening=made, justified=True, reason="seen")
    assert queries.openings_to_review(head) == []
    with pytest.raises(NotPossibleNow):
        actions.review_opening(actor=head, opening=made, justified=False, reason="seen again")
    with pytest.raises(NotFound):
        actions.review_opening(actor=head, opening=opening(officer), justified=True, reason="no emergency")


def test_the_database_refuses_a_review_by_who_opened(someone: Someone) -> None:
    officer = someone(Role.PROBATION_OFFICER)
    made = opening(officer, emergency=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Opening.objects.filter(pk=made).update(reviewed_by=officer.id, reviewed_at=NOON, justified=True)


# Tokens


def test_a_token_acts_for_its_user_within_its_scopes(someone: Someone) -> None:
    administrator, machine = someone(Role.ADMINISTRATOR), someone(Role.PROBATION_OFFICER)
    with clock.frozen(NOON):
        token = actions.issue_token(actor=administrator, user=machine.id, name="x", scopes=["person.read"], days=30)
        acting = queries.actor_for_token(token)
        assert (acting.id, acting.scopes, acting.roles) == (machine.id, {"person.read"}, machine.roles)
        stored = ApiToken.objects.get()
        assert stored.last_used == NOON
    secret = token.split("_", 2)[2]
    assert stored.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(vars(stored))
    assert [view.name for view in queries.tokens(administrator)] == ["x"]
    with clock.frozen(NOON + timedelta(days=30)), pytest.raises(NotAllowed, match=r"token\.expired"):
        queries.actor_for_token(token)


@pytest.mark.parametrize("change", ["secret", "id", "prefix", "empty", "other"])
def test_a_token_that_was_not_issued_is_unknown(someone: Someone, change: str) -> None:
    administrator, machine = someone(Role.ADMINISTRATOR), someone(Role.PROBATION_OFFICER)
    token = actions.issue_token(actor=administrator, user=machine.id, name="x", scopes=["person.read"], days=30)
    wrong = {
        "secret": token[:-1] + ("A" if token[-1] != "A" else "B"), "id": token.replace("tok-0", "tok-1"),
        "prefix": token.replace("somec_", "other_"), "empty": "", "other": "somec__",
    }[change]  # fmt: skip
    with pytest.raises(NotAllowed, match=r"token\.unknown"):
        queries.actor_for_token(wrong)


def test_a_revoked_token_ends(someone: Someone) -> None:
    administrator, machine = someone(Role.ADMINISTRATOR), someone(Role.PROBATION_OFFICER)
    token = actions.issue_token(actor=administrator, user=machine.id, name="x", scopes=["person.read"], days=30)
    actions.revoke_token(actor=administrator, token=ApiToken.objects.get().id)
    with pytest.raises(NotAllowed, match=r"token\.revoked"):
        queries.actor_for_token(token)
    with pytest.raises(NotAllowed):
        actions.revoke_token(actor=machine, token=ApiToken.objects.get().id)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"user": "usr-nobody"}, "user"), ({"name": ""}, "name"), ({"scopes": []}, "scopes"),
        ({"scopes": ["person.read", "everything"]}, "scopes"), ({"days": 0}, "days"), ({"days": 367}, "days"),
    ],
)  # fmt: skip
def test_a_wrong_token_is_refused_by_field(someone: Someone, values: dict[str, object], field: str) -> None:
    administrator, machine = someone(Role.ADMINISTRATOR), someone(Role.PROBATION_OFFICER)
    given = {"user": machine.id, "name": "x", "scopes": ["person.read"], "days": 30, **values}
    with pytest.raises(Invalid) as refused:
        actions.issue_token(actor=administrator, **given)  # type: ignore[arg-type]
    assert list(refused.value.fields) == [field]


# Reading the log, and refusals


def test_a_trail_is_read_by_who_has_the_case_and_the_reading_is_logged(someone: Someone, unit: str) -> None:
    officer, analyst, guardian = (
        someone(Role.PROBATION_OFFICER), someone(Role.ANALYST), someone(Role.DATA_PROTECTION_OFFICER),
    )  # fmt: skip
    opening(officer)
    case = Target("person", "prs-1", authority_id=unit, case="prs-1")
    found = trails.case_trail(actor=officer, target=case)
    assert [entry.action for entry in found.trail.entries] == ["opening.open"]
    assert found.people[officer.id].name == "Made Up"
    assert (last().action, last().kind, last().case) == ("audit.read_case", Kind.CONSULTATION, "prs-1")
    for refused in (lambda: trails.case_trail(actor=analyst, target=case), lambda: trails.whole_trail(actor=officer)):
        with pytest.raises(NotAllowed):
            refused()
    assert trails.whole_trail(actor=guardian).trail.total > 2
    assert {entry.actor for entry in trails.own_trail(actor=officer).trail.entries} == {officer.id}
    assert trails.export_case(actor=officer, target=case)["entries"] == []
    assert last().action == "audit.export_case"


def test_a_refusal_is_recorded_in_the_case_it_was_about(someone: Someone) -> None:
    analyst = someone(Role.ANALYST)
    with pytest.raises(NotAllowed) as refused:
        check(analyst, "person.read", Target("person", "prs-1", case="prs-1"))
    actions.record_refusal(actor=analyst, error=refused.value)
    entry = log.trail("prs-1").entries[0]
    assert (entry.action, entry.actor, entry.kind) == ("access.refused", analyst.id, Kind.SECURITY)
    assert entry.detail == {"action": "person.read", "code": "access.role", "kind": "person"}
    assert actions.record_refusal(actor=analyst, error=NotAllowed("token.unknown")) is None


def test_lists_are_offered_to_roles_that_can_reach_anything(someone: Someone) -> None:
    assert scope.may_list(someone(Role.PROBATION_OFFICER), "person.read")
    assert not scope.may_list(someone(Role.ANALYST), "person.read")
    assert scope.may_list(NODE, "alert.raise")


def test_everything_here_stands_in_a_log_that_verifies(someone: Someone) -> None:
    administrator, officer = someone(Role.ADMINISTRATOR), someone(Role.PROBATION_OFFICER)
    opening(officer)
    actions.issue_token(actor=administrator, user=officer.id, name="x", scopes=["person.read"], days=3)
    result = verify()
    assert result.ok
    assert result.entries == log.size() > 5
