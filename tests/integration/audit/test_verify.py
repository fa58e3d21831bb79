"""Whatever is done to the log in the database is found, and the first wrong entry is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from somec.audit import actions, proofs, rules
from somec.audit.models import CheckpointNote, Cosignature, Entry
from somec.audit.rules import Kind, NewEntry
from somec.audit.verify import Result, verify
from somec.crypto import hashtree
from somec.crypto.signing import Signer, new_private_key, sign_note
from somec.kernel import clock

pytestmark = pytest.mark.django_db

NODE = Signer("somec.example/lv", new_private_key())
PEER = Signer("somec.example/nl", new_private_key())
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SIZE = 12
SEALED = (4, 9)


def entry(number: int) -> NewEntry:
    return NewEntry(
        actor=f"usr-{number}", authority="aut-1", action="person.read", kind=Kind.CONSULTATION, subject=f"prs-{number}",
        case=f"prs-{number}", purpose="supervise_order", reason=f"because {number}" if number % 3 == 0 else "",
        recipient="NL" if number % 2 else "", detail={"number": number},
    )  # fmt: skip


@pytest.fixture
def log() -> None:
    """Twelve entries, four with a typed reason, sealed at four and nine, the first seal countersigned."""
    for number in range(1, SIZE + 1):
        with clock.frozen(NOON), transaction.atomic():
            actions.record_many([entry(number)])
            if number in SEALED:
                note = actions.checkpoint(signer=NODE)
                assert note is not None
                if number == SEALED[0]:
                    line = sign_note(note.rpartition("\n\n")[0] + "\n", PEER).splitlines()[-1]
                    Cosignature(checkpoint_id=number, witness=PEER.name, at=NOON, line=line).save()


def checked() -> Result:
    return verify(verifiers=[NODE.verifier, PEER.verifier])


def sql(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_an_untouched_log_is_proved(log: None) -> None:
    result = checked()
    assert (result.ok, result.entries, result.checkpoints, result.signatures) == (True, SIZE, 2, 3)
    assert result.root == proofs.root_at(SIZE)
    assert result.rate > 0
    assert result.first_wrong is None


def test_an_empty_log_is_proved() -> None:
    assert checked().ok


def rewrite(seq: int, column: str = "actor", value: object = "usr-other", *, all_after: bool = False) -> None:
    """Change an entry as somebody would who knows the program: leaf hash and, if asked, everything after it too."""
    sql(f"UPDATE audit_entry SET {column} = %s WHERE seq = %s", value, seq)  # noqa: S608
    rows = list(Entry.objects.filter(seq__gte=seq).order_by("seq"))
    before = Entry.objects.filter(seq=seq - 1).first()
    link = bytes(before.link) if before else rules.EMPTY_LINK
    for row in rows:
        leaf = hashtree.leaf_hash(rules.entry_bytes(queries_recorded(row)))
        link = rules.link(link, leaf)
        sql("UPDATE audit_entry SET leaf_hash = %s WHERE seq = %s", leaf, row.seq)
        if all_after:
            sql("UPDATE audit_entry SET link = %s WHERE seq = %s", link, row.seq)
    if all_after:
        leaves = [bytes(row.leaf_hash) for row in Entry.objects.order_by("seq")]
        growth = rules.grow(0, [], rules.EMPTY_LINK, leaves)
        sql("UPDATE audit_tree SET frontier = %s, link = %s", rules.join_frontier(growth.frontier), growth.link)


def queries_recorded(row: Entry) -> rules.Recorded:
    return rules.Recorded(
        row.seq, row.at, row.actor, row.authority, row.action, row.kind, row.subject, row.case, row.purpose,
        row.reason_hash, row.recipient, row.detail,
    )  # fmt: skip


def swap(one: int, other: int) -> None:
    sql("UPDATE audit_entry SET seq = 900 WHERE seq = %s", one)
    sql("UPDATE audit_entry SET seq = %s WHERE seq = %s", one, other)
    sql("UPDATE audit_entry SET seq = %s WHERE seq = 900", other)


def cut(size: int, *, tree: bool = False, notes: bool = False) -> None:
    sql("DELETE FROM audit_entry WHERE seq > %s", size)
    sql("DELETE FROM audit_reason WHERE seq > %s", size)
    if tree:
        leaves = [bytes(row.leaf_hash) for row in Entry.objects.order_by("seq")]
        growth = rules.grow(0, [], rules.EMPTY_LINK, leaves)
        sql(
            "UPDATE audit_tree SET size = %s, frontier = %s, link = %s",
            size, rules.join_frontier(growth.frontier), growth.link,
        )  # fmt: skip
    if notes:
        sql("DELETE FROM audit_cosignature WHERE checkpoint_id > %s", size)
        sql("DELETE FROM audit_checkpointnote WHERE size > %s", size)


def shift_after_deleting(seq: int) -> None:
    sql("DELETE FROM audit_entry WHERE seq = %s", seq)
    for number in range(seq + 1, SIZE + 1):
        sql("UPDATE audit_entry SET seq = %s WHERE seq = %s", number - 1, number)


def insert(seq: int) -> None:
    sql(
        "INSERT INTO audit_entry SELECT %s, at, actor, authority, action, kind, subject, case_file, purpose,"
        " reason_hash, recipient, detail, leaf_hash, link FROM audit_entry WHERE seq = 2",
        seq,
    )


FAULTS: list[tuple[str, Callable[[], Any], str, int, int]] = [
    # what was done, how, code, first wrong entry, last
    ("a column changed", lambda: sql("UPDATE audit_entry SET actor = 'usr-x' WHERE seq = 7"), "entry.changed", 7, 7),
    ("white space in the detail", lambda: sql("UPDATE audit_entry SET detail = '{ \"number\":7}' WHERE seq = 7"),
     "entry.changed", 7, 7),
    ("the instant moved", lambda: sql("UPDATE audit_entry SET at = '2026-11-21T12:00:00.001Z' WHERE seq = 1"),
     "entry.changed", 1, 1),
    ("a leaf hash changed", lambda: sql("UPDATE audit_entry SET leaf_hash = %s WHERE seq = 5", bytes(32)),
     "entry.changed", 5, 5),
    ("a link changed", lambda: sql("UPDATE audit_entry SET link = %s WHERE seq = 5", bytes(32)),
     "entry.rewritten", 5, 5),
    ("a row and its leaf hash changed", lambda: rewrite(6), "entry.rewritten", 6, 6),
    ("a row taken away", lambda: sql("DELETE FROM audit_entry WHERE seq = 7"), "entry.missing", 7, 7),
    ("the first row taken away", lambda: sql("DELETE FROM audit_entry WHERE seq = 1"), "entry.missing", 1, 1),
    ("a row taken away, the rest moved up", lambda: shift_after_deleting(5), "entry.changed", 5, 5),
    ("two rows exchanged", lambda: swap(3, 8), "entry.changed", 3, 3),
    ("cut short", lambda: cut(10), "log.cut", 11, 12),
    ("cut short with the tree's row", lambda: cut(8, tree=True), "log.cut", 9, 9),
    ("a row added at the end", lambda: insert(13), "entry.added", 13, 13),
    ("a row added far away", lambda: insert(99), "entry.added", 99, 99),
    ("everything rebuilt after a change", lambda: rewrite(6, all_after=True), "checkpoint.root", 5, 9),
    ("everything rebuilt after a change of the first", lambda: rewrite(1, all_after=True), "checkpoint.root", 1, 4),
    ("the tree's row taken away", lambda: sql("DELETE FROM audit_tree"), "tree.missing", 10, 12),
    ("the tree's size lowered", lambda: sql("UPDATE audit_tree SET size = 11"), "tree.changed", 10, 11),
    ("the tree's size raised", lambda: sql("UPDATE audit_tree SET size = 13"), "log.cut", 13, 13),
    ("the frontier changed", lambda: sql("UPDATE audit_tree SET frontier = %s", bytes(64)), "tree.changed", 10, 12),
    ("the last link changed", lambda: sql("UPDATE audit_tree SET link = %s", bytes(32)), "tree.changed", 10, 12),
    ("a reason rewritten", lambda: sql("UPDATE audit_reason SET text = 'another' WHERE seq = 6"),
     "reason.changed", 6, 6),
    ("a salt changed", lambda: sql("UPDATE audit_reason SET salt = %s WHERE seq = 6", bytes(16)),
     "reason.changed", 6, 6),
    ("a reason taken away", lambda: sql("DELETE FROM audit_reason WHERE seq = 6"), "reason.missing", 6, 6),
    ("a reason erased without an entry", lambda: sql("UPDATE audit_reason SET text = '', erased_by = 7 WHERE seq = 6"),
     "reason.missing", 6, 6),
    ("a reason put where none was", lambda: sql("INSERT INTO audit_reason (seq, salt, text) VALUES (7, %s, 'x')", b""),
     "reason.added", 7, 7),
    ("a reason put past the end", lambda: sql("INSERT INTO audit_reason (seq, salt, text) VALUES (70, %s, 'x')", b""),
     "reason.added", 70, 70),
    ("a checkpoint's root changed", lambda: sql("UPDATE audit_checkpointnote SET root = %s WHERE size = 9", bytes(32)),
     "checkpoint.changed", 5, 9),
    ("a checkpoint's note changed", lambda: sql("UPDATE audit_checkpointnote SET note = 'x' WHERE size = 9"),
     "checkpoint.changed", 9, 9),
    ("a countersigned checkpoint taken away", lambda: sql("DELETE FROM audit_checkpointnote WHERE size = 4"),
     "checkpoint.missing", 1, 4),
    ("a countersignature changed", lambda: sql("UPDATE audit_cosignature SET line = replace(line, '— ', '— x')"),
     "checkpoint.signature", 4, 4),
    ("a subtree added", lambda: sql("INSERT INTO audit_subtree (level, position, root) VALUES (8, 0, %s)", bytes(32)),
     "subtree.added", 1, 256),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "first", "last"), [row[1:] for row in FAULTS], ids=[r[0] for r in FAULTS])
def test_a_fault_is_named(log: None, change: Callable[[], Any], code: str, first: int, last: int) -> None:
    with connection.constraint_checks_disabled():
        change()
        result = checked()
        assert result.finding is not None
        assert (result.finding.code, result.finding.first, result.finding.last) == (code, first, last)
        assert not result.ok
        assert result.first_wrong == first
        sql("DELETE FROM audit_cosignature")  # leave no row behind that points at nothing


def test_a_log_cut_together_with_its_checkpoints_is_found_by_a_copy_kept_elsewhere(log: None) -> None:
    copy = CheckpointNote.objects.get(size=9).note
    cut(8, tree=True, notes=True)
    assert checked().ok  # the database alone cannot know
    result = verify(verifiers=[NODE.verifier], notes=[copy])
    assert result.finding is not None
    assert (result.finding.code, result.finding.first) == ("log.cut", 9)


def test_a_checkpoint_forged_with_another_key_is_found(log: None) -> None:
    rewrite(6, all_after=True)
    stranger = Signer(NODE.name, new_private_key())
    root = proofs.root_at(9)
    note = sign_note(rules.Checkpoint(NODE.name, 9, root, clock.iso(NOON)).text(), stranger)
    sql("UPDATE audit_checkpointnote SET root = %s, note = %s WHERE size = 9", root, note)
    result = checked()
    assert result.finding is not None
    assert result.finding.code == "checkpoint.signature"


def test_a_wrong_subtree_is_found() -> None:
    with transaction.atomic():
        actions.record_many([entry(number) for number in range(600)])
    assert checked().ok
    sql("UPDATE audit_subtree SET root = %s WHERE level = 8 AND position = 1", bytes(32))
    result = checked()
    assert result.finding is not None
    assert (result.finding.code, result.finding.first, result.finding.last) == ("subtree.changed", 257, 512)
    sql("DELETE FROM audit_subtree WHERE position = 1")
    assert checked().first_wrong == 257


COLUMNS = (
    "at",
    "actor",
    "authority",
    "action",
    "subject",
    "case_file",
    "purpose",
    "reason_hash",
    "recipient",
    "detail",
)
text = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs",)), max_size=24)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_single_change_of_any_column_is_found_at_its_entry(log: None, data: st.DataObject) -> None:
    seq = data.draw(st.integers(1, SIZE), label="entry")
    column = data.draw(st.sampled_from(COLUMNS), label="column")
    value = data.draw(text, label="value")
    undo = transaction.savepoint()
    row = Entry.objects.get(seq=seq)
    before = getattr(row, "case" if column == "case_file" else column)
    if column == "action" and not value:
        value = "x"
    sql(f"UPDATE audit_entry SET {column} = %s WHERE seq = %s", value, seq)  # noqa: S608
    result = checked()
    transaction.savepoint_rollback(undo)
    if value == before:
        assert result.ok
    else:
        assert result.first_wrong == seq


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(1, SIZE + 1)))
def test_any_reordering_is_found_at_the_first_entry_that_moved(log: None, order: list[int]) -> None:
    undo = transaction.savepoint()
    sql("UPDATE audit_entry SET seq = seq + 1000")
    for place, seq in enumerate(order, start=1):
        sql("UPDATE audit_entry SET seq = %s WHERE seq = %s", place, seq + 1000)
    result = checked()
    transaction.savepoint_rollback(undo)
    moved = [place for place, seq in enumerate(order, start=1) if place != seq]
    assert result.first_wrong == (moved[0] if moved else None)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gone=st.sets(st.integers(1, SIZE), min_size=1))
def test_any_deletion_is_found_at_the_first_entry_that_is_gone(log: None, gone: set[int]) -> None:
    undo = transaction.savepoint()
    for seq in gone:
        sql("DELETE FROM audit_entry WHERE seq = %s", seq)
    result = checked()
    transaction.savepoint_rollback(undo)
    assert result.first_wrong == min(gone)
