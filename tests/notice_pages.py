"""What the tests of these pages share: reading a page, and filling in its forms as a browser would."""

from __future__ import annotations

import html
import re
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.utils import timezone

from somec.movements import queries
from two_nodes import Node


def words(page: HttpResponse) -> str:
    """Return what a reader reads on a page, in one line."""
    text = re.sub(r"<(script|style|svg).*?</\1>", " ", page.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def filled(form: BaseForm, **changes: Any) -> dict[str, Any]:
    """Return what a browser would send of a form that was shown, with some fields typed anew."""
    sent: dict[str, Any] = {}
    for name in form.fields:
        value = form[name].value()
        if value in (None, "", [], False):
            continue
        sent[name] = local(value) if hasattr(value, "tzinfo") else value
    return {**sent, **{name.replace("__", "."): value for name, value in changes.items()}}


def local(moment: Any) -> str:
    """Return an instant as a browser's control for date and time sends it."""
    here = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    return str(here.strftime("%Y-%m-%dT%H:%M"))


def mistakes(page: HttpResponse, form: str = "form") -> dict[str, list[str]]:
    """Return the mistakes of a form by field, and prove that each stands on the page beside its field."""
    bound: BaseForm = page.context[form]
    text = words(page)
    for name, errors in bound.errors.items():
        for error in errors:
            assert error in text, f"the mistake at {name} is not on the page"
            assert not error.startswith(("field.", "notice.", "incoming.")), f"a bare code at {name}: {error}"
    return {name: list(errors) for name, errors in bound.errors.items()}


def version(node: Node, notice: str) -> int:
    """Return the present version of a notice."""
    return queries.notice(node.actor("officer"), notice).row.version


def incoming_version(node: Node, incoming: str) -> int:
    """Return the present version of a received notice."""
    return queries.incoming(node.actor("desk"), incoming).row.version
