"""Do we know this person: purpose first, five different answers, nothing typed in an address, polite to any input."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from factories import new_person
from people_pages import Office, mistakes, text
from somec.audit.models import Entry
from somec.kernel import clock
from somec.persons import actions, finding
from somec.persons.dates import PartialDate
from somec.persons.indexing import Followed
from somec.persons.messages import Birth, Document, Name
from somec.web.forms.search import MISTAKES, SearchForm

pytestmark = pytest.mark.django_db

WHY = {"purpose": "compare-person", "reason": "A man was met and says that he is known here"}


def ask(office: Office, key: str = "desk", **typed: str) -> Any:
    """Fill in the form as a browser does, with the purpose, and return the page of the answer."""
    client = office.client(key)
    sent = client.post(reverse("find_person"), {**WHY, **typed})
    assert sent.status_code == 302, text(sent)
    page = client.get(sent.url)
    assert page.status_code == 200
    return page


def namesakes(office: Office, count: int, *, born: str = "19{:02}-05-20", family: str = "Ozols") -> list[str]:
    people = [
        new_person(
            names=(Name(family=family, given="Jānis", main=True),), owner_id="", documents=(), birthplaces=(),
            births=(Birth(date=PartialDate.parse(born.format(40 + number))),),
        )
        for number in range(count)
    ]  # fmt: skip
    return actions.record_people(actor=office.actor("officer"), people=people)


@pytest.mark.parametrize(
    ("typed", "outcome", "title"),
    [
        ({"names": "Ковшов Валерий", "born": "17.03.1984"}, "hit", "One file is very likely this person"),
        ({"names": "Jānis Ozols"}, "candidate", "Somebody on file may be this person"),
        ({"names": "Zwingenberger Xaver"}, "no_candidate", "Nobody on file is near"),
        ({"names": "K", "born": "1984"}, "query_too_thin", "This says too little to tell people apart"),
        ({}, "query_too_thin", "This says too little to tell people apart"),
    ],
)
def test_each_answer_has_its_own_words_and_says_what_to_do_next(
    office: Office, typed: dict[str, str], outcome: str, title: str
) -> None:
    namesakes(office, 3)
    page = ask(office, **typed)
    told, said = page.context["outcome"], text(page)
    assert told.code == outcome
    assert title in said
    assert all(step in said for step in (*told.steps, *told.reasons))
    assert ("Candidates among" in said) is (outcome in {"hit", "candidate"})


def test_a_search_that_is_not_whole_is_never_called_nobody(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding.indexing, "follow", lambda: Followed(None, "matching.index.damaged"))
    said = text(ask(office, names="Valerij Kovsov"))
    assert "Not everybody could be searched" in said
    assert "The search is damaged and is being built anew. No file is lost." in said
    assert "A missing name means nothing" in said
    assert "Nobody on file is near" not in said


def test_the_figure_says_what_was_assumed_and_nobody_is_a_row(office: Office) -> None:
    namesakes(office, 3)
    page = ask(office, names="Jānis Ozols")
    said, answer = text(page), page.context["answer"]
    assert f"such searches about {round(answer.prior * 1_000_000)} have the person here" in said, "a node of few files"
    assert "4 files, each as likely before" in said
    assert "Nobody in the index" in said
    assert "100 in 100" not in said
    assert "“jānis” is spelled the same. 1 person in" in said
    assert "Date of birth – 20 May 194" in said
    assert "Missing Not given" in said
    assert sum(one.probability for one in answer.candidates) + answer.nobody == pytest.approx(1)


def test_who_weighs_the_same_is_shown_as_a_tie(office: Office) -> None:
    namesakes(office, 2, born="1960-05-20")
    page = ask(office, names="Ozols Janis", born="1960-05-20")
    said = text(page)
    assert said.count("Tied") == 2
    assert said.count("1 =") == 2
    assert "Candidates marked “=” weigh the same: their order means nothing." in said


def test_nothing_that_was_typed_stands_in_an_address_a_title_or_the_log(office: Office) -> None:
    client = office.client("desk")
    before = Entry.objects.count()
    sent = client.post(
        reverse("find_person"), {**WHY, "names": "Kovsov Valerij", "born": "1984-03-17", "documents": "LV5520193"}
    )
    page = client.get(sent.url)
    shown = page.content.decode()
    title = shown[shown.index("<title>") : shown.index("</title>")]
    addresses = [sent.url, *(part.partition('"')[0] for part in shown.split('href="')[1:])]
    logged = [f"{one.action} {one.subject} {one.detail}" for one in Entry.objects.all()[before:]]
    assert any(line.startswith("person.find") for line in logged)
    for word in ("ovsov", "alerij", "1984-03", "5520193", "KOVŠOVS"):
        assert word not in title
        assert not [one for one in addresses if word in one]
        assert not [one for one in logged if word in one]


def test_the_log_has_the_purpose_the_sentence_and_each_file_that_was_shown(office: Office) -> None:
    ask(office, names="Kovsov Valerij")
    asked = Entry.objects.filter(action="person.find").latest("seq")
    assert (asked.purpose, asked.actor) == ("compare-person", office.ids["desk"])
    assert asked.reason_hash, "the sentence is not in the log"
    assert Entry.objects.filter(action="person.shown", subject=office.person).exists()


def test_without_a_purpose_nothing_is_searched_and_what_was_typed_stays(office: Office) -> None:
    page = office.client("desk").post(reverse("find_person"), {"names": "Kovsov Valerij", "nationality": "LV"})
    assert page.status_code == 200
    assert mistakes(page, "why") == {
        "purpose": ["Choose a purpose."], "reason": ["Write one sentence about what you will do."],
    }  # fmt: skip
    assert page.context["form"]["names"].value() == "Kovsov Valerij"
    assert page.context["form"]["nationality"].value() == "LV"
    assert not Entry.objects.filter(action="person.shown").exists()


def test_the_purpose_is_asked_once_stands_on_the_page_and_ends(office: Office) -> None:
    client = office.client("desk")
    address = ask(office, names="Kovsov Valerij").request["PATH_INFO"]
    page = client.get(reverse("find_person"))
    assert page.context["why"] is None
    assert "Your purpose: Compare a person with those on record here" in text(page)
    assert client.post(reverse("find_person"), {"names": "Ozols"}).status_code == 302
    assert client.get(reverse("find_person"), {"change": "1"}).context["why"] is not None
    now = clock.now()
    for minutes in range(20, 125, 20):  # a session that nobody uses would end before the purpose
        with clock.frozen(now + timedelta(minutes=minutes)):
            assert client.get(reverse("account")).status_code == 200
    with clock.frozen(now + timedelta(minutes=125)):
        back = client.get(address)
        assert back.status_code == 302, "the answer is shown although the purpose has ended"
        page = client.get(back.url)
        assert "Your purpose has ended. Say again why you search" in text(page)
        assert page.context["form"]["names"].value() == "Kovsov Valerij"
        assert page.context["why"] is not None


def test_one_goes_back_to_the_answer_and_the_question_and_only_ones_own(office: Office) -> None:
    first = ask(office, names="Kovsov Valerij", born="1984").request["PATH_INFO"]
    ask(office, names="Ozols")
    client = office.client("desk")
    assert "KOVŠOVS, Valērijs" in text(client.get(first))
    again = client.get(reverse("find_person"), {"again": first.rstrip("/").rpartition("/")[2]})
    assert again.context["form"]["born"].value() == "1984"
    other = office.client("officer").get(first, follow=True)
    assert "This search is not kept any more. Type it again." in text(other)
    assert "KOVŠOVS" not in text(other)
    for number in range(5):
        ask(office, names=f"Ozols {'abcde'[number]}")
    assert client.get(first).status_code == 302, "more questions are kept than are promised"


def test_who_has_no_relation_gets_the_answer_of_files_without_it_and_admins_search_nobody(office: Office) -> None:
    said = text(ask(office, "stranger", names="Kovsov Valerij", born="1984-03-17"))
    assert "KOVŠOVS, Valērijs" not in said
    assert "Files to which you have no relation. The contact point can search all." in said
    assert office.client("admin").get(reverse("find_person")).status_code == 403
    navigation = text(office.client("admin").get(reverse("account")))
    assert "Find a person" not in navigation


def test_what_may_be_found_but_not_read_is_not_on_the_page(office: Office) -> None:
    said = text(ask(office, names="Kovsov Valerij", born="1984-03-17"))
    assert "LV5520193" not in said
    assert "Daugavpils" not in said
    assert "On file; shown when you open it" in said
    assert "Open the file with a purpose" in said
    assert "Daugavpils" in text(ask(office, "officer", names="Kovsov Valerij", born="1984-03-17"))


def test_numbers_are_looked_up_exactly_beside_the_ranking(office: Office) -> None:
    number = actions_number(office)
    said = text(ask(office, documents=number.lower()))
    assert "Exactly this number" in said
    assert "Documents are lent, stolen and mistyped: compare." in said
    said = text(ask(office, case_number=case_number(office)))
    assert "Has this case number." in said
    assert "A file has exactly this number" in said
    assert "This says too little to tell people apart" not in said
    assert "No file that you may find has this case number" in text(ask(office, case_number="LV-2099-000009"))


def actions_number(office: Office) -> str:
    paper = Document(kind="passport", number="ZZ9988776", state="LV")
    person = new_person(names=(Name(family="Kalniņš", given="Ilmārs", main=True),), owner_id="", documents=(paper,))
    actions.record_person(actor=office.actor("officer"), person=person)
    return paper.number


def case_number(office: Office) -> str:
    page = office.client("officer").get(reverse("people"))
    return str(page.context["found"].rows[0].case_number)


@pytest.mark.parametrize(
    "names",
    [
        "",
        " ; ; ",
        "\x00",
        "K",
        "\u202eVALERIJ\u202c KOVSOV",
        "Кovшovs Valеrijs",
        "ＫＯＶＳＯＶ",
        "\u200b\u200d\ufeff",
        "<script>alert(1)</script>",
        "%(names)s {ours} %s",
        "محمد عبد الرحمن",
        "'; DROP TABLE persons_person; --",
        "\U0001f600 \U0001f600",
        "e\u0301" * 60,
        "\ud7ff\uffff",
    ],
)
def test_any_input_is_answered_politely(office: Office, names: str) -> None:
    page = ask(office, names=names)
    shown = page.content.decode()
    assert page.context["outcome"].code in {"hit", "candidate", "no_candidate", "query_too_thin"}
    assert "<script>alert" not in shown
    for before in shown.split("\u202e")[:-1]:
        assert before[before.rindex("<") :].startswith("<bdi"), "it could turn the page around"


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"names": "a" * 10_000}, {"names": [str(MISTAKES["too_long"])]}),
        ({"names": "\n".join("abcdefghijk")}, {"names": [str(MISTAKES["too_many"])]}),
        ({"born": "1984-13"}, {"born": ["A month is 01 to 12."]}),
        ({"born": "31.02.1984"}, {"born": ["This month has no such day."]}),
        ({"born": "84"}, {"born": ["Write a year, a month and year, or a day: 1984, 03.1984 or 17.03.1984."]}),
        ({"nationality": "ZZZ"}, {"nationality": ["Select a valid choice. ZZZ is not one of the available choices."]}),
    ],
)  # fmt: skip
def test_a_mistake_stands_at_its_field_and_what_was_typed_stays(
    office: Office, typed: dict[str, str], wrong: dict[str, list[str]]
) -> None:
    page = office.client("desk").post(reverse("find_person"), {**WHY, **typed})
    assert mistakes(page) == wrong
    for name, value in typed.items():
        assert page.context["form"][name].value() == value


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1984", ("1984",)), ("1984-03", ("1984-03",)), ("1984-03-17", ("1984-03-17",)), ("17.03.1984", ("1984-03-17",)),
        ("17/3/1984", ("1984-03-17",)), ("03.1984", ("1984-03",)), ("00.00.1984", ("1984",)), ("00.03.1984", ("1984-03",)),
        ("XX.XX.1984", ("1984",)), ("1984-00-00", ("1984",)), ("1984.", ("1984",)), ("1984-03-??", ("1984-03",)),
        ("1984; 17.03.1985", ("1984", "1985-03-17")), ("1984;1984", ("1984",)), ("٣.١٩٨٤", ("1984-03",)),
        ("1984-01-01", ("1984-01-01",)), ("", ()),
    ],
)  # fmt: skip
def test_dates_are_read_as_people_write_them(typed: str, read: tuple[str, ...]) -> None:
    form = SearchForm({"born": typed})
    assert form.is_valid(), form.errors
    assert form.query().born == read


def test_an_answer_costs_as_much_for_many_candidates_as_for_few(office: Office) -> None:
    namesakes(office, 2)
    address = ask(office, names="Jānis Ozols").request["PATH_INFO"]
    few = _queries(office, address)
    namesakes(office, 25)
    assert "Page 1 of" in text(office.client("desk").get(address))
    assert _queries(office, address) == few
    assert few <= 50


def _queries(office: Office, address: str) -> int:
    office.client("desk").get(address)  # takes the changes into the index
    with CaptureQueriesContext(connection) as asked:
        assert office.client("desk").get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize(
    ("stated", "told", "prior"), [("0.5", "as you stated", 0.5), ("", "as the model states", None)]
)
def test_the_asker_may_state_how_likely_it_is_and_sees_it_with_the_answer(
    office: Office, stated: str, told: str, prior: float | None
) -> None:
    page = ask(office, names="Kovsov Valerij", prior=stated)
    assert told in text(page)
    assert prior in {None, page.context["answer"].prior}
    nobody = ask(office, names="Xochitl Quetzalcoatl", prior=stated)
    assert nobody.context["outcome"].code == "no_candidate"
    assert "What was assumed" in text(nobody)
    assert told in text(nobody)


def test_what_may_not_be_seen_says_neither_yes_nor_no(office: Office) -> None:
    shown = [
        text(ask(office, names="Kovsov Valerij", born="1984-03-07", documents=number, nationality="LV"))
        for number in ("LV5520193", "ZZ000000")
    ]
    told = "Counted in the probability. Whether it agrees is shown when you open the file"
    assert [said.count(told) for said in shown] == [2, 2]
    assert "a document number is the same" not in shown[0].lower()
    assert "Bits are those of the fields shown." in shown[0]
