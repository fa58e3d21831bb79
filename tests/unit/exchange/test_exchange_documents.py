from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from exchange.parcel import apps as parcel
from exchange.twin import Twin
from somec.exchange import messages, registry
from somec.exchange.registry import DocumentType
from somec.kernel import clock
from somec.kernel.errors import Invalid

TWIN = Twin("NL")


@pytest.fixture(autouse=True)
def _types() -> Any:
    parcel.register()
    yield
    for name in ("test-parcel", "test-reply", "test-recall"):
        registry.forget(name)


def _mistakes(change: Callable[[dict[str, Any]], object]) -> dict[str, list[str]]:
    document = copy.deepcopy(TWIN.document("LV"))
    change(document)
    return registry.mistakes(registry.find("test-parcel", "1.0"), document)


def test_a_document_meets_its_schemas() -> None:
    assert _mistakes(dict.copy) == {}


@pytest.mark.parametrize(
    ("change", "place", "keyword"),
    [
        pytest.param(lambda d: d["header"].pop("purpose"), "/header", "required", id="no purpose"),
        pytest.param(lambda d: d["header"].update(id="x"), "/header/id", "pattern", id="no id"),
        pytest.param(lambda d: d["header"].update(created="yesterday"), "/header/created", "pattern", id="no instant"),
        pytest.param(
            lambda d: d["header"].update(created="2026-02-30T10:00:00.000Z"),
            "/header/created",
            "format",
            id="30 February",
        ),
        pytest.param(
            lambda d: d["header"]["from"].update(state="Latvia"), "/header/from/state", "pattern", id="no code"
        ),
        pytest.param(
            lambda d: d["header"].update(language="English!"), "/header/language", "pattern", id="no language"
        ),
        pytest.param(lambda d: d.update(items={}), "/items", "type", id="items are no list"),
        pytest.param(lambda d: d.update(items=[]), "/items", "minItems", id="this type wants an item"),
        pytest.param(lambda d: d["items"][0].update(kind="rumour"), "/items/0/kind", "enum", id="unknown kind of item"),
        pytest.param(lambda d: d["items"][0].pop("owner"), "/items/0", "required", id="an item without owner"),
        pytest.param(
            lambda d: d["items"][0]["data"].pop("number"), "/items/0/data", "required", id="own field missing"
        ),
        pytest.param(
            lambda d: d["items"][0]["data"].update(number="7"),
            "/items/0/data/number",
            "type",
            id="own field of another type",
        ),
    ],
)
def test_each_mistake_is_named_at_its_place(
    change: Callable[[dict[str, Any]], object], place: str, keyword: str
) -> None:
    found = _mistakes(change)
    assert list(found) == [place]
    assert keyword in found[place]


def test_mistakes_never_quote_values() -> None:
    found = _mistakes(lambda document: document["items"][0].update(kind="KOVŠOVS"))
    assert "KOVŠOVS" not in str(found)


def test_unknown_fields_are_allowed_and_kept() -> None:
    document = TWIN.document("LV")
    document["header"]["colour"] = "blue"
    document["items"][0]["data"]["weight"] = 7
    assert registry.mistakes(registry.find("test-parcel", "1.0"), document) == {}
    assert messages.read(messages.freeze(document)) == document


@pytest.mark.parametrize(
    ("version", "code"),
    [
        ("1.0", ""),
        ("1.7", ""),
        ("2.0", "document.version_newer"),
        ("0.9", "document.version_malformed"),
        ("1", "document.version_malformed"),
    ],
)
def test_newer_minor_versions_are_read_and_newer_major_ones_refused(version: str, code: str) -> None:
    if not code:
        assert registry.find("test-parcel", version).type == "test-parcel"
        return
    with pytest.raises(Invalid) as refused:
        registry.find("test-parcel", version)
    assert refused.value.code == code


def test_an_unknown_type_is_named_as_such() -> None:
    with pytest.raises(Invalid) as refused:
        registry.find("horoscope", "1.0")
    assert refused.value.code == "document.type_unknown"


def test_the_newest_version_is_written() -> None:
    second = DocumentType("test-parcel", "2.0", parcel.SCHEMA)
    registry.register(second)
    assert registry.newest("test-parcel") is second
    assert registry.find("test-parcel", "1.3").version == "1.0"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"{", "document.no_json"), (b"[]", "document.no_object"), (b"NaN", "document.no_json"), (b"", "document.no_json"),
     (b'{"a":"' + b"x" * messages.MAX_BYTES + b'"}', "document.too_large")],
)  # fmt: skip
def test_bytes_that_are_no_document(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        messages.read(data)
    assert refused.value.code == code


def test_a_document_that_is_too_large_is_not_frozen() -> None:
    document = TWIN.document("LV")
    document["items"][0]["data"]["text"] = "x" * messages.MAX_BYTES
    with pytest.raises(Invalid) as refused:
        messages.freeze(document)
    assert refused.value.code == "document.too_large"


def test_the_shown_form_of_a_document_holds_no_content() -> None:
    body = TWIN.document("LV")
    body["items"][0]["data"]["name"] = "KOVŠOVS"
    shown = messages.InboundDocument(
        id="doc-1", type="test-parcel", version="1.0", conversation="c", reference="KOVŠOVS", refers_to="",
        peer_state="NL",
        created=clock.now(), received=clock.now(), body=body,
    )  # fmt: skip
    assert "KOVŠOVS" not in repr(shown)
