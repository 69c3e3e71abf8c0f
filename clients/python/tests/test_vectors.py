"""The cases that every verifier of Countersign is held to, in `clients/vectors/`."""

import json
from pathlib import Path

import pytest
from issuer import Clock, Issuer, gives

import countersign
from countersign import InvalidToken, TemporarilyUnavailable, Verifier

VECTORS = Path(__file__).parents[2] / "vectors"


def read(name):
    return json.loads((VECTORS / name).read_text())


def verdict(act):
    try:
        act()
    except InvalidToken as why:
        return why.reason
    except TemporarilyUnavailable:
        return "unavailable"
    return "accepted"


def test_every_attack_on_a_token_is_refused_for_its_own_reason(issuer):
    file = read("jwt.json")
    issuer.answers["/.well-known/jwks.json"] = gives(json.dumps(file["keys"]))
    verifier = Verifier(
        file["issuer"], file["audience"], reach_at=issuer.url, require_status=False,
        clock=Clock(file["now"]),
    )
    wrong = []

    for case in file["cases"]:
        token = case["token"]
        token += token[-1:] * (case.get("length", len(token)) - len(token))
        got = verdict(lambda: verifier.verify(token))
        # A list is not what is tried here: the one good token that names one names none of ours.
        expect = "status" if case["name"] == "good, a status" else case["expect"]
        if got != expect:
            wrong.append(f"{case['name']}: {expect}, got {got}")

    assert len(file["cases"]) > 480
    assert not wrong, "\n".join(wrong)
    # However many keys the tokens named, they were asked for once more at the most.
    assert issuer.count("/.well-known/jwks.json") <= 2
    assert {path for path, _ in issuer.asked} == {"/.well-known/jwks.json"}


def test_every_status_list_is_taken_or_refused_as_it_must_be(issuer):
    file = read("lists.json")
    issuer.answers["/.well-known/jwks.json"] = gives(json.dumps(file["keys"]))
    words = {"good": False, "revoked": True}
    wrong = []

    for case in file["cases"]:
        verifier = Verifier(file["issuer"], reach_at=issuer.url, clock=Clock(file["now"]))
        issuer.answers["/status-lists/1"] = gives(case["list"])
        try:
            got = verifier._lists.revoked(case["idx"], file["uri"])
        except countersign.Refused:
            got = verdict(lambda: verifier._lists.revoked(case["idx"], file["uri"]))
        if got != words.get(case["expect"], case["expect"]):
            wrong.append(f"{case['name']}: {case['expect']}, got {got}")

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("case", read("keys.json")["cases"], ids=lambda case: case["name"])
def test_of_a_key_set_what_is_usable_is_used(issuer, caplog, case):
    issuer.answers["/.well-known/jwks.json"] = gives(case["jwks"])
    verifier = Verifier("https://id.example", reach_at=issuer.url)

    for _ in range(3):
        verifier._keys.tried = None
        verifier._keys._fetch(wait=True)

    assert sorted(verifier._keys.keys) == sorted(case["usable"] or [])
    for kid in case["refused"]:
        expected = "a key without a name" if kid == "" else f"the key {kid!r}:"
        assert caplog.text.count(expected) == 1, caplog.text
    if case["usable"] is None:
        assert caplog.text.count("the key set:") == 1, caplog.text
