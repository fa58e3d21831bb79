"""Needs that no row stands for: certificates that end, states that do not answer."""

from __future__ import annotations

from datetime import datetime

from somec.access import rules as access
from somec.access.rules import Actor
from somec.alerts.models import Alert
from somec.alerts.needs import Banner, Need
from somec.alerts.rules import AlertKind, AlertState, Verb
from somec.exchange import condition
from somec.exchange.models import Delivery, Obligation
from somec.exchange.queries import PeerView
from somec.exchange.rules import DeliveryState, ObligationState, Trouble

_CERTIFICATE = frozenset({Trouble.CERTIFICATE_EXPIRED, Trouble.CERTIFICATE_EXPIRING})
_UNREACHED = frozenset({Trouble.SILENT, Trouble.REFUSES, Trouble.SUSPENDED})


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


def own_certificates(actor: Actor) -> list[Need]:
    """Return our own certificates that end soon or have ended, for those who can renew them or have it done."""
    if not access.can(actor, "alert.read_technical"):
        return []
    ending = [one for one in condition.own_certificates() if one.urgency is not None]
    takers = certificate_takers() if ending else {}
    return [
        Need(
            id=f"own.{one.name}.certificate", verb=Verb.RENEW_CERTIFICATE, due=one.ends, since=one.ends,
            subject_kind="key", subject_id=one.name, detail=one.name, owner_id=takers.get(one.name, ""),
        )
        for one in ending
    ]  # fmt: skip


def certificate_takers() -> dict[str, str]:
    """Return who has taken the renewal of each of the node's own certificates that ends: its name, the person's id."""
    rows = Alert.objects.filter(kind=AlertKind.CERTIFICATE.value, state=AlertState.TAKEN.value).order_by("due")
    return dict(rows.values_list("subject_id", "taken_by"))


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
