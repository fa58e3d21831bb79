"""What is taken away or changed in the tables beside the log is named."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from somec.access.rules import node_actor
from somec.audit import actions, checking, queries, rules
from somec.audit.models import CheckpointNote, Cosignature, Verification, Witnessed
from somec.audit.rules import Kind
from somec.audit.verify import Finding, Result, verify
from somec.crypto.signing import Signer, new_private_key, sign_note
from somec.kernel import clock

pytestmark = pytest.mark.django_db

NODE = Signer("lv.node.somec", new_private_key())
PEER = Signer("nl.node.somec", new_private_key())
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEYS = [NODE.verifier, PEER.verifier]


@pytest.fixture(autouse=True)
def _log() -> None:
    """Three checkpoints, two of them countersigned and one checkpoint of a peer signed here; two proofs."""
    with clock.frozen(NOON):
        for number in range(3):
            with transaction.atomic():
                actions.record(actor=rules.NODE, action="person.read", kind=Kind.CONSULTATION, subject=f"prs-{number}")
                note = actions.checkpoint(signer=NODE)
            assert note is not None
            if number < 2:
                countersign(note)
        theirs = sign_note(rules.Checkpoint(PEER.name, 7, bytes(32)).text(), PEER)
        actions.witness(signer=NODE, log=PEER.verifier, note=theirs)
        for _ in range(2):
            checking.ask(actor=node_actor("LV"))
            proved()


def countersign(note: str) -> None:
    line = sign_note(note.rpartition("\n\n")[0] + "\n", PEER).splitlines()[-1]
    actions.add_cosignature(size=queries.said_size(note), line=line, peer=PEER.verifier)


def proved() -> Result | None:
    return checking.run_due(verifiers=lambda: KEYS, notes=lambda: ())


def finding() -> Finding | None:
    return verify(verifiers=KEYS).finding


def entry(action: rules.Own, place: int = 0) -> int:
    rows = queries.Entry.objects.filter(action=action.value).order_by("seq").values_list("seq", flat=True)
    return list(rows)[place]


def sql(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_an_untouched_log_is_proved_also_beside_its_entries() -> None:
    assert finding() is None
    assert [note.note.count("\nafter ") for note in CheckpointNote.objects.all()] == [1, 1, 1]


def test_a_checkpoint_taken_away_from_between_two_others_is_missed() -> None:
    first, second, _ = CheckpointNote.objects.order_by("size").values_list("size", flat=True)
    sql("DELETE FROM audit_cosignature WHERE checkpoint_id = %s", second)
    sql("DELETE FROM audit_checkpointnote WHERE size = %s", second)
    assert finding() == Finding("checkpoint.missing", first + 1, second)


def test_the_first_checkpoint_taken_away_is_missed() -> None:
    first = CheckpointNote.objects.order_by("size").values_list("size", flat=True)[0]
    sql("DELETE FROM audit_cosignature WHERE checkpoint_id = %s", first)
    sql("DELETE FROM audit_checkpointnote WHERE size = %s", first)
    found = finding()
    assert found is not None
    assert (found.code, found.first) == ("checkpoint.missing", 1)


@pytest.mark.parametrize("place", [0, 1])
def test_a_countersignature_taken_away_is_missed(place: int) -> None:
    seq, row = entry(rules.Own.COSIGNED, place), Cosignature.objects.order_by("id")[place]
    sql("DELETE FROM audit_cosignature WHERE id = %s", row.pk)
    assert finding() == Finding("cosignature.missing", seq, seq)


def test_a_countersignature_said_to_be_given_at_another_time_is_named() -> None:
    seq = entry(rules.Own.COSIGNED)
    sql("UPDATE audit_cosignature SET at = '2026-11-20 12:00:00' WHERE id = %s", Cosignature.objects.earliest("id").pk)
    assert finding() == Finding("cosignature.changed", seq, seq)


def test_a_countersignature_said_to_be_of_another_state_is_named() -> None:
    row = Cosignature.objects.earliest("id")
    sql("UPDATE audit_cosignature SET witness = 'es.node.somec' WHERE id = %s", row.pk)
    assert finding() == Finding("checkpoint.signature", row.checkpoint_id, row.checkpoint_id)


def test_what_was_signed_of_another_log_is_missed_and_named() -> None:
    seq = entry(rules.Own.WITNESSED)
    sql("UPDATE audit_witnessed SET size = 6")
    assert finding() == Finding("witnessed.changed", seq, seq)
    sql("DELETE FROM audit_witnessed")
    assert finding() == Finding("witnessed.missing", seq, seq)
    assert not Witnessed.objects.exists()


def test_the_outcome_of_a_proof_is_missed_and_named() -> None:
    seq, newest = entry(rules.Own.PROVED, 1), Verification.objects.latest("id").pk
    sql("UPDATE audit_verification SET entries = entries + 1 WHERE id = %s", newest)
    assert finding() == Finding("verification.changed", seq, seq)
    sql("DELETE FROM audit_verification WHERE id = %s", newest)
    assert finding() == Finding("verification.missing", seq, seq)


def test_a_fault_that_was_found_cannot_be_made_a_proof() -> None:
    sql("UPDATE audit_entry SET subject = 'prs-x' WHERE seq = 1")
    checking.ask(actor=node_actor("LV"))
    proved()
    sql("UPDATE audit_entry SET subject = 'prs-0' WHERE seq = 1")
    assert finding() is None
    seq = entry(rules.Own.PROVED, 2)
    sql("UPDATE audit_verification SET code = '', first = NULL, last = NULL")
    assert finding() == Finding("verification.changed", seq, seq)


def test_a_proof_that_was_never_made_is_named() -> None:
    Verification.objects.create(asked_at=NOON, done_at=NOON, entries=3)
    assert finding() == Finding("verification.added", 1, 1)


def test_a_log_that_takes_no_entry_still_says_that_it_is_broken() -> None:
    checking.ask(actor=node_actor("LV"))
    sql("UPDATE audit_tree SET size = size - 1")
    before = queries.Entry.objects.count()
    result = proved()
    assert result is not None
    assert not result.ok
    assert checking.latest().broken
    assert queries.Entry.objects.count() == before
