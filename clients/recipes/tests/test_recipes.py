"""Every recipe with the real server: 200 with a token, 401 without and with one that was revoked,
403 without the role."""

import os
import sys

import pytest
import requests
from conftest import CLIENTS
from server import Beside, free_port, until

PYTHON = {
    "flask": "from flask_app import app; app.run('127.0.0.1', {port}, threaded=True)",
    "fastapi": "import uvicorn; uvicorn.run('fastapi_app:app', host='127.0.0.1', port={port})",
    "django": "from wsgiref.simple_server import make_server; from django_app import app;"
    " make_server('127.0.0.1', {port}, app).serve_forever()",
}


@pytest.fixture(scope="module", params=[*PYTHON, "express"])
def site(request, server, tmp_path_factory):
    """The application of a recipe, which listens to the server's revocations."""
    port, folder = free_port(), tmp_path_factory.mktemp(request.param)
    env = {
        "ISSUER": server.url, "REVOCATIONS_KEY": server.revocations_key(), "PORT": str(port),
        "PYTHONPATH": os.pathsep.join(str(CLIENTS / part) for part in ["python", "recipes"]),
    }
    if request.param == "express":
        packages = (CLIENTS / "js/tests/packages.mjs").as_uri()
        app = str(CLIENTS / "recipes/express_app.mjs")
        command = ["node", "--import", packages, app]
    else:
        command = [sys.executable, "-c", PYTHON[request.param].format(port=port)]
    beside = Beside(command, port, folder, **env)
    yield beside
    beside.stop()


def ask(site, path, token=None, scheme="Bearer"):
    headers = {} if token is None else {"Authorization": f"{scheme} {token}"}
    with requests.Session() as http:
        http.trust_env = False
        return http.get(site.url + path, headers=headers, timeout=20)


def test_whoever_has_a_token_gets_in(server, site):
    token = server.sign_in(server.user())

    answer = ask(site, "/orders", token)

    assert answer.status_code == 200, site.log.read_text()
    assert len(answer.json()["user"]) == 36


def test_whoever_has_none_or_a_false_one_is_refused(server, site):
    token = server.sign_in(server.user())
    forged = token[:-8] + "AAAAAAAA"

    for answer in [ask(site, "/orders"), ask(site, "/orders", forged), ask(site, "/orders", ""),
                   ask(site, "/orders", token, "Basic"), ask(site, "/admin")]:
        assert answer.status_code == 401, answer.text
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
        assert answer.json()["error"] == "invalid_token"


def test_a_revoked_token_is_refused_within_a_second(server, site):
    token = server.sign_in(server.user())
    assert ask(site, "/orders", token).status_code == 200

    server.log_out(token)

    until(lambda: ask(site, "/orders", token).status_code == 401, "refused", 1.5)


def test_a_role_is_asked_for(server, site):
    user, admin = server.sign_in(server.user()), server.sign_in(server.user("admin"))

    assert ask(site, "/admin", user).status_code == 403
    assert ask(site, "/admin", admin).status_code == 200


def test_an_issuer_that_cannot_be_asked_is_503(tmp_path):
    port = free_port()
    code = PYTHON["flask"].format(port=port)
    env = {"ISSUER": f"http://127.0.0.1:{free_port()}", "PYTHONPATH": os.pathsep.join(
        str(CLIENTS / part) for part in ["python", "recipes"])}
    site = Beside([sys.executable, "-c", code], port, tmp_path, **env)
    try:
        token = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6IngifQ.e30.AAAA"
        answer = ask(site, "/orders", token)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert answer.json()["error"] == "temporarily_unavailable"
    finally:
        site.stop()
