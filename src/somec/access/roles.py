"""Roles, relations, actors and things, and how a permission is judged from them; pure.

:func:`judge` reads one table, :data:`somec.access.rules.ACTIONS`. An action is allowed when one of the actor's
roles has a grant whose relation holds, and no condition of the action (state, second person, open purpose) forbids it.
Relations follow from the :class:`Target` alone, so the same question asked by a screen, the JSON interface or a list
gets the same answer; :mod:`somec.access.scope` says the same as a database condition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from somec.kernel.errors import NotAllowed

NODE_ID = "node"


class Role(StrEnum):
    """What a person is entrusted with at his authority."""

    PROBATION_OFFICER = "probation_officer"
    AUTHORISER = "authoriser"  # the second person: head of unit
    CONTACT_POINT = "contact_point"  # single point of contact, national bureau
    POLICE_OFFICER = "police_officer"  # manages offenders in the community
    PRISON = "prison"
    CENTRAL_AUTHORITY = "central_authority"  # ECRIS
    SIRENE = "sirene"
    COURT = "court"
    ANALYST = "analyst"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    POLICY = "policy"
    TRAINER = "trainer"
    ADMINISTRATOR = "administrator"


class Relation(StrEnum):
    """How an actor stands to a thing."""

    ANYONE = "anyone"  # the role alone is enough
    AUTHOR = "author"  # made it
    OWNER = "owner"  # is answerable for it now
    AUTHORITY = "authority"  # it belongs to his authority or one below it
    DESK = "desk"  # it lies on the contact point's desk of his state
    OPENED = "opened"  # he opened it with a purpose that still runs


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, with everything that decisions need; ``scopes`` limits a token to these actions (None: no limit)."""

    id: str
    name: str = field(repr=False)
    authority_id: str
    authority_ids: frozenset[str]
    roles: frozenset[Role]
    state: str
    language: str = "en"
    purpose: str = ""
    session: str = field(default="", repr=False)
    scopes: frozenset[str] | None = None

    @property
    def is_node(self) -> bool:
        """Tell whether this is the node itself."""
        return self.id == NODE_ID


def node_actor(state: str) -> Actor:
    """Return the node itself, for documents that come in and clocks that run out; it may only what the table says."""
    return Actor(NODE_ID, NODE_ID, "", frozenset(), frozenset(), state)


@dataclass(frozen=True, slots=True)
class Target:
    """The thing an action is about, as far as permission depends on it.

    ``state`` is where it stands in its own chart, ``case`` the id of the person's file it belongs to (for the log),
    ``opened`` whether the actor has an open purpose for it (:func:`somec.access.queries.is_open`).
    """

    kind: str
    id: str
    authority_id: str = ""
    author_id: str = ""
    owner_ids: frozenset[str] = frozenset()
    state: str = ""
    desk: bool = False
    opened: bool = False
    case: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """These roles may, in any of these relations, except while the thing is in one of ``hidden`` states."""

    roles: frozenset[Role]
    relations: frozenset[Relation]
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """What one action asks for.

    ``second_person``: never the author. ``states``: only while the thing is in one of them (empty: any).
    ``needs_opening``: besides the grant, an open purpose. ``node``: the node itself may. ``kind``: what openings count.
    """

    grants: tuple[Grant, ...]
    second_person: bool = False
    states: frozenset[str] = frozenset()
    needs_opening: bool = False
    node: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether it is allowed, and the code of what stands in the way (empty when nothing does)."""

    allowed: bool
    code: str = ""


ALLOWED = Decision(allowed=True)


def relations(actor: Actor, target: Target | None) -> frozenset[Relation]:
    """Return every relation in which the actor stands to the thing."""
    if target is None:
        return frozenset({Relation.ANYONE})
    held = {
        Relation.ANYONE: True,
        Relation.AUTHOR: bool(target.author_id) and target.author_id == actor.id,
        Relation.OWNER: actor.id in target.owner_ids,
        Relation.AUTHORITY: bool(target.authority_id) and target.authority_id in actor.authority_ids,
        Relation.DESK: target.desk,
        Relation.OPENED: target.opened,
    }
    return frozenset(relation for relation, holds in held.items() if holds)


def judge(table: Mapping[str, Rule], actor: Actor, action: str, target: Target | None) -> Decision:
    """Decide by a given table; the first thing that stands in the way is named.

    Codes: ``access.token_scope``, ``access.role``, ``access.relation``, ``access.second_person``, ``access.state``,
    ``access.opening``. An action that is not in the table is a mistake of the program: KeyError.
    """
    rule = table[action]
    if actor.scopes is not None and action not in actor.scopes:
        return Decision(allowed=False, code="access.token_scope")
    if actor.is_node:
        return ALLOWED if rule.node else Decision(allowed=False, code="access.role")
    grants = [grant for grant in rule.grants if grant.roles & actor.roles]
    held = relations(actor, target)
    related = [grant for grant in grants if grant.relations & held]
    author = rule.second_person and Relation.AUTHOR in held
    state = target.state if target else ""
    shown = [grant for grant in related if state not in grant.hidden]
    obstacles = (
        ("access.role", not grants),
        ("access.relation", not related),
        ("access.second_person", author),
        ("access.state", not shown or bool(rule.states and state and state not in rule.states)),
        ("access.opening", rule.needs_opening and Relation.OPENED not in held),
    )
    return next((Decision(allowed=False, code=code) for code, stands in obstacles if stands), ALLOWED)


def refused(decision: Decision, action: str, target: Target | None) -> NotAllowed:
    """Return the error for a decision against: code, action and ids only, so that it can be logged as it is."""
    about = target or Target("", "")
    return NotAllowed(decision.code, action=action, kind=about.kind, id=about.id, case=about.case)
