"""Where a request ends, however it is cut into pieces; and what is read in one way only."""

from __future__ import annotations

import pytest

from somec.exchange.intake import IN_MEMORY, MOST_HEAD, MOST_LINE, Intake, RequestError

LINE = b"POST /as4 HTTP/1.1\r\n"
CHUNKED = LINE + b"Transfer-Encoding: chunked\r\n\r\n"
MOST = 1 << 20


def body(intake: Intake) -> bytes:
    head, _, rest = intake.file.read().partition(b"\r\n\r\n")
    assert head.startswith(LINE.strip())
    return rest


@pytest.mark.parametrize("step", [1, 3, 7, 1000])
@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (LINE + b"Host: a\r\n\r\n", b""),
        (b"\r\n" + LINE + b"content-length: 5\r\n\r\nhello", b"hello"),
        (CHUNKED + b"5\r\nhello\r\n6 ; x=y\r\n world\r\n0\r\n\r\n", b"hello world"),
        (CHUNKED + b"00a\r\n0123456789\r\n0\r\nChecked: yes\r\n\r\n", b"0123456789"),
    ],
)
def test_a_request_ends_where_it_ends_in_pieces_of_any_size(request_: bytes, expected: bytes, step: int) -> None:
    intake = Intake(MOST)
    pieces = [request_[start : start + step] for start in range(0, len(request_), step)]
    assert [intake.take(piece) for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    assert (body(intake), bytes(intake.rest)) == (expected, b"")


def test_what_follows_a_request_is_left_for_the_next_one() -> None:
    intake = Intake(MOST)
    assert intake.take(LINE + b"Content-Length: 2\r\n\r\nokGET / HTTP/1.1\r\n")
    assert (body(intake), bytes(intake.rest)) == (b"ok", b"GET / HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (LINE + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", "400"),
        (LINE + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", "400"),
        (LINE + b"Content-Length: +3\r\n\r\n", "400"),
        (LINE + b"Content-Length: -3\r\n\r\n", "400"),
        (LINE + b"Content-Length: " + b"9" * 19 + b"\r\n\r\n", "400"),
        (LINE + b"Content-Length : 3\r\n\r\n", "400"),
        (LINE + b"X: 1\r\n Content-Length: 3\r\n\r\n", "400"),
        (LINE + b"nonsense\r\n\r\n", "400"),
        (LINE + b"Transfer-Encoding: gzip, chunked\r\n\r\n", "501"),
        (LINE + b"X: " + b"x" * MOST_HEAD, "431"),
        (CHUNKED + b"x\r\n", "400"),
        (CHUNKED + b"-1\r\n", "400"),
        (CHUNKED + b"0x1\r\n", "400"),
        (CHUNKED + b"1;" + b"x" * MOST_LINE, "400"),
        (CHUNKED + b"1\r\nab\r\n", "400"),
        (CHUNKED + b"%x\r\n" % (MOST + 1), "413"),
        (CHUNKED + b"1\r\na\r\n%x\r\n" % MOST, "413"),
        (CHUNKED + b"0\r\n" + b"x" * MOST_HEAD, "400"),
    ],
)
def test_what_could_be_read_in_two_ways_or_is_too_much_is_refused(request_: bytes, status: str) -> None:
    with pytest.raises(RequestError) as refused:
        Intake(MOST).take(request_)
    assert refused.value.status.startswith(status)


def test_a_body_that_says_it_is_too_large_is_not_waited_for() -> None:
    intake = Intake(MOST)
    assert intake.take(LINE + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % (MOST + 1))
    assert (intake.left_out, intake.awaits_continue, body(intake)) == (True, False, b"")


def test_a_caller_that_asks_whether_to_go_on_is_told_once_its_head_is_taken() -> None:
    intake = Intake(MOST)
    assert not intake.take(LINE + b"Content-Length: 2\r\nExpect: 100-Continue\r\n\r\n")
    assert intake.awaits_continue


def test_one_huge_chunk_lies_in_a_file_and_never_in_memory() -> None:
    intake = Intake(64 << 20)
    intake.take(CHUNKED + b"%x\r\n" % (32 << 20))
    for _ in range(32 << 4):
        intake.take(b"x" * (64 << 10))
        assert len(intake.rest) < 64 << 10
    assert intake.size == 32 << 20 > IN_MEMORY
    assert intake.file._rolled  # the only way to tell
