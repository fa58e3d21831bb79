"""Read who somebody is, what is open to him, and the directory of authorities and people."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from django.db.models import Q

from somec.access import rules
from somec.access.models import TOKEN_PREFIX, ApiToken, Authority, Opening, RoleGrant, User, active
from somec.access.rules import Actor, Role
from somec.access.scope import Scope
from somec.kernel import clock
from somec.kernel.errors import NotAllowed, NotFound

PURPOSE_KEY = "somec_purpose"
TOKEN_TOUCH = timedelta(minutes=5)  # how stale "last used" may be; spares a write for each call


class SessionLike(Protocol):
    """The part of a browser session that is read here."""

    session_key: str | None

    def get(self, key: str, default: str) -> str:
        """Return a value kept in the session."""


@dataclass(frozen=True, slots=True)
class AuthorityCard:
    """An authority as a directory shows it."""

    id: str
    name: str
    kind: str
    state: str
    parent_id: str | None
    phone: str
    hours: str


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A colleague as a screen names him."""

    id: str
    name: str = field(repr=False)
    roles: tuple[Role, ...]
    authority_id: str
    authority_name: str
    phone: str = field(repr=False)
    active: bool


@dataclass(frozen=True, slots=True)
class OpeningView:
    """What is open, for what purpose, until when; ``emergency`` ones are reviewed by ``review_due``."""

    id: str
    user_id: str
    kind: str
    target_id: str
    purpose: str
    reason: str = field(repr=False)
    emergency: bool
    opened_at: datetime
    ends_at: datetime
    review_due: datetime | None
    reviewed_at: datetime | None


@dataclass(frozen=True, slots=True)
class TokenView:
    """A machine's token without its secret."""

    id: str
    name: str
    user_id: str
    scopes: tuple[str, ...]
    created: datetime
    expires: datetime
    revoked_at: datetime | None
    last_used: datetime | None


def scope(actor: Actor, action: str) -> Scope:
    """Return what limits a list to the rows for which the actor may do ``action``."""
    return Scope(actor, action)


def actor_for(user: User, *, session: SessionLike | None = None, purpose: str = "") -> Actor:
    """Return the actor that a signed-in person is; three queries at most.

    The purpose comes from the session unless it is given. Raises NotAllowed for a person who was deactivated.
    """
    if not user.is_active:
        raise NotAllowed("access.inactive")
    roles = RoleGrant.objects.filter(user_id=user.pk).values_list("role", flat=True)
    key = (session.session_key or "") if session is not None else ""
    return Actor(
        id=user.pk,
        name=user.name,
        authority_id=user.authority_id,
        authority_ids=_with_descendants(user.authority_id),
        roles=frozenset(Role(role) for role in roles),
        state=user.authority.state,
        language=user.language,
        purpose=purpose or (session.get(PURPOSE_KEY, "") if session is not None else ""),
        session=hashlib.sha256(key.encode()).hexdigest()[:16] if key else "",
    )


def _with_descendants(authority_id: str) -> frozenset[str]:
    children: dict[str | None, list[str]] = {}
    for child, parent in Authority.objects.values_list("id", "parent_id"):
        children.setdefault(parent, []).append(child)
    found, waiting = {authority_id}, [authority_id]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return frozenset(found)


def actor_by_id(user_id: str) -> Actor:
    """Return the actor that the person with this id is; for the command line and scheduled work."""
    user = User.objects.select_related("authority").filter(pk=user_id).first()
    if user is None:
        raise NotFound("access.user")
    return actor_for(user)


def actor_for_token(text: str) -> Actor:
    """Return the actor of an API token; raises NotAllowed (``token.unknown``, ``token.expired``, ``token.revoked``)."""
    prefix, _, rest = text.partition("_")
    token_id, _, secret = rest.partition("_")
    token = ApiToken.objects.select_related("user__authority").filter(pk=token_id).first()
    expected = token.digest if token else "0" * 64
    given = hashlib.sha256(secret.encode()).hexdigest()
    if not hmac.compare_digest(expected, given) or token is None or prefix != TOKEN_PREFIX:
        raise NotAllowed("token.unknown")
    now = clock.now()
    if token.revoked_at is not None:
        raise NotAllowed("token.revoked", token=token.id)
    if token.expires <= now:
        raise NotAllowed("token.expired", token=token.id)
    if token.last_used is None or now - token.last_used > TOKEN_TOUCH:
        ApiToken.objects.filter(pk=token.pk).update(last_used=now)
    person = actor_for(token.user)
    return Actor(
        id=person.id, name=person.name, authority_id=person.authority_id, authority_ids=person.authority_ids,
        roles=person.roles, state=person.state, language=person.language, purpose="",
        session=token.id, scopes=frozenset(token.scopes),
    )  # fmt: skip


# Openings


def _openings(actor: Actor, kind: str) -> list[str]:
    return list(active(Opening.objects.filter(user_id=actor.id, kind=kind)).values_list("target_id", flat=True))


def is_open(actor: Actor, kind: str, id: str) -> bool:  # noqa: A002 - the thing's id
    """Tell whether the actor has this open with a purpose that still runs; feeds ``Target.opened``."""
    return active(Opening.objects.filter(user_id=actor.id, kind=kind, target_id=id)).exists()


def opened_ids(actor: Actor, kind: str) -> frozenset[str]:
    """Return everything of a kind that the actor has open, with one query."""
    return frozenset(_openings(actor, kind))


def current_opening(actor: Actor, kind: str, id: str) -> OpeningView | None:  # noqa: A002 - the thing's id
    """Return the opening that ends last, for the purpose line of a page."""
    found = active(Opening.objects.filter(user_id=actor.id, kind=kind, target_id=id)).order_by("-ends_at").first()
    return _opening(found) if found else None


def last_opening(actor: Actor, kind: str, id: str) -> OpeningView | None:  # noqa: A002 - the thing's id
    """Return the newest opening, running or over, so that a page can offer "continue with the same purpose"."""
    found = Opening.objects.filter(user_id=actor.id, kind=kind, target_id=id).order_by("-ends_at").first()
    return _opening(found) if found else None


def openings_to_review(actor: Actor) -> list[OpeningView]:
    """Return emergency openings in the actor's authorities that wait for a second person, soonest due first."""
    waiting = Opening.objects.filter(emergency=True, reviewed_at=None).order_by("review_due")
    if Role.DATA_PROTECTION_OFFICER not in actor.roles:
        waiting = waiting.filter(authority_id__in=sorted(actor.authority_ids))
    return [
        _opening(row)
        for row in waiting
        if rules.can(actor, "opening.review", rules.opening_target(row.id, row.authority_id, row.user_id))
    ]


def _opening(row: Opening) -> OpeningView:
    return OpeningView(
        row.id, row.user_id, row.kind, row.target_id, row.purpose, row.reason, row.emergency, row.opened_at,
        row.ends_at, row.review_due, row.reviewed_at,
    )  # fmt: skip


# The directory


def authority(id: str) -> AuthorityCard:  # noqa: A002 - the authority's id
    """Return one authority; raises NotFound."""
    found = authorities_by_id([id]).get(id)
    if found is None:
        raise NotFound("access.authority")
    return found


def authorities_by_id(ids: Collection[str]) -> Mapping[str, AuthorityCard]:
    """Return several authorities with one query; unknown ids are left out."""
    return {row.id: _authority(row) for row in Authority.objects.filter(id__in=set(ids))}


def authorities(state: str) -> list[AuthorityCard]:
    """Return the authorities of a state by name."""
    return [_authority(row) for row in Authority.objects.filter(state=state).order_by("name", "id")]


def _authority(row: Authority) -> AuthorityCard:
    return AuthorityCard(row.id, row.name, row.kind, row.state, row.parent_id, row.phone, row.hours)


def person(id: str) -> PersonCard:  # noqa: A002 - the person's id
    """Return one colleague; raises NotFound."""
    found = people_by_id([id]).get(id)
    if found is None:
        raise NotFound("access.user")
    return found


def user_id(email: str) -> str:
    """Return the id of the person who signs in with this address; raises NotFound."""
    found = User.objects.filter(email=email.strip().lower()).values_list("id", flat=True).first()
    if found is None:
        raise NotFound("access.user")
    return found


def people_by_id(ids: Collection[str]) -> Mapping[str, PersonCard]:
    """Return several colleagues with two queries; unknown ids are left out."""
    return {card.id: card for card in _people(Q(id__in=set(ids)))}


def names(ids: Collection[str]) -> Mapping[str, str]:
    """Return the names of several colleagues with one query; unknown ids are left out."""
    return dict(User.objects.filter(id__in=set(ids)).values_list("id", "name"))


def colleagues(actor: Actor, role: Role | None = None, authority_id: str | None = None) -> list[PersonCard]:
    """Return the active people of the actor's state (with this role, at this authority), by name."""
    rules.check(actor, "people.read")
    condition = Q(authority__state=actor.state, is_active=True, machine=False)
    if role is not None:
        condition &= Q(role_grants__role=role.value)
    if authority_id is not None:
        condition &= Q(authority_id=authority_id)
    return _people(condition)


def people(actor: Actor) -> list[PersonCard]:
    """Return everybody of the actor's state, active or not, machines too, for who administers them."""
    rules.check(actor, "people.manage")
    return _people(Q(authority__state=actor.state))


def _people(condition: Q) -> list[PersonCard]:
    found = list(
        User.objects.filter(condition)
        .select_related("authority")
        .prefetch_related("role_grants")
        .order_by("name", "id")
        .distinct()
    )
    return [
        PersonCard(
            row.id, row.name, tuple(sorted(Role(grant.role) for grant in row.role_grants.all())), row.authority_id,
            row.authority.name, row.phone or row.authority.phone, row.is_active,
        )
        for row in found
    ]  # fmt: skip


def tokens(actor: Actor) -> list[TokenView]:
    """Return the tokens of the actor's state, newest first."""
    rules.check(actor, "token.manage")
    rows: Iterable[ApiToken] = ApiToken.objects.filter(user__authority__state=actor.state).order_by("-created")
    return [
        TokenView(
            row.id, row.name, row.user_id, tuple(row.scopes), row.created, row.expires, row.revoked_at, row.last_used
        )
        for row in rows
    ]
