"""Whoever lost password or second factor begins anew, through an administrator, and the log says so."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator

from somec.access import actions, queries, recovery
from somec.access.models import User
from somec.access.rules import Role, node_actor
from somec.audit.models import Entry
from somec.kernel.errors import Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.django_db

OLD, NEW = "made-up but long enough", "another made-up sentence"


@pytest.fixture
def person() -> User:
    node = node_actor("LV")
    unit = actions.create_authority(actor=node, name="Probation", kind="probation")
    made = actions.create_user(
        actor=node, email="ilze@made.example", name="Ilze", authority=unit, roles=[Role.ADMINISTRATOR], password=OLD
    )
    user = User.objects.get(pk=made)
    Authenticator(user=user, type=Authenticator.Type.TOTP, data={"secret": "made-up"}).save()
    return user


def test_a_new_password_is_set_and_every_second_factor_removed(person: User) -> None:
    assert recovery.reset_sign_in(actor=node_actor("LV"), user=person.id, password=NEW) == 1
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert not Authenticator.objects.filter(user=person).exists()


def test_nobody_resets_himself_and_a_weak_password_changes_nothing(person: User) -> None:
    with pytest.raises(NotAllowed):
        recovery.reset_sign_in(actor=queries.actor_by_id(person.id), user=person.id, password=NEW)
    with pytest.raises(Invalid):
        recovery.reset_sign_in(actor=node_actor("LV"), user=person.id, password="short")
    with pytest.raises(NotFound):
        recovery.reset_sign_in(actor=node_actor("NL"), user=person.id, password=NEW)
    person.refresh_from_db()
    assert person.check_password(OLD)
    assert Authenticator.objects.filter(user=person).count() == 1


def test_both_stand_in_the_log(person: User) -> None:
    recovery.reset_sign_in(actor=node_actor("LV"), user=person.id, password=NEW)
    acts = set(Entry.objects.filter(subject=person.id).values_list("action", flat=True))
    assert {"user.password", "factor.remove"} <= acts
