"""Reads ``permissions.tsv``, and answers from it as a person would who has the paper in front of him."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("permissions.tsv")
ROLES = {
    "po": "probation_officer", "au": "authoriser", "cp": "contact_point", "pl": "police_officer", "pr": "prison",
    "ca": "central_authority", "si": "sirene", "co": "court", "an": "analyst", "dp": "data_protection_officer",
    "py": "policy", "tr": "trainer", "ad": "administrator",
}  # fmt: skip
STATES = (
    "", "draft", "awaiting_approval", "returned", "refused", "withdrawn", "approved", "sent", "received",
    "acknowledged", "assigned", "arrived", "not_arrived", "cancelled", "expired", "closed",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One action of the paper."""

    action: str
    cells: dict[str, str]
    second_person: bool
    needs_opening: bool
    node: bool
    only_in: frozenset[str]
    desk_not: frozenset[str]

    def allows(self, role: str, letters: str, state: str) -> bool:
        """Answer for one role that stands to the thing in the relations of these letters."""
        enough = self.cells[role]
        held = [letter for letter in enough if letter == "*" or letter in letters]
        if state in self.desk_not and role == "contact_point":
            held = [letter for letter in held if letter not in "dp"]
        if not held or (self.second_person and "w" in letters):
            return False
        if self.only_in and state and state not in self.only_in:
            return False
        return not self.needs_opening or "p" in letters


def lines() -> list[Line]:
    """Return every line of the paper."""
    rows = [row.split("\t") for row in FILE.read_text("utf-8").splitlines() if row and not row.startswith("#")]
    header, *rest = rows
    return [_line(dict(zip(header, row, strict=True))) for row in rest]


def _line(row: dict[str, str]) -> Line:
    words = row["rules"].split()
    return Line(
        row["action"], {role: row[short] for short, role in ROLES.items()}, "2nd" in words, "open" in words,
        "node" in words, _states(words, "in:"), _states(words, "desk-not:"),
    )  # fmt: skip


def _states(words: list[str], prefix: str) -> frozenset[str]:
    listed = [word.removeprefix(prefix).split(",") for word in words if word.startswith(prefix)]
    return frozenset(listed[0]) if listed else frozenset()
