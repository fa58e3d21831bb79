"""Gives a person who lost password or second factor a new beginning, done by an administrator."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from somec.access import rules
from somec.access.models import User
from somec.access.rules import Actor
from somec.audit.actions import record
from somec.audit.rules import Kind
from somec.kernel.errors import Invalid, NotAllowed, NotFound


@transaction.atomic
def reset_sign_in(*, actor: Actor, user: str, password: str) -> int:
    """Set a new first password and remove every second factor; returns how many were removed.

    The person is asked for a new one at the next sign-in. Sessions that run end, as after any change of password.
    """
    rules.check(actor, "people.manage")
    row = User.objects.select_for_update(of=("self",)).filter(pk=user, authority__state=actor.state).first()
    if row is None:
        raise NotFound("access.user")
    if row.id == actor.id:
        raise NotAllowed("access.self", action="people.manage", kind="user", id=row.id)
    try:
        validate_password(password, user=row)
    except ValidationError as error:
        raise Invalid("access.user", fields={"password": sorted(str(one.code) for one in error.error_list)}) from error
    row.set_password(password)
    row.save(update_fields=["password"])
    removed = list(Authenticator.objects.filter(user=row).values_list("type", flat=True))
    Authenticator.objects.filter(user=row).delete()
    record(actor=actor, action="user.password", kind=Kind.SECURITY, subject=row.id)
    for kind in removed:
        record(actor=actor, action="factor.remove", kind=Kind.SECURITY, subject=row.id, detail={"type": str(kind)})
    return len(removed)
