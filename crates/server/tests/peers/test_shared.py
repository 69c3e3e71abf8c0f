"""Services that verify by a secret, as they did under the old application, and what they can forge."""

import jwt
import pytest
from conftest import SHARED_SECRET as SECRET
from flask import Flask, jsonify
from flask_jwt_extended import JWTManager, get_jwt_identity, jwt_required

SUSAN = {"username": "spchuang", "password": "123456"}
ANOTHER = "a secret of a service that is none of ours"
PROFILES = {"rest-auth": "id", "flask-jwt": "identity", "jwt-extended": "sub"}


def token_of(server, profile):
    if profile == "rest-auth":
        answer = server.call("GET", "/rest-auth/api/token", auth=tuple(SUSAN.values()))
        return answer.json()["token"]
    path = {"flask-jwt": "/flask-jwt/auth", "jwt-extended": "/jwt-extended/login"}[profile]
    return server.call("POST", path, json=SUSAN).json()["access_token"]


def application(**config):
    """What a service has of the old application: Flask-JWT-Extended and the secret."""
    app = Flask("orders")
    app.config.update(JWT_SECRET_KEY=SECRET, **config)
    JWTManager(app)

    @app.get("/orders")
    @jwt_required()
    def orders():
        return jsonify(user=get_jwt_identity())

    @app.post("/pay")
    @jwt_required(fresh=True)
    def pay():
        return jsonify(paid=True)

    return app.test_client()


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def forged(token, secret=SECRET, headers=None, **claims):
    """The token with other claims, signed again; its header as it was unless given."""
    claims = jwt.decode(token, options={"verify_signature": False}) | claims
    kept = jwt.get_unverified_header(token) if headers is None else headers
    return jwt.encode(claims, secret, algorithm="HS256", headers=kept)


@pytest.mark.parametrize(("profile", "name"), PROFILES.items())
def test_pyjwt_verifies_by_the_secret_as_the_articles_do(shared, profile, name):
    token = token_of(shared, profile)
    user = shared.me(auth=tuple(SUSAN.values())).json()["id"]

    claims = jwt.decode(token, SECRET, algorithms=["HS256"])

    assert claims[name] == user
    assert shared.bearer(token).json()["id"] == user
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, ANOTHER, algorithms=["HS256"])
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(forged(token, ANOTHER), SECRET, algorithms=["HS256"])


def test_pyjwt_finds_what_flask_jwt_requires(shared):
    required = ["exp", "iat", "nbf", "identity"]
    options = {"require": required}

    claims = jwt.decode(token_of(shared, "flask-jwt"), SECRET, ["HS256"], options=options)

    assert claims["exp"] == claims["iat"] + 300


@pytest.mark.parametrize(("profile", "name"), PROFILES.items())
def test_flask_jwt_extended_needs_the_secret_and_nothing_else(shared, profile, name):
    app, token = application(JWT_IDENTITY_CLAIM=name), token_of(shared, profile)

    answer = app.get("/orders", headers=bearer(token))

    assert answer.status_code == 200, answer.text
    assert answer.json["user"] == shared.bearer(token).json()["id"]
    other = app.get("/orders", headers=bearer(forged(token, ANOTHER)))
    assert other.status_code == 422


def test_flask_jwt_extended_knows_fresh_from_renewed_and_takes_no_refresh_token(shared):
    app = application()
    tokens = shared.call("POST", "/jwt-extended/login", json=SUSAN).json()
    headers = bearer(tokens["refresh_token"])
    renewed = shared.call("POST", "/jwt-extended/refresh", headers=headers).json()["access_token"]

    assert app.post("/pay", headers=bearer(tokens["access_token"])).status_code == 200
    assert app.get("/orders", headers=bearer(renewed)).status_code == 200
    assert app.post("/pay", headers=bearer(renewed)).status_code == 401
    assert app.get("/orders", headers=headers).status_code == 422
    assert shared.bearer(renewed).status_code == 200


@pytest.mark.parametrize("profile", PROFILES)
def test_what_a_service_makes_under_the_secret_is_not_believed(shared, profile):
    token = token_of(shared, profile)
    headers = jwt.get_unverified_header(token)
    bare = {name: headers[name] for name in ["kid", "typ"]}
    admin = shared.admin().id

    assert shared.bearer(forged(token)).status_code == 200, "the token as it was"
    for attack in [
        forged(token, sub=admin),
        forged(token, exp=9_999_999_999),
        forged(token, roles=["admin"]),
        forged(token, headers=bare),
        forged(token, headers=bare, sub=admin),
        forged(token, headers=bare | {"countersign": "A" * 43}),
        forged(token, headers={}),
        forged(token, headers=headers | {"kid": "none"}),
    ]:
        # The other services believe it: by the secret alone it cannot be told.
        jwt.decode(attack, SECRET, algorithms=["HS256"])
        assert shared.bearer(attack).status_code == 401, attack
        answers = [
            shared.call("GET", "/rest-auth/api/resource", auth=(attack, "")),
            shared.call("GET", "/flask-jwt/protected", headers={"Authorization": f"JWT {attack}"}),
            shared.call("GET", "/jwt-extended/protected", headers=bearer(attack)),
        ]
        assert [answer.status_code for answer in answers[:2]] == [401, 401], attack
        assert answers[2].status_code in [401, 422], attack


def test_the_secret_and_its_key_are_published_nowhere(shared):
    kid = jwt.get_unverified_header(token_of(shared, "flask-jwt"))["kid"]

    assert kid not in [key["kid"] for key in shared.jwks()["keys"]]
    assert {key["kty"] for key in shared.jwks()["keys"]} == {"OKP"}
    assert SECRET not in str(shared.ready)


def test_a_revoked_token_is_over_here_and_for_services_when_it_expires(shared):
    token = token_of(shared, "jwt-extended")

    ended = shared.call("POST", "/oauth/revoke", headers=bearer(token), data={"token": token})

    assert ended.status_code == 200
    assert shared.bearer(token).status_code == 401
    jwt.decode(token, SECRET, algorithms=["HS256"])
