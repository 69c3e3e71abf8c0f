"""What a verifier does when keys, lists and the stream are not as they should be: it refuses, says
why once, and recovers."""

import json
import threading
import time

import pytest
from conftest import until
from issuer import NAME, fails, gives

from countersign import InvalidToken, TemporarilyUnavailable, Verifier

KEYS = "/.well-known/jwks.json"
LIST = "/status-lists/1"


def refused(verifier, token, reason="revoked"):
    with pytest.raises(InvalidToken) as why:
        verifier.verify(token)
    assert why.value.reason == reason
    return True


def unavailable(verifier, token):
    with pytest.raises(TemporarilyUnavailable):
        verifier.verify(token)
    return True


def accepts(verifier, token):
    try:
        return verifier.verify(token)
    except (InvalidToken, TemporarilyUnavailable):
        return None


# ---- Keys.


def test_keys_are_fetched_once_and_again_when_they_are_old(issuer, make):
    verifier = make()

    for _ in range(3):
        assert verifier.verify(issuer.token())["sub"] == "user-1"
    assert issuer.count(KEYS) == 1
    issuer.clock.pass_(301)

    assert verifier.verify(issuer.token())
    assert issuer.count(KEYS) == 2


def test_a_new_key_is_fetched_and_made_up_ones_cost_nothing(issuer, make):
    verifier = make()
    verifier.verify(issuer.token())
    issuer.clock.pass_(6)
    new = issuer.add_key()

    assert verifier.verify(issuer.token(kid=new))
    assert issuer.count(KEYS) == 2
    stranger = issuer.add_key()
    token = issuer.token(kid=stranger)
    del issuer.keys[stranger]
    for _ in range(100):
        refused(verifier, token, "unknown_key")
    assert issuer.count(KEYS) == 2
    issuer.clock.pass_(6)
    refused(verifier, token, "unknown_key")
    assert issuer.count(KEYS) == 3


def test_keys_outlast_the_issuer_for_an_hour_and_no_longer(issuer, make, caplog):
    verifier = make(require_status=False)
    token = issuer.token(idx=None)
    verifier.verify(token)
    issuer.answers[KEYS] = fails()

    for _ in range(11):
        issuer.clock.pass_(300)
        assert verifier.verify(token)
    issuer.clock.pass_(300)
    unavailable(verifier, token)
    assert caplog.text.count("the key set: answered 503") == 1
    del issuer.answers[KEYS]
    issuer.clock.pass_(6)

    assert verifier.verify(token)
    assert caplog.text.count("the key set: well again") == 1


def test_without_keys_nothing_is_accepted(issuer, make):
    for answer in [fails(), fails(404), gives("{}"), gives("x" * 70_000), gives("", Location="/")]:
        issuer.answers[KEYS] = answer
        unavailable(make(), issuer.token())


def test_an_unknown_key_is_no_verdict_while_the_issuer_is_away(issuer, make):
    verifier = make()
    verifier.verify(issuer.token())
    issuer.answers[KEYS] = fails()
    issuer.clock.pass_(6)

    unavailable(verifier, issuer.token(kid=issuer.add_key()))
    assert verifier.verify(issuer.token())


def test_a_redirect_is_not_followed(issuer, make):
    def elsewhere(handler):
        handler.give("", {"Location": "/elsewhere"}, 302)

    issuer.answers[KEYS] = elsewhere
    issuer.answers["/elsewhere"] = gives(json.dumps(issuer.jwks()))

    unavailable(make(), issuer.token())
    assert issuer.count("/elsewhere") == 0


def test_an_issuer_that_never_ends_its_answer_is_given_up(issuer, make):
    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b" ")
            time.sleep(0.02)

    issuer.answers[KEYS] = drip
    begun = time.monotonic()

    unavailable(make(timeout=0.3), issuer.token())
    assert time.monotonic() - begun < 2


def test_only_addresses_of_the_web_are_issuers():
    for issuer in ["file:///etc", "id.example", "https://u@id.example", "https://id.example?x", ""]:
        with pytest.raises(ValueError):
            Verifier(issuer)


# ---- Status lists.


def test_a_revoked_token_is_refused_within_the_ttl_of_its_list(issuer, make):
    verifier = make()
    token = issuer.token(idx=9)
    verifier.verify(token)
    issuer.revoke(9)

    issuer.clock.pass_(60)

    refused(verifier, token)
    assert verifier.verify(issuer.token(idx=8))


def test_a_list_is_fetched_once_in_its_life_and_asked_for_changes_later(issuer, make):
    verifier = make()
    for _ in range(3):
        verifier.verify(issuer.token())
    assert issuer.count(LIST) == 1
    issuer.clock.pass_(50)
    for _ in range(3):
        verifier.verify(issuer.token())

    assert issuer.count(LIST) == 2
    assert issuer.asked[-1][1]["If-None-Match"] == '"0"'
    # "Not modified" makes it good for another ttl.
    issuer.answers[LIST] = fails()
    issuer.clock.pass_(59)
    assert verifier.verify(issuer.token())


@pytest.mark.parametrize("bad", ["stale", "forged", "truncated", "oversized", "away"])
def test_a_bad_list_fails_closed_says_so_once_and_recovers(issuer, make, caplog, bad):
    verifier = make()
    token = issuer.token()
    verifier.verify(token)
    now = int(issuer.clock())
    lists = {
        "stale": gives(issuer.status_list(iat=now - 100, exp=now + 20)),
        "forged": gives(issuer.status_list()[:-10] + "AAAAAAAAAA"),
        "truncated": gives(issuer.status_list()[:200]),
        "oversized": gives(b"x" * (3 << 20)),
        "away": fails(),
    }
    issuer.answers[LIST] = lists[bad]
    issuer.clock.pass_(50)
    assert verifier.verify(token), "the list that is there is good until its ttl is over"
    issuer.clock.pass_(11)

    for _ in range(5):
        unavailable(verifier, token)
        issuer.clock.pass_(2)
    assert caplog.text.count("the status list") == 1, caplog.text
    del issuer.answers[LIST]
    issuer.clock.pass_(2)

    assert verifier.verify(token)
    assert "well again" in caplog.text


def test_a_list_is_good_no_longer_than_it_says_itself(issuer, make):
    verifier = make()
    now = int(issuer.clock())
    issuer.answers[LIST] = gives(issuer.status_list(iat=now, exp=now + 20))
    assert verifier.verify(issuer.token())

    issuer.clock.pass_(20)

    unavailable(verifier, issuer.token())


def test_a_list_that_cannot_be_had_is_not_asked_for_at_each_token(issuer, make):
    verifier = make()
    issuer.answers[LIST] = fails()

    for _ in range(100):
        unavailable(verifier, issuer.token())
    assert issuer.count(LIST) == 1


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/status-lists/1", "https://id.example.evil.example/status-lists/1",
        "https://id.example@evil.example/status-lists/1", "http://id.example/status-lists/1",
        "https://id.example/../status-lists/1", "https://id.example/a/%2e%2e/1",
        "https://id.example/status-lists/1?x=1", "https://id.example/status-lists/1#x",
        "https://id.example", "https://id.example/", "//id.example/status-lists/1", "", None, 1,
        "https://id.example/status-lists/1\n", "https://id.example/" + "x" * 600,
    ],
)
def test_only_lists_of_the_issuer_are_asked(issuer, make, uri):
    verifier = make()
    token = issuer.token(status={"status_list": {"idx": 1, "uri": uri}})

    refused(verifier, token, "status" if uri and uri != 1 else "claim")
    assert [path for path, _ in issuer.asked] == [KEYS]


def test_a_token_without_status_is_refused_unless_that_is_wanted(issuer, make):
    for status in [None, {}, {"status_list": None}, {"status_list": []}, "x", {"status_list": {}}]:
        refused(make(), issuer.token(idx=None, status=status), "claim")
        refused(make(require_status=False), issuer.token(idx=None, status=status), "claim")
    refused(make(), issuer.token(idx=None), "status")
    assert make(require_status=False).verify(issuer.token(idx=None))
    refused(make(require_status=False), issuer.token(idx=-1), "claim")
    refused(make(require_status=False), issuer.token(idx=True), "claim")


# ---- The stream.


def listening(issuer, make, revoked=(), **more):
    verifier = make(api_key="csk_key", **more)
    issuer.say("snapshot", {"revoked": list(revoked)})
    issuer.say("ready", position="1")
    until(lambda: verifier.listening, "listening")
    return verifier


def entry(issuer, **what):
    return {**what, "exp": int(issuer.clock()) + 600}


def test_the_stream_is_asked_with_its_key_and_the_lists_are_not(issuer, make):
    verifier = listening(issuer, make)

    assert verifier.verify(issuer.token())
    asked = [(path, headers.get("Authorization")) for path, headers in issuer.asked]
    assert ("/revocations", "Bearer csk_key") in asked
    assert (KEYS, None) in asked
    assert issuer.count(LIST) == 0


def test_what_the_snapshot_and_the_stream_name_is_refused(issuer, make):
    verifier = listening(issuer, make, [entry(issuer, jti="token-2"), entry(issuer, sid="s-2")])
    now = int(issuer.clock())

    refused(verifier, issuer.token(jti="token-2"))
    refused(verifier, issuer.token(sid="s-2"))
    assert verifier.verify(issuer.token())
    issuer.say("revoked", entry(issuer, sub="user-2", before=now, except_sid="kept"), "2")
    until(lambda: not accepts(verifier, issuer.token(sub="user-2")), "refused")
    assert verifier.verify(issuer.token(sub="user-2", sid="kept"))
    issuer.clock.pass_(1)
    assert verifier.verify(issuer.token(sub="user-2"))
    token = issuer.token(jti="token-3")
    begun = time.monotonic()
    issuer.say("revoked", entry(issuer, jti="token-3"), "3")
    until(lambda: not accepts(verifier, token), "refused")
    assert time.monotonic() - begun < 1


def test_nothing_heard_for_three_heartbeats_and_the_list_is_asked(issuer, make):
    verifier = listening(issuer, make)
    issuer.clock.pass_(14)
    assert verifier.verify(issuer.token()) and issuer.count(LIST) == 0

    issuer.clock.pass_(1)

    assert verifier.verify(issuer.token()) and issuer.count(LIST) == 1
    issuer.say("heartbeat", position="2")
    until(lambda: verifier.listening, "listening again")


def test_a_stream_that_says_nothing_more_is_asked_anew(issuer, make, caplog):
    verifier = listening(issuer, make, heartbeat=0.1)

    until(lambda: issuer.count("/revocations") == 2, "asked again")

    assert not verifier.listening
    assert verifier.verify(issuer.token()) and issuer.count(LIST) == 1
    assert "the status lists are asked instead" in caplog.text


def test_a_stream_that_dies_mid_event_is_resumed_where_it_was(issuer, make, caplog):
    verifier = listening(issuer, make)
    token = issuer.token(jti="token-2")
    whole = json.dumps(entry(issuer, jti="token-2"))
    issuer.say_raw(f"event: revoked\nid: 2\ndata: {whole}".encode())
    issuer.hang_up()
    until(lambda: issuer.count("/revocations") == 2, "asked again")

    # Half an event is none; until it is heard again the list is asked.
    assert not verifier.listening
    assert verifier.verify(token)
    assert issuer.count(LIST) == 1
    assert [h.get("Last-Event-ID") for path, h in issuer.asked if path == "/revocations"] == [None, "1"]
    issuer.say_raw(f"event: revoked\nid: 2\ndata: {whole}\n\n".encode())
    issuer.say("heartbeat", position="3")
    until(lambda: verifier.listening, "listening again")
    refused(verifier, token)
    assert caplog.text.count("the stream of revocations: it ended; the status lists are") == 1
    assert caplog.text.count("the stream of revocations: well again") == 1


def test_a_position_that_is_not_known_is_given_up(issuer, make):
    verifier = listening(issuer, make)
    issuer.answers["/revocations"] = fails(400)
    issuer.hang_up()
    until(lambda: issuer.count("/revocations") == 2, "asked again")
    del issuer.answers["/revocations"]

    issuer.say("snapshot", {"revoked": []})
    issuer.say("ready", position="9")
    until(lambda: verifier.listening, "listening again")

    asked = [h.get("Last-Event-ID") for path, h in issuer.asked if path == "/revocations"]
    assert asked == [None, "1", None]


def test_what_was_heard_stays_true_when_the_stream_is_not(issuer, make):
    verifier = listening(issuer, make, [entry(issuer, jti="token-2")])
    issuer.hang_up()
    until(lambda: not verifier.listening, "not listening")

    refused(verifier, issuer.token(jti="token-2"))


def test_a_heartbeat_within_a_snapshot_does_not_make_it_whole(issuer, make):
    verifier = make(api_key="csk_key")
    issuer.say("snapshot", {"revoked": []})
    issuer.say("heartbeat", position="7")
    issuer.say("snapshot", {"revoked": [entry(issuer, jti="token-2")]})
    until(lambda: not accepts(verifier, issuer.token(jti="token-2")), "the second part")

    assert not verifier.listening
    assert verifier._stream.position is None


@pytest.mark.parametrize(
    "event",
    [
        b"event: revoked\ndata: {\n\n", b"event: revoked\ndata: []\n\n",
        b'event: revoked\ndata: {"exp": 1}\n\n', b'event: revoked\ndata: {"jti": 1, "exp": 1}\n\n',
        b'event: revoked\ndata: {"jti": "x"}\n\n', b'event: snapshot\ndata: {"revoked": 1}\n\n',
        b'event: revoked\ndata: {"sub": "x", "exp": 1}\n\n',
        b'event: revoked\ndata: {"planet": "x", "exp": 1}\n\n',
        b'event: revoked\ndata: {"jti": "x", "sid": "y", "exp": 1}\n\n',
        b"data: " + b"x" * (9 << 20),
    ],
    ids=range(10),
)
def test_what_is_not_understood_is_not_passed_over(issuer, make, caplog, event):
    verifier = listening(issuer, make)

    issuer.say_raw(event)
    until(lambda: not verifier.listening, "not relied on")

    assert verifier.verify(issuer.token()) and issuer.count(LIST) == 1
    assert caplog.text.count("the stream of revocations:") == 1
    issuer.hang_up()
    issuer.say("ready", position="2")
    until(lambda: verifier.listening, "listening again")


def test_without_the_stream_a_token_without_status_is_not_judged(issuer, make):
    verifier = listening(issuer, make, require_status=False)
    token = issuer.token(idx=None)
    assert verifier.verify(token)

    issuer.hang_up()
    until(lambda: not verifier.listening, "not listening")

    unavailable(verifier, token)


def test_keys_are_fetched_again_when_the_stream_says_so(issuer, make):
    verifier = listening(issuer, make)
    old = issuer.token()
    verifier.verify(old)
    del issuer.keys[issuer.kid]
    issuer.kid = issuer.add_key() + "b"
    issuer.keys[issuer.kid] = issuer.keys.pop(issuer.kid[:-1])

    issuer.say("revoked", entry(issuer, keys=True), "2")
    until(lambda: issuer.count(KEYS) == 2, "fetched")

    until(lambda: accepts(verifier, issuer.token()), "the new key")
    refused(verifier, old, "unknown_key")


def test_keys_that_were_recalled_and_cannot_be_fetched_end_within_a_minute(issuer, make):
    verifier = listening(issuer, make, require_status=False)
    token = issuer.token()
    verifier.verify(token)
    issuer.answers[KEYS] = fails()
    issuer.say("revoked", entry(issuer, keys=True), "2")
    until(lambda: issuer.count(KEYS) == 2, "asked")

    assert verifier.verify(token)
    issuer.clock.pass_(60)
    unavailable(verifier, token)
    del issuer.answers[KEYS]
    issuer.clock.pass_(6)
    assert verifier.verify(token)


def test_a_key_that_may_not_listen_is_said_once(issuer, make, caplog):
    issuer.answers["/revocations"] = fails(403)
    verifier = make(api_key="csk_key")
    until(lambda: issuer.count("/revocations") == 3, "three tries")

    assert verifier.verify(issuer.token())
    assert caplog.text.count("the stream of revocations: answered 403") == 1
    assert "csk_key" not in caplog.text


def test_what_has_expired_is_forgotten(issuer, make):
    verifier = listening(issuer, make, [entry(issuer, jti=f"t-{n}") for n in range(100)])
    assert len(verifier._stream.jti) == 100
    issuer.clock.pass_(700)

    issuer.hang_up()
    issuer.say("revoked", entry(issuer, sid="x"), "2")
    until(lambda: "x" in verifier._stream.sid, "the entry")

    assert not verifier._stream.jti


def test_many_threads_share_one_fetch(issuer, make):
    verifier, token, results = make(), issuer.token(), []

    def ask():
        results.append(accepts(verifier, token))

    threads = [threading.Thread(target=ask) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(results) and len(results) == 30
    assert issuer.count(KEYS) == 1 and issuer.count(LIST) == 1
