"""What can be said about who a person is: one form for each kind of statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from somec.persons.messages import (
    Address,
    Biometric,
    Birth,
    Birthplace,
    Description,
    Document,
    Name,
    Nationality,
)
from somec.persons.validation import Statement
from somec.web import words_notices, words_people
from somec.web.forms import choices
from somec.web.forms.choices import OriginForm, chosen
from somec.web.forms.dates import DayField, PartialDateField


class StatementForm(OriginForm):
    """A statement with its source; ``statement()`` is what a valid form says, ``shown()`` fills it from one."""

    simple: tuple[str, ...] = ()
    message: type[Any] = Name

    def statement(self) -> Statement:
        """Return what the form says."""
        values = {name: self.cleaned_data[name] for name in self.simple}
        made: Statement = self.message(**values, **self.special(), origin=self.origin())
        return made

    def special(self) -> dict[str, Any]:
        """Return values that need more than a copy."""
        return {}

    @classmethod
    def shown(cls, statement: Any) -> dict[str, Any]:
        """Return what the fields show for a statement that is on record."""
        return {name: getattr(statement, name) for name in cls.simple} | cls.origin_values(statement.origin)


class NameForm(StatementForm):
    """A name, by its parts where they are known."""

    message = Name
    simple = ("kind", "family", "given", "patronymic", "full", "language", "main")
    kind = forms.ChoiceField(label=_("What is this name?"), choices=[])
    family = forms.CharField(
        label=_("Family name"), required=False, max_length=200, help_text=_("In its own script, as recorded.")
    )
    given = forms.CharField(label=_("First name"), required=False, max_length=200)
    patronymic = forms.CharField(label=_("Father’s name"), required=False, max_length=200)
    full = forms.CharField(
        label=_("Whole name"), required=False, max_length=400, help_text=_("Only where its parts are not known.")
    )
    language = forms.ChoiceField(label=_("Language of the name"), required=False, choices=[])
    main = forms.BooleanField(label=_("The file goes by this name"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen(self, "kind", choices.of(words_notices.NAME_KINDS))
        chosen(self, "language", choices.languages())


class BirthForm(StatementForm):
    """A date of birth, perhaps only a part of it."""

    message = Birth
    simple = ("certainty",)
    date = PartialDateField(label=_("Born"), error_messages={"required": _("Write at least the year.")})
    certainty = forms.ChoiceField(label=_("How is it known?"), choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen(self, "certainty", choices.of(words_people.CERTAINTIES))

    def special(self) -> dict[str, Any]:
        """Return the date."""
        return {"date": self.cleaned_data["date"]}

    @classmethod
    def shown(cls, statement: Any) -> dict[str, Any]:
        """Return the date as it was written."""
        return super().shown(statement) | {"date": str(statement.date)}


class BirthplaceForm(StatementForm):
    """A place of birth."""

    message = Birthplace
    simple = ("locality", "state")
    locality = forms.CharField(label=_("Place"), required=False, max_length=200)
    other_names = forms.CharField(
        label=_("Other names of the place"), required=False, max_length=400,
        help_text=_("Old names, names in other languages; commas between them."),
    )  # fmt: skip
    state = forms.ChoiceField(label=_("State"), required=False, choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen(self, "state", choices.all_states())

    def special(self) -> dict[str, Any]:
        """Return the other names, one by one."""
        return {"other_names": tuple(one.strip() for one in self.cleaned_data["other_names"].split(",") if one.strip())}

    @classmethod
    def shown(cls, statement: Any) -> dict[str, Any]:
        """Return the other names in one line."""
        return super().shown(statement) | {"other_names": ", ".join(statement.other_names)}


class NationalityForm(StatementForm):
    """One nationality."""

    message = Nationality
    simple = ("state", "certainty")
    state = forms.ChoiceField(label=_("Nationality"), choices=[])
    certainty = forms.ChoiceField(label=_("How is it known?"), choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen(self, "state", choices.nationalities())
        chosen(self, "certainty", choices.of(words_people.CERTAINTIES))


class DocumentForm(StatementForm):
    """A document or number."""

    message = Document
    simple = ("kind", "number", "state", "valid_from", "valid_until", "status", "status_since")
    kind = forms.ChoiceField(label=_("Kind"), choices=[])
    number = forms.CharField(label=_("Number"), max_length=40)
    state = forms.ChoiceField(label=_("Issued by"), choices=[])
    valid_from = DayField(label=_("Valid from"), required=False)
    valid_until = DayField(label=_("Valid until"), required=False)
    status = forms.ChoiceField(label=_("What is known of the paper?"), choices=[])
    status_since = DayField(label=_("Since"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen(self, "kind", choices.of(words_notices.DOCUMENT_KINDS))
        chosen(self, "state", choices.all_states())
        chosen(self, "status", choices.of(words_notices.DOCUMENT_STATUS))


class AddressForm(StatementForm):
    """Where the person can be found."""

    message = Address
    simple = ("kind", "street", "locality", "postal_code", "state", "since", "until")
    kind = forms.ChoiceField(label=_("What is there?"), choices=[])
    street = forms.CharField(label=_("Street and number"), required=False, max_length=200)
    locality = forms.CharField(label=_("Town or village"), required=False, max_length=200)
    postal_code = forms.CharField(label=_("Postal code"), required=False, max_length=20)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[])
    since = DayField(label=_("Since"), required=False)
    until = DayField(label=_("Until"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen(self, "kind", choices.of(words_people.ADDRESS_KINDS))
        chosen(self, "state", choices.all_states())


class DescriptionForm(StatementForm):
    """One feature by which the person is recognised."""

    message = Description
    simple = ("feature", "value", "language")
    feature = forms.ChoiceField(label=_("Feature"), choices=[])
    value = forms.CharField(label=_("What it is"), max_length=200, help_text=_("Measures as whole numbers."))
    language = forms.ChoiceField(label=_("Language of the words"), required=False, choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen(self, "feature", choices.of(words_people.FEATURES))
        chosen(self, "language", choices.languages())


class BiometricForm(StatementForm):
    """Who holds an original."""

    message = Biometric
    simple = ("kind", "held_by", "state", "reference", "taken")
    kind = forms.ChoiceField(label=_("Kind"), choices=[])
    held_by = forms.CharField(label=_("Authority that holds it"), max_length=200)
    state = forms.ChoiceField(label=_("State"), choices=[])
    reference = forms.CharField(label=_("Its reference"), required=False, max_length=100)
    taken = DayField(label=_("Taken on"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen(self, "kind", choices.of(words_notices.BIOMETRICS))
        chosen(self, "state", choices.all_states())


FORMS: Mapping[str, type[StatementForm]] = {
    "name": NameForm, "birth": BirthForm, "birthplace": BirthplaceForm, "nationality": NationalityForm,
    "document": DocumentForm, "address": AddressForm, "description": DescriptionForm, "biometric": BiometricForm,
}  # fmt: skip
