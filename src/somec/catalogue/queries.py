"""What the rest of somec asks the catalogue. No database; each file is read once for each process."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from somec.catalogue import criteria_file, geography, loading, mechanism_loading
from somec.catalogue import entries as shapes
from somec.catalogue.criteria import Criteria
from somec.catalogue.entries import AuthorityKind
from somec.catalogue.errors import UnknownEntry
from somec.catalogue.initiative import OwnInitiativeAdvice, advise
from somec.catalogue.labels import ENGLISH, Label
from somec.catalogue.mechanisms import Mechanism, TimeLimit

Item = TypeVar("Item", bound=shapes.Sourced)


def _one(table: loading.Table[Item], kind: str, entry_id: str) -> Item:
    found = table.get(entry_id)
    if found is None:
        raise UnknownEntry(kind, entry_id)
    return found


def edition() -> shapes.Edition:
    """Return number of the catalogue and the date up to which the law was read."""
    return loading.edition()


def mechanisms() -> tuple[Mechanism, ...]:
    """Return the 17 mechanisms."""
    return tuple(mechanism_loading.mechanisms().values())


def mechanism(mechanism_id: str) -> Mechanism:
    """Return a mechanism, for example ``FD947``; raises UnknownEntry."""
    return _one(mechanism_loading.mechanisms(), "mechanism", mechanism_id)


def time_limit(mechanism_id: str, limit_id: str) -> TimeLimit:
    """Return a time limit of a mechanism, for example ``DIR977_REQUEST`` ``urgent-direct``; raises UnknownEntry."""
    found = mechanism(mechanism_id).time_limit(limit_id)
    if found is None:
        raise UnknownEntry("time_limit", f"{mechanism_id}:{limit_id}")
    return found


def own_initiative_bases(
    *, authority: AuthorityKind, sending_state: str, receiving_state: str, running: frozenset[str] = frozenset()
) -> OwnInitiativeAdvice:
    """Return which mechanisms let ``authority`` tell ``receiving_state`` unasked, and why the others do not.

    States are ISO 3166 alpha-2 or the EU's code. ``running``: mechanisms under which supervision or a sentence of this
    person is already handed over between the two states.
    """
    both = frozenset({state(sending_state).id, state(receiving_state).id})
    return advise(mechanisms(), authority=authority, states=both, running=running)


def offences() -> tuple[shapes.Offence, ...]:
    """Return the 188 ECRIS offence categories in the order of the table."""
    return tuple(loading.offences().values())


def offence(code: str) -> shapes.Offence:
    """Return an offence category by ``1001 00`` or ``100100``; raises UnknownEntry."""
    compact = code.replace(" ", "")
    return _one(loading.offences(), "offence", f"{compact[:4]} {compact[4:]}")


def offence_parameters() -> tuple[shapes.OffenceParameter, ...]:
    """Return the letters said beside an offence code."""
    return tuple(loading.offence_parameters().values())


def sanctions() -> tuple[shapes.Sanction, ...]:
    """Return the 70 ECRIS sanctions in the order of the table."""
    return tuple(loading.sanctions().values())


def sanction_kinds() -> tuple[shapes.Sanction, ...]:
    """Return the 12 open categories of sanctions."""
    return tuple(item for item in sanctions() if item.open_category)


def sanction(code: str) -> shapes.Sanction:
    """Return a sanction, for example ``1001``; raises UnknownEntry."""
    return _one(loading.sanctions(), "sanction", code)


def sanction_parameters() -> tuple[shapes.SanctionParameter, ...]:
    """Return the letters said beside a sanction code."""
    return tuple(loading.sanction_parameters().values())


def measures() -> tuple[shapes.Measure, ...]:
    """Return the measures of FD 2008/947/JHA, Art. 4, with "other notified" last."""
    return tuple(loading.measures().values())


def measure(measure_id: str) -> shapes.Measure:
    """Return a measure by id (``reporting``) or article (``4(1)(e)``); raises UnknownEntry."""
    by_article = {item.article: item for item in measures()}
    return by_article.get(measure_id) or _one(loading.measures(), "measure", measure_id)


def listed_offences() -> tuple[shapes.ListedOffence, ...]:
    """Return the 32 headings without check of double criminality."""
    return tuple(loading.listed_offences().values())


def listed_offence(offence_id: str) -> shapes.ListedOffence:
    """Return a heading by id (``rape``); raises UnknownEntry."""
    return _one(loading.listed_offences(), "listed_offence", offence_id)


def handling_codes() -> tuple[shapes.HandlingCode, ...]:
    """Return H0 to H3."""
    return tuple(loading.handling_codes().values())


def handling_code(code: str) -> shapes.HandlingCode:
    """Return a handling code; raises UnknownEntry."""
    return _one(loading.handling_codes(), "handling_code", code)


def default_handling_code() -> shapes.HandlingCode:
    """Return the code that a new document starts with; a cautious default of the project."""
    return handling_code(loading.default_of("handling_codes.json"))


def source_reliabilities() -> tuple[shapes.EvaluationCode, ...]:
    """Return A, B, C and X."""
    return _scale(shapes.EvaluationScale.SOURCE_RELIABILITY)


def information_accuracies() -> tuple[shapes.EvaluationCode, ...]:
    """Return 1 to 4."""
    return _scale(shapes.EvaluationScale.INFORMATION_ACCURACY)


def _scale(scale: shapes.EvaluationScale) -> tuple[shapes.EvaluationCode, ...]:
    return tuple(item for item in loading.evaluation_codes().values() if item.scale is scale)


def evaluation(code: str) -> shapes.Evaluation:
    """Return the parts of a 4x4 code such as ``B2``; raises UnknownEntry."""
    letters = {item.id: item for item in source_reliabilities()}
    digits = {item.id: item for item in information_accuracies()}
    letter, digit = letters.get(code[:1]), digits.get(code[1:])
    if letter is None or digit is None:
        raise UnknownEntry("evaluation", code)
    return shapes.Evaluation(letter, digit)


def default_evaluation() -> shapes.Evaluation:
    """Return X4, which stands where nobody evaluated (Regulation (EU) 2016/794, Art. 29(4))."""
    return evaluation(loading.default_of("evaluation_codes.json"))


def states() -> tuple[shapes.State, ...]:
    """Return the 27 Member States."""
    return tuple(loading.states().values())


def state(code: str) -> shapes.State:
    """Return a Member State by ISO 3166 alpha-2 or by the EU's code (EL for Greece); raises UnknownEntry."""
    by_eu_code = {item.eu_code: item for item in states()}
    return by_eu_code.get(code) or _one(loading.states(), "state", code)


def territory_name(code: str, lang: str = ENGLISH) -> Label:
    """Return the name of any state of the world in ``lang``, from CLDR."""
    return geography.territory_name(code, lang)


def territories() -> frozenset[str]:
    """Return the code of every state and territory of the world (ISO 3166-1 alpha-2)."""
    return geography.territories()


def known_states() -> frozenset[str]:
    """Return the code of every state that is or was (ISO 3166-1 and 3166-3)."""
    return geography.known_states()


def language_name(code: str, lang: str = ENGLISH) -> Label:
    """Return the name of a language in ``lang``, from CLDR."""
    return geography.language_name(code, lang)


def purposes(*, authority: AuthorityKind | None = None, protected: bool | None = None) -> tuple[shapes.Purpose, ...]:
    """Return purposes of access, narrowed to those for a kind of authority, and for protected parts or for others."""
    return tuple(
        item
        for item in loading.purposes().values()
        if (authority is None or authority in item.authorities) and (protected is None or item.protected is protected)
    )


def purpose(purpose_id: str) -> shapes.Purpose:
    """Return a purpose; raises UnknownEntry."""
    return _one(loading.purposes(), "purpose", purpose_id)


def data_subject_categories() -> tuple[shapes.ArticleEntry, ...]:
    """Return suspect, convicted, victim, other party (LED, Art. 6)."""
    return tuple(loading.article_entries("data_subject_category").values())


def data_subject_category(category_id: str) -> shapes.ArticleEntry:
    """Return a category of data subject; raises UnknownEntry."""
    return _one(loading.article_entries("data_subject_category"), "data_subject_category", category_id)


def statement_kinds() -> tuple[shapes.ArticleEntry, ...]:
    """Return fact, assessment (LED, Art. 7(1)) and intelligence."""
    return tuple(loading.article_entries("statement_kind").values())


def statement_kind(kind_id: str) -> shapes.ArticleEntry:
    """Return a kind of statement; raises UnknownEntry."""
    return _one(loading.article_entries("statement_kind"), "statement_kind", kind_id)


def permitted_uses() -> tuple[shapes.ArticleEntry, ...]:
    """Return what an addressee may use a document for."""
    return tuple(loading.article_entries("permitted_use").values())


def permitted_use(use_id: str) -> shapes.ArticleEntry:
    """Return a permitted use; raises UnknownEntry."""
    return _one(loading.article_entries("permitted_use"), "permitted_use", use_id)


def channels() -> tuple[shapes.Entry, ...]:
    """Return the lawful channels."""
    return tuple(loading.plain_entries("channel").values())


def channel(channel_id: str) -> shapes.Entry:
    """Return a channel; raises UnknownEntry."""
    return _one(loading.plain_entries("channel"), "channel", channel_id)


def authority_kind(kind: AuthorityKind) -> shapes.Entry:
    """Return the words for a kind of authority."""
    return _one(loading.plain_entries("authority_kind"), "authority_kind", kind.value)


def movement_signs() -> tuple[shapes.Entry, ...]:
    """Return what can show that a person moves or has a link to another state."""
    return tuple(loading.plain_entries("movement_sign").values())


def movement_sign(sign_id: str) -> shapes.Entry:
    """Return a sign of movement; raises UnknownEntry."""
    return _one(loading.plain_entries("movement_sign"), "movement_sign", sign_id)


def initiative_term(code: str) -> shapes.Entry:
    """Return the words for a condition of an own-initiative basis, or for a reason why a mechanism is excluded."""
    return _one(loading.plain_entries("initiative_term"), "initiative_term", code)


def risk_levels() -> tuple[shapes.Entry, ...]:
    """Return the neutral five-level scale, lowest first; ids are ``1`` to ``5``."""
    return tuple(loading.plain_entries("risk_level").values())


def risk_level(level: int) -> shapes.Entry:
    """Return a level of the neutral scale, 1 to 5; raises UnknownEntry."""
    return _one(loading.plain_entries("risk_level"), "risk_level", str(level))


def criteria_for(state_code: str, *, directory: Path | None = None) -> Criteria:
    """Return a state's criteria for a serious mobile offender.

    ``directory`` holds the state's own files, for example ``LV.toml``. Without it, the project's example for LV, NL
    or ES is returned; it is marked ``example`` and is not to be used for a decision about a real person.
    Raises CriteriaMissing where there is no file, CriteriaInvalid with each mistake where it cannot be taken.
    """
    return criteria_file.load(state(state_code).id, directory)
