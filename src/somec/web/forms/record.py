"""What can be written into a record: one form for each kind of entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from somec.catalogue import queries as catalogue
from somec.offenders.messages import Assessment, Entry, MovementSign, PersonAtRisk, Trigger
from somec.web import words_notices, words_people
from somec.web.forms import choices
from somec.web.forms.choices import OriginForm, chosen
from somec.web.forms.dates import DayField
from somec.web.forms.orders import ConvictionForm, OrderForm
from somec.web.templatetags.somec import label

WORDS = {"rows": 3}


class EntryForm(OriginForm):
    """An entry of the record with its source."""

    simple: tuple[str, ...] = ()
    message: type[Any] = Trigger

    def entry(self) -> Entry:
        """Return what the form says."""
        values = {name: self.cleaned_data[name] for name in self.simple}
        made: Entry = self.message(**values, **self.special(), origin=self.origin())
        return made

    def special(self) -> dict[str, Any]:
        """Return values that need more than a copy."""
        return {}

    @classmethod
    def shown(cls, entry: Any) -> dict[str, Any]:
        """Return what the fields show for an entry that is on record."""
        return {name: getattr(entry, name) for name in cls.simple} | cls.origin_values(entry.origin)


class AssessmentForm(EntryForm):
    """An assessment made elsewhere. This node never assesses anybody."""

    message = Assessment
    simple = (
        "instrument", "instrument_version", "subject", "performed", "valid_until", "assessor_role",
        "assessor_authority", "state", "level", "language", "points", "mapping_source",
    )  # fmt: skip
    instrument = forms.CharField(
        label=_("Instrument"), max_length=100, help_text=_("Its name as published, for example Static-99R.")
    )
    instrument_version = forms.CharField(label=_("Version"), required=False, max_length=60)
    subject = forms.ChoiceField(label=_("What is it about?"), choices=[])
    performed = DayField(label=_("Made on"))
    valid_until = DayField(label=_("Valid until"), required=False)
    assessor_role = forms.CharField(
        label=_("Role of the assessor"), max_length=200, help_text=_("Qualification, not the name.")
    )
    assessor_authority = forms.CharField(label=_("Authority"), required=False, max_length=200)
    state = forms.ChoiceField(label=_("State where it was made"), choices=[])
    level = forms.CharField(
        label=_("Result in its own words"), max_length=300, help_text=_("Exactly as written. These words count.")
    )
    language = forms.ChoiceField(label=_("Language of these words"), choices=[])
    points = forms.CharField(label=_("Points"), required=False, max_length=60)
    neutral = forms.ChoiceField(
        label=_("Neutral scale"), required=False, choices=[],
        help_text=_("A translation of the words by a person. Leave it open where nobody mapped them."),
    )  # fmt: skip
    mapping_source = forms.CharField(
        label=_("Who mapped it, by which table"), required=False, max_length=300,
        help_text=_("Needed with a level of the neutral scale."),
    )  # fmt: skip
    group = forms.BooleanField(
        label=_("A whole group got this rating; it is not about this person alone"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen(self, "subject", choices.of(words_notices.SUBJECTS))
        chosen(self, "state", choices.all_states())
        chosen(self, "language", choices.languages())
        levels = ((one.id, f"{one.id}: {label(one)}") for one in catalogue.risk_levels())
        chosen(self, "neutral", [choices.EMPTY, *levels])

    def special(self) -> dict[str, Any]:
        """Return level and scope."""
        neutral = self.cleaned_data["neutral"]
        return {"neutral": int(neutral) if neutral else None, "individual": not self.cleaned_data["group"]}

    @classmethod
    def shown(cls, entry: Any) -> dict[str, Any]:
        """Return level and scope too."""
        return super().shown(entry) | {"neutral": str(entry.neutral or ""), "group": not entry.individual}


class TriggerForm(EntryForm):
    """An event at which somebody is to decide."""

    message = Trigger
    simple = ("kind", "on", "state", "words", "language")
    kind = forms.ChoiceField(label=_("What happened or is coming?"), choices=[])
    on = DayField(label=_("Day"))
    state = forms.ChoiceField(label=_("State"), required=False, choices=[])
    words = forms.CharField(label=_("In words"), required=False, max_length=4000, widget=forms.Textarea(attrs=WORDS))
    language = forms.ChoiceField(label=_("Language of the words"), required=False, choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen(self, "kind", choices.of(words_people.TRIGGERS))
        chosen(self, "state", choices.all_states())
        chosen(self, "language", choices.languages())


class SignForm(EntryForm):
    """A sign of a move or of a link to other states."""

    message = MovementSign
    simple = ("sign", "on", "words", "language")
    sign = forms.ChoiceField(label=_("What shows it?"), choices=[])
    states = forms.MultipleChoiceField(
        label=_("States"), required=False, choices=[], widget=forms.SelectMultiple(attrs={"size": 8})
    )
    on = DayField(label=_("Day"), required=False)
    words = forms.CharField(label=_("In words"), required=False, max_length=4000, widget=forms.Textarea(attrs=WORDS))
    language = forms.ChoiceField(label=_("Language of the words"), required=False, choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen(self, "sign", [(one.id, label(one)) for one in catalogue.movement_signs()])
        chosen(self, "states", choices.all_states(empty=False))
        chosen(self, "language", choices.languages())

    def special(self) -> dict[str, Any]:
        """Return the states."""
        return {"states": tuple(self.cleaned_data["states"])}

    @classmethod
    def shown(cls, entry: Any) -> dict[str, Any]:
        """Return the states too."""
        return super().shown(entry) | {"states": list(entry.states)}


class PersonAtRiskForm(EntryForm):
    """A person to be kept safe. Lives in the closed compartment."""

    message = PersonAtRisk
    simple = ("relation", "name", "state", "contact_authority", "no_contact", "words", "language")
    relation = forms.ChoiceField(label=_("How does this person stand to the case?"), choices=[])
    name = forms.CharField(
        label=_("Name"), required=False, max_length=200, help_text=_("Only if it is needed. Kept closed, never sent.")
    )
    state = forms.ChoiceField(label=_("State where the person lives"), required=False, choices=[])
    contact_authority = forms.CharField(
        label=_("Authority that knows how to reach the person"), required=False, max_length=200
    )
    no_contact = forms.BooleanField(label=_("There is a ban on contact"), required=False)
    words = forms.CharField(label=_("In words"), required=False, max_length=4000, widget=forms.Textarea(attrs=WORDS))
    language = forms.ChoiceField(label=_("Language of the words"), required=False, choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen(self, "relation", choices.of(words_people.RELATIONS))
        chosen(self, "state", choices.all_states())
        chosen(self, "language", choices.languages())


FORMS: Mapping[str, type[Any]] = {
    "conviction": ConvictionForm, "order": OrderForm, "assessment": AssessmentForm, "movementsign": SignForm,
    "trigger": TriggerForm,
}  # fmt: skip
"""The person at risk is not here: that form belongs to the closed part."""
