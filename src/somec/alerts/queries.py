"""What needs the reader now: work first that has the least time left, each line beginning with what is to be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from somec.access import queries as access_queries
from somec.access import rules as access
from somec.access.rules import Actor
from somec.alerts import sources, upkeep, work
from somec.alerts.models import Alert
from somec.alerts.needs import Banner, Need, NeedFilter, NeedList
from somec.alerts.rules import AlertKind, AlertState, Group, bar, group
from somec.exchange import identity
from somec.exchange import queries as exchange
from somec.kernel import clock
from somec.movements.views import PersonLine
from somec.persons.queries import PersonLabel

__all__ = ["Banner", "Need", "NeedFilter", "NeedList", "count", "for_subject", "needs_me_now"]

_EVERYTHING = NeedFilter()


def needs_me_now(actor: Actor, filters: NeedFilter = _EVERYTHING) -> NeedList:
    """Return what the reader or the desk must do, least time first; as many queries for much as for little."""
    now = clock.now()
    found, peers = _collect(actor, now)
    named = _named(actor, found.needs, now)
    shown = sorted((need for need in named if _wanted(need, filters)), key=_order)
    groups = Counter(need.group for need in shown)
    open_dues = [need.due for need in named if need.due is not None and need.due >= now]
    return NeedList(
        needs=tuple(shown), groups=tuple((one, groups[one]) for one in Group if groups[one]),
        total=count(actor) if found.more else len(named),
        mine=sum(need.mine for need in named), ownerless=sum(not need.owner_id for need in named),
        by_state=_counted(state for need in named for state in need.states),
        by_verb=tuple(sorted(Counter(need.verb for need in named).items(), key=lambda item: item[0].value)),
        by_mechanism=_counted(need.mechanism for need in named if need.mechanism),
        banners=tuple(upkeep.banners(peers, identity.own_state())), more=found.more, checked=now,
        next_due=min(open_dues, default=None),
    )  # fmt: skip


def count(actor: Actor) -> int:
    """Return how many lines the list has, for the navigation of every page; counts rows without reading them."""
    now, own = clock.now(), identity.own_state()
    return sum(rows.count() for rows in work.everything(actor, now, own)) + len(_others(actor))


def _others(actor: Actor) -> list[Need]:
    """Return the lines that are not about notices; there are few of them."""
    peers = exchange.peer_troubles() if access.can(actor, "peer.read") else []
    return [
        *upkeep.problems(actor),
        *upkeep.proposals(actor),
        *upkeep.certificates(actor, peers),
        *upkeep.decisions(actor),
    ]


def for_subject(actor: Actor, subject_ids: Iterable[str]) -> tuple[Need, ...]:
    """Return the lines about these notices, tellings, incoming notices or people, for the page of one thing."""
    wanted = set(subject_ids)
    return tuple(
        need for need in needs_me_now(actor).needs if {need.subject_id, need.person.id, need.conversation} & wanted
    )


def _collect(actor: Actor, now: datetime) -> tuple[sources.Found, list[exchange.PeerView]]:
    own = identity.own_state()
    peers = exchange.peer_troubles()
    found = sources.Found()
    for lines in (
        sources.duties(actor, now, own),
        sources.answers_and_silence(actor, now, own),
        sources.notices(actor),
        sources.incoming(actor),
        sources.ended(actor),
        sources.plans(actor),
        sources.not_arrived(actor),
        sources.unclaimed(actor),
        upkeep.problems(actor),
        upkeep.proposals(actor),
        upkeep.certificates(actor, peers),
        upkeep.decisions(actor),
    ):
        found.add(lines)
    return found, peers


def _named(actor: Actor, needs: list[Need], now: datetime) -> list[Need]:
    labels = sources.person_labels(needs)
    people = access_queries.people_by_id({need.owner_id for need in needs if need.owner_id})
    return [
        replace(
            need,
            group=group(need.due, now),
            bar=bar(need.due, now),
            person=_person(need.person, labels),
            owner_name=people[need.owner_id].name if need.owner_id in people else "",
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


def open_alerts(kind: AlertKind) -> int:
    """Return how many alerts of a kind nobody has settled; for health checks and tests."""
    return Alert.objects.filter(kind=kind.value).exclude(state=AlertState.SETTLED.value).count()
