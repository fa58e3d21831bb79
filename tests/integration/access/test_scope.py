"""A list reaches exactly the rows for which the same question, asked row by row, is answered with yes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection, models

from somec.access import actions, queries
from somec.access.models import Opening, User
from somec.access.rules import ACTIONS, Actor, Role, Target, can, node_actor
from somec.kernel import clock
from somec.kernel.ids import new_id

NODE = node_actor("LV")
STATES = ("draft", "awaiting_approval", "approved", "sent")


class Thing(models.Model):
    """A row as any part might have it."""

    id = models.CharField(primary_key=True, max_length=40)
    authority_id = models.CharField(max_length=40)
    owner_id = models.CharField(max_length=40, blank=True)
    author_id = models.CharField(max_length=40, null=True)  # noqa: DJ001 - the comparison must hold for NULL too
    desk = models.BooleanField()
    state = models.CharField(max_length=20)

    class Meta:
        app_label = "access"
        managed = False
        db_table = "access_scope_test_thing"

    def __str__(self) -> str:
        return self.id


@pytest.fixture(scope="module", autouse=True)
def _table(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Thing)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Thing)


pytestmark = pytest.mark.django_db


@pytest.fixture
def me() -> User:
    mine = actions.create_authority(actor=NODE, name="Own", kind="probation")
    below = actions.create_authority(actor=NODE, name="Below", kind="probation", parent=mine)
    actions.create_authority(actor=NODE, name="Below that", kind="probation", parent=below)
    actions.create_authority(actor=NODE, name="Other", kind="police")
    user = actions.create_user(actor=NODE, email="me@made.example", name="Me", authority=mine)
    other = actions.create_user(actor=NODE, email="else@made.example", name="Else", authority=mine)
    things, openings = [], []
    for number, (authority, owner, author, desk, state) in enumerate(
        product(queries.authorities("LV"), (user, other, ""), (user, None), (True, False), STATES)
    ):
        row = f"thing-{number}"
        things.append(
            Thing(id=row, authority_id=authority.id, owner_id=owner, author_id=author, desk=desk, state=state)
        )
        for every, who, closed, hours in OPENINGS:
            if number % every == 0:
                openings += _openings(user if who == "me" else other, authority.id, row, closed=closed, hours=hours)
    Thing.objects.bulk_create(things)
    Opening.objects.bulk_create(openings)
    return User.objects.select_related("authority").get(pk=user)


OPENINGS = ((5, "me", False, 1), (7, "me", False, -1), (11, "me", True, 1), (13, "else", False, 1))


def _openings(user: str, authority: str, thing: str, *, closed: bool, hours: int) -> list[Opening]:
    now = clock.now()
    return [
        Opening(
            id=new_id("opn"), user_id=user, kind=kind, target_id=thing, authority_id=authority, purpose="made_up",
            reason="made up for this test", opened_at=now - timedelta(hours=2), ends_at=now + timedelta(hours=hours),
            closed_at=now if closed else None,
        )
        for kind in ("person", "notice", "incoming", "protected")
    ]  # fmt: skip


def actor(user: User, *roles: Role, scopes: frozenset[str] | None = None) -> Actor:
    found = queries.actor_for(user)
    return Actor(
        id=found.id, name=found.name, authority_id=found.authority_id, authority_ids=found.authority_ids,
        roles=frozenset(roles), state=found.state, scopes=scopes,
    )  # fmt: skip


def one_by_one(asker: Actor, action: str) -> set[str]:
    opened = queries.opened_ids(asker, ACTIONS[action].kind) if ACTIONS[action].kind else frozenset[str]()
    return {
        row.id
        for row in Thing.objects.all()
        if can(asker, action, Target(
            "thing", row.id, authority_id=row.authority_id, author_id=row.author_id or "",
            owner_ids=frozenset({row.owner_id} - {""}), state=row.state, desk=row.desk, opened=row.id in opened,
        ))
    }  # fmt: skip


def listed(asker: Actor, action: str) -> list[str]:
    condition = queries.scope(asker, action).q(author="author_id", state="state")
    return list(Thing.objects.filter(condition).values_list("id", flat=True))


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_a_list_reaches_what_is_allowed_row_by_row(me: User, action: str) -> None:
    for role in Role:
        asker = actor(me, role)
        found = listed(asker, action)
        assert len(found) == len(set(found))
        assert set(found) == one_by_one(asker, action), role


def test_the_rows_are_mixed_enough_to_mean_something(me: User) -> None:
    reached = {role: len(listed(actor(me, role), "notice.read")) for role in Role}
    assert reached[Role.ANALYST] == 0
    assert 0 < reached[Role.DATA_PROTECTION_OFFICER] < reached[Role.CONTACT_POINT] < Thing.objects.count()
    assert len(queries.actor_for(me).authority_ids) == 3


@pytest.mark.parametrize("action", ["person.read", "notice.read", "notice.approve", "alert.take", "audit.read_case"])
def test_several_roles_reach_the_union(me: User, action: str) -> None:
    asker = actor(me, Role.PROBATION_OFFICER, Role.CONTACT_POINT, Role.AUTHORISER)
    assert set(listed(asker, action)) == one_by_one(asker, action)


def test_a_token_reaches_only_what_it_was_given(me: User) -> None:
    asker = actor(me, Role.PROBATION_OFFICER, scopes=frozenset({"person.read"}))
    assert listed(asker, "notice.read") == []
    assert set(listed(asker, "person.read")) == one_by_one(asker, "person.read") != set()


def test_the_node_reaches_everything_or_nothing() -> None:
    Thing.objects.create(id="t", authority_id="a", owner_id="", desk=False, state="draft")
    assert listed(NODE, "alert.raise") == ["t"]
    assert listed(NODE, "person.read") == []


def test_a_column_that_a_part_does_not_have_reaches_nothing(me: User) -> None:
    asker = actor(me, Role.CONTACT_POINT)
    condition = queries.scope(asker, "incoming.acknowledge").q(desk=None)
    assert not Thing.objects.filter(condition).exists()
    protected = queries.scope(actor(me, Role.POLICE_OFFICER), "person.read_protected").q(id=None)
    assert not Thing.objects.filter(protected).exists()
