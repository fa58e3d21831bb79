"""A document as the other state reads it: the JSON of the wire turned into statements with kind, source and date.

Preview before sending, the page of a received notice and the page of a sent document all use this, so that nobody sees
something else than what goes over the wire. Codes are written in the reader's language; unknown ones are shown bare.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from somec.kernel import clock
from somec.web import paper_movement, paper_person, paper_record, words_notices
from somec.web.paper_lines import Fact, day, instant
from somec.web.words import word


@dataclass(frozen=True)
class Statement:
    """One item of a document: fact, assessment or intelligence, with where it comes from."""

    kind: str
    title: str
    facts: tuple[Fact, ...]
    source: str
    evaluation: str
    as_of: str
    owner: str


@dataclass(frozen=True)
class Paper:
    """A whole document for reading."""

    id: str
    type: str
    reference: str
    created: datetime
    sender_state: str
    sender: str
    to_state: str
    mechanism: str
    article: str
    verified: bool
    purpose: str
    handling_code: str
    expires: datetime | None
    statements: tuple[Statement, ...]


def read(document: Mapping[str, Any]) -> Paper:
    """Return a document for reading; what is unknown in it is left to the raw view."""
    header = document["header"]
    basis = header.get("legal_basis", {})
    return Paper(
        id=str(header["id"]), type=str(header["type"]), reference=str(header.get("reference", "")),
        created=clock.parse(header["created"]), sender_state=str(header["from"]["state"]),
        sender=str(header["from"].get("authority", {}).get("name", "")), to_state=str(header["to"]["state"]),
        mechanism=str(basis.get("mechanism", "")), article=str(basis.get("article", "")),
        verified=bool(basis.get("verified")), purpose=str(header.get("purpose", "")),
        handling_code=str(header.get("handling_code", "")), expires=instant(header.get("expires")),
        statements=tuple(_statement(item, str(header["to"]["state"])) for item in document.get("items", ())),
    )  # fmt: skip


def _statement(item: Mapping[str, Any], to_state: str) -> Statement:
    category = str(item.get("category", ""))
    title, reader = _READERS.get(category, (gettext_lazy("Other"), paper_movement.other))
    data = item.get("data", {})
    facts = [*reader(data), *([paper_record.enforceable(data, to_state)] if category == "order" else [])]
    return Statement(
        kind=str(item.get("kind", "fact")), title=str(title), facts=tuple(fact for fact in facts if fact.text),
        source=word(words_notices.SOURCES, str(item.get("source", ""))), evaluation=str(item.get("evaluation", "")),
        as_of=day(item.get("as_of")), owner=str(item.get("owner", "")),
    )  # fmt: skip


_READERS = {
    "identity": (gettext_lazy("Person"), paper_person.identity),
    "conviction": (gettext_lazy("Conviction"), paper_record.conviction),
    "order": (gettext_lazy("Order and conditions"), paper_record.order),
    "assessment": (gettext_lazy("Risk, as somebody assessed it"), paper_record.assessment),
    "movement": (gettext_lazy("Movement"), paper_movement.movement),
    "cancellation": (gettext_lazy("Cancellation"), paper_movement.cancellation),
    "acknowledgement": (gettext_lazy("An authority took it"), paper_movement.acknowledgement),
    "progress": (gettext_lazy("What happened"), paper_movement.progress),
    "answer": (gettext_lazy("Answer"), paper_movement.answer),
}
"""Category of an item -> its heading and its reader."""
