"""How the list of work is narrowed, and how an alert is ended by hand."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from somec.alerts.needs import NeedFilter, NeedList
from somec.alerts.rules import Verb
from somec.web import words_notices
from somec.web.forms.moments import Text
from somec.web.naming import state_name
from somec.web.templatetags.notices import basis_name
from somec.web.words import word

_STATE = re.compile("[A-Z]{2}")
WHOSE = ("desk", "mine", "ownerless")


def wanted(given: Any) -> NeedFilter:
    """Return the filter that an address says; what it does not know counts as not said."""
    verb, state = given.get("verb", ""), given.get("state", "")
    return NeedFilter(
        whose=given.get("whose") if given.get("whose") in WHOSE else "desk",
        state=state if _STATE.fullmatch(state) else "",
        verb=Verb(verb) if verb in set(Verb) else None, mechanism=given.get("mechanism", "")[:60],
    )  # fmt: skip


class FilterForm(forms.Form):
    """Whose work, with which state, of which kind, under which mechanism; each choice says how many it would show."""

    whose = forms.ChoiceField(label=_("Whose work"), required=False)
    state = forms.ChoiceField(label=_("Other state"), required=False)
    verb = forms.ChoiceField(label=_("Kind of work"), required=False)
    mechanism = forms.ChoiceField(label=_("Mechanism"), required=False)

    def __init__(self, *args: Any, found: NeedList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[str, str]]] = {
            "whose": [
                ("desk", _counted(gettext("Whole desk"), found.total)), ("mine", _counted(gettext("Mine"), found.mine)),
                ("ownerless", _counted(gettext("Without owner"), found.ownerless)),
            ],
            "state": [("", gettext("All states")), *((one, _counted(state_name(one), n)) for one, n in found.by_state)],
            "verb": [("", gettext("All kinds")), *(
                (one.value, _counted(word(words_notices.VERB_NAMES, one.value), n)) for one, n in found.by_verb
            )],
            "mechanism": [
                ("", gettext("All")), *((one, _counted(basis_name(one), n)) for one, n in found.by_mechanism)
            ],
        }  # fmt: skip
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]


def _counted(name: str, number: int) -> str:
    return f"{name} ({number})"


class SettleForm(forms.Form):
    """What was done about an alert."""

    note = Text(
        label=_("What was done"), required=True, max_length=500, help_text=_("It goes into the log."),
        missing=_("Say what was done, in one sentence."),
    )  # fmt: skip


def waiting_documents(number: int) -> str:
    """Say how many documents wait."""
    return ngettext("%(n)s document waits here", "%(n)s documents wait here", number) % {"n": number}
