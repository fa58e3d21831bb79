"""From an action's refusal to the form that caused it: each mistake at its field, what was typed stays."""

from __future__ import annotations

from django import forms

from somec.kernel.errors import Invalid
from somec.web import sentences


def refuse_into(form: forms.BaseForm, error: Invalid) -> None:
    """Put each field's mistakes of ``error`` at that field; what belongs to no field goes on top."""
    for name, codes in error.fields.items():
        for code in codes:
            text = sentences.of_code(f"{error.code}.{name}.{code}")
            if text == f"{error.code}.{name}.{code}":
                text = sentences.of_code(f"field.{code}")
            form.add_error(name if name in form.fields else None, text)
    if not error.fields:
        form.add_error(None, sentences.of(error))
