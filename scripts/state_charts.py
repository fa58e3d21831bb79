"""Print the state charts of movement notices as a page, from the very tables that the actions obey.

``python scripts/state_charts.py`` writes ``docs/reference/state-charts.md`` and the schemas in ``docs/protocol``;
``--check`` only tells whether they are fresh.
"""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path

from somec.movements import messages
from somec.movements.rules import CHARTS, Chart
from somec.persons.merging_rules import MERGE_CHART

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "state-charts.md"
PROTOCOL = ROOT / "docs" / "protocol"
INTRODUCTION = """# State charts of a movement notice

Made by `scripts/state_charts.py` from `src/somec/movements/rules.py`; a test fails when this page is not fresh.

One chart is the sender's: a notice until a second person has agreed, then each state that is told for itself. The
other is the receiver's. A step that is not here does not happen: the action is refused and nothing changes. Steps that
begin with `learn` are made by documents of the other state, whatever the order in which they come; `node` is the clock.
"""
MERGES = "From `src/somec/persons/merging_rules.py`; why, stands in [duplicates](../explanation/duplicates.md)."


def page() -> str:
    """Return the whole page."""
    return "\n".join([INTRODUCTION, *(_chart(chart) for chart in CHARTS), _merge_chart()])


def _merge_chart() -> str:
    """Return the chart of two files that are made one (``somec.persons.merging_rules``)."""
    lines = ["## Merge of two files", "", MERGES, "", "```mermaid", "stateDiagram-v2"]
    lines += [
        f"    {row.source.value if row.source else '[*]'} --> {row.target.value}: {row.action}" for row in MERGE_CHART
    ]
    lines += ["```", "", "| step | from | to | made by |", "|---|---|---|---|"]
    for row in MERGE_CHART:
        by = (
            "a second person" if row.second_person else "its author" if row.by_author else "who may write in both files"
        )
        source = row.source.value if row.source else "nothing"
        lines.append(f"| `{row.action}` | {source} | {row.target.value} | {by} |")
    return "\n".join([*lines, ""])


def _chart(chart: Chart) -> str:
    lines = [f"## {chart.name.capitalize()}", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {chart.initial.value}"]
    for row in chart.transitions:
        for source in sorted(row.sources):
            target = row.target or source
            if target is not source:
                lines.append(f"    {source.value} --> {target.value}: {row.action}")
    lines += ["```", "", "| state | acts next | steps that leave it | steps that stay |", "|---|---|---|---|"]
    for state in chart.states:
        rows = [row for row in chart.transitions if state in row.sources]
        leave = [f"`{row.action}` to {(row.target or state).value}" for row in rows if row.target not in {None, state}]
        stay = [f"`{row.action}`" for row in rows if row.target in {None, state}]
        party = chart.acts_next[state].value
        lines.append(f"| {state.value} | {party} | {', '.join(leave) or 'none'} | {', '.join(stay) or 'none'} |")
    lines += ["", "| step | made by | document |", "|---|---|---|"]
    made = dict.fromkeys((row.action, row.by.value, row.document) for row in chart.transitions)
    lines += [f"| `{action}` | {by} | {document or 'none'} |" for action, by, document in made]
    return "\n".join([*lines, ""])


def pages() -> dict[Path, str]:
    """Return every generated file and what must stand in it."""
    schemas = resources.files("somec.movements").joinpath("schemas")
    return {PAGE: page()} | {
        PROTOCOL / f"{name}.schema.json": schemas.joinpath(f"{name}.schema.json").read_text("utf-8")
        for name in messages.TYPES
    }


def main() -> int:
    """Write the pages, or with ``--check`` name those that are not fresh."""
    stale = [file for file, text in pages().items() if not file.exists() or file.read_text("utf-8") != text]
    if "--check" in sys.argv[1:]:
        for file in stale:
            print(f"not fresh: {file.relative_to(ROOT)} (run scripts/state_charts.py)")
        return 1 if stale else 0
    for file in stale:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(pages()[file], "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
