"""Trusting another node takes two persons; every step is in the log; tables refuse what the rules forbid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from exchange.steps import Desk
from exchange.twin import Twin
from somec.access.rules import Actor
from somec.audit.models import Entry
from somec.exchange import actions, cards, queries
from somec.exchange.directory import KnownPeer, terms_out
from somec.exchange.keyring import Keyring
from somec.exchange.models import Peer, PeerHealth, PeerProposal, Problem
from somec.exchange.problems import Refusal, record
from somec.exchange.rules import Direction, PeerState
from somec.kernel import clock
from somec.kernel.errors import Invalid, NotAllowed, NotFound, NotPossibleNow

pytestmark = pytest.mark.django_db


def propose(desk: Desk, twin: Twin) -> str:
    return actions.propose_peer(actor=desk.one, card=twin.card_text)


def approve(desk: Desk, proposal: str, twin: Twin) -> str:
    return actions.approve_peer(actor=desk.two, proposal=proposal, fingerprint=cards.fingerprint(twin.card_text))


def test_a_peer_is_trusted_once_a_second_person_agrees(desk: Desk, nl: Twin) -> None:
    proposal = propose(desk, nl)
    assert not Peer.objects.exists()
    (waiting,) = queries.proposals(desk.two)
    assert (waiting.id, waiting.card_signed, waiting.replaces) == (proposal, True, "")
    assert approve(desk, proposal, nl) == "NL"
    (peer,) = queries.peers_health(desk.one)
    assert (peer.state, peer.troubles, peer.waiting) == ("NL", (), 0)
    assert queries.known_peers() == [("NL", "Node NL", "Desk NL")]
    assert list(Entry.objects.filter(action__startswith="peer.").values_list("action", flat=True)) == [
        "peer.propose", "peer.approve",
    ]  # fmt: skip


def test_nobody_approves_his_own_proposal(desk: Desk, nl: Twin) -> None:
    proposal = propose(desk, nl)
    with pytest.raises(NotAllowed) as refused:
        actions.approve_peer(actor=desk.one, proposal=proposal, fingerprint=cards.fingerprint(nl.card_text))
    assert refused.value.code == "access.second_person"
    with pytest.raises(IntegrityError), transaction.atomic():
        PeerProposal.objects.filter(id=proposal).update(
            status="approved", decided_by=desk.one.id, decided_at=clock.now()
        )


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda actor, _: queries.peers_health(actor), id="list"),
        pytest.param(lambda actor, _: queries.proposals(actor), id="list proposals"),
        pytest.param(lambda actor, _: actions.propose_peer(actor=actor, card=Twin("FR").card_text), id="propose"),
        pytest.param(lambda actor, one: actions.approve_peer(actor=actor, proposal=one, fingerprint=""), id="approve"),
        pytest.param(lambda actor, one: actions.refuse_peer(actor=actor, proposal=one, reason="no"), id="refuse"),
        pytest.param(lambda actor, _: actions.suspend_peer(actor=actor, state="NL", reason="no"), id="suspend"),
        pytest.param(lambda actor, _: actions.resume_peer(actor=actor, state="NL", reason="no"), id="resume"),
    ],
)
def test_an_officer_has_no_part_in_it(desk: Desk, nl: Twin, act: Callable[[Actor, str], object]) -> None:
    proposal = propose(desk, nl)
    with pytest.raises(NotAllowed):
        act(desk.officer, proposal)


def test_the_fingerprint_must_be_the_one_that_was_read_out(desk: Desk, nl: Twin) -> None:
    proposal = propose(desk, nl)
    with pytest.raises(Invalid) as refused:
        actions.approve_peer(actor=desk.two, proposal=proposal, fingerprint="0" * 64)
    assert refused.value.fields == {"fingerprint": ["differs"]}
    spaced = " ".join(cards.fingerprint(nl.card_text)[at : at + 8].upper() for at in range(0, 64, 8))
    assert actions.approve_peer(actor=desk.two, proposal=proposal, fingerprint=spaced) == "NL"


def test_a_new_card_replaces_the_old_one_by_the_same_way(desk: Desk, nl: Twin) -> None:
    desk.trust(nl)
    renewed = Twin("NL")
    proposal = propose(desk, renewed)
    (waiting,) = queries.proposals(desk.two)
    assert waiting.replaces == cards.fingerprint(nl.card_text)
    approve(desk, proposal, renewed)
    assert Peer.objects.get().card == renewed.card_text
    assert PeerHealth.objects.count() == 1


def test_one_proposal_for_a_state_at_a_time(desk: Desk, nl: Twin) -> None:
    proposal = propose(desk, nl)
    with pytest.raises(NotPossibleNow) as refused:
        propose(desk, nl)
    assert refused.value.code == "peer.already_proposed"
    actions.refuse_peer(actor=desk.two, proposal=proposal, reason="the fingerprint was another")
    with pytest.raises(NotPossibleNow):
        approve(desk, proposal, nl)
    propose(desk, nl)


def test_no_node_is_its_own_peer(desk: Desk, own: Twin) -> None:
    with pytest.raises(Invalid) as refused:
        actions.propose_peer(actor=desk.one, card=own.card_text)
    assert refused.value.code == "card.own"


def test_suspending_needs_a_reason_and_a_change(desk: Desk, nl: Twin) -> None:
    desk.trust(nl)
    with pytest.raises(Invalid):
        actions.suspend_peer(actor=desk.one, state="NL", reason="  ")
    with pytest.raises(NotFound):
        actions.suspend_peer(actor=desk.one, state="FR", reason="because")
    actions.suspend_peer(actor=desk.one, state="NL", reason="because")
    with pytest.raises(NotPossibleNow):
        actions.suspend_peer(actor=desk.one, state="NL", reason="because")
    assert queries.peers_health(desk.one)[0].troubles == ("peer.suspended",)


def _refusal(**changes: object) -> Refusal:
    values: dict[str, object] = {
        "direction": Direction.IN,
        "code": "x",
        "at": clock.now(),
        "remote": "192.0.2.1",
        **changes,
    }
    return Refusal(**values)  # type: ignore[arg-type]


def test_problems_are_counted_and_settled_by_a_person(desk: Desk) -> None:
    record([_refusal(message_id="a"), _refusal(message_id="b"), _refusal(remote="192.0.2.2"), _refusal(code="y")])
    shown = queries.problems(desk.one)
    assert sorted(problem.times for problem in shown) == [1, 1, 2]
    assert queries.open_problems() == 3
    with pytest.raises(NotAllowed):
        queries.problems(desk.officer)
    with pytest.raises(NotAllowed):
        actions.settle_problem(actor=desk.officer, problem=shown[0].id, note="done")
    actions.settle_problem(actor=desk.one, problem=shown[0].id, note="called them")
    with pytest.raises(NotPossibleNow):
        actions.settle_problem(actor=desk.one, problem=shown[0].id, note="again")
    assert queries.open_problems() == 2
    assert queries.problem(desk.one, shown[0].id).settled_note == "called them"


def test_strangers_cannot_fill_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("somec.exchange.problems.MAX_OPEN_STRANGERS", 10)
    record([_refusal(remote=f"192.0.2.{number}") for number in range(40)])
    assert Problem.objects.count() == 10
    record([_refusal(peer_state="NL", authenticated=True, message_id="m")])
    assert Problem.objects.count() == 11


def test_terms_are_made_once_and_anew_when_a_card_changes(nl: Twin, own: Twin, ring: Keyring) -> None:
    peer = KnownPeer(nl.card, PeerState.ACTIVE)
    first = terms_out(peer, ring)
    assert terms_out(KnownPeer(peer.card, PeerState.ACTIVE), ring) is first
    moved = KnownPeer(replace(peer.card, party="another-name"), PeerState.ACTIVE)
    assert terms_out(moved, ring).pmode.responder.id.value == "another-name"
    assert terms_out(peer, ring) == first
