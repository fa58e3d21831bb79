"""What every page says at its top when this node is not well: in words of work, and in technical words to technicians.

Everybody learns what still works and what waits; who can repair it (``alert.read_technical``) also learns the cause and
the next step. The worst stands first; nobody reads the same thing twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from somec.access import queries as people
from somec.access import rules as access
from somec.access.rules import Actor
from somec.alerts import upkeep
from somec.audit import checking
from somec.audit.checking import VerificationView
from somec.exchange.condition import Condition, OwnCertificate
from somec.exchange.rules import Urgency
from somec.persons import queries as persons
from somec.web import times
from somec.web.words import KEYS, LOG_FAULTS, Word, word

MEBIBYTE: Final = 1 << 20
_KINDS: Final = {
    Urgency.SOON: "info", Urgency.NEAR: "warning", Urgency.LAST_DAYS: "error", Urgency.EXPIRED: "error",
}  # fmt: skip
HOW_TO_RENEW: Final = gettext_lazy(
    "On the node’s machine: somec keys renew, or somec keys request and somec keys install where the state’s PKI "
    "certifies. Then restart the node, and give every state the new card (somec peer card)."
)

Banner = Mapping[str, Word]


def banners(actor: Actor, node: Condition) -> list[Banner]:
    """Return the banners for this reader, none when the node is well."""
    technical = access.can(actor, "alert.read_technical")
    found = _log(actor)
    found += [_cramped(node, technical=technical)] if node.cramped else []
    found += [_searching(technical=technical)] if persons.index_trouble() else []
    if technical:
        found += [_not_working()] if not node.working else []
        found += _certificates([one for one in node.certificates if one.urgency is not None])
        found += [_stuck()] if node.stuck and node.working and not node.expired else []
    elif not node.working or node.expired or node.stuck:
        found.append(_stuck())
    return found


def _log(actor: Actor) -> list[Banner]:
    proof = checking.latest() if access.can(actor, "audit.verify") else None
    return [not_proved(proof)] if proof is not None and proof.broken else []


def not_proved(proof: VerificationView) -> Banner:
    """Return what is said of a log that does not match: what is wrong, with which entries, whom to call."""
    values = {"first": proof.first, "last": proof.last, "at": times.instant(proof.at) if proof.at else ""}
    if proof.first == proof.last:
        title = _("The log is not proved: entry %(first)s does not match") % values
    else:
        title = _("The log is not proved: entries %(first)s to %(last)s do not match") % values
    text = (
        _(
            "Found %(at)s. Call the supervisor and the data protection officer now. Change and delete nothing in the "
            "database; keep a copy of it. Work can go on: new entries are recorded after the wrong one."
        )
        % values
    )
    return _banner("error", title, f"{word(LOG_FAULTS, proof.code)} {text}")


def _banner(kind: str, title: str, text: str) -> Banner:
    return {"kind": kind, "title": title, "text": text}


def _cramped(node: Condition, *, technical: bool) -> Banner:
    title = _("Our own node has almost no room left")
    if not technical:
        return _banner(
            "error", title, _("You can read. What you write may be refused soon. Tell the administrator now.")
        )
    text = _(
        "%(free)s MiB are free where the node’s folder lies. When nothing is left it takes no documents; other states "
        "keep theirs and send again. Move old backups away, or give it a larger disk."
    )
    return _banner("error", title, text % {"free": node.room // MEBIBYTE})


def _searching(*, technical: bool) -> Banner:
    title = _("Searches may not find everybody at present")
    if technical:
        text = _("The search index is being rebuilt or cannot be written. See: somec match status.")
    else:
        text = _("Each answer says so. A case number or document number is found nevertheless.")
    return _banner("warning", title, text)


def _stuck() -> Banner:
    text = _("You can read and write; nothing is lost. What you send waits. Tell the administrator.")
    return _banner("warning", _("Our own node does not send at present"), text)


def _not_working() -> Banner:
    text = _(
        "No process of this node sends, raises alerts or seals the log. Start somec work, or somec serve without "
        "--only. It goes on where it stopped; nothing is lost."
    )
    return _banner("error", _("The node’s worker does not run"), text)


def _who_renews(name: str) -> str:
    """Say who has taken the renewal of this certificate."""
    taker = upkeep.certificate_takers().get(name, "")
    if not taker:
        return _("Nobody has taken it yet: take it under “Needs me now”.")
    return _("%(name)s has taken it.") % {"name": people.names([taker]).get(taker, taker)}


def _certificates(ending: Sequence[OwnCertificate]) -> list[Banner]:
    """Return one banner about the certificate that ends first, naming the others: they are renewed together."""
    if not ending:
        return []
    first, *others = ending
    assert first.urgency is not None  # noqa: S101 - only urgent ones are shown
    values = {"what": word(KEYS, first.name), "at": times.instant(first.ends), "days": first.days}
    if first.urgency is Urgency.EXPIRED:
        title = _("Our own certificate %(what)s has ended: nothing is sent") % values
        text = _("It ended %(at)s. What officers send is queued and goes out by itself after the renewal.") % values
    else:
        title = ngettext(
            "Our own certificate %(what)s ends in %(days)s day", "Our own certificate %(what)s ends in %(days)s days",
            first.days,
        ) % values  # fmt: skip
        text = _("It ends %(at)s. From then on nothing is sent until it is renewed.") % values
    also = ", ".join(word(KEYS, one.name) for one in others)
    who = _who_renews(first.name)
    more = _("To be renewed with it: the one %(others)s.") % {"others": also} if also else ""
    return [
        _banner(_KINDS[first.urgency], title, " ".join(part for part in (text, more, who, str(HOW_TO_RENEW)) if part))
    ]
