"""What codes of merges are called on screens: what speaks against one, where it stands, what is done with it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from somec.web.words import Word

FINDINGS: Mapping[str, Word] = {
    "same_file": _("Both are one file already. Choose another one."),
    "other_authority": _(
        "The files belong to two authorities. Have one of them handed over first: no file changes hands silently."
    ),
    "already_merged": _("One of these files is part of another file. Choose that one."),
    "holds_files": _("Other files are merged into this one. Keep it and merge the other one, or separate them first."),
    "restricted": _("One of the files is restricted: it may be read, not used. Have that lifted first."),
    "both_await_approval": _(
        "In both files something waits for a second person. Have one of the two decided or withdrawn first."
    ),
    "kept_apart": _("Somebody said that these are two people. Take that back first, if it was wrong."),
    "sex_differs": _("One file says male, the other female."),
    "number_differs": _("Both files have a verified document of one state and kind, with different numbers."),
    "both_closed_parts": _("Both files have a closed part, and two owners. One of them will read the other’s."),
    "twin": _("These may be twins: same family name and day of birth, other first name."),
    "parent_child": _("These may be parent and child: same names, a generation apart."),
    "shared_document": _("One document number stands with two people whose particulars contradict each other."),
    "other_owner": _("The files have two owners. The owner of the kept file looks after both."),
    "closed_file": _("One of the files is closed."),
    "desk_differs": _("One of the files lies on the contact point’s desk. After that, the kept file says who sees it."),
}
STATES: Mapping[str, Word] = {
    "proposed": _("Waits for a second person"), "merged": _("Read as one file"),
    "separation_proposed": _("One file; a separation waits for a second person"), "separated": _("Separated again"),
    "refused": _("Refused by the second person"), "withdrawn": _("Withdrawn"),
}  # fmt: skip
LABELS: Mapping[str, str] = {
    "proposed": "ecl-label--high", "merged": "ecl-label--low", "separation_proposed": "ecl-label--high",
    "separated": "sm-label--none", "refused": "sm-label--none", "withdrawn": "sm-label--none",
}  # fmt: skip
ACTS: Mapping[str, Word] = {
    "merge.propose": _("Proposed to merge"), "merge.approve": _("Agreed to merge"),
    "merge.refuse": _("Refused to merge"), "merge.withdraw": _("Took the proposal back"),
    "separation.propose": _("Proposed to separate"), "separation.approve": _("Agreed to separate"),
    "separation.refuse": _("Refused to separate"), "separation.withdraw": _("Took the proposal to separate back"),
}  # fmt: skip
THINGS: Mapping[str, Word] = {
    "notice": _("Notice"), "event": _("Movement"), "judgement": _("Answer about a match"), "decision": _("Decision"),
}  # fmt: skip
SENTENCES: Mapping[str, Word] = {
    **{f"merge.{code}": text for code, text in FINDINGS.items()},
    "merge.state": _("The merge has gone on meanwhile; this is no longer possible. Nothing was lost."),
    "merge.changed_meanwhile": _("Somebody else did something with this merge meanwhile. Read it again."),
    "merge.changed_since": _(
        "Something became known that speaks against it and was not answered. The author has to propose it anew."
    ),
    "merge.proposed_already": _("This pair is proposed or merged already."),
    "merge.apart_withdrawn": _("This was taken back already."),
    "merge.item_twice": _("The other file has the same already, so it cannot go there. Nothing was changed."),
    "merge.grounds": _("Each warning needs a written ground before a second person can be asked."),
    "separation.homes": _("Not everything can go where it was put. Nothing was changed."),
    "separation.more_written": _(
        "Something was written since the separation was proposed, and nobody has said where it goes. Propose it anew."
    ),
    "separation.changed_since": _("The files have changed since the separation was proposed. Propose it anew."),
    "person.main_of_merged": _(
        "This is the main name of a merged file. Write the name down once more as the main one, or separate the files."
    ),
    "person.merged_meanwhile": _("These files were merged or separated meanwhile. Read them again. Nothing was lost."),
    "field.ground_missing": _("Write why it is one person all the same: at least 20 letters."),
    "field.main_name": _("Its file goes by this name, so it stays there."),
    "field.together": _("What it rests on would lie in the other file. Put both into one."),
    "reason.too_short": _("Say a little more: at least 20 letters."),
}
DONE: Mapping[str, Word] = {
    "merge.approve": _("Both are read as one file now. The log has both names."),
    "merge.refuse": _("Refused. The log has both names."),
    "merge.withdraw": _("Taken back."),
    "separation.propose": _("Put before a second person. Nothing changes until then."),
    "separation.approve": _("They are two files again. The log has both names."),
    "separation.refuse": _("Refused. The log has both names."),
    "separation.withdraw": _("Taken back."),
}
