"""The Python verifier, and others, with the real server."""

import os
import subprocess
import time

import jwt
import pytest
from conftest import CLIENTS
from server import PASSWORD, Server, until

from countersign import InvalidToken, Verifier


@pytest.fixture
def make():
    made = []

    def make(server, **more):
        made.append(Verifier(server.url, **more))
        return made[-1]

    yield make
    for verifier in made:
        verifier.close()


def accepts(verifier, token, otherwise="revoked"):
    try:
        return verifier.verify(token)
    except InvalidToken as why:
        assert why.reason == otherwise
        return None


def test_a_token_is_verified_offline_and_refused_within_a_second_of_its_end(server, make):
    verifier = make(server, api_key=server.revocations_key(), heartbeat=1)
    name = server.user("admin")
    until(lambda: verifier.listening, "listening")
    slowest = 0

    for _ in range(20):
        token = server.sign_in(name)
        assert verifier.verify(token)["roles"] == ["admin"]
        server.log_out(token)
        begun = time.monotonic()
        until(lambda: not accepts(verifier, token), "refused")
        slowest = max(slowest, time.monotonic() - begun)

    print(f"the slowest took {slowest * 1000:.1f} ms")
    assert slowest < 1


def test_a_token_is_refused_within_the_ttl_of_its_status_list(server, make):
    verifier = make(server)
    name = server.user()
    token, other = server.sign_in(name), server.sign_in(name)
    assert verifier.verify(token) and verifier.verify(other)

    server.log_out(token)
    begun = time.monotonic()
    until(lambda: not accepts(verifier, token), "refused")

    assert time.monotonic() - begun < 4, "the ttl is two seconds"
    assert verifier.verify(other)


def test_a_revoked_token_is_refused_by_whoever_listens_later(server, make):
    name = server.user()
    session, one = server.sign_in(name), server.sign_in(name)
    server.log_out(session)
    jti = jwt.decode(one, options={"verify_signature": False})["jti"]
    headers = {"Authorization": f"Bearer {one}"}
    assert server.call("DELETE", f"/api/tokens/{jti}", headers=headers).status_code == 204

    verifier = make(server, api_key=server.revocations_key(), heartbeat=1)
    until(lambda: verifier.listening, "listening")

    assert not accepts(verifier, session) and not accepts(verifier, one)


def test_a_disabled_user_and_a_changed_password_end_tokens_elsewhere_too(server, make):
    verifier = make(server, api_key=server.revocations_key(), heartbeat=1)
    until(lambda: verifier.listening, "listening")
    name = server.user()
    token = server.sign_in(name)
    assert verifier.verify(token)

    server.command("user", "disable", name)

    until(lambda: not accepts(verifier, token), "refused", 2)


def test_keys_that_are_rotated_are_followed(tmp_path, make):
    server = Server(tmp_path, "--heartbeat-seconds", "1")
    try:
        name = server.user()
        verifier = make(server, api_key=server.revocations_key(), heartbeat=1)
        until(lambda: verifier.listening, "listening")
        old = server.sign_in(name)
        verifier.verify(old)

        server.command("keys", "rotate", "--at-once")
        kid = jwt.get_unverified_header(old)["kid"]
        new = old
        while jwt.get_unverified_header(new)["kid"] == kid:
            new = server.sign_in(name)

        # The news and the new key's first token are on their way at the same time.
        until(lambda: accepts(verifier, new, "unknown_key"), "the new key is known")
        assert verifier.verify(old)
    finally:
        server.stop()


def test_a_server_that_restarts_is_found_again(tmp_path, make):
    server = Server(tmp_path, "--heartbeat-seconds", "1")
    key, name = server.revocations_key(), server.user()
    verifier = make(server, api_key=key, heartbeat=1)
    until(lambda: verifier.listening, "listening")
    token = server.sign_in(name)
    assert verifier.verify(token)

    server.stop()
    until(lambda: not verifier.listening, "not listening")
    restarted = Server(tmp_path, "--heartbeat-seconds", "1", port=server.port)
    try:
        until(lambda: verifier.listening, "listening again")
        assert verifier.verify(token)
        server.log_out(token)
        until(lambda: not accepts(verifier, token), "refused", 1)
    finally:
        restarted.stop()


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
def test_in_javascript_it_is_the_same(tmp_path, algorithm):
    server = Server(tmp_path, "--heartbeat-seconds", "1", "--algorithm", algorithm)
    try:
        env = {
            "COUNTERSIGN_URL": server.url, "COUNTERSIGN_ALGORITHM": algorithm,
            "COUNTERSIGN_USER": f"{server.user('admin')}:{PASSWORD}",
            "COUNTERSIGN_REVOCATIONS_KEY": server.revocations_key(),
        }
        tests = CLIENTS / "js/tests"
        done = subprocess.run(
            ["node", "--import", "./packages.mjs", "--test", "server.mjs"],
            cwd=tests, env={**os.environ, **env}, capture_output=True, text=True, timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "# pass 4\n" in done.stdout, done.stdout
    finally:
        server.stop()
