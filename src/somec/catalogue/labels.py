"""Words for coded content in the reader's language; English where a translation is missing, and it says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Label:
    """A text for a code. ``lang`` is the language of ``text``; ``translated`` is False where English stands in."""

    text: str
    lang: str
    translated: bool

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Labels:
    """The texts of one entry by language (ISO 639-1). Translations are the project's, not official ones."""

    texts: Mapping[str, str]

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> Labels:
        """Return labels that nobody can change afterwards."""
        return cls(MappingProxyType(dict(texts)))

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.texts.items())))

    def label(self, lang: str = ENGLISH) -> Label:
        """Return the text in ``lang`` (``lv``, ``lv-LV`` and ``lv_LV`` are alike), or the English one, marked so."""
        wanted = primary(lang)
        text = self.texts.get(wanted)
        if text is None:
            return Label(self.texts[ENGLISH], ENGLISH, translated=False)
        return Label(text, wanted, translated=True)


def primary(lang: str) -> str:
    """Return the primary subtag of a language tag in lower case: ``lv-LV`` gives ``lv`` (RFC 5646)."""
    return lang.replace("_", "-").split("-", 1)[0].lower()
