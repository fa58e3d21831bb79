"""The reference page names every kind, field and code that there is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from somec.catalogue import index
from somec.catalogue.reading import packaged
from somec.deadlines.shapes import Unit

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reference" / "catalogue.md").read_text(encoding="utf-8")
COUNTED = [f"{unit.value.replace('_', '-')}-counted" for unit in Unit if unit.value.endswith("s")]


def _codes(folder: str, pattern: str) -> list[str]:
    files = (ROOT / "src" / "somec" / folder).glob("*.py")
    found = {code for file in files for code in re.findall(pattern, file.read_text(encoding="utf-8"))}
    assert len(found) > 5, pattern
    return sorted(found)


LITERAL = [
    "spent",
    "spent-unknown",
    "level-reached",
    "level-too-low",
    "level-not-mapped",
]  # chosen before they are used


@pytest.mark.parametrize("code", [*_codes("catalogue", r"(?:Reason\.of|_sign)\(\s*\"([a-z-]+)\""), *LITERAL])
def test_every_reason_is_on_the_page(code: str) -> None:
    assert f"`{code}`" in PAGE


@pytest.mark.parametrize("code", [*_codes("deadlines", r"\bstep\(\s*\"([a-z-]+)\""), *COUNTED])
def test_every_step_of_a_count_is_on_the_page(code: str) -> None:
    assert f"`{code}`" in PAGE


@pytest.mark.parametrize("kind", sorted(index.KINDS))
def test_every_kind_is_on_the_page(kind: str) -> None:
    assert f"`{kind}`" in PAGE


def test_every_field_of_a_criteria_file_is_on_the_page() -> None:
    schema = json.loads(packaged("criteria.schema.json"))
    fields = {*schema["properties"], *schema["properties"]["warnings"]["properties"]}
    for kind in schema["properties"]["criterion"]["items"]["properties"]["kind"]["enum"]:
        assert f"`{kind}`" in PAGE
        fields |= set(schema["$defs"][kind]["properties"])
    assert [field for field in sorted(fields) if not re.search(rf"\b{field}\b", PAGE)] == []
