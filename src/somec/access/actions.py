"""Change who somebody is and what is open to him; each is one transaction with one entry in the log."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import timedelta
from secrets import token_urlsafe

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from somec.access import rules
from somec.access.models import AUTHORITY_KINDS, TOKEN_PREFIX, ApiToken, Authority, Opening, RoleGrant, User
from somec.access.rules import ACTIONS, READING_KINDS, Actor, Role, Target
from somec.audit.actions import record
from somec.audit.rules import Kind
from somec.kernel import clock
from somec.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, NotPossibleNow
from somec.kernel.ids import new_id

LONGEST_OPENING = {"person": 480, "notice": 480, "incoming": 480, "protected": 30}  # minutes
EMERGENCY_REVIEW = timedelta(hours=24)
LONGEST_TOKEN_DAYS = 366
MIN_REASON = 10  # characters; one sentence, not a keystroke


@transaction.atomic
def create_authority(
    *, actor: Actor, name: str, kind: str, state: str = "", parent: str | None = None, phone: str = "", hours: str = ""
) -> str:
    """Add an authority of this state below ``parent``; returns its id."""
    rules.check(actor, "authority.manage")
    wrong: dict[str, list[str]] = {}
    if not name.strip():
        wrong["name"] = ["missing"]
    if kind not in AUTHORITY_KINDS:
        wrong["kind"] = ["choice"]
    if parent is not None and not Authority.objects.filter(pk=parent, state=state or actor.state).exists():
        wrong["parent"] = ["unknown"]
    if wrong:
        raise Invalid("access.authority", fields=wrong)
    if Authority.objects.filter(state=state or actor.state, parent_id=parent, name=name.strip()).exists():
        raise Conflict("access.authority_exists")
    row = Authority(
        id=new_id("aut"), name=name.strip(), kind=kind, state=state or actor.state, parent_id=parent, phone=phone,
        hours=hours, created=clock.now(),
    )  # fmt: skip
    row.save(force_insert=True)
    record(
        actor=actor, action="authority.create", kind=Kind.SECURITY, subject=row.id,
        detail={"kind": kind, "parent": parent},
    )  # fmt: skip
    return row.id


@transaction.atomic
def create_user(
    *, actor: Actor, email: str, name: str, authority: str, roles: Collection[Role] = (), password: str | None = None,
    language: str = "en", phone: str = "", machine: bool = False,
) -> str:  # fmt: skip
    """Add a person (or a machine) to an authority with these roles; returns the id.

    Without a password the person signs in through the state's identity provider, or sets one later.
    """
    rules.check(actor, "people.manage")
    row = User(
        id=new_id("usr"), email=email.strip().lower(), name=name.strip(), authority_id=authority, language=language,
        phone=phone, machine=machine, created=clock.now(),
    )  # fmt: skip
    wrong = _mistakes(row, password)
    if wrong:
        raise Invalid("access.user", fields=wrong)
    if User.objects.filter(email=row.email).exists():
        raise Conflict("access.user_exists")
    row.set_password(password)
    row.save(force_insert=True)
    record(
        actor=actor, action="user.create", kind=Kind.SECURITY, subject=row.id,
        detail={"authority": authority, "machine": machine},
    )  # fmt: skip
    for role in sorted(roles):
        _grant(actor, row.id, Role(role))
    return row.id


def _mistakes(row: User, password: str | None) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    if not row.name:
        wrong["name"] = ["missing"]
    try:
        validate_email(row.email)
    except ValidationError:
        wrong["email"] = ["malformed"]
    if not Authority.objects.filter(pk=row.authority_id).exists():
        wrong["authority"] = ["unknown"]
    if row.machine and password is not None:
        wrong["password"] = ["machine"]
    elif password is not None:
        try:
            validate_password(password, user=row)
        except ValidationError as error:
            wrong["password"] = sorted(str(item.code) for item in error.error_list)
    return wrong


def _user(actor: Actor, user_id: str) -> User:
    """Return a person of the actor's state, locked; nobody administers himself."""
    rules.check(actor, "people.manage")
    row = User.objects.select_for_update(of=("self",)).filter(pk=user_id, authority__state=actor.state).first()
    if row is None:
        raise NotFound("access.user")
    if row.id == actor.id:
        raise NotAllowed("access.self", action="people.manage", kind="user", id=row.id)
    return row


def _grant(actor: Actor, user_id: str, role: Role) -> None:
    RoleGrant(id=new_id("rol"), user_id=user_id, role=role.value, granted_by=actor.id, granted_at=clock.now()).save(
        force_insert=True
    )
    record(actor=actor, action="role.grant", kind=Kind.SECURITY, subject=user_id, detail={"role": role.value})


@transaction.atomic
def grant_role(*, actor: Actor, user: str, role: Role) -> None:
    """Give a person a role; harmless when he holds it already."""
    row = _user(actor, user)
    if not row.role_grants.filter(role=role.value).exists():
        _grant(actor, row.id, role)


@transaction.atomic
def revoke_role(*, actor: Actor, user: str, role: Role) -> None:
    """Take a role from a person; it ends with the next page he asks for."""
    row = _user(actor, user)
    removed, _ = row.role_grants.filter(role=role.value).delete()
    if not removed:
        raise NotFound("access.role")
    record(actor=actor, action="role.revoke", kind=Kind.SECURITY, subject=row.id, detail={"role": role.value})


@transaction.atomic
def set_active(*, actor: Actor, user: str, active: bool) -> None:
    """Let a person in again, or shut him out now: his tokens are revoked and his next page asks to sign in."""
    row = _user(actor, user)
    row.is_active = active
    row.save(update_fields=["is_active"])
    if not active:
        row.tokens.filter(revoked_at=None).update(revoked_at=clock.now())
    record(actor=actor, action="user.activate" if active else "user.deactivate", kind=Kind.SECURITY, subject=row.id)


@transaction.atomic
def set_language(*, actor: Actor, language: str) -> None:
    """Keep the language in which the actor reads."""
    User.objects.filter(pk=actor.id).update(language=language)
    record(actor=actor, action="user.language", kind=Kind.SECURITY, subject=actor.id, detail={"language": language})


@transaction.atomic
def open_with_purpose(
    *, actor: Actor, kind: str, id: str, purpose: str, reason: str, minutes: int,  # noqa: A002 - the thing's id
    target: Target | None = None, emergency: bool = False,
) -> str:  # fmt: skip
    """Open a case or a protected part for a purpose and a time; returns the opening's id.

    ``kind`` is one of READING_KINDS, ``purpose`` a code, ``reason`` the sentence that the data protection officer
    reads. Pass the ``target`` of what is opened, since a protected part asks for a relation besides the opening.
    ``emergency`` is for danger to life: a second person reviews it within 24 hours.
    """
    wrong: dict[str, list[str]] = {}
    if kind not in READING_KINDS:
        wrong["kind"] = ["choice"]
    elif not 1 <= minutes <= LONGEST_OPENING[kind]:
        wrong["minutes"] = ["range"]
    if not purpose:
        wrong["purpose"] = ["missing"]
    if len(reason.strip()) < MIN_REASON:
        wrong["reason"] = ["too_short"]
    if wrong:
        raise Invalid("access.opening", fields=wrong)
    about = target or Target(kind, id)
    opened = Target(
        kind, id, about.authority_id, about.author_id, about.owner_ids, about.state, about.desk, opened=True,
        case=about.case or (id if kind in {"person", "protected"} else ""),
    )  # fmt: skip
    rules.check(actor, READING_KINDS[kind], opened)
    now = clock.now()
    row = Opening(
        id=new_id("opn"), user_id=actor.id, kind=kind, target_id=id, authority_id=actor.authority_id, purpose=purpose,
        reason=reason.strip(), emergency=emergency, opened_at=now, ends_at=now + timedelta(minutes=minutes),
        review_due=now + EMERGENCY_REVIEW if emergency else None,
    )  # fmt: skip
    row.save(force_insert=True)
    record(
        actor=actor, action="opening.open", kind=Kind.CONSULTATION, subject=id, case=opened.case, purpose=purpose,
        reason=row.reason, detail={"kind": kind, "minutes": minutes, "emergency": emergency, "opening": row.id},
    )  # fmt: skip
    return row.id


@transaction.atomic
def close_opening(*, actor: Actor, opening: str) -> None:
    """Close what one opened before its time runs out."""
    row = Opening.objects.select_for_update().filter(pk=opening, user_id=actor.id).first()
    if row is None:
        raise NotFound("access.opening")
    if row.closed_at is not None or row.ends_at <= clock.now():
        return
    row.closed_at = clock.now()
    row.save(update_fields=["closed_at"])
    record(
        actor=actor, action="opening.close", kind=Kind.SECURITY, subject=row.target_id,
        case=row.target_id if row.kind in {"person", "protected"} else "", detail={"opening": row.id},
    )  # fmt: skip


@transaction.atomic
def review_opening(*, actor: Actor, opening: str, justified: bool, reason: str) -> None:
    """Say, as the second person, whether an emergency opening was justified."""
    row = Opening.objects.select_for_update().filter(pk=opening, emergency=True).first()
    if row is None:
        raise NotFound("access.opening")
    rules.check(actor, "opening.review", rules.opening_target(row.id, row.authority_id, row.user_id))
    if row.reviewed_at is not None:
        raise NotPossibleNow("access.opening_reviewed")
    row.reviewed_by_id, row.reviewed_at, row.justified = actor.id, clock.now(), justified
    row.save(update_fields=["reviewed_by", "reviewed_at", "justified"])
    record(
        actor=actor, action="opening.review", kind=Kind.SECURITY, subject=row.target_id,
        case=row.target_id if row.kind in {"person", "protected"} else "", reason=reason,
        detail={"opening": row.id, "justified": justified},
    )  # fmt: skip


@transaction.atomic
def issue_token(*, actor: Actor, user: str, name: str, scopes: Collection[str], days: int) -> str:
    """Issue a token with which a machine acts as ``user``, for some actions and some days.

    Returns the token itself, which is shown this once: only its hash is kept.
    """
    rules.check(actor, "token.manage")
    owner = User.objects.filter(pk=user, is_active=True, authority__state=actor.state).first()
    wrong: dict[str, list[str]] = {}
    if owner is None:
        wrong["user"] = ["unknown"]
    if not name.strip():
        wrong["name"] = ["missing"]
    if not scopes or not set(scopes) <= set(ACTIONS):
        wrong["scopes"] = ["choice"]
    if not 1 <= days <= LONGEST_TOKEN_DAYS:
        wrong["days"] = ["range"]
    if wrong:
        raise Invalid("access.token", fields=wrong)
    token_id, secret, now = new_id("tok"), token_urlsafe(32), clock.now()
    ApiToken(
        id=token_id, user_id=user, name=name.strip(), digest=hashlib.sha256(secret.encode()).hexdigest(),
        scopes=sorted(set(scopes)), created=now, created_by=actor.id, expires=now + timedelta(days=days),
    ).save(force_insert=True)  # fmt: skip
    record(
        actor=actor, action="token.issue", kind=Kind.SECURITY, subject=token_id,
        detail={"user": user, "scopes": " ".join(sorted(set(scopes))), "days": days},
    )  # fmt: skip
    return f"{TOKEN_PREFIX}_{token_id}_{secret}"


@transaction.atomic
def revoke_token(*, actor: Actor, token: str) -> None:
    """End a token now; harmless when it was revoked before."""
    rules.check(actor, "token.manage")
    row = ApiToken.objects.select_for_update(of=("self",)).filter(pk=token, user__authority__state=actor.state).first()
    if row is None:
        raise NotFound("access.token")
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        row.save(update_fields=["revoked_at"])
        record(actor=actor, action="token.revoke", kind=Kind.SECURITY, subject=row.id)


@transaction.atomic
def record_refusal(*, actor: Actor, error: NotAllowed) -> int | None:
    """Record that somebody was refused; called where the refusal is shown, after its own transaction was undone.

    Returns the entry's number, or None when the error names no action (a wrong token, nobody signed in).
    """
    action, about = error.parameters.get("action"), error.parameters.get("id")
    if not isinstance(action, str):
        return None
    case = error.parameters.get("case")
    kind = error.parameters.get("kind")
    return record(
        actor=actor, action="access.refused", kind=Kind.SECURITY, subject=str(about or ""),
        case=str(case or (about if kind == "person" else "") or ""), purpose=actor.purpose,
        detail={"action": action, "code": error.code, "kind": str(kind or "")},
    )  # fmt: skip
