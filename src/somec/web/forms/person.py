"""Recording a person, correcting the file itself, reasons for a correction."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from somec.persons.messages import Birth, Birthplace, Document, Name, Nationality, NewPerson
from somec.web import words_notices, words_people
from somec.web.forms import choices
from somec.web.forms.choices import OriginForm, chosen
from somec.web.forms.dates import DayField, PartialDateField


class NewPersonForm(OriginForm):
    """What is needed to open a file; everything else is added on the file's own pages."""

    family = forms.CharField(
        label=_("Family name"), required=False, max_length=200,
        help_text=_("In its own script, as recorded. Latin spellings are made by rule."),
    )  # fmt: skip
    given = forms.CharField(label=_("First name"), required=False, max_length=200)
    patronymic = forms.CharField(label=_("Father’s name"), required=False, max_length=200)
    full = forms.CharField(
        label=_("Whole name"), required=False, max_length=400, help_text=_("Only where its parts are not known.")
    )
    language = forms.ChoiceField(label=_("Language of the name"), required=False, choices=[])
    sex = forms.ChoiceField(label=_("Sex"), choices=[], widget=forms.RadioSelect, initial="unknown")
    born = PartialDateField(label=_("Born"), required=False)
    born_certainty = forms.ChoiceField(label=_("How is the date known?"), choices=[], initial="said")
    birthplace = forms.CharField(label=_("Place of birth"), required=False, max_length=200)
    birth_state = forms.ChoiceField(label=_("State of birth"), required=False, choices=[])
    nationality = forms.ChoiceField(label=_("Nationality"), required=False, choices=[])
    document_kind = forms.ChoiceField(label=_("Document"), required=False, choices=[])
    document_number = forms.CharField(label=_("Its number"), required=False, max_length=40)
    document_state = forms.ChoiceField(label=_("Issued by"), required=False, choices=[])
    certainty = forms.ChoiceField(
        label=_("How sure is it who this is?"), choices=[], widget=forms.RadioSelect, initial="not_settled"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen(self, "language", choices.languages())
        chosen(self, "sex", choices.of(words_people.SEXES))
        chosen(self, "born_certainty", choices.of(words_people.CERTAINTIES))
        chosen(self, "birth_state", choices.all_states())
        chosen(self, "nationality", choices.nationalities())
        chosen(self, "document_kind", [choices.EMPTY, *choices.of(words_notices.DOCUMENT_KINDS)])
        chosen(self, "document_state", choices.all_states())
        chosen(self, "certainty", choices.of(words_notices.IDENTITY_CERTAINTY))

    def person(self, owner_id: str) -> NewPerson:
        """Return all that the form says; each statement has the same source."""
        data, origin = self.cleaned_data, self.origin()
        name = {part: data[part] for part in ("family", "given", "patronymic", "full", "language")}
        place = Birthplace(locality=data["birthplace"], state=data["birth_state"], origin=origin)
        paper = Document(
            kind=data["document_kind"], number=data["document_number"], state=data["document_state"], origin=origin
        )
        return NewPerson(
            names=(Name(**name, main=True, origin=origin),), sex=data["sex"],
            births=(Birth(date=data["born"], certainty=data["born_certainty"], origin=origin),) if data["born"] else (),
            nationalities=(Nationality(state=data["nationality"], certainty="said", origin=origin),)
            if data["nationality"] else (),
            birthplaces=(place,) if place.locality or place.state else (),
            documents=(paper,) if paper.number or paper.kind else (),
            certainty=data["certainty"], certainty_origin=origin, owner_id=owner_id,
        )  # fmt: skip

    @staticmethod
    def own_name(name: str) -> str:
        """Return the field of this form that a mistake of the action is about."""
        return _OWN.get(name, name.rpartition(".")[2])


_OWN = {
    "names": "family", "births.0.date": "born", "births.0.certainty": "born_certainty",
    "birthplaces.0.locality": "birthplace", "birthplaces.0.state": "birth_state",
    "nationalities.0.state": "nationality",
    "documents.0.kind": "document_kind", "documents.0.number": "document_number",
    "documents.0.state": "document_state",
}  # fmt: skip


class ReasonForm(forms.Form):
    """Why something is withdrawn."""

    reason = forms.CharField(
        label=_("Why?"), max_length=500, min_length=3, help_text=_("Kept in the history with your name."),
        error_messages={"required": _("Write why."), "min_length": _("Say a little more.")},
    )  # fmt: skip


class FileForm(OriginForm):
    """The file itself: sex, how sure the identity is, its status."""

    sex = forms.ChoiceField(label=_("Sex"), choices=[], widget=forms.RadioSelect)
    certainty = forms.ChoiceField(label=_("How sure is it who this is?"), choices=[], widget=forms.RadioSelect)
    status = forms.ChoiceField(label=_("State of the file"), choices=[], widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen(self, "sex", choices.of(words_people.SEXES))
        chosen(self, "certainty", choices.of(words_notices.IDENTITY_CERTAINTY))
        chosen(self, "status", choices.of(words_people.STATUS))


class ConditionForm(ReasonForm):
    """What became of a condition."""

    status = forms.ChoiceField(label=_("The condition is"), choices=[], widget=forms.RadioSelect)
    since = DayField(label=_("Since"))
    field_order = ("status", "since", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen(self, "status", choices.of(words_notices.CONDITION_STATUS))
