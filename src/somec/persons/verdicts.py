"""What people have answered to "is it this one?", as a search takes it into account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from somec.persons import families, models


@dataclass(frozen=True, slots=True)
class Verdict:
    """A standing human answer on one file."""

    verdict: str
    judgement_id: str
    at: datetime
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """The standing human answers about the one asked for, by file; ``nobody``: the judgement "none of ours"."""

    by_person: Mapping[str, Verdict] = field(default_factory=dict)
    nobody: str = ""
    subject_changed: datetime | None = None

    @property
    def turned_down(self) -> frozenset[str]:
        """Return the files that do not come back."""
        return frozenset(person_id for person_id, one in self.by_person.items() if one.verdict == "not_same")

    @property
    def kept(self) -> frozenset[str]:
        """Return the files that are shown however unlikely, because a person has spoken of them for this subject."""
        kept = {"same", "cannot_tell"}
        return frozenset(one for one, said in self.by_person.items() if said.verdict in kept and not said.elsewhere)


def judged(subject: str, subject_person: str, changed: datetime | None) -> Judged:
    """Return the standing answers about the person of a subject, and of his other notices (``subject_person``)."""
    about = Q(subject=subject)
    if subject_person:
        about |= Q(subject_person=subject_person)
    by_person: dict[str, Verdict] = {}
    nobody = ""
    judgements = list(models.Judgement.objects.filter(about, withdrawn_at=None).order_by("at", "id"))
    leads = families.families({row.person_id for row in judgements if row.person_id is not None})
    of_merged = [row for row in judgements if row.person_id in leads and leads[row.person_id].head != row.person_id]
    for row in [*of_merged, *(row for row in judgements if row not in of_merged)]:  # the whole's own word counts last
        if row.person_id is not None:
            by_person[leads[row.person_id].head] = Verdict(row.verdict, row.id, row.at, row.subject != subject)
        elif row.subject == subject:
            nobody = row.id
    return Judged(by_person, nobody, changed)
