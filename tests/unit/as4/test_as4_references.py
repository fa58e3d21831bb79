"""References that a receipt repeats: their canonical form as apex, taken out of ds:SignedInfo, is the canonicaliser's."""

from __future__ import annotations

import zlib

import pytest
from as4_parties import part, send
from hypothesis import given
from hypothesis import strategies as st

from somec.as4 import verification
from somec.as4.compression import Budget, compress, decompress
from somec.as4.namespaces import DS, EXC_C14N
from somec.as4.octets import Octets
from somec.as4.pmode import DEFAULT_LIMITS
from somec.as4.receiving import unpack
from somec.as4.soap import canonical, children, parse, read_soap
from somec.as4.verification import _canonical_references, read_signature

INCLUSIVE = f'<ec:InclusiveNamespaces xmlns:ec="{EXC_C14N}" PrefixList="x"/>'
BODY = "{p}Transforms><{p}Transform Algorithm='t'>{inside}</{p}Transform></{p}Transforms><{p}DigestValue>AA==</{p}DigestValue>"
SHAPES = {
    "as ours": ("ds:", 'URI="#a"', ""),
    "default namespace": ("", 'URI="#a"', ""),
    "another prefix": ("dsig-1.x:", 'URI="#a" Id="r1" Type="t"', ""),
    "escapes in the address": ("ds:", 'URI="cid:a&amp;b&quot;&lt;c>"', ""),
    "xmlns in the address": ("ds:", 'URI="cid:xmlns"', ""),
    "no attribute": ("ds:", "", ""),
    "prefix list": ("ds:", 'URI="#a"', INCLUSIVE),
    "foreign element": ("ds:", 'URI="#a"', '<y:z xmlns:y="urn:y"/>'),
    "reference inside": ("ds:", 'URI="#a"', '<ds:Reference URI="#b"></ds:Reference>'),
    "name that begins alike": ("ds:", 'URI="#a"', '<ds:ReferenceList URI="#b"></ds:ReferenceList>'),
    "processing instruction": ("ds:", 'URI="#a"', '<?p <ds:Reference URI="#c"></ds:Reference>?>'),
    "its own language": ("ds:", 'URI="#a" xml:lang="lv"', ""),
    "text with marks": ("ds:", 'URI="#a"', "&lt;ds:Reference URI=''&gt;"),
}


def signed_info(prefix: str, attributes: str, inside: str, count: int) -> bytes:
    declared = f'xmlns:{prefix[:-1]}="{DS}"' if prefix else f'xmlns="{DS}"'
    content = "<" + BODY.format(p=prefix, inside=inside)
    one = f"<{prefix}Reference {attributes}>{content}</{prefix}Reference>"
    return (
        f'<a:o xmlns:a="urn:a" xmlns:x="urn:x" xml:lang="nl" {declared}><{prefix}SignedInfo Id="s">'
        f"<{prefix}SignatureMethod Algorithm='m'/>{one * count}</{prefix}SignedInfo></a:o>"
    ).encode()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("shape", SHAPES)
def test_canonical_form_of_each_reference_is_what_the_canonicaliser_says(shape: str, count: int) -> None:
    element = parse(signed_info(*SHAPES[shape], count))[0]
    references = children(element, DS, "Reference")
    expected = [canonical(one) for one in references]
    assert len(expected) == count
    assert _canonical_references(canonical(element), references) == expected


@given(uri=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")))
def test_any_address_is_carried_as_the_canonicaliser_writes_it(uri: str) -> None:
    element = parse(signed_info("ds:", 'URI="#a"', "", 2))[0]
    references = children(element, DS, "Reference")
    references[1].set("URI", uri)
    assert _canonical_references(canonical(element), references) == [canonical(one) for one in references]


def test_usual_message_needs_no_canonicaliser_for_its_references(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise nobody would see that the short way is never taken."""
    sent = send([part(b"one"), part(b"two")])
    soap = read_soap(unpack(sent.content_type, sent.body, DEFAULT_LIMITS).soap)
    asked: list[object] = []
    monkeypatch.setattr(verification, "canonical", lambda *one: asked.append(one) or canonical(*one))
    signature = read_signature(soap, 10)
    assert signature is not None
    assert [one.reference for one in signature.references] == list(sent.references)
    assert len(asked) == 1  # ds:SignedInfo itself


@given(data=st.binary(max_size=5000), level=st.integers(1, 3), streamed=st.booleans())
def test_payloads_are_gzip_that_everybody_opens(data: bytes, level: int, streamed: bool) -> None:
    monkey = pytest.MonkeyPatch()
    with monkey.context() as patch:
        if streamed:
            patch.setattr("somec.as4.compression.SMALL", -1)
        packed = compress(Octets.of(data), level)
    assert zlib.decompress(packed.read(), 31) == data
    assert decompress(packed, Budget(DEFAULT_LIMITS))[0].read() == data
