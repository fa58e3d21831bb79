"""The node itself: who it is, what time it shows, how much waits; and the catalogue's lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel

from somec import __version__
from somec.api.contract import actor, answers
from somec.catalogue import queries as catalogue
from somec.exchange import queries as exchange
from somec.kernel import clock

router = Router(tags=["node"])


class NodeOut(BaseModel):
    """This node and the caller. ``outbox`` counts documents by how far they are."""

    state: str
    name: str
    desk: str
    version: str
    now: datetime
    training: bool
    authority_id: str
    person_id: str
    roles: list[str]
    outbox: dict[str, int]
    open_problems: int


class Term(BaseModel):
    """One entry of the catalogue. ``verified``: its text was read in the source it names."""

    id: str
    label: str
    language: str
    verified: bool
    source: str


@router.get("/node", response=answers(NodeOut))
def node(request: HttpRequest) -> Any:
    """Say who this node is, who is asking, and how much waits; no personal data."""
    config, asking = settings.CONFIG, actor(request)
    return {
        "state": config.state, "name": config.name, "desk": config.desk, "version": __version__,
        "now": clock.now(),
        "training": config.training, "authority_id": asking.authority_id, "person_id": asking.id,
        "roles": sorted(role.value for role in asking.roles), "outbox": exchange.outbox_counts(),
        "open_problems": exchange.open_problems(),
    }  # fmt: skip


LISTS = {
    "offences": catalogue.offences, "sanctions": catalogue.sanctions, "measures": catalogue.measures,
    "handling-codes": catalogue.handling_codes, "purposes": catalogue.purposes,
    "permitted-uses": catalogue.permitted_uses,
    "data-subject-categories": catalogue.data_subject_categories, "movement-signs": catalogue.movement_signs,
    "risk-levels": catalogue.risk_levels,
}  # fmt: skip


def _terms(name: str, language: str) -> list[dict[str, Any]]:
    found = []
    for entry in LISTS[name]():
        label = entry.label(language)
        found.append({
            "id": entry.id, "label": label.text, "language": label.lang, "verified": entry.verified,
            "source": entry.source.id,
        })  # fmt: skip
    return found


def _register(name: str) -> None:
    @router.get(f"/catalogue/{name}", response=answers(list[Term]), operation_id=f"catalogue_{name.replace('-', '_')}")
    def terms(request: HttpRequest) -> Any:
        """Return one list of the catalogue in the caller's language."""
        return _terms(name, actor(request).language)


for _name in LISTS:
    _register(_name)
