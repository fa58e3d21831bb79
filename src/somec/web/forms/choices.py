"""Choices and fields that several forms about people share: states, sources, codes of the catalogue, partial dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import gettext_lazy as _

from somec.catalogue import queries as catalogue
from somec.persons.messages import Origin
from somec.persons.rules import STATELESS, UNKNOWN_NATIONALITY
from somec.web import times, words_people
from somec.web.forms.dates import DayField
from somec.web.naming import state_name
from somec.web.templatetags.somec import label
from somec.web.words import Word

Choices = list[tuple[Any, Any]]
EMPTY = ("", "–")


def of(table: Mapping[str, Word], *, only: Iterable[str] = ()) -> Choices:
    """Return a table of words as choices."""
    wanted = list(only) or list(table)
    return [(code, table[code]) for code in wanted]


def eu_states(*, empty: bool = False) -> Choices:
    """Return the Member States by name in the reader's language."""
    found = sorted(((one.id, state_name(one.id)) for one in catalogue.states()), key=lambda pair: pair[1])
    return ([EMPTY] if empty else []) + found


def all_states(*, empty: bool = True) -> Choices:
    """Return the Member States, then every other state of the world, by name in the reader's language."""
    members = eu_states()
    known = {code for code, _name in members}
    names, territories = Locale.parse(times.locale()).territories, catalogue.territories()
    others = sorted(
        ((code, name) for code, name in names.items() if code in territories and code not in known),
        key=lambda pair: pair[1],
    )
    groups: Choices = [(_("European Union"), members), (_("Other states"), others)]
    return ([EMPTY] if empty else []) + groups


def nationalities() -> Choices:
    """Return every state, and what stands where there is none or none is known."""
    special = [(STATELESS, _("Stateless")), (UNKNOWN_NATIONALITY, _("Nationality not known"))]
    return [*all_states(), (_("No state"), special)]


def languages() -> Choices:
    """Return the languages of the Union and others by name."""
    names = Locale.parse(times.locale()).languages
    codes = {language for state in catalogue.states() for language in state.languages} | {
        "ru", "uk", "tr", "ar", "sr", "sq", "mk", "bs", "ka", "hy", "fa", "zh", "vi"
    }  # fmt: skip
    found = sorted(((code, names.get(code, code)) for code in codes), key=lambda pair: pair[1])
    return [EMPTY, *found]


def offences() -> Choices:
    """Return the ECRIS offences as printed in the table, code first."""
    return [EMPTY, *((one.id, f"{one.id} {label(one)}") for one in catalogue.offences())]


def sanctions() -> Choices:
    """Return the ECRIS sanctions, code first."""
    return [EMPTY, *((one.id, f"{one.id} {label(one)}") for one in catalogue.sanctions())]


def evaluations() -> Choices:
    """Return the sixteen 4x4 codes, each with what its letter and digit mean."""
    return [
        (letter.id + digit.id, f"{letter.id}{digit.id}: {label(letter)}; {label(digit)}")
        for letter in catalogue.source_reliabilities()
        for digit in catalogue.information_accuracies()
    ]


class OriginForm(forms.Form):
    """The last part of every form about a person: where this comes from."""

    source = forms.ChoiceField(label=_("Where does this come from?"), choices=[])
    note = forms.CharField(
        label=_("More about the source"), required=False, max_length=500,
        help_text=_("Stays in this node; never sent."),
    )  # fmt: skip
    as_of = DayField(label=_("As of"), required=False, help_text=_("The day for which the source says so."))
    evaluation = forms.ChoiceField(
        label=_("How reliable?"), choices=[], initial="X4",
        help_text=_("4x4 code: letter for the source, number for what it says. X4 where nobody assessed."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen(self, "source", [("", _("Choose a source")), *of(words_people.SOURCES)])
        chosen(self, "evaluation", evaluations())
        for name in ("source", "note", "as_of", "evaluation"):
            self.fields[name] = self.fields.pop(name)  # the last part of every form

    def origin(self) -> Origin:
        """Return where the statement comes from."""
        data = self.cleaned_data
        return Origin(
            source=data["source"], note=data["note"], as_of=data["as_of"], evaluation=data["evaluation"] or "X4"
        )

    @staticmethod
    def origin_values(origin: Origin) -> dict[str, Any]:
        """Return what the fields show for an origin that is on record."""
        return {
            "source": origin.source, "note": origin.note, "as_of": origin.as_of, "evaluation": origin.evaluation,
        }  # fmt: skip


def chosen(form: forms.Form, name: str, choices: Choices) -> None:
    """Give a field of this form its choices, in the reader's language."""
    form.fields[name].choices = choices  # type: ignore[attr-defined]
