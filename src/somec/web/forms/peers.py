"""Forms about other states' nodes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MAX_CARD_BYTES = 64 * 1024


class CardForm(forms.Form):
    """A peer's signed card, as a file or pasted."""

    file = forms.FileField(
        label=_("Card, as a file"), required=False, help_text=_("The other state makes it with “somec peer card”.")
    )
    text = forms.CharField(
        label=_("Card, pasted"), required=False, widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        max_length=MAX_CARD_BYTES,
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Take the file or the text, and refuse neither or too much."""
        data = super().clean() or {}
        file = data.get("file")
        if file is not None and file.size > MAX_CARD_BYTES:
            raise forms.ValidationError(_("This file is too large to be a card. Nothing was stored."))
        try:
            card = file.read().decode("utf-8") if file is not None else data.get("text", "")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("This file is not a card. Nothing was stored.")) from error
        if not card.strip():
            raise forms.ValidationError(_("Give the card as a file, or paste it."))
        data["card"] = card.replace("\r\n", "\n")
        return data


class ApproveForm(forms.Form):
    """The second person's comparison."""

    fingerprint = forms.CharField(
        label=_("Fingerprint, as the other state reads it to you"), required=False, max_length=200,
        help_text=_("Phone a number that you know from elsewhere. Do not copy it from this page."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason, if you refuse"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the fingerprint to approve, for the reason to refuse."""
        data = super().clean() or {}
        if "refuse" in self.data and not data.get("reason"):
            self.add_error("reason", _("Say why you refuse. The proposer reads it."))
        if "refuse" not in self.data and not data.get("fingerprint"):
            self.add_error("fingerprint", _("Type the fingerprint that the other state read to you."))
        return data


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(
        label=_("Why"), min_length=10, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One sentence. It goes into the log."),
        error_messages={
            "required": _("Say why, in one sentence."),
            "min_length": _("Say a little more: one sentence."),
        },
    )  # fmt: skip
