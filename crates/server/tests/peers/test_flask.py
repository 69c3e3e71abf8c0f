"""A Flask application that trusts the server's keys, and clients of the libraries it replaces."""

import jwt
import pytest
from flask import Flask, jsonify
from flask_jwt_extended import JWTManager, get_jwt, get_jwt_identity, jwt_required

JWT = "/flask-jwt"
EXTENDED = "/jwt-extended"
PAGE = "/user-system/api"
SUSAN = {"username": "spchuang", "password": "123456"}


def application(server):
    """What is left of the old application: Flask-JWT-Extended, and no key that signs."""
    app = Flask("orders")
    app.config.update(
        JWT_ALGORITHM=server.algorithm,
        JWT_DECODE_AUDIENCE=server.ready["url"],
        JWT_DECODE_ISSUER=server.ready["url"],
        JWT_TOKEN_LOCATION=["headers", "query_string"],
        # The library asks for it before it asks who knows better.
        JWT_PUBLIC_KEY="unused",
    )
    keys = jwt.PyJWKClient(server.ready["jwks"])

    @JWTManager(app).decode_key_loader
    def published(header, _payload):
        return keys.get_signing_key(header["kid"]).key

    @app.get("/orders")
    @jwt_required()
    def orders():
        return jsonify(user=get_jwt_identity(), roles=get_jwt().get("roles", []))

    @app.post("/pay")
    @jwt_required(fresh=True)
    def pay():
        return jsonify(paid=True)

    return app.test_client()


def log_in(server, **more):
    answer = server.call("POST", f"{EXTENDED}/login", json=SUSAN, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_flask_jwt_extended_trusts_the_published_keys(each):
    app, tokens = application(each), log_in(each)

    by_header = app.get("/orders", headers=bearer(tokens["access_token"]))
    by_query = app.get(f"/orders?jwt={tokens['access_token']}")
    fresh = app.post("/pay", headers=bearer(tokens["access_token"]))

    assert by_header.status_code == 200, by_header.text
    assert by_header.json["user"] == each.me(auth=tuple(SUSAN.values())).json()["id"]
    assert (by_query.status_code, fresh.status_code) == (200, 200)


def test_flask_jwt_extended_knows_a_renewed_token_from_a_fresh_one(server):
    app, tokens = application(server), log_in(server)
    headers = bearer(tokens["refresh_token"])
    renewed = server.call("POST", f"{EXTENDED}/refresh", headers=headers).json()["access_token"]

    assert app.get("/orders", headers=bearer(renewed)).status_code == 200
    stale = app.post("/pay", headers=bearer(renewed))
    assert (stale.status_code, stale.json) == (401, {"msg": "Fresh token required"})


def test_flask_jwt_extended_takes_no_refresh_token_and_no_forgery(server):
    app, tokens = application(server), log_in(server)
    signed, _, _ = tokens["access_token"].rpartition(".")

    forged = app.get("/orders", headers=bearer(f"{signed}.{'A' * 86}"))
    nothing = app.get("/orders")

    assert (forged.status_code, nothing.status_code) == (422, 401)
    app.application.testing = True
    # Its key is published nowhere.
    with pytest.raises(jwt.PyJWKClientError):
        app.get("/orders", headers=bearer(tokens["refresh_token"]))


def test_both_say_the_same_of_what_is_wrong(server):
    app, tokens = application(server), log_in(server)
    signed, _, _ = tokens["access_token"].rpartition(".")
    wrong = [{}, {"Authorization": "Basic x"}, {"Authorization": "Bearer a b"}]
    wrong += [bearer("abc"), bearer(f"{signed}.{'A' * 86}")]
    for headers in wrong:
        theirs = app.get("/orders?jwt=", headers=headers)
        ours = server.call("GET", f"{EXTENDED}/protected", headers=headers)

        assert theirs.status_code == ours.status_code, headers
        if headers.get("Authorization", "").startswith("Bearer"):
            assert theirs.json == ours.json(), headers


def test_pyjwt_reads_a_token_of_each_profile(each):
    scheme = each.call("POST", f"{JWT}/auth", json=SUSAN).json()["access_token"]
    for token in [scheme, log_in(each)["access_token"]]:
        key = jwt.PyJWKClient(each.ready["jwks"]).get_signing_key_from_jwt(token).key
        expected = {"audience": each.ready["url"], "issuer": each.ready["url"]}
        claims = jwt.decode(token, key, algorithms=[each.algorithm], **expected)

        assert claims["sub"] == claims.get("identity", claims["sub"])
        assert claims["nbf"] == claims["iat"]
    assert jwt.decode(scheme, options={"verify_signature": False})["identity"]


def test_a_client_of_flask_jwt_goes_on(server):
    token = server.call("POST", f"{JWT}/auth", json=SUSAN).json()["access_token"]

    answer = server.call("GET", f"{JWT}/protected", headers={"Authorization": f"jwt {token}"})
    nobody = server.call("GET", f"{JWT}/protected")

    assert answer.text.startswith("User(id='")
    assert nobody.headers["WWW-Authenticate"] == 'JWT realm="Login Required"'


def test_a_program_logs_in_by_cookie(server):
    token = server.call("GET", f"{PAGE}/helloworld/csrf")
    cookies = "; ".join(f"{name}={value}" for name, value in token.cookies.items())
    headers = {"X-CSRFToken": token.text, "Cookie": cookies}
    form = {"login": "spchuang", "password": "123456"}

    forged = server.call("POST", f"{PAGE}/auth/login", data=form)
    answer = server.call("POST", f"{PAGE}/auth/login", data=form, headers=headers)

    assert (forged.status_code, answer.status_code) == (400, 200), answer.text
    assert answer.json()["data"]["user_name"] == "spchuang"
