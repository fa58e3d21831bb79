"""Erasing: nothing of a person stays, and whoever erases learns what went.

A file that was merged and never separated is one person with the file it was merged into: both go together, for the
link says that they are one. Whoever means one of two people separates them first; then each goes alone. What goes: the
files with everything that lies in them, every merge, proposal, likely pair and judgement with them, and the mention of
them in the histories of files that stay. The search forgets them with the next question; the index is rebuilt, so that
nothing of them is left on the disk. The log keeps ids, codes, who and when: that is how an erasure is proved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import transaction
from django.db.models import Model, Q

from somec.access.rules import Actor
from somec.audit import actions as audit
from somec.audit.rules import Kind, new_entry
from somec.kernel.errors import Invalid, NotPossibleNow
from somec.persons import families, files, indexing, models, rules
from somec.persons.belonging import Belongs
from somec.persons.merges.models import Compared, Merge, Side
from somec.persons.merging import need_words
from somec.persons.rules import ErasureGround

ERASED: Final = "erased"
"""What stands in a history in the place of a file that is gone."""
_WITHOUT_LIFE: Final = frozenset({"indexchange", "compared"})
"""Tables that name a file only until the index has forgotten it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased: the files, the one first that all went by, and their case numbers.

    ``merged``: several files of one person went together, because nobody had separated them.
    """

    file_ids: tuple[str, ...]
    case_numbers: tuple[str, ...]
    merged: bool


@transaction.atomic
def erase_file(*, actor: Actor, person_id: str, ground: str, reason: str, version: int | None = None) -> Erased:
    """Erase a person: the file that an id leads to and every file merged into it. It cannot be taken back.

    Raises NotPossibleNow (``person.still_needed`` with the kinds) while notices of this or another state are kept about
    the person: they have times of their own and go first.
    """
    wrong = rules.choice_mistakes(ground, ErasureGround)
    if wrong:
        raise Invalid("erasure.invalid", fields={"ground": wrong})
    need_words(reason)
    person = files.locked(actor, "person.erase", person_id, version)
    ids = families.family(person.id).ids
    needed = _held_elsewhere(ids)
    if needed:
        raise NotPossibleNow("person.still_needed", kinds=",".join(needed))
    numbers = dict(models.Person.objects.filter(pk__in=ids).values_list("pk", "case_number"))
    _log(actor, ids, ground, reason)
    _forget_in_others(ids, set(numbers.values()))
    _delete(ids)
    indexing.forget()
    return Erased(file_ids=ids, case_numbers=tuple(numbers[one] for one in ids), merged=len(ids) > 1)


def _tables() -> Iterator[tuple[type[Model], Belongs | None]]:
    """Return every table that names a file without being tied to it by the database."""
    for model in apps.get_models():
        named = next((one for one in model._meta.get_fields() if one.name == "person_id"), None)  # noqa: SLF001
        if named is not None and model.__name__.lower() not in _WITHOUT_LIFE:
            yield model, getattr(model, "belongs", None)


def _held_elsewhere(ids: Collection[str]) -> list[str]:
    """Return the kinds of rows that are no mere entry: they rest on a decision, or on another state's word."""
    return sorted(
        model.__name__.lower()
        for model, belongs in _tables()
        if (belongs is None or belongs.needs or belongs.awaits)
        and models.every(model).filter(person_id__in=ids).exists()
    )


def _log(actor: Actor, ids: Collection[str], ground: str, reason: str) -> None:
    audit.record_many([
        new_entry(
            actor, "person.erase", Kind.ERASURE, one, case=one, purpose=actor.purpose, reason=reason,
            detail={"ground": ground, "files": len(ids), "with": ",".join(other for other in ids if other != one)},
        )
        for one in ids
    ])  # fmt: skip


def _forget_in_others(ids: Collection[str], numbers: Collection[str]) -> None:
    """Take the mention of erased files, and what was written about them, out of the histories of files that stay."""
    met = Merge.objects.filter(Q(kept__in=ids) | Q(merged__in=ids)).values_list("kept_id", "merged_id")
    others = {one for pair in met for one in pair} - set(ids)
    for row in models.Change.objects.filter(person_id__in=others):
        before, after = (_without(values, numbers) for values in (row.before, row.after))
        if (before, after) != (row.before, row.after):
            row.before, row.after, row.reason = before, after, ERASED
            row.save(update_fields=["before", "after", "reason"])


def _without(values: dict[str, Any], numbers: Collection[str]) -> dict[str, Any]:
    return {name: ERASED if value in numbers else value for name, value in values.items()}


def _delete(ids: Collection[str]) -> None:
    for model, _ in _tables():
        models.every(model).filter(person_id__in=ids).delete()
    Merge.objects.filter(Q(kept__in=ids) | Q(merged__in=ids)).delete()
    Side.objects.filter(person__in=ids).delete()
    Compared.objects.filter(person_id__in=ids).update(person_id="")
    models.Person.objects.filter(pk__in=ids).delete()
