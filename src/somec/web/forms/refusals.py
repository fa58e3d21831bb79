"""From an action's refusal to the field of a form about people, where names differ or rows are numbered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from somec.kernel.errors import Invalid
from somec.web import sentences

PREFIXES = ("conditions.", "offences.", "sanctions.")


def refuse(form: Any, error: Invalid) -> None:
    """Put each mistake at its field; ``form.own_name`` says which field that is where the names differ."""
    for name, codes in error.fields.items():
        own = form.own_name(name) if hasattr(form, "own_name") else name
        for code in codes:
            form.add_error(own if own in form.fields else None, sentence(error.code, name, code))
    if not error.fields:
        form.add_error(None, sentences.of(error))


def sentence(error: str, field: str, code: str) -> str:
    """Return the sentence for a mistake: the one of this very field, else the general one of its code."""
    last = field.rpartition(".")[2]
    for key in (f"{error}.{field}.{code}", f"{last}.{code}", f"field.{code}"):
        found = sentences.find(key)
        if found is not None:
            return str(found)
    return _("This cannot be taken (%(code)s).") % {"code": code}


def version(data: QueryDict) -> int | None:
    """Return the version of the file that the form was made from."""
    text = data.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 - fits every database


def required_words(form: forms.BaseForm) -> None:
    """Say in plain words what a required field needs, where the field says nothing of its own."""
    for field in form.fields.values():
        if "required" in field.error_messages:
            default = str(forms.Field.default_error_messages["required"])
            if str(field.error_messages["required"]) == default:
                field.error_messages["required"] = _("This is missing.")
