"""The log: what is written, who may read which part of it, and what others can prove about it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from somec.audit import actions, proofs, queries, rules
from somec.audit.bundles import verify_bundle
from somec.audit.models import CheckpointNote, Entry, Reason, Subtree, Tree
from somec.audit.rules import Kind, NewEntry
from somec.audit.verify import verify
from somec.crypto import hashtree
from somec.crypto.signing import Signer, new_private_key, sign_note
from somec.kernel import clock
from somec.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, NotPossibleNow

pytestmark = pytest.mark.django_db

NODE = Signer("somec.example/lv", new_private_key())
PEER = Signer("somec.example/nl", new_private_key())
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Officer:
    id = "usr-made-up"
    authority_id = "aut-made-up"


def entry(number: int, case: str = "prs-a", reason: str = "") -> NewEntry:
    return NewEntry(
        actor="usr-made-up",
        authority="aut-made-up",
        action="person.read",
        kind=Kind.CONSULTATION,
        subject=f"thing-{number}",
        case=case,
        purpose="supervise_order",
        reason=reason,
        detail={"number": number},
    )


def grown(size: int) -> None:
    with transaction.atomic():
        actions.record_many([entry(number) for number in range(size)])


def test_an_entry_says_who_what_when_why_and_to_whom() -> None:
    with clock.frozen(NOON), transaction.atomic():
        seq = actions.record(
            actor=Officer(),
            action="notice.transmit",
            kind=Kind.DISCLOSURE,
            subject="ntc-1",
            case="prs-1",
            purpose="prevent_offence",
            reason="He leaves on Friday.",
            recipient="NL",
            detail={"articles": "7"},
        )
    view = queries.entry(seq)
    assert (view.seq, view.at, view.actor, view.authority) == (1, NOON, "usr-made-up", "aut-made-up")
    assert (view.action, view.kind, view.subject, view.case) == ("notice.transmit", Kind.DISCLOSURE, "ntc-1", "prs-1")
    assert (view.purpose, view.reason, view.recipient) == ("prevent_offence", "He leaves on Friday.", "NL")
    assert view.detail == {"articles": "7"}
    assert not view.sealed


@pytest.mark.django_db(transaction=True)
def test_nothing_is_recorded_outside_a_transaction() -> None:
    with pytest.raises(NotPossibleNow, match=r"audit\.outside_transaction"):
        actions.record_many([entry(1)])


@pytest.mark.django_db(transaction=True)
def test_an_entry_goes_with_the_transaction_that_is_undone() -> None:
    grown(3)
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012
        actions.record_many([entry(4)])
        raise RuntimeError
    grown(1)
    assert list(Entry.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4]
    assert verify().ok


def test_numbers_run_on_without_gaps_and_bulk_equals_single() -> None:
    with clock.frozen(NOON), transaction.atomic():
        assert actions.record_many([entry(number) for number in range(5)]) == range(1, 6)
        together = bytes(Tree.objects.get().frontier)
    assert hashlib.sha256(together).digest()
    with clock.frozen(NOON), transaction.atomic():
        for number in range(5):
            actions.record_many([entry(number)])
    leaves = [bytes(row.leaf_hash) for row in Entry.objects.order_by("seq")]
    assert hashtree.root_of(leaves) == proofs.root_at(10)
    assert hashtree.root(rules.split_frontier(bytes(Tree.objects.get().frontier))) == proofs.root_at(10)
    assert hashtree.root(rules.split_frontier(together)) == proofs.root_at(5)


def test_nothing_recorded_grows_nothing() -> None:
    with transaction.atomic():
        assert len(actions.record_many([])) == 0
    assert queries.size() == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"subject": "x" * 65}, "subject"),
        ({"action": ""}, "action"),
        ({"purpose": "p" * 65}, "purpose"),
        ({"detail": {"text": "x" * 4_000}}, "detail"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(values: dict[str, object], field: str) -> None:
    base = {"actor": "a", "authority": "", "action": "x.y", "kind": Kind.SECURITY, "subject": "s"}
    with pytest.raises(Invalid) as refused, transaction.atomic():
        actions.record_many([NewEntry(**{**base, **values})])  # type: ignore[arg-type]
    assert list(refused.value.fields) == [field]
    assert queries.size() == 0


@pytest.mark.parametrize("change", ["save", "delete", "update", "delete_all"])
def test_django_refuses_to_change_what_is_written(change: str) -> None:
    grown(1)
    row = Entry.objects.get()
    with pytest.raises(NotPossibleNow, match=r"audit\.append_only"):
        {
            "save": row.save,
            "delete": row.delete,
            "update": lambda: Entry.objects.update(actor="other"),
            "delete_all": lambda: Entry.objects.all().delete(),
        }[change]()
    assert verify().ok


def test_a_typed_reason_never_stands_in_the_entry_and_can_be_erased() -> None:
    with transaction.atomic():
        actions.record_many([entry(1, reason="He told the neighbour that he would come back.")])
    row = Entry.objects.get()
    assert b"neighbour" not in rules.entry_bytes(queries.recorded(row))
    erasure = actions.erase_reason(actor=Officer(), seq=1, ground="led_16_2")
    assert queries.entry(1).reason == ""
    assert queries.entry(1).reason_erased
    assert queries.entry(erasure).kind is Kind.ERASURE
    assert not Reason.objects.filter(text__contains="neighbour").exists()
    assert verify().ok
    with pytest.raises(NotFound):
        actions.erase_reason(actor=Officer(), seq=1, ground="led_16_2")


def test_a_trail_shows_one_case_newest_first_with_counts() -> None:
    with transaction.atomic():
        actions.record_many([entry(number, case="prs-a") for number in range(60)])
        actions.record_many([entry(1, case="prs-b")])
        actions.record(actor=Officer(), action="person.change", kind=Kind.ALTERATION, subject="prs-a", case="prs-a")
    first, second = queries.trail("prs-a"), queries.trail("prs-a", 2)
    assert [view.seq for view in first.entries][:3] == [62, 60, 59]
    assert (first.total, first.pages, len(first.entries), len(second.entries)) == (61, 2, 50, 11)
    assert first.counts == {Kind.CONSULTATION: 60, Kind.ALTERATION: 1}
    assert first.unsealed == 61
    assert queries.trail("prs-a", only=queries.TrailFilter(kinds=frozenset({Kind.ALTERATION}))).total == 1
    assert queries.trail("").total == 0
    assert queries.trail_of("usr-made-up").total == 62
    assert queries.whole().total == 62


def test_a_trail_can_be_limited_in_time() -> None:
    for hours in range(4):
        with clock.frozen(NOON + timedelta(hours=hours)), transaction.atomic():
            actions.record_many([entry(hours)])
    only = queries.TrailFilter(since=NOON + timedelta(hours=1), until=NOON + timedelta(hours=3))
    assert [view.seq for view in queries.trail("prs-a", only=only).entries] == [3, 2]


def test_a_trail_costs_the_same_number_of_queries_however_long(django_assert_num_queries: object) -> None:
    for entries in (1, 120):
        with transaction.atomic():
            actions.record_many([entry(number, reason="because of that") for number in range(entries)])
        actions.checkpoint(signer=NODE)
        with django_assert_num_queries(6):  # type: ignore[operator]
            assert queries.trail("prs-a").entries


def test_a_checkpoint_is_a_signed_note_in_the_c2sp_form() -> None:
    grown(3)
    with clock.frozen(NOON):
        note = actions.checkpoint(signer=NODE)
    assert note is not None
    lines = note.splitlines()
    assert lines[:2] == ["somec.example/lv", "3"]
    assert lines[3] == "sealed 2026-11-21T12:00:00.000Z"
    assert lines[4:6] == ["after 0", ""]
    assert lines[6].startswith("— somec.example/lv ")
    assert actions.checkpoint(signer=NODE) is None
    assert queries.entry(3).sealed


@pytest.mark.django_db(transaction=True)
def test_a_checkpoint_is_copied_to_a_file_once_it_is_committed(tmp_path: Path) -> None:
    grown(3)
    file = tmp_path / "checkpoint"
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012
        actions.checkpoint(signer=NODE, copy_to=file)
        raise RuntimeError
    assert not file.exists()
    note = actions.checkpoint(signer=NODE, copy_to=file)
    assert file.read_text(encoding="utf-8") == note


def test_checkpoints_keep_their_distance() -> None:
    for minutes, made in ((0, True), (5, False), (15, True)):
        grown(1)
        with clock.frozen(NOON + timedelta(minutes=minutes)):
            assert bool(actions.checkpoint(signer=NODE, every=timedelta(minutes=15))) is made


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 700, 1024, 1100])
def test_proofs_from_stored_subtrees_equal_those_over_all_leaves(size: int) -> None:
    grown(size)
    leaves = [bytes(leaf) for leaf in Entry.objects.order_by("seq").values_list("leaf_hash", flat=True)]
    assert proofs.root_at(size) == hashtree.root_of(leaves)
    for index in {0, size // 3, size // 2, size - 1}:
        path = proofs.inclusion(index, size)
        assert path == hashtree.inclusion_proof(leaves, index)
        assert hashtree.verify_inclusion(leaves[index], index, size, path, proofs.root_at(size))
    for old in {1, size // 2 or 1, size}:
        assert proofs.consistency(old, size) == hashtree.consistency_proof(leaves, old)
    assert Subtree.objects.count() == size // 256 + size // 512 + size // 1024


def test_pymerkle_agrees_with_the_root() -> None:
    pymerkle = pytest.importorskip("pymerkle")
    grown(37)
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for row in Entry.objects.order_by("seq"):
        tree.append_entry(rules.entry_bytes(queries.recorded(row)))
    assert tree.get_root() == proofs.root_at(37)


def test_a_proof_waits_for_a_checkpoint() -> None:
    grown(5)
    with pytest.raises(NotFound):
        queries.proof(2)
    actions.checkpoint(signer=NODE)
    proof = queries.proof(2)
    leaf = hashtree.leaf_hash(proof.entry)
    assert hashtree.verify_inclusion(leaf, 1, proof.checkpoint.size, proof.path, proof.checkpoint.root)


def test_a_witness_signs_only_a_log_that_appends() -> None:
    grown(5)
    first = actions.checkpoint(signer=NODE)
    assert first is not None
    line = actions.witness(signer=PEER, log=NODE.verifier, note=first)
    actions.add_cosignature(size=5, line=line, peer=PEER.verifier)
    grown(2)  # and two that say what was signed here and there
    second = actions.checkpoint(signer=NODE)
    assert second is not None
    with pytest.raises(NotPossibleNow) as too_old:
        actions.witness(signer=PEER, log=NODE.verifier, note=second, old_size=3)
    assert too_old.value.parameters == {"known": 5}
    forged = rules.Checkpoint(NODE.name, 9, hashlib.sha256(b"another log").digest()).text()
    with pytest.raises(Conflict, match=r"checkpoint\.rewritten"):
        actions.witness(
            signer=PEER, log=NODE.verifier, note=sign_note(forged, NODE), old_size=5, proof=queries.consistency(5, 9)
        )
    line = actions.witness(signer=PEER, log=NODE.verifier, note=second, old_size=5, proof=queries.consistency(5, 9))
    actions.add_cosignature(size=9, line=line, peer=PEER.verifier)
    shown = queries.checkpoint()
    assert shown is not None
    assert [name for name, _ in shown.witnesses] == [PEER.name]
    result = verify(verifiers=[NODE.verifier, PEER.verifier], notes=[first])
    assert result.ok
    assert (result.checkpoints, result.signatures) == (3, 5)


def test_a_witness_signs_nothing_that_the_log_did_not_sign() -> None:
    grown(1)
    note = sign_note(rules.Checkpoint(NODE.name, 1, proofs.root_at(1)).text(), PEER)
    with pytest.raises(NotAllowed, match=r"checkpoint\.not_signed"):
        actions.witness(signer=PEER, log=NODE.verifier, note=note)


def test_a_countersignature_of_somebody_else_is_refused() -> None:
    grown(1)
    actions.checkpoint(signer=NODE)
    other = sign_note("another text\n", PEER).splitlines()[-1]
    with pytest.raises(Invalid):
        actions.add_cosignature(size=1, line=other, peer=PEER.verifier)
    with pytest.raises(NotFound):
        actions.add_cosignature(size=2, line=other, peer=PEER.verifier)


def test_an_exported_trail_proves_itself_without_the_node() -> None:
    with transaction.atomic():
        actions.record_many([entry(number, case=f"prs-{number % 3}") for number in range(300)])
    actions.checkpoint(signer=NODE)
    grown(1)
    bundle = queries.export("prs-1")
    good = verify_bundle(bundle, NODE.verifier)
    assert (good.ok, good.entries, good.first_wrong, good.signers) == (True, 100, None, (NODE.name,))
    entries = bundle["entries"]
    assert isinstance(entries, list)
    entries[4]["entry"] = entries[4]["entry"].replace("usr-made-up", "usr-someone")  # type: ignore[index,call-overload,union-attr,arg-type]
    bad = verify_bundle(bundle, NODE.verifier)
    assert (bad.ok, bad.first_wrong) == (False, 13)
    with pytest.raises(Invalid, match=r"bundle\.not_signed"):
        verify_bundle(bundle, PEER.verifier)
    with pytest.raises(Invalid, match=r"bundle\.malformed"):
        verify_bundle({"entries": []}, NODE.verifier)


def test_an_export_reads_what_its_proofs_have_in_common_once(
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    with transaction.atomic():
        actions.record_many([entry(number, case=f"prs-{number % 2}") for number in range(700)])
    actions.checkpoint(signer=NODE)
    with django_assert_max_num_queries(9):
        bundle = queries.export("prs-1")
    assert verify_bundle(bundle, NODE.verifier).entries == 350


def test_the_log_does_not_begin_again_when_its_head_was_taken_away() -> None:
    grown(2)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_tree")
    with pytest.raises(Conflict, match=r"audit\.tree_missing"):
        grown(1)
    assert CheckpointNote.objects.count() == 0
