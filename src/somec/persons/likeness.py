"""Which files may be one person's: each changed file is compared with all others, in the background.

What is found is a list for people (:mod:`somec.persons.duplicates`); it decides nothing. A file is compared again when
it changes, and the table remembers how far that went, so the work can stop anywhere and go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Q, QuerySet

from somec.kernel import clock
from somec.persons import families, indexing, models, rows
from somec.persons.matching.views import record_of
from somec.persons.merges.models import Compared, Likeness
from somec.persons.merging_rules import SUGGEST_AT, pair

if TYPE_CHECKING:
    from somec.persons.matching.index import MatchIndex
    from somec.persons.messages import PersonView

AT_ONCE: Final = 50
"""Files of one call: some tenths of a second of one core."""
LOOKED_AT: Final = 8
"""Nearest files of each that are looked at, itself among them."""
AFTER: Final = timedelta(minutes=10)
"""How long a changed file waits for others, so that the engine is not started for each."""
MANY: Final = 200
"""Changed files for which it is started at once."""
AMONG: Final = 100_000
"""As if there were so many people: two files are as alike in a small node as in a large one."""


def waiting() -> int:
    """Return how many files have changed since they were last compared; does not load the engine."""
    return _changed().count()


def _changed() -> QuerySet[models.Person]:
    people = models.Person.objects.filter(families.NOT_MERGED)
    known = Compared.objects.filter(pk=1).first()
    if known is None:
        return people
    later = Q(changed_at__gt=known.until) | Q(changed_at=known.until, pk__gt=known.person_id)
    return people.filter(later)


def overdue() -> bool:
    """Tell whether the worker should compare: many files changed, or one some time ago. Does not load the engine."""
    if not begun():
        return False
    changed = _changed()
    return changed.filter(changed_at__lte=clock.now() - AFTER).exists() or changed.count() > MANY


def begun() -> bool:
    """Tell whether this node has an index: its worker compares files only from then on, and loads no engine before."""
    return (indexing.folder() / indexing.MANIFEST).is_file()


def compare_changed(limit: int = AT_ONCE) -> int:
    """Compare the files that changed longest ago with all others; returns how many (0: index not whole)."""
    changed = list(_changed().order_by("changed_at", "pk").values_list("pk", "changed_at")[:limit])
    if not changed:
        return 0
    followed = indexing.follow()
    if followed.index is None or followed.reason:
        return 0
    views = {view.id: view for view in rows.every_file([one for one, _ in changed])}
    found = [_alike(followed.index, views[one]) for one, _ in changed if one in views]
    with transaction.atomic():
        gone = [one for one, _ in changed]
        Likeness.objects.filter(Q(first__in=gone) | Q(second__in=gone)).delete()
        likely = {row.pair: row for several in found for row in several}
        known = set(models.Person.objects.filter(pk__in=_named(list(likely.values()))).values_list("pk", flat=True))
        Likeness.objects.bulk_create(
            [row for row in likely.values() if {row.first_id, row.second_id} <= known], ignore_conflicts=True
        )
        last, at = changed[-1]
        Compared.objects.update_or_create(pk=1, defaults={"until": at, "person_id": last, "found_at": clock.now()})
    return len(changed)


def _named(found: Sequence[Likeness]) -> set[str]:
    return {one for row in found for one in (row.first_id, row.second_id)}


def _alike(index: MatchIndex, view: PersonView) -> list[Likeness]:
    """Return the pairs of this file with each one that is more likely than not the same person."""
    from somec.persons.matching.search import probabilities  # noqa: PLC0415 - loads the engine: only whoever asks

    answer = index.search(record_of(view), top=LOOKED_AT, floor=0.0)
    found = []
    for one in answer.candidates:
        if one.id == view.id:
            continue
        likely = probabilities([one.bits], AMONG, index.model)[0]
        if likely >= SUGGEST_AT:
            first, second = sorted((view.id, one.id))
            found.append(Likeness(
                pair=pair(first, second), first_id=first, second_id=second, probability=likely, bits=one.bits,
                model=answer.model, at=clock.now(),
            ))  # fmt: skip
    return found
