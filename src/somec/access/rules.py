"""The one table of who may do what (needs of the roles: docs/reference/access.md, which is generated from it).

Read a line as: *action*: these roles, when one of these relations holds. ``ANYONE`` means that the role alone is
enough. Everything that is not written here is refused. The words used are those of :mod:`somec.access.roles`.
"""

from __future__ import annotations

from collections.abc import Mapping

from somec.access import roles
from somec.access.roles import Actor, Decision, Grant, Relation, Role, Rule, Target, node_actor

__all__ = [
    "ACTIONS", "BEFORE_APPROVAL", "READING_KINDS", "Actor", "Decision", "Grant", "Relation", "Role", "Rule", "Target",
    "can", "check", "decide", "node_actor", "opening_target",
]  # fmt: skip

_PO, _AU, _CP, _PL = Role.PROBATION_OFFICER, Role.AUTHORISER, Role.CONTACT_POINT, Role.POLICE_OFFICER
_PR, _CA, _SI, _CO = Role.PRISON, Role.CENTRAL_AUTHORITY, Role.SIRENE, Role.COURT
_AN, _DP, _PY, _TR, _AD = (
    Role.ANALYST, Role.DATA_PROTECTION_OFFICER, Role.POLICY, Role.TRAINER, Role.ADMINISTRATOR,
)  # fmt: skip
_EVERYBODY = tuple(Role)
_ANYONE, _AUTHOR, _OWNER = Relation.ANYONE, Relation.AUTHOR, Relation.OWNER
_AUTHORITY, _DESK, _OPENED = Relation.AUTHORITY, Relation.DESK, Relation.OPENED

BEFORE_APPROVAL = frozenset({"draft", "awaiting_approval", "returned", "refused", "withdrawn"})
"""States of a notice that only the authority which writes it sees; the desk sees it once a second person agreed."""


def _grant(*roles: Role, by: tuple[Relation, ...], hidden: frozenset[str] = frozenset()) -> Grant:
    return Grant(frozenset(roles), frozenset(by), hidden)


_CASE = (_OWNER, _AUTHORITY)
_WRITTEN = (_AUTHOR, _OWNER, _AUTHORITY)
_FILE = (
    _grant(_PO, _AU, _PL, _PR, _CO, by=(*_WRITTEN, _OPENED)),
    _grant(_CP, _CA, _SI, by=(*_CASE, _DESK, _OPENED)),
    _grant(_DP, by=(_OPENED,)),
)
_WRITERS = _grant(_PO, _PL, _PR, by=_WRITTEN)
_APPROVERS = _grant(_AU, by=(_AUTHORITY,))
_DESK_ONLY = _grant(_CP, by=(_DESK,))
_HANDLERS = _grant(_PO, _PL, by=_CASE)
_TECHNICAL = _grant(_CP, _AD, by=(_ANYONE,))
_AWAITING = frozenset({"awaiting_approval"})

ACTIONS: Mapping[str, Rule] = {
    # The person's file
    "person.find": Rule(
        # who answers other states must recognise anybody; the rest find what they may read, and learn of nothing else
        (_grant(_PO, _AU, _PL, _PR, _CO, by=(*_WRITTEN, _OPENED)), _grant(_CP, _CA, _SI, by=(_ANYONE,))),
        kind="person",
    ),
    "person.read": Rule(_FILE, kind="person"),
    "person.record": Rule((_grant(_PO, _CP, _PL, _PR, by=(_ANYONE,)),), kind="person"),
    "person.change": Rule((_grant(_PO, _PL, _PR, by=_CASE), _grant(_CP, by=(_DESK, *_CASE))), kind="person"),
    "person.merge": Rule((_grant(_PO, _PL, _PR, by=_CASE), _grant(_CP, by=(_DESK, *_CASE))), kind="person"),
    "person.approve_merge": Rule((_APPROVERS,), second_person=True, kind="person"),
    "person.erase": Rule((_APPROVERS,), second_person=True, kind="person"),
    "person.read_protected": Rule((_grant(_PO, _AU, _PL, by=_CASE),), needs_opening=True, kind="protected"),
    "person.change_protected": Rule((_grant(_PO, _PL, by=_CASE),), needs_opening=True, kind="protected"),
    # The record and the decision to exchange
    "record.read": Rule(_FILE, kind="person"),
    "record.change": Rule((_grant(_PO, _PR, _CO, _CA, by=_CASE),), kind="person"),
    "assessment.record": Rule((_grant(_PO, _PL, _PR, by=_CASE),), kind="person"),
    "criteria.read": Rule((_grant(_PO, _AU, _CP, _PL, _PR, _CO, _AN, _DP, _PY, _TR, _AD, by=(_ANYONE,)),)),
    "decision.read": Rule(_FILE, kind="person"),
    "decision.propose": Rule((_grant(_PO, _PL, by=_CASE),), kind="person"),
    "decision.approve": Rule((_APPROVERS,), second_person=True, kind="decision"),
    "decision.return": Rule((_APPROVERS,), second_person=True, kind="decision"),
    "decision.refuse": Rule((_APPROVERS,), second_person=True, kind="decision"),
    # A notice that this state writes
    "notice.read": Rule(
        (
            _grant(_PO, _AU, _PL, _PR, by=(*_WRITTEN, _OPENED)),
            _grant(_CP, by=(_DESK, _OPENED), hidden=BEFORE_APPROVAL),
            _grant(_CP, by=_WRITTEN),
            _grant(_DP, by=(_OPENED,)),
        ),
        kind="notice",
    ),
    "notice.draft": Rule((_grant(_PO, _PL, _PR, by=_CASE),), kind="person"),
    "notice.edit": Rule((_WRITERS,), states=frozenset({"draft", "returned"}), kind="notice"),
    "notice.submit": Rule((_WRITERS,), states=frozenset({"draft", "returned"}), kind="notice"),
    "notice.approve": Rule((_APPROVERS,), second_person=True, states=_AWAITING, kind="notice"),
    "notice.return": Rule((_APPROVERS,), second_person=True, states=_AWAITING, kind="notice"),
    "notice.refuse": Rule((_APPROVERS,), second_person=True, states=_AWAITING, kind="notice"),
    "notice.withdraw": Rule((_WRITERS, _APPROVERS), kind="notice"),
    "notice.transmit": Rule((_DESK_ONLY,), states=frozenset({"approved"}), kind="notice"),
    "notice.send_back": Rule((_DESK_ONLY,), states=frozenset({"approved"}), kind="notice"),
    "notice.change": Rule((_WRITERS,), kind="notice"),
    "notice.cancel": Rule((_WRITERS, _APPROVERS), kind="notice"),
    "notice.close": Rule((_WRITERS, _APPROVERS, _grant(_CP, by=(_DESK,), hidden=BEFORE_APPROVAL)), kind="notice"),
    # A notice that came from another state
    "incoming.read": Rule(
        (_DESK_ONLY, _grant(_PO, _AU, _PL, _PR, by=(*_CASE, _OPENED)), _grant(_DP, by=(_OPENED,))), kind="incoming"
    ),
    "incoming.acknowledge": Rule((_DESK_ONLY,), kind="incoming"),
    "incoming.judge": Rule((_DESK_ONLY,), kind="incoming"),
    "incoming.assign": Rule((_DESK_ONLY, _APPROVERS), kind="incoming"),
    "incoming.take": Rule((_DESK_ONLY, _grant(_PO, _PL, by=(_AUTHORITY,))), kind="incoming"),
    "incoming.record_arrival": Rule((_DESK_ONLY, _HANDLERS), kind="incoming"),
    "incoming.record_no_arrival": Rule((_DESK_ONLY, _HANDLERS), kind="incoming"),
    "incoming.plan": Rule((_DESK_ONLY, _HANDLERS), kind="incoming"),
    "incoming.answer": Rule((_DESK_ONLY, _grant(_PL, by=_CASE)), kind="incoming"),
    "incoming.close": Rule((_DESK_ONLY, _HANDLERS), kind="incoming"),
    # Duties and alerts
    "obligation.read": Rule((_DESK_ONLY, _grant(_PO, _AU, _PL, _PR, by=_WRITTEN), _grant(_DP, by=(_ANYONE,)))),
    "alert.read": Rule((_DESK_ONLY, _grant(_PO, _AU, _PL, _PR, by=_WRITTEN))),
    "alert.take": Rule((_DESK_ONLY, _grant(_PO, _AU, _PL, _PR, by=_CASE))),
    "alert.read_technical": Rule((_TECHNICAL,)),
    "alert.take_technical": Rule((_TECHNICAL,)),
    # Peers and what was refused at the wire
    "peer.read": Rule((_grant(_CP, _AD, _DP, by=(_ANYONE,)),)),
    "peer.propose": Rule((_TECHNICAL,), node=True),
    "peer.approve": Rule((_TECHNICAL,), second_person=True),
    "peer.suspend": Rule((_TECHNICAL,)),
    "problem.read": Rule((_TECHNICAL,)),
    "problem.settle": Rule((_TECHNICAL,)),
    # The log
    "audit.read_case": Rule(
        (_grant(_PO, _AU, _PL, by=_CASE), _grant(_CP, by=(_DESK, *_CASE)), _grant(_DP, by=(_ANYONE,))), kind="person"
    ),
    "audit.read_own": Rule((_grant(*_EVERYBODY, by=(_ANYONE,)),)),
    "audit.read_all": Rule((_grant(_DP, by=(_ANYONE,)),)),
    "audit.verify": Rule((_grant(_AU, _DP, _AD, by=(_ANYONE,)),), node=True),
    "audit.erase_reason": Rule((_grant(_DP, by=(_ANYONE,)),)),
    # Purposes, people, authorities, tokens
    "opening.review": Rule((_APPROVERS, _grant(_DP, by=(_ANYONE,))), second_person=True),
    "people.read": Rule((_grant(*_EVERYBODY, by=(_ANYONE,)),)),
    "people.manage": Rule((_grant(_AD, by=(_ANYONE,)),), node=True),
    "authority.manage": Rule((_grant(_AD, by=(_ANYONE,)),), node=True),
    "token.manage": Rule((_grant(_AD, by=(_ANYONE,)),), node=True),
    # What only the node itself does, for documents that come in and clocks that run out
    "document.receive": Rule((), node=True),
    "incoming.receive": Rule((), node=True),
    "notice.receive_progress": Rule((), node=True),
    "alert.raise": Rule((), node=True),
    "attachment.discard": Rule((), node=True),
}

READING_KINDS: Mapping[str, str] = {
    "person": "person.read", "protected": "person.read_protected", "notice": "notice.read", "incoming": "incoming.read",
}  # fmt: skip
"""What can be opened with a purpose, and the action for which the opening counts."""


def opening_target(opening_id: str, authority_id: str, user_id: str) -> Target:
    """Return an opening as a thing that is judged; its author is who opened, so he never reviews it."""
    return Target("opening", opening_id, authority_id=authority_id, author_id=user_id)


def decide(actor: Actor, action: str, target: Target | None = None) -> Decision:
    """Say whether the actor may do this to the thing, and if not, what stands in the way."""
    return roles.judge(ACTIONS, actor, action, target)


def can(actor: Actor, action: str, target: Target | None = None) -> bool:
    """Tell whether the actor may; for buttons and links."""
    return decide(actor, action, target).allowed


def check(actor: Actor, action: str, target: Target | None = None) -> None:
    """Raise NotAllowed unless the actor may."""
    decision = decide(actor, action, target)
    if not decision.allowed:
        raise roles.refused(decision, action, target)
