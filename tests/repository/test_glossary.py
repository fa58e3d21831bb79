"""The glossary says what the code says: every class named exists, every table has its row."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "somec"
NAMED = re.compile(r"`([a-z0-9]+)\.([A-Z]\w+)`")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("|") and not line.startswith(("|---", "| term"))
]


def classes(path: Path) -> dict[str, ast.ClassDef]:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return {node.name: node for node in body if isinstance(node, ast.ClassDef)}


def named() -> set[tuple[str, str]]:
    return {pair for row in ROWS for pair in NAMED.findall(row[1])}


def is_abstract(node: ast.ClassDef) -> bool:
    meta = [one for one in node.body if isinstance(one, ast.ClassDef) and one.name == "Meta"]
    return any("abstract = True" in ast.unparse(one) for one in meta)


def tables() -> set[tuple[str, str]]:
    """Return every table: a public class of a models.py that is no base class and no manager or set of rows."""
    return {
        (path.parent.name, name)
        for path in SOURCE.glob("*/models.py")
        for name, node in classes(path).items()
        if not name.startswith("_") and not is_abstract(node) and not name.endswith(("Manager", "QuerySet"))
    }


@pytest.mark.parametrize(("part", "name"), sorted(named()))
def test_a_class_of_the_glossary_exists(part: str, name: str) -> None:
    assert any(name in classes(path) for path in (SOURCE / part).rglob("*.py")), f"somec.{part} has no {name}"


def test_every_table_has_its_row() -> None:
    assert not tables() - named()


def test_words_of_the_wire_are_used() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    words = {word for row in ROWS for word in re.findall(r"`([a-z_]+)`", row[1])}
    assert words
    assert not {word for word in words if not re.search(rf"\b{word}\b", source)}


def test_every_row_is_whole_and_every_term_stands_once() -> None:
    terms = [row[0] for row in ROWS]
    assert all(len(row) == 3 and all(row) for row in ROWS)
    assert len(terms) == len(set(terms))
