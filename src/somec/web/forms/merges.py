"""Two files of one person: which two, the reason, the grounds, and where things go when they are separated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from somec.persons.merging_rules import ENOUGH_WORDS, Item
from somec.persons.rules import MAX_NOTE
from somec.web.words import Word

_LINES = {"rows": 3}


class PairForm(forms.Form):
    """Two files by their case numbers."""

    kept = forms.CharField(label=_("Case number of the file to keep"), max_length=32)
    merged = forms.CharField(label=_("Case number of the other file"), max_length=32)


class OtherForm(forms.Form):
    """The other file of the same person."""

    number = forms.CharField(label=_("Case number of the other file"), max_length=32)


class WhyForm(forms.Form):
    """Why something is proposed, refused or taken back."""

    reason = forms.CharField(
        label=_("Why?"), max_length=MAX_NOTE, widget=forms.Textarea(attrs=_LINES),
        help_text=_("At least %(n)s letters. It is kept with your name.") % {"n": ENOUGH_WORDS},
        error_messages={"required": _("Write why.")},
    )  # fmt: skip


class MergeForm(WhyForm):
    """Why two files are one person, and a ground for each finding that asks for one."""

    gaps_allowed = True

    def __init__(self, *args: Any, findings: Iterable[tuple[str, Word]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes: list[str] = []
        for code, words in findings:
            self.codes.append(code)
            self.fields[code] = forms.CharField(
                label=str(words), required=False, max_length=MAX_NOTE, widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_("Why is it one person all the same? At least %(n)s letters.") % {"n": ENOUGH_WORDS},
            )  # fmt: skip

    def grounds(self) -> dict[str, str]:
        """Return the grounds that were written."""
        return {code: self.cleaned_data[code] for code in self.codes if self.cleaned_data.get(code)}


class AgreeForm(forms.Form):
    """What the second person wants to say; may be empty."""

    reason = forms.CharField(
        label=_("Anything to add?"), required=False, max_length=MAX_NOTE, widget=forms.Textarea(attrs={"rows": 2})
    )


class SeparateForm(WhyForm):
    """Why two files are two people after all, and for each thing written since the file it goes into."""

    gaps_allowed = True

    def __init__(
        self, *args: Any, items: Sequence[tuple[Item, Word]], files: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items = [item for item, _words in items]
        for item, words in items:
            self.fields[item.id] = forms.ChoiceField(
                label=str(words), choices=files, initial=item.person_id, widget=forms.RadioSelect, required=False
            )

    def homes(self) -> dict[str, str]:
        """Return the file that was chosen for each item."""
        chosen = ((item.id, self.cleaned_data.get(item.id) or item.person_id) for item in self.items)
        return dict(chosen)
