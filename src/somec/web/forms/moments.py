"""Instants and choices as forms take them: written in the reader's zone, empty allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from django import forms
from django.utils.translation import gettext_lazy as _

from somec.web.naming import state_name
from somec.web.words import Word

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Said: TypeAlias = "str | _StrPromise"


class Moment(forms.DateTimeField):
    """Date and time in the reader's zone; the browser's own control, no script needed."""

    def __init__(self, *, label: Said, required: bool = False, help_text: Said = "") -> None:
        super().__init__(
            label=label, required=required, help_text=help_text,
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            error_messages={
                "invalid": _("Write a date and a time, such as 2026-11-17 18:40."),
                "required": _("Give a date and a time."),
            },
        )  # fmt: skip


class Line(forms.CharField):
    """One line of text, at most 200 characters."""

    def __init__(self, *, label: Said, required: bool = False, help_text: Said = "", max_length: int = 200) -> None:
        super().__init__(label=label, required=required, help_text=help_text, max_length=max_length)


class Text(forms.CharField):
    """Several lines of text."""

    def __init__(
        self, *, label: Said, required: bool = False, help_text: Said = "", max_length: int = 4000, rows: int = 3,
        missing: Said = "",
    ) -> None:  # fmt: skip
        super().__init__(
            label=label, required=required, help_text=help_text, max_length=max_length,
            widget=forms.Textarea(attrs={"rows": rows}),
            error_messages={"required": missing or _("Write one sentence.")},
        )  # fmt: skip


def choices(
    codes: Iterable[StrEnum], table: Mapping[str, Word], *, empty: Word | None = None
) -> list[tuple[str, Word]]:
    """Return codes with what they are called, for a choice; ``empty`` is offered first if given.

    The words stay untranslated until they are shown: forms are made once, for readers of every language.
    """
    named: list[tuple[str, Word]] = [(one.value, table.get(one.value, one.value)) for one in codes]
    return named if empty is None else [("", empty), *named]


def states(codes: Iterable[str], *, empty: Word | None = None) -> list[tuple[str, str]]:
    """Return states by name, for a choice."""
    named = sorted(((code, state_name(code)) for code in codes), key=lambda pair: pair[1])
    return named if empty is None else [("", str(empty)), *named]
