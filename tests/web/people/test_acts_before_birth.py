"""An act that may lie before the birth, because of one of them only a part is known, is marked where it is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from factories import conviction, new_person, officer
from somec.offenders import actions
from somec.persons import actions as persons
from somec.persons.dates import PartialDate
from somec.persons.messages import Birth
from somec.web import timeline

pytestmark = pytest.mark.django_db
ILZE = officer()
DOUBT = "By the dates on file the act may lie before the birth."


@pytest.mark.parametrize(
    ("born", "committed", "doubted"),
    [
        (PartialDate(1984), PartialDate(1984, 5), True),
        (PartialDate(1984, 3, 17), PartialDate(1984), True),
        (PartialDate(1984, 3, 17), PartialDate(1985), False),
    ],
)
def test_an_act_that_may_lie_before_the_birth_is_marked(
    born: PartialDate, committed: PartialDate, doubted: bool
) -> None:
    person = persons.record_person(actor=ILZE, person=replace(new_person(), births=(Birth(date=born),)))
    offence = replace(conviction().offences[0], committed_from=committed, committed_until=None)
    entry = replace(conviction(), decided=date(2020, 1, 1), final=None, offences=(offence,))
    actions.record_conviction(actor=ILZE, person_id=person, conviction=entry)
    (line,) = [one for one in timeline.lines(ILZE, person, (), (), (), births=[born]) if one.kind == "conviction"]
    assert (DOUBT in line.text) is doubted
