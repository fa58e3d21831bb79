from __future__ import annotations

from django.db import models


class Effect(models.Model):
    """What a test document did. Nothing makes it unique: that is what the tests look for."""

    document = models.CharField(max_length=40)
    sent = models.IntegerField()

    class Meta:
        db_table = "parcel_effect"
