"""Which bytes of an entry are hashed, what a checkpoint says, how the log grows: pure rules."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somec.audit import rules
from somec.audit.rules import Checkpoint, Kind, NewEntry, Recorded
from somec.crypto import hashtree
from somec.kernel import canonical
from somec.kernel.errors import Invalid

ENTRY = Recorded(
    7, "2026-11-21T12:00:00.000Z", "usr-1", "aut-1", "person.read", "consultation", "prs-1", "prs-1", "supervise_order",
    "", "", "{}",
)  # fmt: skip


def test_the_hashed_bytes_are_canonical_json_of_every_column() -> None:
    assert rules.entry_bytes(ENTRY) == (
        b'{"action":"person.read","actor":"usr-1","at":"2026-11-21T12:00:00.000Z","authority":"aut-1","case":"prs-1",'
        b'"detail":"{}","kind":"consultation","purpose":"supervise_order","reason_hash":"","recipient":"","seq":7,'
        b'"subject":"prs-1"}'
    )
    decoded = canonical.decode(rules.entry_bytes(ENTRY))
    assert isinstance(decoded, dict)
    assert set(decoded) == {field.name for field in fields(Recorded)}


@given(
    st.lists(st.text(st.characters(exclude_categories=("Cs",))), min_size=11, max_size=11), st.integers(1, 2**53 - 1)
)
def test_the_quick_way_gives_the_bytes_of_the_general_one(texts: list[str], seq: int) -> None:
    entry = Recorded(seq, *texts)
    assert rules.entry_bytes(entry) == canonical.encode(
        {field.name: getattr(entry, field.name) for field in fields(entry)}
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [("actor", None), ("detail", b"{}"), ("seq", "7"), ("seq", True), ("seq", 2**53), ("case", "\ud800")],
)
def test_what_cannot_be_hashed_is_refused(field: str, value: object) -> None:
    with pytest.raises(Invalid):
        rules.entry_bytes(replace(ENTRY, **{field: value}))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [field.name for field in fields(Recorded)])
def test_each_column_changes_the_hash(name: str) -> None:
    changed = replace(ENTRY, **{name: 8 if name == "seq" else "other"})
    assert hashtree.leaf_hash(rules.entry_bytes(changed)) != hashtree.leaf_hash(rules.entry_bytes(ENTRY))


def test_the_kinds_are_those_of_the_directive_and_security() -> None:
    assert [kind.value for kind in Kind] == [
        "collection", "alteration", "consultation", "disclosure", "combination", "erasure", "security",
    ]  # fmt: skip


def test_a_reason_is_kept_as_a_salted_hash() -> None:
    assert rules.reason_hash(b"salt", "") == ""
    assert rules.reason_hash(b"salt", "why") == hashlib.sha256(b"saltwhy").hexdigest()
    assert rules.reason_hash(b"other", "why") != rules.reason_hash(b"salt", "why")


def test_a_reason_is_not_shown_by_accident() -> None:
    assert "neighbour" not in repr(NewEntry("a", "b", "c.d", Kind.SECURITY, "s", reason="the neighbour"))


@given(st.lists(st.binary(max_size=8), max_size=40), st.integers(0, 40))
def test_growing_in_two_steps_is_growing_in_one(entries: list[bytes], cut: int) -> None:
    leaves = [hashtree.leaf_hash(entry) for entry in entries]
    whole = rules.grow(0, [], rules.EMPTY_LINK, leaves)
    first = rules.grow(0, [], rules.EMPTY_LINK, leaves[:cut])
    second = rules.grow(first.size, first.frontier, first.link, leaves[cut:])
    assert (second.size, second.frontier, second.link) == (whole.size, whole.frontier, whole.link)
    assert [*first.links, *second.links] == whole.links
    assert hashtree.root(whole.frontier) == hashtree.root_of(leaves)
    assert rules.split_frontier(rules.join_frontier(whole.frontier)) == whole.frontier


def test_complete_subtrees_are_told_from_level_eight_on() -> None:
    leaves = [hashtree.leaf_hash(bytes([number % 256])) for number in range(1024)]
    growth = rules.grow(0, [], rules.EMPTY_LINK, leaves)
    assert [(level, position) for level, position, _ in growth.subtrees] == [
        (8, 0), (8, 1), (9, 0), (8, 2), (8, 3), (9, 1), (10, 0),
    ]  # fmt: skip
    for level, position, root in growth.subtrees:
        assert root == hashtree.root_of(leaves[position << level : (position + 1) << level])


ROOT = hashlib.sha256(b"root").digest()


@pytest.mark.parametrize("sealed", ["", "2026-11-21T12:00:00.000Z"])
def test_a_checkpoint_is_read_as_it_was_written(sealed: str) -> None:
    point = Checkpoint("somec.example/lv", 48_190, ROOT, sealed)
    assert rules.read_checkpoint(point.text()) == point
    assert point.text().splitlines()[:2] == ["somec.example/lv", "48190"]


def test_unknown_lines_of_a_checkpoint_are_passed_over() -> None:
    point = Checkpoint("somec.example/lv", 1, ROOT)
    assert rules.read_checkpoint(point.text() + "something new\n") == point


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "origin\n", "origin\n1\n", "\n1\nAAAA\n", "origin\n01\nAAAA\n", "origin\n-1\nAAAA\n",
        "origin\n1\nAAAA\n", "origin\none\nAAAA\n", "origin\n1\n!!!!\n", "origin\n1 \nAAAA\n",
    ],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"checkpoint\.malformed"):
        rules.read_checkpoint(text)
