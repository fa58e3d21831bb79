"""The link between a notice of another state and a file of ours: whom it is about, as both sides say it now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from somec.exchange import queries as documents
from somec.exchange.queries import DocumentView
from somec.movements import messages
from somec.movements.models import Incoming
from somec.persons.rules import MAX_SUBJECT_PERSON


def newest_content(row: Incoming) -> DocumentView:
    """Return the newest document that says the whole movement; a cancellation only says that it is taken back."""
    held = [one for one in documents.documents([row.conversation]) if one.type in {messages.NOTICE, messages.CHANGE}]
    return max(held, key=lambda one: messages.sequence(one.body))


def subject_person(row: Incoming, identity: Mapping[str, Any]) -> str:
    """Return the other state and the id that it gives the person, by which judgements carry over to its next notice."""
    data = identity.get("data", identity)
    named = data.get("person", "") if isinstance(data, Mapping) else ""
    if not isinstance(named, str) or not named or len(named) + 3 > MAX_SUBJECT_PERSON:
        return ""
    return f"{row.from_state}:{named}"
