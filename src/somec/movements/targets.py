"""The things of movements as permissions see them, fetched for an action only if it is allowed and nothing changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from somec.access import queries as access_queries
from somec.access import rules as access
from somec.access.rules import Actor, Target
from somec.kernel.errors import Conflict, NotFound
from somec.movements.models import Disclosure, Incoming, Notice, Owner
from somec.persons import queries as persons
from somec.persons.models import Person


def person_target(person_id: str) -> Target:
    """Return a person's file as a thing that is judged, a merged one as the one it leads to; raises NotFound."""
    person_id = persons.head(person_id)
    row = Person.objects.filter(id=person_id).values("authority_id", "owner_id", "desk").first()
    if row is None:
        raise NotFound("person.unknown", id=person_id)
    return Target(
        "person", person_id, authority_id=row["authority_id"], owner_ids=frozenset({row["owner_id"]} - {""}),
        desk=row["desk"], case=person_id,
    )  # fmt: skip


def notice_target(notice: Notice, *, opened: bool = False) -> Target:
    """Return a notice of ours as a thing that is judged."""
    return Target(
        "notice", notice.id, authority_id=notice.authority_id, author_id=notice.author_id,
        owner_ids=frozenset({notice.author_id}), state=notice.state, desk=notice.desk, opened=opened,
        case=notice.person_id,
    )  # fmt: skip


def incoming_targets(incoming: Incoming, owners: Iterable[Owner], *, opened: bool = False) -> tuple[Target, ...]:
    """Return a received notice as it stands to the desk and to each authority that owns it; one that allows will do."""
    own = list(owners)
    users = frozenset(owner.user_id for owner in own if owner.user_id)
    authorities = dict.fromkeys([incoming.authority_id, *(owner.authority_id for owner in own)])
    return tuple(
        Target(
            "incoming", incoming.id, authority_id=authority, owner_ids=users, state=incoming.state, desk=incoming.desk,
            opened=opened, case=incoming.person_id,
        )
        for authority in authorities
    )  # fmt: skip


def best_target(actor: Actor, action: str, targets: tuple[Target, ...]) -> Target:
    """Return the first thing for which the actor may do it, else the first of all (which then explains the refusal)."""
    return next((target for target in targets if access.can(actor, action, target)), targets[0])


def notices_scope(actor: Actor, action: str = "notice.read") -> Q:
    """Return the condition on notices that the actor may do ``action`` with."""
    return access_queries.scope(actor, action).q(owner="author_id", author="author_id", state="state")


def incoming_scope(actor: Actor, action: str = "incoming.read") -> Q:
    """Return the condition on received notices: the desk's, those of his authorities, those he owns or opened."""
    scope = access_queries.scope(actor, action)
    owned = Owner.objects.filter(scope.q(authority="authority_id", owner="user_id", desk=None, id="incoming_id"))
    return scope.q(owner=None) | Q(id__in=owned.values("incoming_id"))


def notice_row(actor: Actor, action: str, id: str) -> Notice:  # noqa: A002 - the notice's id
    """Return the row if the actor may; raises NotAllowed, NotFound."""
    row = Notice.objects.filter(id=id).first()
    if row is None:
        raise NotFound("notice.unknown", id=id)
    person = persons.head(row.person_id)
    opened = access_queries.is_open(actor, "notice", id) or access_queries.is_open(actor, "person", person)
    access.check(actor, action, notice_target(row, opened=opened))
    return row


def incoming_row(actor: Actor, action: str, id: str) -> Incoming:  # noqa: A002 - the incoming notice's id
    """Return the row if the actor may; raises NotAllowed, NotFound."""
    row = Incoming.objects.filter(id=id).prefetch_related("owners").first()
    if row is None:
        raise NotFound("incoming.unknown", id=id)
    opened = access_queries.is_open(actor, "incoming", id)
    targets = incoming_targets(row, row.owners.all(), opened=opened)
    access.check(actor, action, next((one for one in targets if access.can(actor, action, one)), targets[0]))
    return row


def notice_for(actor: Actor, action: str, id: str, *, version: int | None = None) -> Notice:  # noqa: A002 - the notice's id
    """Return the locked notice if the actor may do ``action`` with it; raises NotAllowed, NotFound, Conflict."""
    notice = Notice.objects.select_for_update().filter(id=id).first()
    if notice is None:
        raise NotFound("notice.unknown", id=id)
    opened = access_queries.is_open(actor, "notice", id) if action == "notice.read" else False
    access.check(actor, action, notice_target(notice, opened=opened))
    if version is not None and version != notice.version:
        raise Conflict("notice.changed_meanwhile", id=id, yours=version, theirs=notice.version)
    return notice


def incoming_for(
    actor: Actor,
    action: str,
    id: str,  # noqa: A002 - the word of the wire and of every action
    *,
    version: int | None = None,
) -> Incoming:
    """Return the locked incoming notice if the actor may do ``action``; raises NotAllowed, NotFound, Conflict."""
    incoming = Incoming.objects.select_for_update().filter(id=id).first()
    if incoming is None:
        raise NotFound("incoming.unknown", id=id)
    targets = incoming_targets(incoming, incoming.owners.all())
    access.check(actor, action, best_target(actor, action, targets))
    if version is not None and version != incoming.version:
        raise Conflict("incoming.changed_meanwhile", id=id, yours=version, theirs=incoming.version)
    return incoming


def disclosure_for(actor: Actor, action: str, id: str, *, version: int | None = None) -> Disclosure:  # noqa: A002
    """Return the locked telling of one state if the actor may do ``action`` with its notice."""
    found = Disclosure.objects.filter(id=id).values_list("notice_id", flat=True).first()
    if found is None:
        raise NotFound("disclosure.unknown", id=id)
    notice = notice_for(actor, action, found, version=version)
    disclosure = Disclosure.objects.select_for_update().get(id=id)
    disclosure.notice = notice
    return disclosure
