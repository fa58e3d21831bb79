"""The decision to tell other states or not, and the second person's answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from somec.offenders.proposals import NECESSITY_FIELDS, Proposal
from somec.offenders.rules import ENOUGH_WORDS, Necessity
from somec.web import words_people
from somec.web.forms import choices
from somec.web.forms.choices import chosen
from somec.web.forms.dates import DayField

LINES = {"rows": 3}


class DecisionForm(forms.Form):
    """A proposal. It may be kept incomplete; only putting it before a second person asks for everything."""

    gaps_allowed = True

    outcome = forms.ChoiceField(label=_("What is to be decided?"), choices=[], widget=forms.RadioSelect)
    destinations = forms.MultipleChoiceField(
        label=_("States to tell"), required=False, choices=[], widget=forms.CheckboxSelectMultiple,
        help_text=_("One decision for one person. Only the states that need to know."),
    )  # fmt: skip
    stated_reasons = forms.MultipleChoiceField(
        label=_("What does it rest on?"), required=False, choices=[], widget=forms.CheckboxSelectMultiple,
        help_text=_("All that applies. Destination or movement alone never carries it."),
    )  # fmt: skip
    aim = forms.CharField(required=False, widget=forms.Textarea(attrs=LINES), max_length=4000)
    less_intrusive = forms.CharField(required=False, widget=forms.Textarea(attrs=LINES), max_length=4000)
    effect_on_person = forms.CharField(required=False, widget=forms.Textarea(attrs=LINES), max_length=4000)
    effect_on_resettlement = forms.CharField(required=False, widget=forms.Textarea(attrs=LINES), max_length=4000)
    reason = forms.CharField(
        label=_("Why not?"), required=False, widget=forms.Textarea(attrs=LINES), max_length=4000,
        help_text=_("Only if no state is to be told."),
    )  # fmt: skip
    review_on = DayField(label=_("Look at it again on"), required=False, help_text=_("Only if no state is to be told."))

    def __init__(self, *args: Any, own_state: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen(self, "outcome", choices.of(words_people.DECISION_OUTCOMES))
        chosen(self, "destinations", [pair for pair in choices.eu_states() if pair[0] != own_state])
        chosen(self, "stated_reasons", choices.of(words_people.STATED_REASONS))
        for name in NECESSITY_FIELDS:
            self.fields[name].label = str(words_people.NECESSITY[name])
            self.fields[name].help_text = _("Needed if a state is to be told.")
        self.choice_help = {
            "outcome": {
                "exchange": _("The four questions below must be answered."),
                "not_exchange": _("A decision like the other. It needs its reason and a day to look again."),
            }
        }

    def proposal(self) -> Proposal:
        """Return what the form says."""
        data = self.cleaned_data
        return Proposal(
            outcome=data["outcome"], destinations=tuple(data["destinations"]),
            necessity=Necessity(**{name: data[name] for name in NECESSITY_FIELDS}),
            stated_reasons=tuple(data["stated_reasons"]), reason=data["reason"], review_on=data["review_on"],
        )  # fmt: skip

    @staticmethod
    def shown(proposal: Proposal) -> dict[str, Any]:
        """Return what the fields show for a proposal that was kept."""
        return {
            "outcome": proposal.outcome, "destinations": list(proposal.destinations),
            "stated_reasons": list(proposal.stated_reasons), "reason": proposal.reason, "review_on": proposal.review_on,
        } | {name: getattr(proposal.necessity, name) for name in NECESSITY_FIELDS}  # fmt: skip


class ApproveForm(forms.Form):
    """The second person's agreement: a written answer to each warning."""

    gaps_allowed = True

    def __init__(self, *args: Any, warnings: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, words in warnings:
            self.fields[code] = forms.CharField(
                label=words, required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=4000,
                help_text=_("Why is it right all the same? At least %(n)s letters.") % {"n": ENOUGH_WORDS},
            )  # fmt: skip

    def overrides(self) -> dict[str, str]:
        """Return the answers that were written."""
        return {code: text for code, text in self.cleaned_data.items() if text}


class AnswerForm(forms.Form):
    """Why a decision is returned, refused or withdrawn."""

    reason = forms.CharField(
        label=_("What is to be changed, or why not?"), widget=forms.Textarea(attrs=LINES), max_length=500,
        error_messages={"required": _("Write why.")},
    )  # fmt: skip
