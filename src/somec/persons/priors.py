"""How likely it is, before looking, that the person who is searched is on file at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.conf import settings

from somec.access.rules import Actor, Target, can
from somec.persons import files
from somec.persons.search import PriorBy

if TYPE_CHECKING:
    from somec.persons.matching.index import MatchIndex

AMONG: Final = 100_000
"""A link is weighed as one among so many people, so that its weight does not change while the node grows. A node that
holds fewer has fewer of those who are asked for, so that the nearest of a few files is no hit by that alone."""


def finds_everybody(actor: Actor) -> bool:
    """Tell whether the actor's role alone lets him find any file (others find what they are related to)."""
    return can(actor, "person.find", Target(kind=files.KIND, id=""))


@dataclass(frozen=True, slots=True)
class Before:
    """What is assumed before looking: among how many people, the share of questions whose person is there, by whom."""

    people: int
    share: float
    by: PriorBy


def stated(actor: Actor, index: MatchIndex, wanted: float | None) -> Before:
    """Return the prior of a question: what the asker states, else the node's configuration, else the model's.

    What the node states holds for all its files; for whoever may find only some of them, for their share. What the
    model says holds from :data:`AMONG` people on; below, each file is as likely beforehand as one of those.
    """
    everybody = len(index)
    people = everybody if finds_everybody(actor) else files.findable(actor).count()
    if wanted is not None:
        return Before(people, wanted, PriorBy.ASKER)
    of_node: float | None = settings.CONFIG.search_prior
    if of_node is not None:
        return Before(people, of_node * min(1.0, max(1, people) / max(1, everybody)), PriorBy.NODE)
    return Before(people, index.model.prior * min(1.0, max(1, people) / AMONG), PriorBy.MODEL)
