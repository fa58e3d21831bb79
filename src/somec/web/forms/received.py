"""What people write about a notice of another state: owners, what happened, plans, the answer, the match."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from somec.access import queries as access
from somec.access.queries import PersonCard
from somec.access.rules import Actor, Role
from somec.catalogue import queries as catalogue
from somec.movements.events import Certainty
from somec.movements.handling import NewOwner
from somec.movements.rules import Match, Outcome, Service
from somec.movements.travel import Place
from somec.movements.views import OwnerView
from somec.persons.rules import Ground
from somec.web import words_notices
from somec.web.forms.moments import Line, Moment, Text, choices, states

_SERVICE_OF_KIND = {"police": Service.POLICE, "probation": Service.PROBATION, "prison": Service.PRISON}
_OWNERS = (Role.POLICE_OFFICER, Role.PROBATION_OFFICER, Role.CONTACT_POINT, Role.PRISON)
MAX_REMARK = 1000


class AssignForm(forms.Form):
    """Which services look after the notice: for each an authority, and a person there if already known."""

    def __init__(self, *args: Any, actor: Actor, owners: tuple[OwnerView, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        authorities = access.authorities(actor.state)
        people = [card for card in access.colleagues(actor) if set(card.roles) & set(_OWNERS)]
        before = {one.service: one for one in owners}
        self.services = [one for one in Service if any(_SERVICE_OF_KIND.get(a.kind) is one for a in authorities)]
        self.people = {card.id: card for card in people}
        for service in self.services:
            offered = [(one.id, one.name) for one in authorities if _SERVICE_OF_KIND.get(one.kind) is service]
            ids = {key for key, _name in offered}
            had = before.get(service)
            self.fields[f"{service.value}.authority"] = forms.ChoiceField(
                label=_AUTHORITY[service],
                required=False,
                choices=[("", _("Nobody")), *offered],
                initial=had.authority_id if had else "",
            )
            self.fields[f"{service.value}.person"] = forms.ChoiceField(
                label=_PERSON[service],
                required=False,
                initial=had.user_id if had else "",
                choices=[("", _("Nobody yet: the authority decides")), *_named(people, ids)],
            )

    def clean(self) -> dict[str, Any]:
        """Refuse a person of another authority than the one chosen, at the person's field, and nobody at all."""
        data = super().clean() or {}
        for service in self.services:
            authority, person = data.get(f"{service.value}.authority"), data.get(f"{service.value}.person")
            card = self.people.get(person or "")
            if card is not None and card.authority_id != authority:
                self.add_error(f"{service.value}.person", _("This person works at another authority."))
        if not self.errors and not self.owners():
            raise forms.ValidationError(_("Choose at least one authority."))
        return data

    def owners(self) -> list[NewOwner]:
        """Return who was chosen."""
        chosen = ((one, self.cleaned_data.get(f"{one.value}.authority")) for one in self.services)
        return [
            NewOwner(service, authority, self.cleaned_data.get(f"{service.value}.person") or "")
            for service, authority in chosen
            if authority
        ]


_AUTHORITY = {
    Service.POLICE: _("Police"), Service.PROBATION: _("Probation"), Service.PRISON: _("Prison"),
}  # fmt: skip
_PERSON = {
    Service.POLICE: _("Who at the police"), Service.PROBATION: _("Who at probation"),
    Service.PRISON: _("Who in prison"),
}  # fmt: skip


def _named(people: list[PersonCard], authorities: set[str]) -> list[tuple[str, str]]:
    return [(card.id, f"{card.name}, {card.authority_name}") for card in people if card.authority_id in authorities]


class HappenedForm(forms.Form):
    """That the person arrived, was seen or left: when, where, how sure."""

    at = Moment(label=_("When"), required=True, help_text=_("In your time zone, not in the future."))
    lines = Line(label=_("Where: street and number, station"))
    town = Line(label=_("Town"))
    postcode = Line(label=_("Postcode"), max_length=20)
    certainty = forms.ChoiceField(
        label=_("How sure"), widget=forms.RadioSelect, initial=Certainty.CONFIRMED.value,
        choices=choices((Certainty.CONFIRMED, Certainty.REPORTED), words_notices.CERTAINTIES),
    )  # fmt: skip
    remark = Text(
        label=_("More, in your words"), max_length=MAX_REMARK, rows=2, help_text=_("The other state reads it.")
    )

    def place(self) -> Place:
        """Return where it was."""
        given = self.cleaned_data
        return Place(given["lines"], given["town"], given["postcode"])


class SightingForm(HappenedForm):
    """As before; ``left``: the person has left this state."""

    left = forms.BooleanField(label=_("The person has left our state"), required=False)


class RemarkForm(forms.Form):
    """A remark, which may be empty."""

    remark = Text(
        label=_("What was tried, in your words"), max_length=MAX_REMARK, rows=2,
        help_text=_("The other state reads it."),
    )  # fmt: skip


class PlanForm(forms.Form):
    """One thing to do with its date."""

    what = Line(label=_("What will be done"), max_length=300)
    service = forms.ChoiceField(label=_("Which service"), choices=choices(Service, words_notices.SERVICES))
    due = Moment(label=_("Until"), required=True)
    owner_id = forms.ChoiceField(label=_("Who"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [card for card in access.colleagues(actor) if set(card.roles) & set(_OWNERS)]
        named = [(card.id, f"{card.name}, {card.authority_name}") for card in people]
        self.fields["owner_id"].choices = [("", _("Nobody yet")), *named]  # type: ignore[attr-defined]


class ResultForm(forms.Form):
    """How a planned thing went."""

    result = Line(label=_("How it went"), max_length=500)


class AnswerForm(forms.Form):
    """The coded outcome, which every state reads in its own language, and words."""

    outcome = forms.ChoiceField(
        label=_("Outcome"), widget=forms.RadioSelect, choices=choices(Outcome, words_notices.OUTCOMES),
        error_messages={"required": _("Choose the outcome.")},
    )  # fmt: skip
    text = Text(label=_("In your words"), help_text=_("Needed if you refuse. Only this text waits for translation."))
    language = forms.ChoiceField(label=_("Language of the text"), required=False)
    at = Moment(label=_("When the person was found or seen"))
    lines = Line(label=_("Where: street and number"))
    town = Line(label=_("Town"))
    missing = forms.MultipleChoiceField(
        label=_("If you cannot use the notice: what is missing"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[
            (code, words_notices.ITEMS[code])
            for code in (
                "person.family_name", "person.birth_year", "person.full_birth_date", "person.birthplace",
                "person.latin_spelling", "person.document", "person.fingerprints", "person.photograph", "arrival",
                "first_night", "record", "basis", "translation",
            )
        ],
    )  # fmt: skip
    left_for = forms.ChoiceField(label=_("If the person left: for which state"), required=False)

    def __init__(self, *args: Any, actor: Actor, languages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages  # type: ignore[attr-defined]
        self.fields["language"].initial = actor.language
        others = [one.id for one in catalogue.states() if one.id != actor.state]
        self.fields["left_for"].choices = states(others, empty=_("None"))  # type: ignore[attr-defined]

    def place(self) -> Place:
        """Return where it was."""
        return Place(self.cleaned_data["lines"], self.cleaned_data["town"])


class VerdictForm(forms.Form):
    """A person's answer to "is it he?", with what decided it."""

    verdict = forms.ChoiceField(
        label=_("Is it the same person?"), widget=forms.RadioSelect,
        choices=[
            (Match.SAME.value, _("Yes, the same person")), (Match.NOT_SAME.value, _("No, not the same person")),
            (Match.CANNOT_TELL.value, _("Cannot tell yet")),
        ],
        error_messages={"required": _("Choose one of the three answers.")},
    )  # fmt: skip
    grounds = forms.MultipleChoiceField(
        label=_("What decided it?"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=choices(Ground, words_notices.GROUNDS),
    )  # fmt: skip
    reason = Text(
        label=_("Reason, in your words"), required=True, max_length=500,
        help_text=_("Kept with the decision. You can take it back; both stay on record."),
        missing=_("Say in a sentence what decided it."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_help = {"verdict": {
            "same": str(_("The notice is tied to this file. The other state is told that the person is known.")),
            "not_same": str(_("This pair does not come back.")),
            "cannot_tell": str(_("The other state is told so. Comes back when more is known.")),
        }}  # fmt: skip


class NobodyForm(forms.Form):
    """None of the files is the person: open one, or say that nobody here is meant."""

    outcome = forms.ChoiceField(
        label=_("What follows?"), widget=forms.RadioSelect,
        choices=[
            ("adopt", _("Make a new file from the notice")), ("nobody", _("Nobody of ours is meant; make no file")),
        ],
        error_messages={"required": _("Choose what follows.")},
    )  # fmt: skip
    reason = Text(
        label=_("Reason, in your words"), required=True, max_length=500,
        help_text=_("Kept with the decision. You can take it back; both stay on record."),
        missing=_("Say in a sentence why."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_help = {"outcome": {
            "adopt": str(_("Everything in it stands as the other state’s own. The other state is told that the person "
                           "has a file here.")),
            "nobody": str(_("The other state is told that nobody here is the person.")),
        }}  # fmt: skip


class TakeBackForm(forms.Form):
    """Why a judgement does not hold."""

    reason = Text(
        label=_("Why does it not hold?"), required=True, max_length=500,
        help_text=_("Kept beside the decision that is taken back."), missing=_("Say in a sentence why."),
    )  # fmt: skip
