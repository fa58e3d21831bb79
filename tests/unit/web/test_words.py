"""Nobody reads a bare code: every refusal has a sentence, every act in the log a word, every text its Latvian."""

from __future__ import annotations

import gettext
import importlib
import pkgutil
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django import forms
from django.utils import translation

from somec.alerts.rules import Group, Verb
from somec.kernel.errors import Invalid
from somec.web import forms as package
from somec.web import sentences, words, words_notices
from unit.web import sources

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "src" / "somec" / "web" / "locale" / "lv" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
INTERNAL_FIELDS = {
    "type",  # the path of a schema, in the detail of a problem
}


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    """The Latvian texts as they stand in the file for translators."""
    with (FOLDER / "django.po").open("rb") as stream:
        return read_po(stream, locale="lv")


def texts(message: Message) -> tuple[str, ...]:
    """Return the translation, in each of its plural forms."""
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string,)


def originals(message: Message) -> tuple[str, ...]:
    """Return the English text, in singular and plural."""
    return tuple(message.id) if isinstance(message.id, tuple | list) else (message.id,)


def test_every_code_that_is_raised_has_a_sentence() -> None:
    codes = sources.error_codes()
    assert len(codes) > 300, "the source is not read any more"
    assert {code: place for code, place in codes.items() if sentences.find(code) is None} == {}


def test_every_mistake_of_a_field_has_a_sentence() -> None:
    codes = sources.field_codes()
    assert {"missing", "too_short", "notice.expires.past"} <= set(codes), "the source is not read any more"
    without = {
        code: place
        for code, place in codes.items()
        if sentences.find(f"field.{code}") is None and code not in INTERNAL_FIELDS
    }
    assert without == {}


def test_every_act_in_the_log_has_a_word() -> None:
    acts, unread = sources.log_acts()
    assert unread == [], "name the act where it is recorded, so that it can be found"
    assert {act: place for act, place in acts.items() if act not in words.ACTS} == {}


def test_no_word_for_an_act_that_nobody_records() -> None:
    assert set(words.ACTS) - set(sources.log_acts()[0]) == set()


def test_sentences_take_the_parameters_they_are_raised_with() -> None:
    error = Invalid("criteria.not_in_force", state="LV", version="3")
    assert "LV" in sentences.of(error)
    assert "%(" not in sentences.of(error)


def test_the_latvian_catalogue_is_complete(catalogue: Catalog) -> None:
    messages = [message for message in catalogue if message.id]
    assert len(messages) > 1500, "the catalogue is not read any more"
    assert [message.id for message in messages if message.fuzzy or not all(texts(message))] == []


def test_placeholders_are_the_same_in_both_languages(catalogue: Catalog) -> None:
    different = []
    for message in catalogue:
        wanted = {name for text in originals(message) for name in PLACEHOLDER.findall(text)}
        # a plural form may be met by many numbers (1, 21, 31), so each of them names the number
        if message.id and any(set(PLACEHOLDER.findall(text)) != wanted for text in texts(message)):
            different.append(message.id)
    assert different == []


def test_spaces_at_the_ends_are_the_same_in_both_languages(catalogue: Catalog) -> None:
    pairs = [(text, message.id) for message in catalogue if message.id for text in texts(message)]
    ends = [
        key for text, key in pairs
        for first in [key[0] if isinstance(key, tuple | list) else key]
        if (text[:1].isspace(), text[-1:].isspace()) != (first[:1].isspace(), first[-1:].isspace())
    ]  # fmt: skip
    assert ends == []


def test_the_compiled_catalogue_is_the_one_of_the_texts(catalogue: Catalog) -> None:
    with (FOLDER / "django.mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    for message in catalogue:
        if not message.id:
            continue
        for number, text in zip((1, 2, 0), texts(message), strict=False):
            if isinstance(message.id, tuple | list):
                one, many = message.id
                found = (
                    compiled.npgettext(message.context, one, many, number)
                    if message.context
                    else compiled.ngettext(one, many, number)
                )
            else:
                found = (
                    compiled.pgettext(message.context, message.id) if message.context else compiled.gettext(message.id)
                )
            assert found == text, "django.mo is stale; run scripts/messages.py"


def test_the_header_names_nobody(catalogue: Catalog) -> None:
    head = (FOLDER / "django.po").read_text("utf-8").partition("\n\n")[0]
    assert "@" not in head
    assert "Translator" not in head
    assert catalogue.num_plurals == 3


def test_the_catalogue_holds_every_text_of_the_screens() -> None:
    if shutil.which("xgettext") is None:
        pytest.skip("gettext is not installed on this machine; without it texts cannot be collected")
    script = ROOT / "scripts" / "messages.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_codes_are_read_in_the_language_of_the_reader() -> None:
    with translation.override("lv"):
        assert sentences.of_code("alert.settled") != sentences.find("alert.settled")._args[0]  # type: ignore[union-attr]
        assert words.word(words.ROLES, "contact_point") == "kontaktpunkts"
    with translation.override("en"):
        assert words.word(words.ROLES, "contact_point") == "contact point"


def test_every_work_of_the_desk_has_its_words() -> None:
    verbs = {verb.value for verb in Verb}
    assert verbs - set(words_notices.VERBS) == set()
    assert verbs - set(words_notices.VERB_NAMES) == set()
    assert {group.value for group in Group} - set(words_notices.GROUPS) == set()


def form_classes() -> list[type[forms.BaseForm]]:
    """Return every form of the screens."""
    modules = [importlib.import_module(one.name) for one in pkgutil.iter_modules(package.__path__, "somec.web.forms.")]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, type)]
    return [one for one in found if issubclass(one, forms.BaseForm)]


def test_forms_wait_for_the_reader_before_they_choose_a_language(catalogue: Catalog) -> None:
    known = {text for message in catalogue if message.id for text in originals(message)}
    too_early = set()
    for form in form_classes():
        for name, field in form.base_fields.items():
            said = [field.label, field.help_text, *(text for _, text in getattr(field, "choices", []))]
            too_early |= {(form.__name__, name, text) for text in said if type(text) is str and text in known}
    assert form_classes()
    assert too_early == set()
