"""``/api/v1``: the same actions and queries as the screens, for programs of this state's authorities.

A token acts as one user with some of that user's permissions. Nothing is decided here: every operation calls an action
or a query of a part, which asks access, changes state and writes the log in one transaction.
"""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI

from somec import __version__
from somec.api import duties, log, merges, node, notices, people, problems, received, records, search, states
from somec.api.authentication import Token
from somec.api.problems import MEDIA_TYPE

FIRST_REFUSAL = 400


class Interface(NinjaAPI):
    """The interface, whose description says that refusals are problem documents (RFC 9457)."""

    def get_openapi_schema(self, **options: Any) -> Any:
        """Return the description with the media type of refusals set right."""
        schema = super().get_openapi_schema(**options)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, answer in operation.get("responses", {}).items():
                    content = answer.get("content", {})
                    if int(status) >= FIRST_REFUSAL and "application/json" in content:
                        content[MEDIA_TYPE] = content.pop("application/json")
        return schema


def make() -> Interface:
    """Return the interface with all its parts."""
    api = Interface(
        title="somec", version=__version__, description=__doc__ or "", auth=Token(), docs_url=None,
        urls_namespace="api-1",
    )  # fmt: skip
    problems.install(api)
    for prefix, router in (
        ("/persons", people.router), ("/persons", records.router), ("/persons", notices.of_person),
        ("/persons", log.of_person), ("/decisions", records.decisions), ("/notices", notices.router),
        ("/disclosures", notices.disclosures), ("/received", received.router), ("/plan", received.plan),
        ("/links-in-question", received.links), ("/search", search.router),
        ("/conversations", duties.conversations), ("/needs", duties.needs), ("/alerts", duties.alerts),
        ("/duplicates", merges.likely), ("/merges", merges.router),
        ("/peers", states.peers), ("/problems", states.problems), ("/log", log.router), ("", node.router),
    ):  # fmt: skip
        api.add_router(prefix, router)
    return api


api = make()
