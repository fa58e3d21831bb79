"""Needs beside the notices: problems on the wire, peers, certificates, decisions for a second person."""

from __future__ import annotations

from datetime import datetime

from somec.access import rules as access
from somec.access.rules import Actor
from somec.alerts.needs import Banner, Need
from somec.alerts.rules import Verb
from somec.alerts.sources import LIMIT
from somec.exchange import queries as exchange
from somec.exchange.models import Delivery, Obligation
from somec.exchange.queries import PeerView
from somec.exchange.rules import DeliveryState, ObligationState, Trouble
from somec.movements.views import PersonLine
from somec.offenders import queries as offenders

_CERTIFICATE = frozenset({Trouble.CERTIFICATE_EXPIRED, Trouble.CERTIFICATE_EXPIRING})
_UNREACHED = frozenset({Trouble.SILENT, Trouble.REFUSES, Trouble.SUSPENDED})


def problems(actor: Actor) -> list[Need]:
    """Return what was refused on the wire and nobody has settled."""
    if not access.can(actor, "problem.read"):
        return []
    return [
        Need(
            id=row.id, verb=Verb.SETTLE_PROBLEM, due=None, since=row.first_at, subject_kind="problem",
            subject_id=row.id,
            states=(row.peer_state,) if row.peer_state else (), detail=row.code,
        )
        for row in exchange.problems(actor)
    ]  # fmt: skip


def proposals(actor: Actor) -> list[Need]:
    """Return peers that wait for a second person's trust."""
    if not access.can(actor, "peer.approve"):
        return []
    return [
        Need(
            id=row.id, verb=Verb.APPROVE_PEER, due=None, since=row.proposed_at, subject_kind="peer", subject_id=row.id,
            states=(row.state,),
        )
        for row in exchange.proposals(actor)
        if row.proposed_by != actor.id
    ]  # fmt: skip


def certificates(actor: Actor, peers: list[PeerView]) -> list[Need]:
    """Return peers whose certificate has ended or soon will."""
    if not access.can(actor, "peer.read"):
        return []
    return [
        Need(
            id=f"{peer.state}.certificate", verb=Verb.CARE_FOR_CERTIFICATE, due=peer.certificate_ends,
            since=peer.certificate_ends, subject_kind="peer", subject_id=peer.state, states=(peer.state,),
            detail=trouble.value,
        )
        for peer in peers
        for trouble in peer.troubles
        if trouble in _CERTIFICATE
    ]  # fmt: skip


def decisions(actor: Actor) -> list[Need]:
    """Return decisions to exchange that wait for the reader as second person."""
    return [
        Need(
            id=row.id, verb=Verb.APPROVE_DECISION, due=None, since=row.submitted_at, subject_kind="decision",
            subject_id=row.id, person=PersonLine(id=row.person_id, label=""), states=row.destinations,
            owner_authority=row.authority_id, detail=row.outcome,
        )
        for row in offenders.awaiting_approval(actor, limit=LIMIT)
        if row.submitted_at is not None
    ]  # fmt: skip


def banners(peers: list[PeerView], own: str) -> list[Banner]:
    """Return the states that do not answer, how much waits for each, and which limit comes first; for every desk."""
    silent = [(peer, trouble) for peer in peers for trouble in peer.troubles if trouble in _UNREACHED]
    due = _next_dues({peer.state for peer, _ in silent if peer.waiting}, own)
    return [
        Banner(
            code=trouble.value, state=peer.state, since=peer.failing_since or peer.waiting_since, waiting=peer.waiting,
            next_due=due.get(peer.state),
        )
        for peer, trouble in silent
    ]  # fmt: skip


def _next_dues(states: set[str], own: str) -> dict[str, datetime]:
    if not states:
        return {}
    waiting = Delivery.objects.filter(state=DeliveryState.QUEUED.value, peer_state__in=states)
    rows = Obligation.objects.filter(
        conversation__in=waiting.values("conversation"), state=ObligationState.OPEN.value, debtor_state=own
    ).order_by("-due")
    return dict(rows.values_list("creditor_state", "due"))
