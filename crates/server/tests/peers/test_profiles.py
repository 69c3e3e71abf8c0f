"""Clients of the Flask applications: requests and curl against the profiles."""

import json
import subprocess

import pytest

REST = "/rest-auth/api"
TOKENS = "/api-tokens/api"
LOADER = "/request-loader/protected/"


def curl(server, path, *flags):
    """Status and body, as curl has them."""
    command = ["curl", "-q", "-s", "--noproxy", "*", "-w", "\n%{http_code}", *flags, server.url(path)]
    body, _, status = subprocess.check_output(command, timeout=30, text=True).rpartition("\n")
    return int(status), body


def test_requests_signs_up_and_goes_from_token_to_token(server):
    body = {"username": "rest-by-requests", "password": "cat"}
    made = server.call("POST", f"{REST}/users", json=body)
    token = server.call("GET", f"{REST}/token", auth=("rest-by-requests", "cat")).json()
    for _ in range(3):
        token = server.call("GET", f"{REST}/token", auth=(token["token"], "unused")).json()
    greeting = server.call("GET", f"{REST}/resource", auth=(token["token"], ""))

    assert (made.status_code, made.json()) == (201, {"username": "rest-by-requests"})
    assert server.http.get(made.headers["Location"], timeout=30).json() == made.json()
    assert token["duration"] == 600
    assert greeting.json() == {"data": "Hello, rest-by-requests!"}


@pytest.mark.parametrize("pair", ["JohnDoe:Jane", "nobody:John", ":", "JohnDoe:", ":John"])
def test_curl_is_refused_alike_whatever_was_false(server, pair):
    status, body = curl(server, f"{REST}/resource", "-u", pair)

    assert (status, body) == (401, "Unauthorized Access")


def test_curl_signs_in_by_name_and_by_token(server):
    status, body = curl(server, f"{REST}/token", "-u", "JohnDoe:John")
    token = json.loads(body)["token"]

    assert status == 200
    for pair in ["JohnDoe:John", f"{token}:unused", f"{token}:"]:
        assert curl(server, f"{REST}/resource", "-u", pair) == (200, '{"data":"Hello, JohnDoe!"}')


# requests sends a str as Latin-1, and bytes as they are.
@pytest.mark.parametrize("encoding", [None, "utf-8"])
def test_requests_sends_names_beyond_ascii(server, encoding):
    name = f"Zoë-of-the-profile-{encoding}"
    server.call("POST", f"{REST}/users", json={"username": name, "password": "süß"})
    pair = tuple(text.encode(encoding) if encoding else text for text in [name, "süß"])

    answer = server.call("GET", f"{REST}/resource", auth=pair)

    assert answer.json() == {"data": f"Hello, {name}!"}


def test_requests_trades_the_password_for_a_random_token_and_gives_it_back(server):
    def buy():
        return server.call("POST", f"{TOKENS}/tokens", auth=("user1", "abcxyz")).json()["token"]

    token = buy()
    headers = {"Authorization": f"Bearer {token}"}
    listed = server.call("GET", f"{TOKENS}/users", headers=headers)
    again = buy()
    ended = server.call("DELETE", f"{TOKENS}/tokens", headers=headers)
    refused = server.call("GET", f"{TOKENS}/users", headers=headers)

    assert again == token
    assert (listed.status_code, ended.status_code, ended.content) == (200, 204, b"")
    assert (refused.status_code, refused.json()) == (401, {"error": "Unauthorized"})
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="Authentication Required"'


def test_curl_buys_a_token_by_basic_alone(server):
    url = f"{TOKENS}/tokens"

    assert curl(server, url, "-X", "POST")[0] == 401
    assert curl(server, url, "-X", "POST", "-u", ":")[0] == 401
    assert curl(server, url, "-X", "POST", "-u", "user2:abcxyz")[0] == 200


def test_curl_and_requests_show_a_token_as_the_whole_header_or_in_the_query(server):
    token = server.sign_up().tokens()["access_token"]

    assert curl(server, LOADER, "-H", f"Authorization: {token}")[1] == "Hello Protected World!"
    assert curl(server, LOADER, "-H", "Authorization: JohnDoe:John")[0] == 200
    assert server.call("GET", "/request-loader/protected", params={"token": token}).ok
    assert curl(server, LOADER)[0] == 401
    assert curl(server, f"{LOADER}?token={token}", "-u", "JohnDoe:John")[0] == 401
