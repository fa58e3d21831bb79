"""Why somebody opens a file or a protected part."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from somec.access.rules import Actor
from somec.catalogue.entries import Purpose
from somec.catalogue.offered import offered
from somec.web import times
from somec.web.templatetags.somec import label


class PurposeForm(forms.Form):
    """The purpose, and one sentence about what will be done."""

    purpose = forms.ChoiceField(
        label=_("Purpose"), widget=forms.RadioSelect, help_text=_("Only purposes open to your role are shown."),
        error_messages={"required": _("Choose a purpose.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("What will you do with it?"), min_length=10, max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One sentence. The data protection officer reads it."),
        error_messages={
            "required": _("Write one sentence about what you will do."),
            "min_length": _("Say a little more: one sentence."),
        },
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, protected: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purposes = {one.id: one for one in offered(actor.roles, protected=protected)}
        self.fields["purpose"].choices = [(one.id, label(one)) for one in self.purposes.values()]  # type: ignore[attr-defined]
        self.choice_help = {"purpose": {one.id: _help(one) for one in self.purposes.values()}}

    def chosen(self) -> Purpose:
        """Return the chosen purpose of a valid form."""
        return self.purposes[self.cleaned_data["purpose"]]


def _help(purpose: Purpose) -> str:
    """Say what a purpose rests on, if on an article, and for how long it opens."""
    length = times.duration(timedelta(minutes=purpose.minutes))
    return f"{purpose.article}. {length}" if purpose.article else length
