"""From an error's code to what a person reads: what happened, what was not lost, what to do next.

Each topic has its own table, registered with :func:`add`; a test compares the tables with every code that the source
raises, so that nobody ever reads a bare code.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from somec.kernel import clock
from somec.kernel.errors import SomecError
from somec.web import sentences_node, sentences_notices, sentences_people, times, words_merges

Sentence = str | Promise

GENERAL: Mapping[str, Sentence] = {
    "conflict": _("Somebody else changed this meanwhile. Both versions are kept. Read the new one and decide again."),
    "json.malformed": _("The text is not JSON (at position %(position)s). Nothing was changed."),
    "json.too_deep": _("The JSON is nested more than %(limit)s levels deep. Nothing was changed."),
}

_TABLES: list[Mapping[str, Sentence]] = [
    GENERAL,
    *sentences_notices.TABLES,
    sentences_people.TABLE,
    words_merges.SENTENCES,
    *sentences_node.TABLES,
]


def add(table: Mapping[str, Sentence]) -> None:
    """Take in one topic's sentences."""
    _TABLES.append(table)


def find(code: str) -> Sentence | None:
    """Return the sentence of a code, if it has one."""
    for table in _TABLES:
        if code in table:
            return table[code]
    return None


def of(error: SomecError) -> str:
    """Return the sentence for an error, filled with its parameters."""
    sentence = find(error.code)
    if sentence is None:
        return str(_("This could not be done (%(code)s). Nothing was changed.")) % {"code": error.code}
    return str(sentence) % {name: _readable(name, value) for name, value in error.parameters.items()}


def _readable(name: str, value: object) -> object:
    """Return a parameter as a person reads it: instants in words, everything else as it is."""
    return times.instant(clock.parse(value)) if name == "until" and isinstance(value, str) else value


def of_code(code: str, **parameters: object) -> str:
    """Return the sentence for a code alone."""
    sentence = find(code)
    return code if sentence is None else str(sentence) % parameters
