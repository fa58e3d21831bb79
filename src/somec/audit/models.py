"""Tables of the log. Rows are written once, by :mod:`somec.audit.actions` alone; Django refuses to change them.

The database's owner can still rewrite them. That is what the tree, the signed checkpoints and the peers'
countersignatures are for, and what :mod:`somec.audit.verify` finds.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from somec.audit.rules import LIMITS, Kind
from somec.kernel.errors import NotPossibleNow


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Rows that may be read and added, nothing else."""

    def update(self, **_values: object) -> NoReturn:
        """Refuse."""
        raise NotPossibleNow("audit.append_only")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise NotPossibleNow("audit.append_only")


class AppendOnly(models.Model):
    """A row that is written once."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; refuse to write over what stands."""
        if not self._state.adding:
            raise NotPossibleNow("audit.append_only")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *_args: object, **_kwargs: object) -> NoReturn:
        """Refuse."""
        raise NotPossibleNow("audit.append_only")


class Entry(AppendOnly):
    """One act or one reading. ``seq`` counts from 1 without gaps; it is the RFC 6962 leaf index plus one."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.CharField(max_length=24)  # RFC 3339 in UTC with milliseconds, as hashed; sorts as time
    actor = models.CharField(max_length=LIMITS["actor"])
    authority = models.CharField(max_length=LIMITS["authority"], blank=True)
    action = models.CharField(max_length=LIMITS["action"])
    kind = models.CharField(max_length=16)
    subject = models.CharField(max_length=LIMITS["subject"], blank=True)
    case = models.CharField(max_length=LIMITS["case"], blank=True, db_column="case_file")
    purpose = models.CharField(max_length=LIMITS["purpose"], blank=True)
    reason_hash = models.CharField(max_length=64, blank=True)
    recipient = models.CharField(max_length=LIMITS["recipient"], blank=True)
    detail = models.TextField(default="{}")
    leaf_hash = models.BinaryField(max_length=32)
    link = models.BinaryField(max_length=32)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="audit_entry_seq_from_one"),
            models.CheckConstraint(
                condition=models.Q(kind__in=sorted(kind.value for kind in Kind)), name="audit_entry_kind"
            ),
            models.CheckConstraint(condition=~models.Q(action=""), name="audit_entry_action"),
        )
        indexes = (
            models.Index(fields=["case", "seq"], name="audit_entry_case", condition=~models.Q(case="")),
            models.Index(fields=["actor", "seq"], name="audit_entry_actor"),
            models.Index(fields=["subject", "seq"], name="audit_entry_subject"),
        )

    def __str__(self) -> str:
        return f"entry {self.seq}"


class Subtree(AppendOnly):
    """The root of a complete subtree of 2**level entries (level 8 and up), so that proofs need not read all leaves."""

    level = models.SmallIntegerField()
    position = models.BigIntegerField()  # which subtree of this level, from 0
    root = models.BinaryField(max_length=32)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["level", "position"], name="audit_subtree_once"),)

    def __str__(self) -> str:
        return f"subtree {self.level}/{self.position}"


class Tree(models.Model):
    """The one row that says how far the log has grown; locked by whoever appends."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    frontier = models.BinaryField(default=b"")
    link = models.BinaryField(max_length=32)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(id=1), name="audit_tree_single"),
            models.CheckConstraint(condition=models.Q(size__gte=0), name="audit_tree_size"),
        )

    def __str__(self) -> str:
        return f"tree of {self.size}"


class Reason(models.Model):
    """What a person typed as the reason of one entry; the text may be erased, the entry stays provable."""

    seq = models.BigIntegerField(primary_key=True)
    salt = models.BinaryField(max_length=32)
    text = models.TextField()
    erased_by = models.BigIntegerField(null=True, blank=True)  # the entry that records the erasure

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(erased_by__isnull=True) & ~models.Q(text="")
                | models.Q(erased_by__isnull=False, text=""),
                name="audit_reason_erased_is_empty",
            ),
        )

    def __str__(self) -> str:
        return f"reason of entry {self.seq}"


class CheckpointNote(AppendOnly):
    """A signed statement of the log's size and root, as this node gave it out (C2SP tlog-checkpoint)."""

    size = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    root = models.BinaryField(max_length=32)
    note = models.TextField()

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(size__gte=0), name="audit_checkpoint_size"),)

    def __str__(self) -> str:
        return f"checkpoint {self.size}"


class Cosignature(AppendOnly):
    """A peer's signature under one of our checkpoints: it has seen it, and that it only appends to the one before."""

    checkpoint = models.ForeignKey(CheckpointNote, on_delete=models.PROTECT, related_name="cosignatures")
    witness = models.CharField(max_length=100)
    at = models.DateTimeField()
    line = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["checkpoint", "witness"], name="audit_cosignature_once"),)

    def __str__(self) -> str:
        return f"{self.witness} under checkpoint {self.checkpoint_id}"


class Witnessed(models.Model):
    """The newest checkpoint of another node's log that this node has signed; never goes back."""

    origin = models.CharField(max_length=100, primary_key=True)
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.origin} at {self.size}"


class Verification(models.Model):
    """One proof of the whole log: who asked for it (empty: the clock), and what came of it. ``code`` empty: it held."""

    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=LIMITS["actor"], blank=True)
    done_at = models.DateTimeField(null=True)
    entries = models.BigIntegerField(default=0)
    code = models.CharField(max_length=40, blank=True)
    first = models.BigIntegerField(null=True)
    last = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="audit_verification_names_what_is_wrong",
                condition=models.Q(code="", first__isnull=True, last__isnull=True)
                | (~models.Q(code="") & models.Q(done_at__isnull=False, first__gte=1, last__gte=models.F("first"))),
            ),
            models.UniqueConstraint(
                name="audit_verification_one_waits", fields=["code"], condition=models.Q(done_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"verification {self.pk}"
