"""The one table of the node itself: a small cache that all its processes share."""

from __future__ import annotations

from django.db import models


class SharedEntry(models.Model):
    """A value kept for minutes, in the form of Django's database cache, which alone reads and writes it.

    Sign-in limits and used one-time codes stand here: several web processes must know the same, or a code could be
    used once in each, and each would count wrong tries anew.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "node_shared_cache"

    def __str__(self) -> str:
        return "shared entry"
