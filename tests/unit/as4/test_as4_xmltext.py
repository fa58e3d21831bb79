"""Text and attributes as we write them are what a canonicaliser makes of them, for every character XML can hold."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from somec.as4.xmltext import XmlUnwritable, attribute, text

ALLOWED = st.one_of(
    st.sampled_from("\t\n\r &<>\"'"),
    st.characters(min_codepoint=0x20, max_codepoint=0xD7FF),
    st.characters(min_codepoint=0xE000, max_codepoint=0xFFFD, exclude_categories=("Cs",)),
    st.characters(min_codepoint=0x10000, max_codepoint=0x10FFFF),
)
VALUES = st.text(ALLOWED, max_size=40)


def _canonical(element: etree._Element) -> str:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False).decode()


@given(VALUES)
@example("plain")
@example("a & b < c > d \r \t \n \" '")
@example("Ā \x7f \x85 \U0001f600")
def test_text_is_canonical(value: str) -> None:
    element = etree.Element("a")
    element.text = value
    assert f"<a>{text(value)}</a>" == _canonical(element)
    assert etree.fromstring(f"<a>{text(value)}</a>").text or value == ""


@given(VALUES)
@example("plain")
@example("a & b < c > d \r \t \n \" '")
def test_an_attribute_is_canonical(value: str) -> None:
    element = etree.Element("a")
    element.set("b", value)
    assert f'<a b="{attribute(value)}"></a>' == _canonical(element)
    assert etree.fromstring(f'<a b="{attribute(value)}"/>').get("b") == value


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
@pytest.mark.parametrize("write", [text, attribute])
def test_a_character_that_xml_cannot_hold_is_refused(write: object, character: str) -> None:
    with pytest.raises(XmlUnwritable):
        write(f"before{character}after")  # type: ignore[operator]
