"""What the matching engine's codes are called on screens: evidence, outcomes, reasons, cautions, fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from somec.web.words import Word

FIELDS: Final[Mapping[str, Word]] = {
    "name": _("Name"), "birth_date": _("Date of birth"), "birthplace": _("Place of birth"),
    "nationality": _("Nationality"), "sex": _("Sex"), "document": _("Document"), "height": _("Height in cm"),
    "fingerprints": _("Fingerprints"),
}  # fmt: skip
"""Fields that are compared, in the order in which people read them."""

ASKED: Final[Mapping[str, Word]] = {**FIELDS, "case_number": _("Case number")}

EVIDENCE: Final[Mapping[str, Word]] = {
    "name.same": _("“%(ours)s” is spelled the same"),
    "name.sound": _("“%(ours)s” and “%(theirs)s” are spellings of one sound"),
    "name.equivalent": _("“%(ours)s” and “%(theirs)s” are known as forms of one name"),
    "name.near": _("“%(ours)s” is near “%(theirs)s”"),
    "name.initial": _("The initial of “%(ours)s” and “%(theirs)s” fits"),
    "name.joined": _("“%(ours)s” is “%(theirs)s”, written together or apart"),
    "name.different": _("“%(ours)s” is not “%(theirs)s”"),
    "name.absent": _("Nothing in the name on file answers to “%(ours)s”"),
    "name.extra": _("The file also has “%(theirs)s”"),
    "name.missing": _("No name to compare"),
    "date.same_day": _("Born on the same day, %(theirs)s"),
    "date.day_month_swapped": _("%(ours)s and %(theirs)s: day and month are exchanged"),
    "date.day_near": _("%(ours)s and %(theirs)s: the day is one off or mistyped"),
    "date.month_near": _("%(ours)s and %(theirs)s: year and day agree, the month does not"),
    "date.year_near": _("%(ours)s and %(theirs)s: day and month agree, the year looks mistyped"),
    "date.year_and_month": _("%(ours)s and %(theirs)s: year and month agree"),
    "date.year_only": _("%(ours)s and %(theirs)s: the year agrees, more is not known"),
    "date.year_same": _("%(ours)s and %(theirs)s: only the year agrees"),
    "date.day_and_month": _("%(ours)s and %(theirs)s: only day and month agree"),
    "date.year_adjacent": _("%(ours)s and %(theirs)s are one year apart"),
    "date.years_close": _("%(ours)s and %(theirs)s are a few years apart"),
    "date.different": _("%(ours)s is not %(theirs)s"),
    "date.missing": _("No date of birth to compare"),
    "sex.same": _("Same sex; says little"),
    "sex.different": _("Different sex"),
    "sex.missing": _("Sex is not known on both sides"),
    "nationality.same": _("One nationality agrees"),
    "nationality.different": _("No nationality agrees"),
    "nationality.missing": _("Nationality is not known on both sides"),
    "birthplace.same": _("Same place, old and new names compared"),
    "birthplace.near": _("The places are spelled alike"),
    "birthplace.different": _("Another place"),
    "birthplace.missing": _("Place of birth is not known on both sides"),
    "document.same": _("One document number agrees"),
    "document.different": _("No document number agrees; people have several"),
    "document.missing": _("No document number on both sides. It would say most"),
    "height.near": _("Within 4 cm; measured in different ways. Not counted"),
    "height.different": _("More than 4 cm apart; measured in different ways. Not counted"),
    "height.missing": _("Height is not known on both sides"),
    "field.withheld": _("Counted in the probability. Whether it agrees is shown when you open the file"),
    "fingerprints.to_be_compared": _("Both can be compared. The comparison would settle it either way"),
    "fingerprints.missing": _("No fingerprints on both sides. They would settle it either way"),
}  # fmt: skip
"""The sentence of each code of evidence; “ours” is what was asked, “theirs” what is on file."""

RARITY: Final[Mapping[str, Word]] = {
    "name.same": ngettext_lazy(
        "1 person in %(one_in)s has such a name", "1 person in %(one_in)s has such a name", "one_in"
    ),
    "name.sound": ngettext_lazy(
        "1 person in %(one_in)s has such a name", "1 person in %(one_in)s has such a name", "one_in"
    ),
    "name.equivalent": ngettext_lazy(
        "1 person in %(one_in)s has one of them", "1 person in %(one_in)s has one of them", "one_in"
    ),
    "name.near": ngettext_lazy(
        "1 person in %(one_in)s has a name so near", "1 person in %(one_in)s has a name so near", "one_in"
    ),
}
"""How rare such a name is here; the second sentence of these codes."""

COMMON: Final[Word] = _("Everybody here has one like it")
"""Instead of the rarity where it says nothing."""

MISSING_SIDE: Final[Mapping[str, Word]] = {"asked": _("Not given"), "filed": _("Not on file")}
"""On which side a field is missing, where the values show it."""

WORTH: Final[Mapping[str, Word]] = {
    "document": _("It would say most"), "fingerprints": _("They would settle it either way"),
}  # fmt: skip
"""What a missing field would be worth, for the fields that are worth asking for."""

OUTCOME_TITLES: Final[Mapping[str, Word]] = {
    "hit": _("One file is very likely this person"),
    "candidate": _("Somebody on file may be this person"),
    "no_candidate": _("Nobody on file is near. That does not mean that the person is not known"),
    "index_incomplete": _("Not everybody could be searched"),
    "query_too_thin": _("This says too little to tell people apart"),
    "number_found": _("A file has exactly this number"),
    "number_not_found": _("No file that you may find has this case number"),
}
OUTCOME_TEXTS: Final[Mapping[str, Word]] = {
    "hit": _("A person decides, not the figure. Compare the fields below; names and dates can agree by chance."),
    "candidate": _("Compare the fields below. One more detail often settles it: a whole date of birth or a document."),
    "no_candidate": _("Everybody who may be searched was looked at."),
    "index_incomplete": _("What is shown comes from the part that could be searched. A missing name means nothing."),
    "query_too_thin": _("Nobody was looked for. What you typed is still here."),
    "number_found": _("Nothing else was asked, so nobody else was compared."),
    "number_not_found": _("Nothing else was asked, so nobody was compared."),
}
OUTCOME_KINDS: Final[Mapping[str, str]] = {"index_incomplete": "warning"}
"""The look of the banner where it is not plain information."""

OUTCOME_STEPS: Final[Mapping[str, tuple[Word, ...]]] = {
    "hit": (_("If you agree, open the file with a purpose."), _("If a field speaks against it, ask for a document.")),
    "candidate": (
        _("Add what you know and search again."),
        _("If none of them is the person, the last row of the table says how likely that is."),
    ),
    "no_candidate": (
        _("Try another spelling, the name at birth, or fewer details: a wrong one speaks against the right file."),
        _("Other states were not asked. The person may be known there."),
    ),
    "index_incomplete": (
        _("Try again in a few minutes. The search builds itself anew."), _("If it stays so, call the administrator."),
    ),
    "query_too_thin": (
        _("Write two letters of a name or more, a whole date of birth, or a document number."),
        _("A year of birth, a sex or a nationality alone fits too many people."),
    ),
    "number_found": (_("If it is the right file, open it with a purpose."),),
    "number_not_found": (_("Check the number, or search by name and date of birth."),),
}  # fmt: skip
"""What to do next after each of the five answers."""

REASONS: Final[Mapping[str, Word]] = {
    "matching.index_empty": _("There is nobody on file yet."),
    "matching.nobody_near_enough": _("No file is near enough to be a candidate."),
    "matching.tied": _("The first candidates weigh the same. Their order means nothing."),
    "matching.no_birth_date": _("No date of birth was given. With one, people of the same name can be told apart."),
    "matching.no_name": _("No name was given."),
    "matching.name_too_short": _("The name has one letter only; it fits too many people."),
    "matching.index.missing": _("The search has not been built on this node yet."),
    "matching.index.incomplete": _("The search is being built; not everybody is in it yet."),
    "matching.index.foreign": _("The search belongs to another state of the database and is being built anew."),
    "matching.index.damaged": _("The search is damaged and is being built anew. No file is lost."),
    "matching.index.version": _("The search was built by another version of the program and must be built anew."),
    "matching.index.not_written": _("The search could not be written to disk. The newest changes are missing."),
    "matching.index.behind": _("The newest changes are not in the search yet."),
    "search.only_files_you_may_find": _("Only files to which you have a relation were searched. Others are not named."),
    "search.turned_down_left_out": _("Files that were judged not to be this person are left out."),
}
CAUTION_TITLES: Final[Mapping[str, Word]] = {
    "twin": _("They may be twins"),
    "parent_child": _("They may be parent and child"),
    "shared_document": _("One document, two people?"),
}
CAUTIONS: Final[Mapping[str, Word]] = {
    "twin": _("Same family name, same day of birth, another first name."),
    "parent_child": _("Same names, and a generation between the dates of birth."),
    "shared_document": _("The same document number stands with data that contradict each other."),
}
SIDES_IN_QUESTION: Final[Mapping[str, Word]] = {
    "ours": _("Our file changed since."), "theirs": _("The other state changed what it says."),
    "both": _("Both sides changed since."),
}  # fmt: skip
LIKELIHOODS: Final[tuple[tuple[float, Word], ...]] = (
    (0.9, _("very likely")), (0.5, _("likely")), (0.1, _("possible")), (0.01, _("unlikely")),
    (0.0, _("very unlikely")),
)  # fmt: skip
"""A probability in words: the first whose bound it reaches."""

PRIOR_BY: Final[Mapping[str, Word]] = {
    "asker": _("as you stated"),
    "node": _("as this node states"),
    "model": _("as the model states"),
}
"""Who states how many of those asked for are on file."""
