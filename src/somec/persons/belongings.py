"""The rows of every part that lie in a person's file: what was written since, what waits for a second person, moving.

The models say so themselves (:mod:`somec.persons.belonging`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet

from somec.kernel.errors import NotPossibleNow
from somec.persons.belonging import Belongs, Follows
from somec.persons.merging_rules import Item
from somec.persons.models import every


def _kinds() -> Iterator[tuple[type[Model], Belongs]]:
    for model in apps.get_models():
        belongs = getattr(model, "belongs", None)
        if isinstance(belongs, Belongs):
            yield model, belongs


def _rows(model: type[Model], belongs: Belongs, file_ids: Collection[str]) -> QuerySet[Any]:
    return every(model).filter(person_id__in=file_ids, **dict(belongs.only))


def written_since(file_ids: Collection[str], at: datetime) -> tuple[Item, ...]:
    """Return what was written into these files after an instant and still stands, oldest first."""
    found = [
        (getattr(row, belongs.at), _item(row, belongs))
        for model, belongs in _kinds()
        for row in _rows(model, belongs, file_ids).filter(**{f"{belongs.at}__gt": at})
    ]
    return tuple(item for _, item in sorted(found, key=lambda pair: (pair[0], pair[1].id)))


def resting(file_ids: Collection[str], items: Collection[Item]) -> tuple[Item, ...]:
    """Return rows of these files, older than the items, that rest on one of them."""
    ids = {item.id for item in items}
    return tuple(
        replace(_item(row, belongs), fixed=True)
        for model, belongs in _kinds()
        if belongs.needs
        for row in _rows(model, belongs, file_ids).filter(**{f"{belongs.needs[0]}__in": ids}).exclude(pk__in=ids)
    )


def _item(row: Any, belongs: Belongs) -> Item:
    needed = str(getattr(row, belongs.needs[0]) or "") if belongs.needs else ""
    home = _home(belongs.needs[1], needed) if belongs.needs and needed else ""
    return Item(
        kind=type(row).__name__.lower(), id=row.pk, person_id=row.person_id, at=getattr(row, belongs.at),
        by=str(getattr(row, "recorded_by", "") or getattr(row, "author_id", "") or getattr(row, "by", "")),
        needs_id=needed, needs=home, main=bool(getattr(row, "main", False)), closed=belongs.closed,
    )  # fmt: skip


def _home(model: str, row_id: str) -> str:
    found = every(apps.get_model(model)).filter(pk=row_id).values_list("person_id", flat=True).first()
    return str(found or "")


def awaiting(file_ids: Collection[str]) -> frozenset[str]:
    """Return which of these files have something that waits for a second person."""
    found: set[str] = set()
    for model, belongs in _kinds():
        if belongs.awaits:
            column, value = belongs.awaits
            waiting = every(model).filter(person_id__in=file_ids, **{column: value})
            found |= set(waiting.values_list("person_id", flat=True))
    return frozenset(found)


def closed(file_ids: Collection[str]) -> frozenset[str]:
    """Return which of these files have something in the closed compartment."""
    found: set[str] = set()
    for model, belongs in _kinds():
        if belongs.closed:
            found |= set(_rows(model, belongs, file_ids).values_list("person_id", flat=True))
    return frozenset(found)


def move(item: Item, file_id: str) -> None:
    """Put an item, and what goes with it, into another file; access and rules were asked before.

    Raises NotPossibleNow where that file has the same already (a nationality, an answer on the same notice).
    """
    for model, belongs in _kinds():
        if model.__name__.lower() != item.kind:
            continue
        row = _rows(model, belongs, [item.person_id]).get(pk=item.id)
        try:
            with transaction.atomic():
                every(model).filter(pk=item.id).update(person_id=file_id)
        except IntegrityError as error:
            raise NotPossibleNow("merge.item_twice", id=item.id) from error
        _move_followers(row, file_id)


def _move_followers(row: Any, file_id: str) -> None:
    for model in apps.get_models():
        for follows in getattr(model, "follows", ()):
            if isinstance(follows, Follows) and isinstance(row, apps.get_model(follows.of)):
                tied = every(model).filter(**{follows.mine: getattr(row, follows.theirs)}, person_id=row.person_id)
                tied.update(person_id=file_id)
