from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from somec.exchange.messages import CONTEXT

ROOT = Path(__file__).resolve().parents[3]


def _protocol() -> Any:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        return importlib.import_module("protocol")
    finally:
        sys.path.pop(0)


def test_schema_and_context_in_the_documents_are_those_of_the_code() -> None:
    protocol = _protocol()
    for file, text in protocol.pages().items():
        assert file.read_text("utf-8") == text, f"run scripts/protocol.py: {file.name}"


def test_every_term_of_the_context_means_something() -> None:
    protocol = _protocol()
    terms = json.loads(protocol.context())["@context"]
    assert CONTEXT.endswith("/v1.jsonld")
    for name, meaning in terms.items():
        target = meaning["@id"] if isinstance(meaning, dict) else meaning
        assert name.startswith("@") or target.startswith(("http", "@")), name
