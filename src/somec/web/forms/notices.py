"""Small forms of our own notices: begin, give back, take back, filter, close."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from somec.catalogue import queries as catalogue
from somec.exchange import queries as exchange
from somec.movements.rules import Kind, State
from somec.web import words_notices
from somec.web.forms.moments import Text, choices, states


def tellable(own: str) -> list[str]:
    """Return the states that can be told: Member States whose node this one knows, without our own."""
    known = {state for state, _name, _desk in exchange.known_peers()}
    return [one.id for one in catalogue.states() if one.id in known and one.id != own]


class NewNoticeForm(forms.Form):
    """Which kind of movement, and which states shall be told."""

    kind = forms.ChoiceField(
        label=_("What is it about?"), widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the notice is about.")},
    )  # fmt: skip
    destinations = forms.MultipleChoiceField(
        label=_("Which states shall be told?"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("Each gets its own document and sees only its own part. You can change this until it is sent."),
    )  # fmt: skip

    def __init__(self, *args: Any, own: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = choices(Kind, words_notices.KINDS)  # type: ignore[attr-defined]
        self.fields["destinations"].choices = states(tellable(own))  # type: ignore[attr-defined]
        self.choice_help = {"kind": words_notices.KIND_HELP}


class SaidForm(forms.Form):
    """What the second person, or whoever ends something, says in a sentence."""

    reason = Text(
        label=_("Reason, in your words"), required=True, max_length=500,
        help_text=_("Kept with the notice and in the log."), missing=_("Say why, in one sentence."),
    )  # fmt: skip


class CancelForm(forms.Form):
    """Why a notice is taken back: a code that is sent, and words that stay here."""

    reason_code = forms.ChoiceField(
        label=_("What the other states are told"), widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the other states are told.")},
    )  # fmt: skip
    data_were_wrong = forms.BooleanField(
        label=_("The data were wrong: they must not be used"), required=False,
        help_text=_("The other states must then correct or erase what they hold (Directive (EU) 2016/680, Art. 7(3))."),
    )  # fmt: skip
    reason = Text(
        label=_("Reason, in your words"), required=True, max_length=500, help_text=_("Stays here, in the log."),
        missing=_("Say why, in one sentence."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason_code"].choices = list(words_notices.CANCEL_REASONS.items())  # type: ignore[attr-defined]


class FilterForm(forms.Form):
    """What a list of notices is narrowed to; everything stands in the address."""

    side = forms.ChoiceField(
        label=_("Which"), required=False, choices=[("sent", _("Ours")), ("received", _("From other states"))]
    )
    state = forms.ChoiceField(label=_("Other state"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    stands = forms.ChoiceField(label=_("Where it stands"), required=False)
    reference = forms.CharField(label=_("Reference"), required=False, max_length=40)

    def __init__(self, *args: Any, sides: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sides = sides
        if len(sides) == 1:
            del self.fields["side"]
        open_states = [("open", _("All that is open")), ("", _("All"))]
        self.fields["state"].choices = states([one.id for one in catalogue.states()], empty=_("All states"))  # type: ignore[attr-defined]
        self.fields["kind"].choices = choices(Kind, words_notices.KINDS, empty=_("All kinds"))  # type: ignore[attr-defined]
        self.fields["stands"].choices = [*open_states, *choices(State, words_notices.STATES)]  # type: ignore[attr-defined]
