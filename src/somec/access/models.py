"""Authorities, people, their roles, the purposes under which they opened something, and tokens of machines."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from somec.access.rules import READING_KINDS, Role
from somec.kernel import clock
from somec.kernel.ids import MAX_LENGTH

TOKEN_PREFIX = "somec"  # noqa: S105 - what a token begins with, so that scanners find leaked ones
AUTHORITY_KINDS = ("probation", "police", "prison", "court", "central", "ministry")


class Authority(models.Model):
    """A competent authority of this state; those below it belong to it."""

    id = models.CharField(primary_key=True, max_length=MAX_LENGTH, editable=False)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    state = models.CharField(max_length=2)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16)
    phone = models.CharField(max_length=40, blank=True)
    hours = models.CharField(max_length=100, blank=True)
    created = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=sorted(AUTHORITY_KINDS)), name="access_authority_kind"),
            models.CheckConstraint(condition=~models.Q(name=""), name="access_authority_named"),
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="access_authority_not_own_parent"),
            models.UniqueConstraint(fields=["state", "parent", "name"], name="access_authority_once"),
        )
        indexes = (models.Index(fields=["state", "name"], name="access_authority_state"),)

    def __str__(self) -> str:
        return self.id


class UserManager(BaseUserManager["User"]):
    """Finds people by the e-mail address they sign in with, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the person who signs in with this address."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person of an authority, or a machine that acts for one (then without password)."""

    id = models.CharField(primary_key=True, max_length=MAX_LENGTH, editable=False)
    email = models.EmailField(unique=True)  # always lower case
    name = models.CharField(max_length=200)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="people")
    language = models.CharField(max_length=8, default="en")
    phone = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    machine = models.BooleanField(default=False)
    created = models.DateTimeField()

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~models.Q(name=""), name="access_user_named"),
            models.CheckConstraint(condition=~models.Q(email=""), name="access_user_email"),
        )
        indexes = (models.Index(fields=["authority", "name"], name="access_user_authority"),)

    def __str__(self) -> str:
        return self.id

    def __repr__(self) -> str:
        return f"<User {self.id}>"

    def get_full_name(self) -> str:
        """Return the name to show."""
        return self.name


class RoleGrant(models.Model):
    """A role that a person holds, since when and by whose act."""

    id = models.CharField(primary_key=True, max_length=MAX_LENGTH, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=32)
    granted_by = models.CharField(max_length=MAX_LENGTH)
    granted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(role__in=sorted(role.value for role in Role)), name="access_role_known"
            ),
            models.UniqueConstraint(fields=["user", "role"], name="access_role_once"),
        )

    def __str__(self) -> str:
        return f"{self.role} of {self.user_id}"


class Opening(models.Model):
    """A person opened a case or a protected part for a purpose, for a time, and said why."""

    id = models.CharField(primary_key=True, max_length=MAX_LENGTH, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="openings")
    kind = models.CharField(max_length=16)
    target_id = models.CharField(max_length=MAX_LENGTH)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=64)
    reason = models.TextField()
    emergency = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    review_due = models.DateTimeField(null=True, blank=True)  # an emergency is reviewed by a second person
    reviewed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    justified = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=sorted(READING_KINDS)), name="access_opening_kind"),
            models.CheckConstraint(
                condition=~models.Q(purpose="") & ~models.Q(reason=""), name="access_opening_says_why"
            ),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("opened_at")), name="access_opening_ends"),
            models.CheckConstraint(
                condition=models.Q(emergency=False, review_due__isnull=True)
                | models.Q(emergency=True, review_due__isnull=False),
                name="access_opening_emergency_reviewed",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_by__isnull=True, reviewed_at__isnull=True, justified__isnull=True)
                | models.Q(reviewed_by__isnull=False, reviewed_at__isnull=False, justified__isnull=False)
                & ~models.Q(reviewed_by=models.F("user")),
                name="access_opening_second_person",
            ),
        )
        indexes = (
            models.Index(fields=["user", "kind", "target_id", "ends_at"], name="access_opening_current"),
            models.Index(fields=["review_due"], name="access_opening_review"),
        )

    def __str__(self) -> str:
        return self.id


class ApiToken(models.Model):
    """A key with which a machine calls the JSON interface in the name of one user; only its hash is kept."""

    id = models.CharField(primary_key=True, max_length=MAX_LENGTH, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)  # hexadecimal SHA-256 of the secret part
    scopes: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    created = models.DateTimeField()
    created_by = models.CharField(max_length=MAX_LENGTH)
    expires = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(expires__gt=models.F("created")), name="access_token_expires"),
            models.CheckConstraint(condition=~models.Q(name=""), name="access_token_named"),
        )

    def __str__(self) -> str:
        return self.id

    def __repr__(self) -> str:
        return f"<ApiToken {self.id}>"


def active(openings: models.QuerySet[Opening]) -> models.QuerySet[Opening]:
    """Return those openings that still run."""
    now: Any = clock.now()
    return openings.filter(ends_at__gt=now, closed_at=None)
