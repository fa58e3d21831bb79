"""Forms with rows: offences of a conviction, conditions of an order. A button, no script, brings more rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from somec.web.words import Word

MOST = 20  # rows of one kind in one form
ORIGIN = ("source", "note", "as_of", "evaluation")


def _number(text: object) -> int:
    return int(str(text)) if str(text).isdecimal() and len(str(text)) < 4 else 0  # noqa: PLR2004 - more is no count


class RowsMixin(forms.Form):
    """Rows of fields named ``offences-0-code``; ``rows_of`` makes the fields of one row, empty rows are left out."""

    row_kinds: tuple[str, ...] = ()
    row_titles: Mapping[str, Word] = {}
    first_rows: Mapping[str, int] = {}

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self.counts = {kind: self._count(kind) for kind in self.row_kinds}
        self.filled: dict[str, list[int]] = {kind: [] for kind in self.row_kinds}
        for kind in self.row_kinds:
            for number in range(self.counts[kind]):
                for name, field in self.row_fields(kind).items():
                    self.fields[f"{kind}-{number}-{name}"] = field

    @classmethod
    def with_more(cls, data: QueryDict, kind: str, **kwargs: Any) -> Self:
        """Return the form with one more row of a kind and with all that was typed, not judged yet."""
        counts = {f"{one}-count": _number(data.get(f"{one}-count")) + (one == kind) for one in cls.row_kinds}
        form = cls(None, initial=counts, **kwargs)
        for name, field in form.fields.items():
            if name in data:
                several = isinstance(field, forms.MultipleChoiceField)
                form.initial[name] = data.getlist(name) if several else data.get(name)
        return form

    def _count(self, kind: str) -> int:
        asked = self.data.get(f"{kind}-count") if self.is_bound else self.initial.get(f"{kind}-count")
        return max(self.first_rows.get(kind, 1), min(_number(asked), MOST))

    def row_fields(self, kind: str) -> dict[str, forms.Field]:
        """Return fresh fields of one row; each form answers for its own kinds."""
        raise LookupError(kind)

    def groups(self) -> list[dict[str, Any]]:
        """Return the kinds of rows with their fields, as a template draws them."""
        return [
            {
                "kind": kind, "title": self.row_titles[kind], "count": self.counts[kind],
                "rows": [
                    [self[f"{kind}-{number}-{name}"] for name in self.row_fields(kind)]
                    for number in range(self.counts[kind])
                ],
                "more": self.counts[kind] < MOST,
            }
            for kind in self.row_kinds
        ]  # fmt: skip

    def plain_fields(self) -> list[BoundField]:
        """Return the fields outside rows that stand before them."""
        return [self[name] for name in self.fields if "-" not in name and name not in ORIGIN]

    def last_fields(self) -> list[BoundField]:
        """Return the fields that stand after the rows: the source."""
        return [self[name] for name in self.fields if name in ORIGIN]

    def row_values(self, kind: str) -> list[dict[str, Any]]:
        """Return what each row that says anything says, and remember which rows these were."""
        found = []
        self.filled[kind] = []
        keys = self.row_keys(kind)
        for number in range(self.counts[kind]):
            values = {name: self.cleaned_data.get(f"{kind}-{number}-{name}") for name in self.row_fields(kind)}
            if any(values[key] not in (None, "", [], ()) for key in keys):
                found.append(values)
                self.filled[kind].append(number)
        return found

    def row_keys(self, kind: str) -> tuple[str, ...]:
        """Return the fields by which a row says anything at all."""
        return tuple(self.row_fields(kind))

    def own_name(self, name: str) -> str:
        """Return the field of this form that an action's field is about: ``offences.0.code``, ``offences``."""
        kind, _dot, rest = name.partition(".")
        if kind not in self.row_kinds:
            return name
        number, _dot, field = rest.partition(".")
        if not number.isdecimal():
            return f"{kind}-0-{next(iter(self.row_fields(kind)))}"
        filled = self.filled[kind]
        row = filled[int(number)] if int(number) < len(filled) else int(number)
        return f"{kind}-{row}-{field}"
