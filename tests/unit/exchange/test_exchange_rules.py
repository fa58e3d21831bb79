from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somec.exchange import rules
from somec.exchange.rules import (
    Answer,
    Basis,
    DueSpec,
    ObligationRule,
    ObligationState,
    PeerState,
    Retry,
    Settles,
    Trouble,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
RULE = ObligationRule(
    id="answer", debtor="receiver", basis=Basis("house"), due=lambda _: DueSpec(NOON, "hours", 1),
    met_by=(Settles("reply"), Settles("progress", lambda body: body["items"] == ["arrived"], bound=True)),
    cancelled_by=(Settles("recall"),),
)  # fmt: skip


def _document(kind: str, refers_to: str = "doc-a", items: tuple[str, ...] = ()) -> dict[str, object]:
    return {"header": {"type": kind, "refers_to": refers_to}, "items": list(items)}


@pytest.mark.parametrize(
    ("sender", "document", "outcome"),
    [
        pytest.param("NL", _document("reply"), ObligationState.MET, id="the debtor's reply meets it"),
        pytest.param("LV", _document("reply"), None, id="the creditor's reply does not"),
        pytest.param("LV", _document("recall"), ObligationState.CANCELLED, id="the creditor recalls what he asked"),
        pytest.param("NL", _document("recall"), None, id="the debtor cannot free himself"),
        pytest.param("NL", _document("progress", items=("arrived",)), ObligationState.MET, id="arrival is said"),
        pytest.param("NL", _document("progress", items=("seen",)), None, id="another progress is no arrival"),
        pytest.param("NL", _document("progress", "doc-b", ("arrived",)), None, id="arrival of an earlier notice"),
        pytest.param("NL", _document("other"), None, id="another type"),
    ],
)
def test_what_settles_a_duty(sender: str, document: dict[str, object], outcome: ObligationState | None) -> None:
    assert rules.settlement(RULE, debtor="NL", sender=sender, document=document, about="doc-a") is outcome


@given(st.permutations([(NOON + timedelta(seconds=second), f"doc-{second % 3}{second}") for second in range(5)]))
def test_whichever_order_documents_arrive_in_the_same_one_settles(order: list[tuple[datetime, str]]) -> None:
    present: tuple[datetime, str] | None = None
    for created, number in order:
        if rules.settles_first(created=created, document_id=number, present=present):
            present = (created, number)
    assert present == min(order)


def test_both_nodes_name_a_duty_alike() -> None:
    one = rules.obligation_id("doc-a", "answer")
    assert one == rules.obligation_id("doc-a", "answer")
    assert len({one, rules.obligation_id("doc-a", "other"), rules.obligation_id("doc-b", "answer")}) == 3


@given(st.integers(min_value=1, max_value=10_000), st.floats(min_value=0, max_value=1))
def test_pauses_grow_and_end_at_the_longest(failures: int, chance: float) -> None:
    retry = Retry()
    pause = retry.pause(failures, chance)
    assert timedelta() < pause <= timedelta(seconds=retry.longest * 1.25)
    assert retry.pause(failures, chance) <= retry.pause(failures + 1, chance)


def test_no_failure_no_pause() -> None:
    assert Retry().pause(0, 1.0) == timedelta()


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("EBMS:0001", Answer.REFUSED), ("EBMS:0003", Answer.REFUSED), ("EBMS:0008", Answer.REFUSED),
        ("EBMS:0102", Answer.REFUSED), ("EBMS:0303", Answer.REFUSED), ("EBMS:0010", Answer.CLOSED),
        ("EBMS:0101", Answer.CLOSED), ("EBMS:0004", Answer.LATER), ("EBMS:0202", Answer.LATER),
    ],
)  # fmt: skip
def test_meaning_of_an_error(code: str, meaning: Answer) -> None:
    assert rules.meaning_of_error(code) is meaning


@pytest.mark.parametrize(
    ("ends_in_days", "own", "warning"),
    [
        (31, False, None), (30, False, Trouble.CERTIFICATE_EXPIRING), (0, False, Trouble.CERTIFICATE_EXPIRED),
        (-1, False, Trouble.CERTIFICATE_EXPIRED), (30, True, Trouble.OWN_CERTIFICATE_EXPIRING),
        (-1, True, Trouble.OWN_CERTIFICATE_EXPIRED), (400, True, None),
    ],
)  # fmt: skip
def test_certificates_are_announced_before_they_end(ends_in_days: int, own: bool, warning: Trouble | None) -> None:
    assert rules.certificate_warning(NOON + timedelta(days=ends_in_days), NOON, own=own) is warning


@pytest.mark.parametrize(
    ("status", "failing_minutes", "code", "expected"),
    [
        pytest.param(PeerState.ACTIVE, None, "", (), id="well"),
        pytest.param(PeerState.ACTIVE, 14, "peer.timeout", (), id="silent for less than a quarter of an hour"),
        pytest.param(PeerState.ACTIVE, 15, "peer.timeout", (Trouble.SILENT,), id="silent"),
        pytest.param(PeerState.ACTIVE, 0, "EBMS:0101", (Trouble.REFUSES,), id="does not know our certificate"),
        pytest.param(PeerState.SUSPENDED, None, "", (Trouble.SUSPENDED,), id="suspended"),
    ],
)
def test_what_a_person_is_told_about_a_peer(
    status: PeerState, failing_minutes: int | None, code: str, expected: tuple[Trouble, ...]
) -> None:
    since = None if failing_minutes is None else NOON - timedelta(minutes=failing_minutes)
    ends = NOON + timedelta(days=300)
    assert (
        rules.troubles(status=status, certificate_ends=ends, failing_since=since, failure_code=code, now=NOON)
        == expected
    )
