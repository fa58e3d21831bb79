"""How the list of files that one may open is narrowed."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from somec.web.forms.dates import PartialDateField


class FindForm(forms.Form):
    """Beginnings of names, a number or a date of birth; whose files; in which order. Each may be empty."""

    text = forms.CharField(
        label=_("Name, case number or document number"), required=False, max_length=200,
        help_text=_("Any order, any script, the beginning is enough. Names that sound alike are not searched here."),
    )  # fmt: skip
    born = PartialDateField(
        label=_("Born"), required=False, help_text=_("As far as known: 1984, 03.1984 or 17.03.1984.")
    )
    relation = forms.ChoiceField(
        label=_("Whose"), required=False,
        choices=[("all", _("All that I may find")), ("readable", _("Those I may open")), ("mine", _("My own cases"))],
    )  # fmt: skip
    order = forms.ChoiceField(
        label=pgettext_lazy("of a list", "Order"),
        required=False,
        choices=[("name", _("By name")), ("changed", _("Changed last"))],
    )
