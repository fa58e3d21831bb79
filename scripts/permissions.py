"""Writes the table of permissions into docs/reference/access.md from ``somec.access.rules.ACTIONS``."""

from __future__ import annotations

from pathlib import Path

from somec.access.rules import ACTIONS, Relation, Role, Rule

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "access.md"
BEGIN, END = "<!-- table: made by scripts/permissions.py -->", "<!-- end of table -->"
WORDS = {
    Relation.ANYONE: "yes", Relation.AUTHOR: "author", Relation.OWNER: "owner", Relation.AUTHORITY: "authority",
    Relation.DESK: "desk", Relation.OPENED: "purpose",
}  # fmt: skip


def table() -> str:
    """Return one line for each action: who may, by which relation, under which condition."""
    lines = ["| Action | Who, when one of these holds | Conditions |", "|---|---|---|"]
    lines += [f"| `{action}` | {_who(rule)} | {_conditions(rule)} |" for action, rule in ACTIONS.items()]
    return "\n".join(lines)


def _who(rule: Rule) -> str:
    said = []
    for grant in rule.grants:
        roles = "everybody" if grant.roles == frozenset(Role) else ", ".join(
            role.value.replace("_", " ") for role in Role if role in grant.roles
        )  # fmt: skip
        relations = [WORDS[relation] for relation in Relation if relation in grant.relations]
        hidden = f", not while {_states(grant.hidden)}" if grant.hidden else ""
        said.append(roles if relations == ["yes"] else f"{roles}: {' / '.join(relations)}{hidden}")
    return "; ".join(said) or "nobody"


def _conditions(rule: Rule) -> str:
    said = [
        "never the author" if rule.second_person else "",
        f"only while {_states(rule.states)}" if rule.states else "",
        "and an open purpose" if rule.needs_opening else "",
        "also the node itself" if rule.node else "",
    ]
    return "; ".join(part for part in said if part)


def _states(states: frozenset[str]) -> str:
    return ", ".join(state.replace("_", " ") for state in sorted(states))


def page(text: str) -> str:
    """Return the page with a fresh table."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
