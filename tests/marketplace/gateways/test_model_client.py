"""The door to real chat models: what it sends, what it takes, and everything that can go wrong on the way."""

import gzip
import json
import logging
import threading
import traceback
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.gateways.language_models import stream
from marketplace.gateways.language_models.client import ChatCompletions
from marketplace.gateways.language_models.protocol import Address, Message, ModelFailed, Pieces, Trouble
from marketplace.kit.database import make_sessions, transaction
from tests.factories.model_server import (
    DONE,
    HEAD,
    KEY,
    Behaviour,
    Wire,
    after_head,
    answers,
    asked,
    chunk,
    client,
    limits,
    raw,
    serving,
    talk,
    trusting,
)

SMALL = {"answer_maximum_bytes": 200_000, "line_maximum_bytes": 2_000, "reply_maximum_characters": 3_000}
PATIENT = {"connect_seconds": 20, "silence_seconds": 20, "total_seconds": 60}  # a busy machine is no failure
CHATTY = chunk("la " * 20)


def failure(behave: Behaviour, **changes: Any) -> ModelFailed:
    with serving(behave) as server, pytest.raises(ModelFailed) as caught:
        asked(client(server, **{**PATIENT, **SMALL, **changes}), server.url)
    return caught.value


def test_an_answer_comes_in_pieces_as_they_are_sent() -> None:
    def one_by_one(wire: Wire) -> None:
        wire.send(HEAD + chunk("Take "))
        assert heard.wait(20)
        wire.send(chunk("care.") + DONE)

    heard = threading.Event()
    with serving(one_by_one) as server:
        reply = client(server, **PATIENT).answer(Address(server.url, "m"), [Message("user", "?")])
        assert next(reply) == "Take "
        heard.set()  # only now the rest is sent: the first piece did not wait for it
        assert list(reply) == ["care."]


def test_what_is_sent_is_the_protocol() -> None:
    messages = [
        Message("system", "Be kind."),
        Message("user", "Grüß dich"),
        Message("assistant", "Hi"),
        Message("user", "?"),
    ]
    with serving(talk("Yes.")) as server:
        reply = client(server, **PATIENT).answer(Address(server.url + "/", "m-1", KEY), messages)
        assert "".join(reply) == "Yes."
        [wire] = server.asked
    assert wire.line == "POST /v1/chat/completions HTTP/1.1"
    assert wire.body == {
        "model": "m-1",
        "stream": True,
        "messages": [{"role": one.role, "content": one.text} for one in messages],
    }
    assert wire.headers["authorization"] == f"Bearer {KEY}"
    assert wire.headers["host"] == f"127.0.0.1:{server.port}"
    assert wire.headers["accept-encoding"] == "identity"
    assert wire.headers["content-type"] == "application/json"


def test_without_a_key_none_is_sent_and_the_whole_address_is_taken_too() -> None:
    with serving(talk("Yes.")) as server:
        assert asked(client(server, **PATIENT), server.url + "/chat/completions", key="") == "Yes."
        [wire] = server.asked
    assert "authorization" not in wire.headers
    assert wire.line.startswith("POST /v1/chat/completions ")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (chunk("a") + chunk(None) + chunk("b") + DONE, "ab"),
        (b": a comment\n\n" + chunk("a") + b"event: ping\nid: 3\nretry: 5\n\n" + DONE, "a"),
        (b'data: {"choices": [], "usage": {"total_tokens": 3}}\n\n' + chunk("a") + DONE, "a"),
        (b'data:{"choices":[{"delta":{"content":"a"}}]}\r\n\r\ndata:[DONE]\r\n\r\n', "a"),
        (b'data: {"choices":[{"delta":{"content":"a"}}]}\r\rdata: [DONE]\r\r', "a"),
        (b'data: {"choices":\ndata: [{"delta":{"content":"a"}}]}\n\n' + DONE, "a"),
        (chunk("a") + b"data: [DONE]", "a"),
        (chunk("a") + DONE + b"data: rubbish after the end\n\n", "a"),
        (b'data: {"choices":[{"delta":{"refusal":"I cannot."}}]}\n\n' + DONE, "I cannot."),
        (b'data: {"choices":[{"finish_reason":"stop"}]}\n\n' + chunk("a") + DONE, "a"),
        (chunk("x\0y") + DONE, "x\N{REPLACEMENT CHARACTER}y"),
        (
            b'data: {"choices":[{"delta":{"content":"\\ud83d"}}]}\n\ndata: {"choices":[{"delta":{"content":"\\ude00!"}}]}\n\n'
            + DONE,
            "\N{GRINNING FACE}!",
        ),
        (b'data: {"choices":[{"delta":{"content":"a\\udc00b"}}]}\n\n' + DONE, "a\N{REPLACEMENT CHARACTER}b"),
    ],
)
def test_services_differ_and_are_understood(body: bytes, text: str) -> None:
    with serving(after_head(body)) as server:
        assert asked(client(server, **PATIENT), server.url) == text


def test_a_body_in_chunks_is_put_together() -> None:
    body = chunk("Hello ") + chunk("you") + DONE
    head = HEAD[:-2] + b"Transfer-Encoding: chunked\r\n\r\n"
    parts = [body[i : i + 7] for i in range(0, len(body), 7)]
    with serving(raw(head + b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in parts) + b"0\r\n\r\n")) as server:
        assert asked(client(server, **PATIENT), server.url) == "Hello you"


@given(st.lists(st.integers(1, 40), max_size=30), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_where_the_bytes_are_cut_changes_nothing(cuts: list[int], end: bytes) -> None:
    whole = (chunk("Grüße, ") + chunk("Ada \N{GRINNING FACE}") + DONE).replace(b"\n", end)
    bites, rest = [], whole
    for cut in cuts:
        bites.append(rest[:cut])
        rest = rest[cut:]
    found = stream.pieces([bite for bite in (*bites, rest) if bite], line_bytes=500, characters=100)
    assert "".join(found) == "Grüße, Ada \N{GRINNING FACE}"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Not found</body></html>",
        chunk("half an answer"),
        b"data: {not json}\n\n" + DONE,
        b"data: " + b"[" * 1_500 + b"\n\n" + DONE,
        b'data: {"choices": ' + b"9" * 1_500 + b"}\n\n" + DONE,
        b"data: 5\n\n" + DONE,
        b"data: null\n\n" + DONE,
        b'data: {"object": "list"}\n\n' + DONE,
        b'data: {"choices": {}}\n\n' + DONE,
        b'data: {"choices": ["text"]}\n\n' + DONE,
        b'data: {"choices": [{"delta": "text"}]}\n\n' + DONE,
        b'data: {"choices": [{"delta": {"content": 7}}]}\n\n' + DONE,
        b'data: {"choices": [{"delta": {"content": "\xff\xfe"}}]}\n\n' + DONE,
        DONE,
        chunk("") + DONE,
        CHATTY + b"data: " + b"x" * 5_000,
    ],
)
def test_what_is_not_the_protocol_is_broken(body: bytes) -> None:
    assert failure(after_head(body)).trouble is Trouble.BROKEN


def test_nesting_beyond_any_stack_is_broken() -> None:
    body = b"data: " + b'{"a":' * 30_000 + b"\n\n" + DONE
    assert failure(after_head(body), line_maximum_bytes=10**6).trouble is Trouble.BROKEN


@pytest.mark.parametrize(
    "behave",
    [
        answers(
            "200 OK", "Content-Type: application/json", body=b'{"choices": [{"message": {"content": "Hi"}}]}'
        ),
        answers("200 OK", "Content-Type: text/html", body=b"<h1>Welcome</h1>"),
        answers("200 OK", body=chunk("Hi") + DONE),
        answers(
            "200 OK",
            "Content-Type: text/event-stream",
            "Content-Encoding: gzip",
            body=gzip.compress(b"\0" * 10**7),
        ),
        answers("200 OK", "Content-Type: text/event-stream", "Content-Encoding: deflate, gzip", body=b"x"),
        raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
        raw(b""),
        raw(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100_000),
        raw(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: x\r\n" % number for number in range(200)) + b"\r\n"),
        raw(HEAD[:-2] + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        raw(HEAD[:-2] + b"Transfer-Encoding: chunked\r\n\r\nff\r\nshort"),
        raw(HEAD[:-2] + b"Content-Length: 5000\r\n\r\n" + chunk("half")),
    ],
)
def test_what_is_no_stream_is_refused(behave: Behaviour) -> None:
    assert failure(behave).trouble in {Trouble.BROKEN, Trouble.UNREACHABLE}


def test_a_connection_that_breaks_in_the_middle_gives_no_whole_answer() -> None:
    def breaks(wire: Wire) -> None:
        wire.send(HEAD + chunk("Half"))
        assert heard.wait(20)
        wire.reset()

    heard = threading.Event()
    with serving(breaks) as server:
        reply = client(server, **PATIENT).answer(Address(server.url, "m"), [Message("user", "?")])
        assert next(reply) == "Half"
        heard.set()
        with pytest.raises(ModelFailed) as caught:
            list(reply)
    assert caught.value.trouble in {Trouble.BROKEN, Trouble.UNREACHABLE}


@pytest.mark.parametrize(
    ("status", "trouble", "says"),
    [
        ("400 Bad Request", Trouble.REFUSED, "too long"),
        ("401 Unauthorized", Trouble.REFUSED, "key"),
        ("402 Payment Required", Trouble.REFUSED, "paid"),
        ("403 Forbidden", Trouble.REFUSED, "key"),
        ("404 Not Found", Trouble.REFUSED, "no such address or model"),
        ("405 Method Not Allowed", Trouble.REFUSED, "405"),
        ("413 Too Large", Trouble.REFUSED, "longer"),
        ("422 Unprocessable", Trouble.REFUSED, "too long"),
        ("429 Too Many Requests", Trouble.REFUSED, "too many requests"),
        ("204 No Content", Trouble.REFUSED, "204"),
        ("500 Internal Server Error", Trouble.UNREACHABLE, "out of order"),
        ("503 Service Unavailable", Trouble.UNREACHABLE, "out of order"),
        ("301 Moved", Trouble.FORBIDDEN, "leads on"),
    ],
)
def test_a_status_becomes_a_sentence(status: str, trouble: Trouble, says: str) -> None:
    body = json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}"}}).encode()
    found = failure(answers(status, "Content-Type: application/json", body=body))
    assert found.trouble is trouble
    assert says in found.sentence


def test_an_error_in_the_stream_is_a_refusal() -> None:
    found = failure(after_head(chunk("Half") + b'data: {"error": {"message": "overloaded"}}\n\n'))
    assert found.trouble is Trouble.REFUSED


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]
)
def test_no_redirect_is_followed(status: str) -> None:
    with serving(talk("secret")) as inside:
        found = failure(answers(status, f"Location: {inside.url}/chat/completions"))
        assert inside.hits == 0
    assert found.trouble is Trouble.FORBIDDEN


def hangs(wire: Wire) -> None:
    while wire.rest():
        pass


def hangs_in_the_middle(wire: Wire) -> None:
    wire.send(HEAD + chunk("Well"))
    hangs(wire)


@pytest.mark.parametrize("behave", [hangs, hangs_in_the_middle])
def test_silence_has_an_end(behave: Behaviour) -> None:
    found = failure(behave, silence_seconds=0.2)
    assert found.trouble is Trouble.SLOW
    assert "did not answer in 0.2 seconds" in found.sentence


def drips_comments(wire: Wire) -> None:
    wire.send(HEAD)
    while wire.rest():
        wire.send(b": still here\n\n")


def drips_a_line(wire: Wire) -> None:
    wire.send(HEAD + b"data: ")
    while wire.rest():
        wire.send(b" ")


def drips_headers(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while wire.rest():
        wire.send(b"x")


def drips_continues(wire: Wire) -> None:
    while wire.rest():
        wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")


def drips_trailers(wire: Wire) -> None:
    wire.send(HEAD[:-2] + b"Transfer-Encoding: chunked\r\n\r\n5\r\ndata:\r\n0\r\n")
    while wire.rest():
        wire.send(b"X-More: x\r\n")


@pytest.mark.parametrize(
    "behave", [drips_comments, drips_a_line, drips_headers, drips_continues, drips_trailers]
)
def test_a_byte_now_and_then_does_not_hold_us(behave: Behaviour) -> None:
    found = failure(behave, total_seconds=0.4)
    assert found.trouble is Trouble.SLOW
    assert "did not finish in 0.4 seconds" in found.sentence


def forever(data: bytes) -> Behaviour:
    def behave(wire: Wire) -> None:
        wire.send(HEAD)
        while not wire.over.is_set():
            wire.send(data)

    return behave


@pytest.mark.parametrize(
    ("behave", "trouble"),
    [
        (forever(CHATTY), Trouble.TOO_LONG),
        (forever(b": nothing to say\n"), Trouble.TOO_LONG),
        (forever(chunk("")), Trouble.TOO_LONG),
        (forever(b"x" * 100), Trouble.BROKEN),
        (forever(b"data: x\n"), Trouble.TOO_LONG),
    ],
)
def test_an_endless_answer_is_cut(behave: Behaviour, trouble: Trouble) -> None:
    assert failure(behave).trouble is trouble


def test_hanging_up_ends_the_call() -> None:
    gone = threading.Event()

    def talks_until_nobody_listens(wire: Wire) -> None:
        try:
            forever(CHATTY)(wire)
        except OSError:
            gone.set()

    with serving(talks_until_nobody_listens) as server:
        reply = client(server, **PATIENT).answer(Address(server.url, "m"), [Message("user", "?")])
        next(reply)
        reply.close()  # type: ignore[attr-defined]
        assert gone.wait(20)


def test_a_closed_port_and_an_unknown_host_cannot_be_reached() -> None:
    with serving(talk("Hi")) as server:
        url, models = server.url, client(server)
    with pytest.raises(ModelFailed) as caught:
        asked(models, url)
    assert caught.value.trouble is Trouble.UNREACHABLE

    def nowhere(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    with pytest.raises(ModelFailed) as caught:
        asked(ChatCompletions(resolve=nowhere), "https://models.example.org/v1")
    assert caught.value.trouble is Trouble.UNREACHABLE


def test_a_conversation_beyond_the_limit_is_not_sent() -> None:
    with serving(talk("Hi")) as server, pytest.raises(ModelFailed) as caught:
        asked(client(server, request_maximum_bytes=500), server.url, "x" * 500)
    assert caught.value.trouble is Trouble.TOO_LONG
    assert server.hits == 0


@pytest.mark.parametrize("key", ["sk-a\r\nX-Evil: 1", "sk-ä", "sk a", "sk-a\0"])
def test_a_key_that_is_none_is_not_sent_and_not_named(key: str) -> None:
    with serving(talk("Hi")) as server, pytest.raises(ModelFailed) as caught:
        asked(client(server), server.url, key=key)
    assert caught.value.trouble is Trouble.REFUSED
    assert key not in caught.value.sentence
    assert server.hits == 0


@pytest.mark.parametrize(
    "behave",
    [
        hangs,
        raw(b""),
        answers("401 Unauthorized"),
        answers("302 Found", "Location: http://127.0.0.1/"),
        after_head(b"rubbish"),
        raw(HEAD[:-2] + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
    ],
)
def test_no_failure_names_the_address_or_the_key(
    behave: Behaviour, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    found = failure(behave, silence_seconds=0.2)
    told = (
        "".join(traceback.format_exception(found))
        + found.sentence
        + caplog.text
        + "".join(capsys.readouterr())
    )
    assert KEY not in told
    assert "127.0.0.1" not in told
    assert KEY not in repr(Address("https://models.example.org", "m", KEY))


def test_a_closed_port_is_not_named_either() -> None:
    with serving(talk("Hi")) as server:
        url, models = server.url, client(server)
    with pytest.raises(ModelFailed) as caught:
        asked(models, url)
    assert "127.0.0.1" not in "".join(traceback.format_exception(caught.value))


def test_never_inside_a_transaction() -> None:
    sessions = make_sessions("sqlite://")
    with serving(talk("Hi")) as server:
        models = client(server)
        with transaction(sessions), pytest.raises(RuntimeError, match="inside a transaction"):
            models.answer(Address(server.url, "m"), [])
        begun = models.answer(Address(server.url, "m"), [])
        with transaction(sessions), pytest.raises(RuntimeError, match="inside a transaction"):
            next(begun)
        assert server.hits == 0
    sessions.kw["bind"].dispose()


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(talk("spied")) as proxy, serving(talk("Hi")) as server:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert asked(client(server, **PATIENT), server.url) == "Hi"
        assert proxy.hits == 0


def test_the_limits_of_the_house_fit_each_other() -> None:
    house = limits()
    assert house.ports == [443]
    assert 0 < house.connect_seconds <= house.silence_seconds < house.total_seconds
    assert house.line_maximum_bytes < house.answer_maximum_bytes


def begin(models: ChatCompletions, url: str) -> Pieces:
    """A conversation that has begun and is going on."""
    reply = models.answer(Address(url, "m"), [Message("user", "?")])
    next(reply)
    return reply


def test_calls_at_once_have_an_end_so_that_pages_are_served() -> None:
    with serving(hangs_in_the_middle) as one, serving(hangs_in_the_middle) as other:
        own = {("127.0.0.1", one.port), ("127.0.0.1", other.port)}
        few = limits(**PATIENT, calls_at_once=3, calls_to_one_place=2)
        models = ChatCompletions(own=own, limits=few, context=trusting())
        going = [begin(models, one.url), begin(models, one.url)]
        with pytest.raises(ModelFailed) as caught:
            begin(models, one.url)
        assert caught.value.trouble is Trouble.BUSY
        going.append(begin(models, other.url))  # one slow model does not keep others from theirs
        with pytest.raises(ModelFailed):
            begin(models, other.url)
        going.pop(0).close()
        going.append(begin(models, other.url))  # hanging up gives the seat back
        assert (one.hits, other.hits) == (2, 2)
        for reply in going:
            reply.close()


def test_a_failed_call_gives_its_seat_back() -> None:
    with serving(answers("500 Out of Order")) as server:
        models = client(server, **PATIENT, calls_at_once=1)
        for _ in range(3):
            with pytest.raises(ModelFailed) as caught:
                asked(models, server.url)
            assert caught.value.trouble is Trouble.UNREACHABLE
    assert server.hits == 3
