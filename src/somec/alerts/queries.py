"""What needs the reader now: work first that has the least time left, each line beginning with what is to be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from somec.access import queries as access_queries
from somec.access import rules as access
from somec.access.rules import Actor
from somec.alerts import gathering, sources, upkeep
from somec.alerts.needs import Banner, Need, NeedFilter, NeedList
from somec.alerts.rules import Group, bar, group
from somec.exchange import identity
from somec.exchange import queries as exchange
from somec.exchange.queries import PeerView
from somec.kernel import clock
from somec.movements.views import PersonLine
from somec.persons import queries as persons
from somec.persons.queries import PersonLabel

__all__ = ["Banner", "Need", "NeedFilter", "NeedList", "count", "for_subject", "needs_me_now"]

_EVERYTHING = NeedFilter()


def needs_me_now(actor: Actor, filters: NeedFilter = _EVERYTHING) -> NeedList:
    """Return what the reader or the desk must do, least time first; as many queries for much as for little."""
    now = clock.now()
    own = identity.own_state()
    rows, peers = gathering.gather(actor, now, own), exchange.peer_troubles()
    named = _named(actor, [*sources.needs(rows, own), *_upkeep(actor, peers)], now)
    shown = sorted((need for need in named if _wanted(need, filters)), key=_order)
    groups = Counter(need.group for need in shown)
    open_dues = [need.due for need in named if need.due is not None and need.due >= now]
    return NeedList(
        needs=tuple(shown), groups=tuple((one, groups[one]) for one in Group if groups[one]),
        total=len(named) + rows.uncounted,
        mine=sum(need.mine for need in named), ownerless=sum(not need.owner_id for need in named),
        by_state=_counted(state for need in named for state in need.states),
        by_verb=tuple(sorted(Counter(need.verb for need in named).items(), key=lambda item: item[0].value)),
        by_mechanism=_counted(need.mechanism for need in named if need.mechanism),
        banners=tuple(upkeep.banners(peers, own)), more=rows.uncounted > 0, checked=now,
        next_due=min(open_dues, default=None),
    )  # fmt: skip


def count(actor: Actor) -> int:
    """Return how many lines the list has, for the navigation of every page; counts rows without reading them."""
    now, own = clock.now(), identity.own_state()
    peers = exchange.peer_troubles() if access.can(actor, "peer.read") else []
    return gathering.count(actor, now, own) + len(_upkeep(actor, peers))


def _upkeep(actor: Actor, peers: list[PeerView]) -> list[Need]:
    return [*upkeep.certificates(actor, peers), *upkeep.own_certificates(actor)]


def for_subject(actor: Actor, subject_ids: Iterable[str]) -> tuple[Need, ...]:
    """Return the lines about these notices, tellings, incoming notices or people, for the page of one thing."""
    wanted = set(subject_ids)
    return tuple(
        need for need in needs_me_now(actor).needs if {need.subject_id, need.person.id, need.conversation} & wanted
    )


def _named(actor: Actor, needs: list[Need], now: datetime) -> list[Need]:
    labels = persons.labels({need.person.id for need in needs if need.person.id})
    names = access_queries.names({need.owner_id for need in needs if need.owner_id})
    return [
        replace(
            need,
            group=group(need.due, now),
            bar=bar(need.due, now),
            person=_person(need.person, labels),
            owner_name=names.get(need.owner_id, ""),
            mine=need.owner_id == actor.id,
        )
        for need in needs
    ]


def _person(person: PersonLine, labels: Mapping[str, PersonLabel]) -> PersonLine:
    label = labels.get(person.id)
    if label is None:
        return replace(person, id="")
    return PersonLine(id=label.id, label=label.label, born=label.born, case_number=label.case_number)


def _wanted(need: Need, filters: NeedFilter) -> bool:
    return (
        (filters.whose != "mine" or need.mine)
        and (filters.whose != "ownerless" or not need.owner_id)
        and (not filters.state or filters.state in need.states)
        and (filters.verb is None or need.verb is filters.verb)
        and (not filters.mechanism or need.mechanism == filters.mechanism)
    )


def _order(need: Need) -> tuple[bool, datetime, datetime, str]:
    """Sort by the time left; what has no limit comes last, the longest wait first."""
    return need.due is None, need.due or need.since, need.since, need.id


def _counted(values: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(values).items()))
