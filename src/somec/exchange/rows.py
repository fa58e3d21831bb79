"""Writes new rows of one table with one prepared statement.

``bulk_create`` builds and parses a statement of its own for every number of rows, which costs more than writing them.
Here the statement of a table is made once, and the database runs it for each row. For tables whose rows are made in
code with all their fields: no ``auto_now``, no signals, and a key that the database counts is not read back.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from django.db import connection, models

_Convert: TypeAlias = Callable[[Any], Any]
_AS_THEY_ARE: Final = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.BinaryField)


def insert(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model, in order, within the caller's transaction; raises IntegrityError as ``save`` would."""
    if not rows:
        return
    statement, fields = _statement(type(rows[0]))
    converters = [(field.attname, _converter(field)) for field in fields]
    values = [[convert(getattr(row, name)) for name, convert in converters] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
    for row in rows:
        row._state.adding = False  # noqa: SLF001 - Django's own record of what is stored: a later save() updates
        row._state.db = connection.alias  # noqa: SLF001


@functools.cache
def _statement(model: type[models.Model]) -> tuple[str, tuple[models.Field[Any, Any], ...]]:
    """Return a table's statement and the fields in its order; the code has a fixed number of tables."""
    fields = tuple(field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField))  # noqa: SLF001
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})', fields  # noqa: S608, SLF001 - our own names


def _converter(field: models.Field[Any, Any]) -> _Convert:
    """Return what makes a value of the field one that the database takes."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, _AS_THEY_ARE):
        return _as_it_is
    if isinstance(target, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    return functools.partial(field.get_db_prep_save, connection=connection)


def _as_it_is(value: Any) -> Any:
    return value
