"""The form in which an officer writes a notice: every field that official precedent names, gaps allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from somec.catalogue import queries as catalogue
from somec.catalogue.initiative import OwnInitiativeAdvice, OwnInitiativeBasis, WhoActs
from somec.movements.readiness import Presence, Readiness
from somec.movements.rules import KINDS, Carrier, RequestedAction, TravelPurpose
from somec.movements.travel import Content
from somec.persons.rules import Source
from somec.web import words_notices
from somec.web.forms.moments import Line, Moment, Text, choices, states
from somec.web.forms.notice_reading import initial
from somec.web.naming import in_text
from somec.web.templatetags.notices import act_of, channel_name, item_words, use_name
from somec.web.templatetags.somec import label, language_name
from somec.web.words import Word

MAX_COMPANIONS = 8
MOST_LANGUAGES = 6


@dataclass(frozen=True)
class Choice:
    """One entry of the record that can go along with a notice."""

    id: str
    text: str


@dataclass(frozen=True)
class Surroundings:
    """What the form needs beside the content: law for each state, the record, the gate, states that can be told."""

    advice: Mapping[str, OwnInitiativeAdvice]
    record: Sequence[Choice]
    readiness: Readiness
    tellable: Sequence[str]
    amends: bool


def common_bases(advice: Mapping[str, OwnInitiativeAdvice]) -> list[OwnInitiativeBasis]:
    """Return the bases that are open towards every destination, in the order of the catalogue."""
    every = list(advice.values())
    if not every:
        return []
    return [one for one in every[0].possible if all(other.basis(one.id) for other in every[1:])]


class ContentForm(forms.Form):
    """Everything that a notice says. Fields bear the names under which the rules report mistakes about them."""

    gaps_allowed = True  # a draft may be saved with gaps; the gate names them

    def __init__(self, *args: Any, content: Content, around: Surroundings, **kwargs: Any) -> None:
        kwargs.setdefault("initial", initial(content))
        super().__init__(*args, **kwargs)
        self.content, self.around = content, around
        self.choice_help: dict[str, dict[str, str]] = {}
        self.names: dict[str, list[str]] = {}
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput)
        self._channel()
        self._states()
        self._travel()
        self._ask()
        self._record()
        self._text()
        self._allowed()

    def _add(self, group: str, fields: Mapping[str, forms.Field]) -> None:
        self.fields.update(fields)
        self.names.setdefault(group, []).extend(fields)

    def _channel(self) -> None:
        bases = common_bases(self.around.advice)
        self._add("channel", {
            "basis": forms.ChoiceField(
                label=_("Legal basis and channel"), required=False, widget=forms.RadioSelect,
                choices=[(one.id, _basis_name(one)) for one in bases],
                help_text=_("Only what the catalogue opens to your authority towards all these states."),
            ),
            "basis.reason": Text(
                label=_("Why this basis, in your words"), rows=2, max_length=500,
                help_text=_("The second person and the data protection officer read it."),
            ),
            "basis.purpose": forms.ChoiceField(
                label=_("They may use it for"), required=False,
                choices=_with(
                    self.content.basis.purpose,
                    [("", gettext("Choose")), *((one.id, label(one)) for one in catalogue.permitted_uses())],
                ),
            ),
            "basis.handling_code": forms.ChoiceField(
                label=_("Handling code"), required=False, widget=forms.RadioSelect,
                choices=[(one.id, one.id) for one in catalogue.handling_codes()],
            ),
            "basis.handling_note": Line(label=_("Text for handling code H3")),
        })  # fmt: skip
        self.choice_help["basis"] = {one.id: basis_help(one) for one in bases}
        self.choice_help["basis.handling_code"] = {one.id: label(one) for one in catalogue.handling_codes()}

    def _states(self) -> None:
        told = [one.state for one in self.content.destinations]
        if not self.around.amends:
            self._add("states", {
                "destinations": forms.MultipleChoiceField(
                    label=_("States to tell"), required=False, widget=forms.CheckboxSelectMultiple,
                    choices=states({*self.around.tellable, *told}),
                    help_text=_("A state that you add gets its own fields here once you save."),
                ),
            })  # fmt: skip
        for number, state in enumerate(told):
            self._add(f"destination.{number}", _destination(f"destinations.{number}", in_text(state)))

    def _travel(self) -> None:
        rule = KINDS[self.content.kind]
        if rule.departure:
            self._add("travel", {
                "departs": Moment(label=_("Leaves")),
                "departure_place.town": Line(label=_("Leaves from")),
            })  # fmt: skip
        if rule.arrival or rule.departure:
            self._add("travel", {
                "returns": Moment(label=_("Comes back"), help_text=_("Leave empty if not planned or not known.")),
                "return_point": Line(label=_("Comes back by way of")),
            })  # fmt: skip
        self._add("travel", {
            "travel_purpose": forms.ChoiceField(
                label=_("Purpose of the travel"), required=False,
                choices=choices(TravelPurpose, words_notices.TRAVEL_PURPOSES),
            ),
            "travel_note": Line(label=_("More about the purpose")),
        })  # fmt: skip
        for number in range(self.companion_rows):
            self._add(f"companion.{number}", _companion(number))
        if rule.observed:
            self._add("observed", {
                "observed.at": Moment(label=_("When it happened")),
                "observed.state": forms.ChoiceField(
                    label=_("In which state"), required=False,
                    choices=states([one.id for one in catalogue.states()], empty=_("Not known")),
                ),
                "observed.place.lines": Line(label=_("Where: street, station, border")),
                "observed.place.town": Line(label=_("Town")),
                "observed.circumstances": Text(label=_("What was seen"), max_length=2000),
            })  # fmt: skip

    @property
    def companion_rows(self) -> int:
        """How many rows for people who travel along: those written and one more."""
        return min(MAX_COMPANIONS, len(self.content.companions) + 1)

    def _ask(self) -> None:
        self._add("ask", {
            "requested": forms.ChoiceField(
                label=_("What you ask for"), required=False, widget=forms.RadioSelect,
                choices=choices(RequestedAction, words_notices.REQUESTED),
            ),
            "grace_hours": forms.IntegerField(
                label=_("Hours after the latest arrival until both sides are alerted"), required=False,
                min_value=0, max_value=720,
            ),
            "reply_by": Moment(label=_("Answer needed by"), help_text=_("Needed only if the person is to be found.")),
            "expires": Moment(label=_("Expires"), help_text=_("One year at most. Shorter if the purpose ends before.")),
        })  # fmt: skip
        self.choice_help["requested"] = {code: str(text) for code, text in words_notices.REQUESTED_HELP.items()}
        if self.around.readiness.lead.late or self.content.late_reason:
            self._add("ask", {"late_reason": Line(label=_("Why it is late"))})

    def _record(self) -> None:
        self._add("record", {
            "selected": forms.MultipleChoiceField(
                label=_("What they need to know of the record"), required=False, widget=forms.CheckboxSelectMultiple,
                choices=[(one.id, one.text) for one in self.around.record],
                help_text=_("Choose only what is needed. What you do not choose is not sent."),
            ),
            "source": forms.ChoiceField(
                label=_("Source of the movement"), required=False,
                choices=_with(self.content.source, choices(Source, words_notices.SOURCES, empty=_("Choose"))),
            ),
            "reliability": forms.ChoiceField(
                label=_("How reliable is the source?"), required=False,
                choices=[(one.id, f"{one.id}: {label(one)}") for one in catalogue.source_reliabilities()],
            ),
            "accuracy": forms.ChoiceField(
                label=_("How accurate is it?"), required=False,
                choices=[(one.id, f"{one.id}: {label(one)}") for one in catalogue.information_accuracies()],
            ),
            "as_of": Moment(label=_("As of")),
        })  # fmt: skip

    def _text(self) -> None:
        languages = self._languages()
        self._add("text", {
            "text": Text(
                label=_("Free text"),
                help_text=_("Codes are shown in each language by themselves. Only this text needs translating."),
            ),
            "language": forms.ChoiceField(
                label=_("Language of the text"), required=False,
                choices=[("", gettext("Choose")), *((code, language_name(code)) for code in _all_languages())],
            ),
            **{
                f"translations.{code}": Text(
                    label=gettext("The same text in: %(language)s") % {"language": language_name(code)},
                    help_text=_("Fill in at least one language that is read there."),
                )
                for code in languages
            },
        })  # fmt: skip

    def _languages(self) -> list[str]:
        """Return into which languages the text may be translated: those read there and English, not its own."""
        read = ["en", *(code for one in self.content.destinations for code in catalogue.state(one.state).languages)]
        wanted = dict.fromkeys([*self.content.translations, *(read if self.content.text else [])])
        wanted.pop(self.content.language, None)
        return list(wanted)[:MOST_LANGUAGES]

    def _allowed(self) -> None:
        """Add, for everything that may be missing, a line for the reason; the rules call it allowed with one."""
        for item in self.around.readiness.items:
            if item.optional and item.presence is not Presence.THERE and not item.code.startswith("first_night"):
                text = gettext("Reason why it may be missing: %(item)s") % {"item": item_words(item.code)}
                self.fields[f"allowed.{item.code}"] = Line(label=text, max_length=300)
                self.initial[f"allowed.{item.code}"] = self.content.allowed_missing.get(item.code, "")

    def group(self, name: str) -> list[BoundField]:
        """Return the fields of a part of the page."""
        return [self[field] for field in self.names.get(name, ())]

    def parts(self) -> dict[str, list[BoundField]]:
        """Return the fields of every part, for templates."""
        return {name: self.group(name) for name in self.names}

    def told(self) -> list[tuple[str, list[BoundField]]]:
        """Return each destination's state with its fields."""
        return [
            (one.state, self.group(f"destination.{number}")) for number, one in enumerate(self.content.destinations)
        ]

    def company(self) -> list[list[BoundField]]:
        """Return the rows of people who travel along."""
        return [self.group(f"companion.{number}") for number in range(self.companion_rows)]

    def reason_for(self, code: str) -> BoundField | None:
        """Return the line in which an absence is explained, where it may be."""
        name = f"allowed.{code}"
        return self[name] if name in self.fields else None


def _with(value: str, offered: list[tuple[str, Word]]) -> list[tuple[str, Word]]:
    """Return the choices with what stands there already, so that saving never loses what the form did not know."""
    return offered if any(code == value for code, _name in offered) else [*offered, (value, value)]


def _all_languages() -> list[str]:
    return sorted({code for one in catalogue.states() for code in one.languages})


def _destination(name: str, state: str) -> dict[str, forms.Field]:
    return {
        f"{name}.arrives_from": Moment(
            label=gettext("Arrives in %(state)s, not before") % {"state": state}, help_text=_("In your time zone.")
        ),
        f"{name}.arrives_until": Moment(label=_("Arrives at the latest"), help_text=_("Both sides watch it.")),
        f"{name}.arrival_point": Line(label=_("Point of arrival: airport, port, station, border")),
        f"{name}.carrier": forms.ChoiceField(
            label=_("Carrier"), required=False, choices=choices(Carrier, words_notices.CARRIERS)
        ),
        f"{name}.carrier_reference": Line(label=_("Flight, train or booking")),
        f"{name}.first_night": Line(
            label=gettext("First-night address in %(state)s") % {"state": state},
            help_text=_("Street and number. If not known, say what is known."),
        ),
        f"{name}.first_night.town": Line(label=_("Town")),
        f"{name}.first_night.postcode": Line(label=_("Postcode"), max_length=20),
        f"{name}.first_night_unknown": Line(label=_("If the address is not known: why")),
        f"{name}.stays_until": Moment(label=_("Stays until")),
    }  # fmt: skip


def _companion(number: int) -> dict[str, forms.Field]:
    return {
        f"companions.{number}.relation": Line(
            label=_("Travels with"), max_length=60, help_text=_("The relation only, no name: partner, own child.")
        ),
        f"companions.{number}.count": forms.IntegerField(
            label=_("How many"), required=False, min_value=1, max_value=50
        ),
        f"companions.{number}.child": forms.BooleanField(label=_("Under 18"), required=False),
    }  # fmt: skip


def _basis_name(one: OwnInitiativeBasis) -> str:
    return f"{act_of(one.mechanism.id)}, Art. {one.basis.article}"


def basis_help(one: OwnInitiativeBasis) -> str:
    """Say what a basis is, who sends under it, whether it is a duty, and what nobody has checked."""
    parts = [
        label(one.mechanism),
        gettext("a duty") if one.basis.force.value == "must" else gettext("allowed"),
        gettext("your authority writes, another one sends") if one.who is WhoActs.DRAFTS else gettext("you may send"),
        gettext("channel: %(channel)s") % {"channel": channel_name(one.mechanism.channel)},
        gettext("for: %(use)s") % {"use": "; ".join(use_name(use) for use in one.basis.permitted_uses)},
    ]
    if not (one.verified and one.who_verified):
        parts.append(gettext("Not verified: nobody has checked this against the law yet"))
    return ". ".join(part[:1].upper() + part[1:] for part in parts)
