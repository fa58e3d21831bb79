"""What :func:`somec.access.rules.decide` allows, said as a condition on rows, so that a list asks the database once.

A part names the columns in which its rows keep authority, owner and so on; a column it does not have is left out, and
then no row is reached by that relation. ``tests/integration/access/test_scope.py`` proves that both say the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from somec.access.models import Opening, active
from somec.access.roles import Actor, Grant, Relation, Rule
from somec.access.rules import ACTIONS

NOTHING = Q(pk__in=())
EVERYTHING = ~NOTHING


@dataclass(frozen=True, slots=True)
class Columns:
    """Paths of a model, from the row that is listed, to what relations are read from (None: it has no such column)."""

    authority: str | None
    owner: str | None
    author: str | None
    desk: str | None
    id: str | None
    state: str | None


@dataclass(frozen=True, slots=True)
class Scope:
    """The limit for one actor and one action."""

    actor: Actor
    action: str

    def q(
        self, *, authority: str | None = "authority_id", owner: str | None = "owner_id", author: str | None = None,
        desk: str | None = "desk", id: str | None = "id", state: str | None = None,  # noqa: A002 - the column's name
    ) -> Q:  # fmt: skip
        """Return the condition. Where ``owner`` leads over many rows the caller adds ``distinct()``.

        A thing that is opened counts by ``id``; ``desk`` is a column that is true on the contact point's desk.
        """
        rule, columns = ACTIONS[self.action], Columns(authority, owner, author, desk, id, state)
        if self.actor.scopes is not None and self.action not in self.actor.scopes:
            return NOTHING
        if self.actor.is_node:
            return EVERYTHING if rule.node else NOTHING
        reached = NOTHING
        for grant in rule.grants:
            if grant.roles & self.actor.roles:
                reached |= self._granted(rule, grant, columns)
        return reached & self._conditions(rule, columns)

    def _granted(self, rule: Rule, grant: Grant, columns: Columns) -> Q:
        reached = NOTHING
        for relation in grant.relations:
            reached |= self._related(rule, relation, columns)
        if grant.hidden and columns.state:
            reached &= ~Q(**{f"{columns.state}__in": sorted(grant.hidden)})
        return reached

    def _related(self, rule: Rule, relation: Relation, columns: Columns) -> Q:
        column, condition = self._condition(rule, relation, columns)
        return condition(column) if column else NOTHING

    def _condition(self, rule: Rule, relation: Relation, columns: Columns) -> tuple[str | None, Callable[[str], Q]]:
        actor = self.actor
        table: dict[Relation, tuple[str | None, Callable[[str], Q]]] = {
            Relation.ANYONE: ("pk", lambda _: EVERYTHING),
            Relation.AUTHOR: (columns.author, lambda column: Q(**{column: actor.id})),
            Relation.OWNER: (columns.owner, lambda column: Q(**{column: actor.id})),
            Relation.AUTHORITY: (columns.authority, lambda column: Q(**{f"{column}__in": sorted(actor.authority_ids)})),
            Relation.DESK: (columns.desk, lambda column: Q(**{column: True})),
            Relation.OPENED: (columns.id, lambda column: Q(**{f"{column}__in": self._opened(rule.kind)})),
        }
        return table[relation]

    def _opened(self, kind: str) -> object:
        return active(Opening.objects.filter(user_id=self.actor.id, kind=kind)).values("target_id")

    def _conditions(self, rule: Rule, columns: Columns) -> Q:
        condition = EVERYTHING
        if rule.second_person and columns.author:
            condition &= ~Q(**{columns.author: self.actor.id})
        if rule.states and columns.state:
            condition &= Q(**{f"{columns.state}__in": sorted(rule.states)})
        if rule.needs_opening:
            condition &= Q(**{f"{columns.id}__in": self._opened(rule.kind)}) if columns.id else NOTHING
        return condition


def may_list(actor: Actor, action: str) -> bool:
    """Tell whether any row at all could be reached, so that a screen offers the list only to those roles."""
    rule = ACTIONS[action]
    if actor.scopes is not None and action not in actor.scopes:
        return False
    if actor.is_node:
        return rule.node
    return any(grant.roles & actor.roles for grant in rule.grants)
