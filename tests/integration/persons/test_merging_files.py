"""Two files of one person: merged as a link, read as one, separated without loss; four eyes; nothing silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from factories import assessment, authoriser, contact_point, conviction, new_person, officer, order, proposal, stranger
from somec.access.rules import Actor
from somec.alerts import queries as needs
from somec.alerts.rules import Verb
from somec.audit import queries as log
from somec.kernel import clock
from somec.kernel.errors import Conflict, Invalid, NotAllowed, NotPossibleNow, SomecError
from somec.offenders import actions as offenders
from somec.offenders import queries as records
from somec.persons import actions, apart, indexing, merging, queries, separating
from somec.persons.dates import PartialDate
from somec.persons.merges.models import Merge, Side
from somec.persons.merging_rules import FINDINGS, Weight
from somec.persons.messages import Birth, Document, Name, Nationality, Origin
from somec.persons.models import Change, IndexChange
from somec.persons.queries import PersonQuery

pytestmark = pytest.mark.django_db
ILZE, MARTINS = officer(), authoriser()
WHY = "The same fingerprints number stands in both files."
OTHER_NAME = Name(family="KOVSHOV", given="Valery", main=True)


@pytest.fixture
def kept() -> str:
    return actions.record_person(actor=ILZE, person=new_person())


@pytest.fixture
def second() -> str:
    twice = new_person(
        names=(OTHER_NAME,), documents=(), nationalities=(Nationality(state="LV"), Nationality(state="EE")),
        births=(Birth(date=PartialDate(1984)),), biometrics=(), descriptions=(),
    )  # fmt: skip
    return actions.record_person(actor=ILZE, person=twice)


def merge(kept: str, second: str, **other: Any) -> str:
    made = merging.propose_merge(actor=ILZE, kept_id=kept, merged_id=second, reason=WHY, **other)
    merging.approve_merge(actor=MARTINS, merge_id=made)
    return made


def separate(made: str, homes: dict[str, str] | None = None) -> None:
    separating.propose_separation(actor=ILZE, merge_id=made, reason="It was his brother after all.", homes=homes)
    separating.approve_separation(actor=MARTINS, merge_id=made)


def rows_of(*people: str) -> list[tuple[str, dict[str, Any]]]:
    """Return every row of every table that names these files, without what lists and versions show."""
    found = []
    for model in apps.get_models():
        columns = {one.attname for one in model._meta.concrete_fields}
        if "person_id" in columns and model not in {Change, IndexChange, Side}:
            found += [(model.__name__, row) for row in model._default_manager.filter(person_id__in=people).values()]
    return sorted(found, key=lambda pair: (pair[0], str(pair[1].get("id"))))


# What people see


def test_a_merged_file_is_read_as_part_of_the_kept_one_and_says_where_it_stood(kept: str, second: str) -> None:
    number = queries.labels([second])[second].case_number
    merge(kept, second)
    view = queries.person(ILZE, kept)
    assert [(one.written, one.main, one.origin.file) for one in view.names] == [
        ("KOVŠOVS, Valērijs", True, ""),
        ("KOVSHOV, Valery", False, number),
    ]
    assert [(str(one.date), one.origin.file) for one in view.births] == [("1984-03-07", ""), ("1984", number)]
    assert [(one.id, one.case_number) for one in view.merged] == [(second, number)]
    assert view.label == "KOVŠOVS, Valērijs"


def test_the_id_of_a_merged_file_leads_to_the_kept_one(kept: str, second: str) -> None:
    merge(kept, second)
    assert queries.person(ILZE, second) == queries.person(ILZE, kept)
    assert queries.view(second).id == queries.head(second) == kept
    assert queries.labels([second])[second].id == kept
    assert queries.identity_item(second) == queries.identity_item(kept)
    assert queries.file_ids(second) == (kept, second)
    actions.open_file(actor=ILZE, person_id=second)
    assert log.whole().entries[0].case == kept


def test_one_person_is_found_once_by_what_stood_in_either_file(kept: str, second: str) -> None:
    number = queries.labels([second])[second].case_number
    merge(kept, second)
    for asked in (PersonQuery(text="kovshov"), PersonQuery(text="LV5520193"), PersonQuery(text=number)):
        assert [row.id for row in queries.find(ILZE, asked).rows] == [kept]
    assert queries.count() == 1
    assert {view.id for view in queries.match_records()} == {kept}
    assert {row.person_id for row in IndexChange.objects.all()} == {kept, second}


def test_the_search_index_finds_one_record_and_both_again_after_a_separation(
    kept: str, second: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "folder", lambda: tmp_path / "index")
    index = indexing.follow().index
    assert index is not None
    assert len(index) == 2
    made = merge(kept, second)
    indexing.follow()
    assert len(index) == 1
    separate(made)
    indexing.follow()
    assert len(index) == 2


def test_the_record_of_both_is_one_record(kept: str, second: str) -> None:
    ours = offenders.record_conviction(actor=ILZE, person_id=kept, conviction=conviction())
    theirs = offenders.record_conviction(actor=ILZE, person_id=second, conviction=conviction())
    offenders.record_assessment(actor=ILZE, person_id=second, assessment=assessment())
    merge(kept, second)
    view = records.record(ILZE, second)
    assert view.person_id == kept
    assert {one.id: bool(one.origin.file) for one in view.convictions} == {ours: False, theirs: True}
    assert len(view.assessments) == 1
    assert {item["id"] for item in records.record_items(kept, [ours, theirs])} == {
        item["id"] for item in records.record_items(second, [ours, theirs])
    }
    assert len(records.facts(kept).convictions) == 2


def test_history_and_what_others_must_be_told_hold_both_files(kept: str, second: str) -> None:
    before = clock.now()
    birth = queries.person(ILZE, second).births[0]
    numbers = [queries.labels([one])[one].case_number for one in (kept, second)]
    merge(kept, second)
    actions.correct_statement(
        actor=ILZE, person_id=kept, statement_id=birth.id, statement=replace(birth, date=PartialDate(1985)),
        reason="seen in the register",
    )  # fmt: skip
    told = queries.changed_since(second, before)
    ours, theirs = numbers
    assert [(one.entity, dict(one.after)) for one in told] == [
        ("person", {"includes": theirs}), ("person", {"merged_into": ours}), ("birth", {"year": 1985}),
    ]  # fmt: skip
    assert queries.changed_since(kept, before) == told
    separated = Change.objects.get(entity="birth", kind="corrected")
    assert separated.person_id == second, "the history of a statement stays with its file"


# Nothing is rewritten, nothing is lost


def test_a_merge_rewrites_no_row_and_a_separation_restores_every_file(kept: str, second: str) -> None:
    offenders.record_conviction(actor=ILZE, person_id=second, conviction=conviction())
    offenders.record_order(actor=ILZE, person_id=second, order=order())
    before, lists = rows_of(kept, second), [queries.labels([one])[one] for one in (kept, second)]
    keyed = {one for kind, one in before if kind == "PersonKey" for one in [str(one)]}
    made = merge(kept, second)
    own = [pair for pair in rows_of(kept, second) if pair[0] != "PersonKey"]
    assert own == [pair for pair in before if pair[0] != "PersonKey"]
    separate(made)
    after = rows_of(kept, second)
    assert [pair for pair in after if pair[0] != "PersonKey"] == own
    names = [(row["person_id"], row["kind"], row["key"]) for kind, row in after if kind == "PersonKey"]
    assert sorted(names) == sorted(
        (row["person_id"], row["kind"], row["key"]) for kind, row in before if kind == "PersonKey"
    )
    assert keyed
    assert [queries.labels([one])[one] for one in (kept, second)] == lists
    assert not Side.objects.exists()


def test_what_is_written_through_either_id_is_seen_in_one_and_stays_where_it_was_written(
    kept: str, second: str
) -> None:
    made = merge(kept, second)
    one = actions.add_statement(
        actor=ILZE, person_id=second, statement=Document(kind="passport", number="LV1", state="LV")
    )
    two = offenders.record_conviction(actor=ILZE, person_id=kept, conviction=conviction())
    assert one in {paper.id for paper in queries.person(ILZE, kept).documents}
    separate(made)
    assert one in {paper.id for paper in queries.person(ILZE, second).documents}
    assert [entry.id for entry in records.record(ILZE, kept).convictions] == [two]
    assert records.record(ILZE, second).convictions == ()


def test_whoever_separates_says_where_newer_things_go(kept: str, second: str) -> None:
    made = merge(kept, second)
    judged = offenders.record_conviction(actor=ILZE, person_id=kept, conviction=conviction())
    bound = offenders.record_order(actor=ILZE, person_id=kept, order=replace(order(), conviction_id=judged))
    passport = actions.add_statement(
        actor=ILZE, person_id=kept, statement=Document(kind="passport", number="LV77", state="LV")
    )
    items = separating.separable(Merge.objects.get(pk=made))
    assert {(item.kind, item.id, item.person_id) for item in items} == {
        ("conviction", judged, kept), ("order", bound, kept), ("document", passport, kept),
    }  # fmt: skip
    with pytest.raises(Invalid) as refused:
        separate(made, {judged: second})
    assert refused.value.fields == {bound: ["together"]}
    separate(made, {judged: second, bound: second})
    assert [entry.id for entry in records.record(ILZE, second).orders] == [bound]
    assert passport in {paper.id for paper in queries.person(ILZE, kept).documents}
    moved = [one for one in queries.history(ILZE, second) if one.entity == "order" and "file" in one.after]
    assert moved[0].after["file"] == queries.labels([second])[second].case_number


def test_a_main_name_given_meanwhile_stays_and_nothing_foreign_can_be_moved(kept: str, second: str) -> None:
    made = merge(kept, second)
    name = actions.add_statement(actor=ILZE, person_id=second, statement=Name(family="OZOLS", main=True))
    assert queries.person(ILZE, kept).label == "OZOLS"
    with pytest.raises(Invalid) as refused:
        separate(made, {name: second, "nam-unknown": kept})
    assert refused.value.fields == {name: ["main_name"], "nam-unknown": ["unknown"]}
    separate(made)
    assert [queries.person(ILZE, one).label for one in (kept, second)] == ["OZOLS", "KOVSHOV, Valery"]


def test_what_is_written_after_the_proposal_is_never_assigned_by_nobody(kept: str, second: str) -> None:
    made = merge(kept, second)
    separating.propose_separation(actor=ILZE, merge_id=made, reason="It was his brother after all.")
    offenders.record_conviction(actor=ILZE, person_id=kept, conviction=conviction())
    with pytest.raises(NotPossibleNow, match=r"separation\.more_written"):
        separating.approve_separation(actor=MARTINS, merge_id=made)
    separating.withdraw_separation(actor=ILZE, merge_id=made, reason="More was written meanwhile.")
    separate(made)


def test_a_nationality_that_both_have_cannot_be_moved_into_a_double(kept: str, second: str) -> None:
    made = merge(kept, second)
    with pytest.raises(Invalid, match=r"nationality\.invalid"):
        actions.add_statement(actor=ILZE, person_id=kept, statement=Nationality(state="EE"))
    added = actions.add_statement(actor=ILZE, person_id=kept, statement=Nationality(state="LT"))
    separate(made, {added: second})
    assert [one.state for one in queries.person(ILZE, second).nationalities] == ["LV", "EE", "LT"]


def test_the_main_name_of_a_merged_file_is_neither_taken_away_nor_made_the_main_one(kept: str, second: str) -> None:
    merge(kept, second)
    name = next(one for one in queries.person(ILZE, kept).names if one.origin.file)
    for act in (
        lambda: actions.withdraw_statement(actor=ILZE, person_id=kept, statement_id=name.id, reason="wrong"),
        lambda: actions.correct_statement(
            actor=ILZE, person_id=kept, statement_id=name.id, statement=replace(name, main=True), reason="wrong"
        ),
    ):
        with pytest.raises(NotPossibleNow, match=r"person\.main_of_merged"):
            act()
    actions.correct_statement(
        actor=ILZE, person_id=kept, statement_id=name.id, statement=replace(name, given="Valeriy"), reason="misspelt"
    )
    assert "KOVSHOV, Valeriy" in {one.written for one in queries.person(ILZE, kept).names}


# Four eyes, purpose, access


def test_the_author_never_approves_and_the_database_holds_it_too(kept: str, second: str) -> None:
    both = officer(*MARTINS.roles, *ILZE.roles)
    made = merging.propose_merge(actor=both, kept_id=kept, merged_id=second, reason=WHY)
    with pytest.raises(NotAllowed, match="second_person"):
        merging.approve_merge(actor=both, merge_id=made)
    with pytest.raises(IntegrityError), transaction.atomic():
        Merge.objects.filter(pk=made).update(decider_id=both.id, decided_at=clock.now())
    merging.approve_merge(actor=MARTINS, merge_id=made)
    separating.propose_separation(
        actor=replace(both, id="usr-other-author"), merge_id=made, reason="They are two men after all."
    )
    with pytest.raises(NotAllowed, match="second_person"):
        separating.approve_separation(actor=replace(both, id="usr-other-author"), merge_id=made)


@pytest.mark.parametrize("actor", [stranger(), contact_point(), authoriser(who="usr-x", authority="aut-y")])
def test_whoever_has_no_relation_to_both_learns_nothing(actor: Actor, kept: str, second: str) -> None:
    made = merging.propose_merge(actor=ILZE, kept_id=kept, merged_id=second, reason=WHY)
    acts = (
        lambda: merging.compare(actor=actor, kept_id=kept, merged_id=second),
        lambda: merging.propose_merge(actor=actor, kept_id=kept, merged_id=second, reason=WHY),
        lambda: merging.approve_merge(actor=actor, merge_id=made),
        lambda: merging.refuse_merge(actor=actor, merge_id=made, reason=WHY),
        lambda: merging.withdraw_merge(actor=actor, merge_id=made, reason=WHY),
        lambda: apart.keep_apart(actor=actor, first_id=kept, second_id=second, reason=WHY),
        lambda: merging.approve_merge(actor=actor, merge_id="mrg-none"),
    )
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert Merge.objects.get(pk=made).state == "proposed"


def test_without_a_purpose_nothing_is_compared_or_decided(kept: str, second: str) -> None:
    made = merging.propose_merge(actor=ILZE, kept_id=kept, merged_id=second, reason=WHY)
    for act in (
        lambda: merging.compare(actor=replace(ILZE, purpose=""), kept_id=kept, merged_id=second),
        lambda: merging.approve_merge(actor=replace(MARTINS, purpose=""), merge_id=made),
        lambda: merging.propose_merge(actor=replace(ILZE, purpose=""), kept_id=kept, merged_id=second, reason=WHY),
    ):
        with pytest.raises(NotAllowed, match=r"person\.no_purpose"):
            act()


def test_every_step_is_in_the_trail_of_both_files_without_a_name(kept: str, second: str) -> None:
    merging.compare(actor=ILZE, kept_id=kept, merged_id=second)
    made = merge(kept, second)
    separate(made)
    steps = ["merge.compare", "merge.propose", "merge.approve", "separation.propose", "separation.approve"]
    for case in (kept, second):
        entries = [one for one in log.trail(case).entries if one.action.startswith(("merge.", "separation."))]
        assert [one.action for one in reversed(entries)] == steps
        assert "KOV" not in repr([one.detail for one in entries]).upper()
    assert [act.action for act in Merge.objects.get(pk=made).acts.order_by("id")] == steps[1:]


def test_the_trail_of_the_whole_holds_what_was_done_in_both(kept: str, second: str) -> None:
    actions.open_file(actor=ILZE, person_id=second)
    merge(kept, second)
    whole = log.trail(kept, also=queries.file_ids(kept)).entries
    assert {"person.read", "person.record"} <= {one.action for one in whole if one.case == second}
    assert {one.case for one in log.trail(kept).entries} == {kept}
    assert log.export(kept, queries.file_ids(kept))["entries"] == []  # nothing is sealed yet in this test


# What speaks against it


def refusal(kept: str, second: str) -> str:
    with pytest.raises(NotPossibleNow) as refused:
        merging.propose_merge(actor=ILZE, kept_id=kept, merged_id=second, reason=WHY)
    return refused.value.code


def test_files_of_two_authorities_are_not_merged(kept: str, second: str) -> None:
    far = replace(ILZE, authority_ids=frozenset({ILZE.authority_id, "aut-below"}))
    away = actions.record_person(actor=far, person=new_person(authority_id="aut-below"))
    with pytest.raises(NotPossibleNow, match=r"merge\.other_authority"):
        merging.propose_merge(actor=far, kept_id=kept, merged_id=away, reason=WHY)


def test_a_restricted_file_is_not_used_for_a_merge(kept: str, second: str) -> None:
    actions.change_file(actor=ILZE, person_id=second, status="restricted", reason="he contests it")
    assert refusal(kept, second) == "merge.restricted"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sex": "female"}, "sex_differs"),
        (
            {"documents": (Document(kind="identity_card", number="PA111", state="LV", origin=Origin(source="identity_document")),)},
            "number_differs",
        ),
        ({"names": (Name(family="KOVŠOVS", given="Andris"),)}, "twin"),
    ],
)  # fmt: skip
def test_a_contradiction_needs_a_written_ground(changes: dict[str, Any], code: str) -> None:
    paper = Document(kind="identity_card", number="PA222", state="LV", origin=Origin(source="identity_document"))
    kept = actions.record_person(actor=ILZE, person=new_person(documents=(paper,)))
    second = actions.record_person(actor=ILZE, person=new_person(**({"documents": ()} | changes)))
    assert code in merging.comparison(kept, second).findings
    with pytest.raises(Invalid) as refused:
        merging.propose_merge(actor=ILZE, kept_id=kept, merged_id=second, reason=WHY, grounds={code: "short"})
    assert refused.value.fields == {code: ["ground_missing"]}
    made = merge(kept, second, grounds={code: "The register was asked and has corrected it."})
    assert Merge.objects.get(pk=made).grounds == {code: "The register was asked and has corrected it."}


def test_what_becomes_known_after_the_proposal_stops_the_approval(kept: str, second: str) -> None:
    made = merging.propose_merge(actor=ILZE, kept_id=kept, merged_id=second, reason=WHY)
    actions.change_file(actor=ILZE, person_id=second, sex="female", reason="misread before")
    with pytest.raises(NotPossibleNow, match=r"merge\.changed_since"):
        merging.approve_merge(actor=MARTINS, merge_id=made)


def test_every_finding_has_a_weight() -> None:
    assert set(FINDINGS.values()) == set(Weight)


# No chains, no cycles, no double


def test_chains_and_cycles_are_refused_by_rule(kept: str, second: str) -> None:
    third = actions.record_person(actor=ILZE, person=new_person())
    merge(kept, second)
    assert refusal(third, second) == "merge.already_merged"
    assert refusal(second, third) == "merge.already_merged"
    assert refusal(third, kept) == "merge.holds_files"
    assert refusal(second, kept) == "merge.already_merged"
    merge(kept, third)
    assert queries.file_ids(third) == (kept, second, third)
    assert len(queries.person(ILZE, third).merged) == 2


def test_of_several_proposals_with_one_file_the_first_that_is_approved_counts(kept: str, second: str) -> None:
    third = actions.record_person(actor=ILZE, person=new_person())
    one = merging.propose_merge(actor=ILZE, kept_id=kept, merged_id=second, reason=WHY)
    two = merging.propose_merge(actor=ILZE, kept_id=second, merged_id=third, reason=WHY)
    with pytest.raises(NotPossibleNow, match="proposed_already"):
        merging.propose_merge(actor=ILZE, kept_id=second, merged_id=kept, reason=WHY)
    merging.approve_merge(actor=MARTINS, merge_id=two)
    with pytest.raises(NotPossibleNow, match="holds_files"):
        merging.approve_merge(actor=MARTINS, merge_id=one)


def linked(kept: str, second: str, at: datetime) -> None:
    """Write a standing merge past the rules, as a program with a mistake would."""
    with transaction.atomic():
        sides = [
            Side.objects.get_or_create(key=f"{role}:{one}", person_id=one, role=role)[0]
            for role, one in (("kept", kept), ("merged", second))
        ]
        Merge.objects.create(
            id=f"mrg-{kept[-8:]}{second[-8:]}", kept_id=kept, merged_id=second, pair=f"{kept}{second}", state="merged",
            kept_side=sides[0], merged_side=sides[1], author_id="usr-a", proposed_at=at,
            reason="made up", decider_id="usr-b", decided_at=at,
        )  # fmt: skip


def test_the_database_itself_refuses_chains_cycles_and_double_merges(kept: str, second: str) -> None:
    third, at = actions.record_person(actor=ILZE, person=new_person()), clock.now()
    linked(kept, second, at)
    for one, other in ((second, kept), (third, kept), (second, third), (third, second)):
        with pytest.raises(IntegrityError):
            linked(one, other, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Merge.objects.update(kept_side=None)
    row = Side.objects.get(person_id=second).person
    with pytest.raises(models.ProtectedError):
        row.delete()


# Two people, not one


def test_not_the_same_keeps_the_pair_away_until_it_is_taken_back(kept: str, second: str) -> None:
    said = apart.keep_apart(actor=ILZE, first_id=second, second_id=kept, reason="Twins; both are known to us.")
    assert refusal(kept, second) == "merge.kept_apart"
    with pytest.raises(NotPossibleNow, match="kept_apart"):
        apart.keep_apart(actor=ILZE, first_id=kept, second_id=second, reason="Twins; both are known to us.")
    apart.withdraw_keep_apart(actor=ILZE, apart_id=said, reason="The second birth certificate is false.")
    with pytest.raises(NotPossibleNow, match="apart_withdrawn"):
        apart.withdraw_keep_apart(actor=ILZE, apart_id=said, reason="The second birth certificate is false.")
    merge(kept, second)


# Work that goes on


def test_an_officer_who_looked_at_the_merged_file_is_told_and_loses_nothing(kept: str, second: str) -> None:
    seen = queries.person(ILZE, second).version
    merge(kept, second)
    actions.add_statement(actor=ILZE, person_id=kept, statement=Document(kind="passport", number="LV9", state="LV"))
    with pytest.raises(Conflict):
        actions.add_statement(
            actor=ILZE, person_id=second, statement=Document(kind="passport", number="LV8", state="LV"), version=seen
        )


def test_the_whole_is_handed_over_in_one_hand(kept: str, second: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = merge(kept, second)
    monkeypatch.setattr("somec.access.queries.person", lambda _: None)
    monkeypatch.setattr("somec.access.queries.authority", lambda _: None)
    actions.assign(actor=ILZE, person_id=second, owner_id="usr-new", authority_id="aut-new", reason="moved house")
    mine = officer(who="usr-new", authority="aut-new")
    assert queries.person(mine, second).owner_id == "usr-new"
    with pytest.raises(NotAllowed):
        queries.person(stranger(), second)
    separating.propose_separation(actor=mine, merge_id=made, reason="It was his brother after all.")
    separating.approve_separation(actor=authoriser(authority="aut-new"), merge_id=made)
    assert queries.person(mine, second).authority_id == "aut-new"


def test_a_refused_or_withdrawn_proposal_changes_nothing_and_can_be_made_again(kept: str, second: str) -> None:
    for act in (
        lambda one: merging.refuse_merge(actor=MARTINS, merge_id=one, reason="The dates of birth do not fit at all."),
        lambda one: merging.withdraw_merge(actor=ILZE, merge_id=one, reason="I mixed up two case numbers, sorry."),
    ):
        made = merging.propose_merge(actor=ILZE, kept_id=kept, merged_id=second, reason=WHY)
        act(made)
        with pytest.raises(NotPossibleNow, match=r"merge\.state"):
            merging.approve_merge(actor=MARTINS, merge_id=made)
        assert queries.file_ids(second) == (second,)
    other = replace(ILZE, id="usr-colleague")
    made = merging.propose_merge(actor=ILZE, kept_id=kept, merged_id=second, reason=WHY)
    with pytest.raises(NotAllowed):
        merging.withdraw_merge(actor=other, merge_id=made, reason="I mixed up two case numbers, sorry.")
    with pytest.raises(Conflict):
        merging.approve_merge(actor=MARTINS, merge_id=made, version=99)
    with pytest.raises(SomecError, match=r"reason\.invalid"):
        merging.refuse_merge(actor=MARTINS, merge_id=made, reason="no")


def test_a_decision_continues_under_the_whole(kept: str, second: str) -> None:
    offenders.record_conviction(actor=ILZE, person_id=second, conviction=conviction())
    decided = offenders.propose_decision(actor=ILZE, person_id=second, proposal=proposal())
    offenders.submit_decision(actor=ILZE, decision_id=decided)
    made = merge(kept, second)
    assert [row.id for row in records.decisions(ILZE, kept)] == [decided]
    assert records.decision(ILZE, decided).state == "awaiting_approval"
    separate(made)
    assert records.decisions(ILZE, kept) == []


def test_two_decisions_that_wait_are_finished_first(kept: str, second: str) -> None:
    for one in (kept, second):
        offenders.record_conviction(actor=ILZE, person_id=one, conviction=conviction())
        offenders.submit_decision(
            actor=ILZE, decision_id=offenders.propose_decision(actor=ILZE, person_id=one, proposal=proposal())
        )
    assert refusal(kept, second) == "merge.both_await_approval"


def test_the_day_of_a_merge_is_kept(kept: str, second: str) -> None:
    with clock.frozen(datetime(2027, 2, 3, 9, tzinfo=UTC)):
        made = merge(kept, second)
    assert Merge.objects.get(pk=made).decided_at is not None
    assert queries.history(ILZE, kept)[0].at.date() == date(2027, 2, 3)


# What the second person sees


def test_a_proposal_stands_among_what_the_second_person_must_do_until_it_is_decided(kept: str, second: str) -> None:
    made = merging.propose_merge(actor=ILZE, kept_id=kept, merged_id=second, reason=WHY)

    def waits(actor: Actor) -> list[tuple[str, str]]:
        found = needs.needs_me_now(actor)
        assert found.total == needs.count(actor)
        return [(one.subject_id, one.person.label) for one in found.needs if one.verb is Verb.APPROVE_MERGE]

    assert waits(MARTINS) == [(made, "KOVŠOVS, Valērijs")]
    assert not waits(ILZE), "nobody is asked to agree to his own proposal"
    merging.approve_merge(actor=MARTINS, merge_id=made)
    assert not waits(MARTINS)
    separating.propose_separation(actor=ILZE, merge_id=made, reason="It was his brother after all.")
    assert [one for one, _ in waits(MARTINS)] == [made]
