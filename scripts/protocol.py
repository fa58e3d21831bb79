"""Copy what the wire rests on into ``docs/protocol``: the schema of every document, and the JSON-LD context.

GENERATES ``docs/protocol/document-1.0.schema.json`` and ``docs/protocol/context-v1.jsonld``; ``--check`` only tells
whether they are fresh.
"""

from __future__ import annotations

import json
import sys
from importlib import resources
from pathlib import Path
from typing import Any

from somec.exchange import messages
from somec.movements import messages as movements
from somec.persons import messages as persons

ROOT = Path(__file__).resolve().parent.parent
PROTOCOL = ROOT / "docs" / "protocol"
OWN = "https://somec.example/ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"

HEADER: dict[str, Any] = {
    "id": "@id",
    "header": OWN + "header",
    "items": {"@id": OWN + "item", "@container": "@list"},
    "attachments": {"@id": OWN + "attachment", "@container": "@list"},
    "type": OWN + "documentType",
    "version": OWN + "documentVersion",
    "conversation": {"@id": OWN + "conversation", "@type": "@id"},
    "reference": "http://purl.org/dc/terms/identifier",
    "refers_to": {"@id": "http://purl.org/dc/terms/references", "@type": "@id"},
    "created": {"@id": "http://purl.org/dc/terms/created", "@type": XSD + "dateTime"},
    "expires": {"@id": "http://purl.org/dc/terms/valid", "@type": XSD + "dateTime"},
    "from": OWN + "sender",
    "to": OWN + "addressee",
    "state": OWN + "state",
    "authority": "http://purl.org/dc/terms/publisher",
    "legal_basis": "http://data.europa.eu/m8g/hasLegalResource",
    "purpose": OWN + "purpose",
    "handling_code": "http://purl.org/dc/terms/accessRights",
    "language": "http://purl.org/dc/terms/language",
    "kind": OWN + "statementKind",
    "category": OWN + "category",
    "data": OWN + "data",
    "source": "http://purl.org/dc/terms/source",
    "as_of": "http://purl.org/dc/terms/date",
    "evaluation": OWN + "evaluationCode",
    "owner": "http://purl.org/dc/terms/rightsHolder",
}
"""What the header and the frame of an item mean; the content's own words come from the parts."""


def context() -> str:
    """Return the JSON-LD context: frame, person (SEMIC Core Person), movement."""
    terms = {"@version": 1.1, "@vocab": OWN, **HEADER, **persons.CONTEXT, **movements.CONTEXT}
    return json.dumps({"@context": terms}, indent=2, ensure_ascii=False) + "\n"


def pages() -> dict[Path, str]:
    """Return every file and what must stand in it."""
    schema = resources.files("somec.exchange").joinpath("schemas", messages.SCHEMA_FILE).read_text("utf-8")
    return {PROTOCOL / messages.SCHEMA_FILE: schema, PROTOCOL / "context-v1.jsonld": context()}


def main() -> int:
    """Write the files, or with ``--check`` name those that are not fresh."""
    stale = [file for file, text in pages().items() if not file.exists() or file.read_text("utf-8") != text]
    if "--check" in sys.argv[1:]:
        for file in stale:
            print(f"not fresh: {file.relative_to(ROOT)} (run scripts/protocol.py)")
        return 1 if stale else 0
    for file in stale:
        file.write_text(pages()[file], "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
