"""What is known of a person who is searched, as an officer types it; and why he searches."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from somec.access.rules import Actor
from somec.catalogue.entries import Purpose
from somec.kernel import clock
from somec.kernel.errors import Invalid
from somec.persons.dates import PartialDate
from somec.persons.rules import STATELESS
from somec.persons.search import PersonSearch, SearchName
from somec.web import words_people
from somec.web.forms import dates
from somec.web.forms.choices import EMPTY, all_states, chosen, of
from somec.web.forms.purpose import PurposeForm
from somec.web.words import Word

MOST: Final = 10
LONGEST: Final = 200
NATIONALITIES: Final = ("nationality", "nationality_2", "nationality_3")
MISTAKES: Final[Mapping[str, Word]] = {
    "too_many": _("At most ten at once. Leave out what you are least sure of."),
    "too_long": _("One of them is longer than 200 characters. Shorten it; what you typed is still here."),
}
PRIORS: Final[Mapping[str, Word]] = {
    "0.9": _("Very likely: of ten such people, nine"),
    "0.5": _("As likely as not: of ten, five"),
    "0.1": _("Hardly: of ten, one"),
    "0.01": _("Very unlikely: of a hundred, one"),
}
"""What an officer may state beforehand, and how it is said."""
_PARTED: Final = re.compile(r"[;\n\r\u061b\uff1b]+")


class Several(forms.CharField):
    """Several values in one box: each on its own line, or apart by semicolons."""

    def __init__(self, *, rows: int = 1, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"}) if rows > 1 else forms.TextInput()
        if rows == 1:
            widget.attrs["dir"] = "auto"
        super().__init__(required=False, widget=widget, strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the text without NUL, which no name has and PostgreSQL refuses."""
        return str(super().to_python(value)).replace("\x00", "")

    def clean(self, value: Any) -> Any:
        """Return the values, without those that are empty."""
        values = tuple(part for part in (one.strip() for one in _PARTED.split(super().clean(value))) if part)
        if len(values) > MOST:
            raise forms.ValidationError(str(MISTAKES["too_many"]))
        if any(len(one) > LONGEST for one in values):
            raise forms.ValidationError(str(MISTAKES["too_long"]))
        return tuple(dict.fromkeys(self.read(one) for one in values))

    def read(self, text: str) -> str:
        """Return one value as it is asked."""
        return text


class SeveralDates(Several):
    """Dates of which parts may be unknown, as people write them: 1984, 1984-03, 17.03.1984, 00.03.1984, XX.XX.1984."""

    def read(self, text: str) -> str:
        """Return a date in ISO 8601 with the parts that are known."""
        try:
            return str(PartialDate.parse(dates.iso(text)))
        except Invalid as error:
            raise forms.ValidationError(str(dates.MISTAKES[error.code])) from error


class SearchForm(forms.Form):
    """All that is known of a person; everything may be empty."""

    gaps_allowed = True  # no field says of itself that it may be left out: the page says it once

    names = Several(
        label=_("Names"), rows=3,
        help_text=_("Any script, any order. Each other spelling, alias or earlier name on its own line."),
    )  # fmt: skip
    born = SeveralDates(
        label=_("Born"),
        help_text=_("As far as known: 1984, 03.1984 or 17.03.1984. Several with a semicolon. Never fill in 1 January."),
    )
    birthplaces = Several(label=_("Place of birth"), help_text=_("Old or other names of it with a semicolon."))
    documents = Several(
        label=_("Document numbers"), help_text=_("Passport, identity card, personal number. Several with a semicolon.")
    )
    sex = forms.ChoiceField(label=_("Sex"), required=False)
    nationality = forms.ChoiceField(label=_("Nationality"), required=False)
    nationality_2 = forms.ChoiceField(label=_("Second nationality"), required=False)
    nationality_3 = forms.ChoiceField(label=_("Third nationality"), required=False)
    case_number = forms.CharField(
        label=_("Case number"), required=False, max_length=LONGEST, help_text=_("Looked up exactly.")
    )
    prior = forms.ChoiceField(
        label=_("How likely is it, before looking, that he is on file?"), required=False,
        choices=[("", _("As this node assumes")), *PRIORS.items()],
        help_text=_("It changes how sure the answer is, not the order. It stands in the answer and in the log."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen(self, "sex", [EMPTY, *of(words_people.SEXES, only=("male", "female", "other"))])
        states = [*all_states(), (_("No state"), [(STATELESS, _("Stateless"))])]
        for name in NATIONALITIES:
            chosen(self, name, states)

    def query(self) -> PersonSearch:
        """Return the question of a valid form."""
        given = self.cleaned_data
        states = dict.fromkeys(given[name] for name in NATIONALITIES if given[name])
        return PersonSearch(
            names=tuple(SearchName(full=one) for one in given["names"]), born=given["born"], sex=given["sex"],
            nationalities=tuple(states), birthplaces=given["birthplaces"], documents=given["documents"],
            case_number=given["case_number"], prior=float(given["prior"]) if given["prior"] else None,
        )  # fmt: skip

    def own_name(self, name: str) -> str:
        """Return the field of this form that a field of the question is about."""
        return "nationality" if name == "nationalities" else name


class WhyForm(PurposeForm):
    """Why somebody searches: as on opening a file, the purpose and one sentence."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, protected=False, **kwargs)

    def held(self) -> dict[str, str]:
        """Return the purpose as the session keeps it until it ends."""
        purpose: Purpose = self.chosen()
        now = clock.now()
        return {
            "purpose": purpose.id, "reason": self.cleaned_data["reason"].strip(), "since": clock.iso(now),
            "until": clock.iso(now + timedelta(minutes=purpose.minutes)),
        }  # fmt: skip
