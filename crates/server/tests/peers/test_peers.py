"""Other people's programs against a running server: requests, PyJWT, joserfc, Authlib.

What they send is understood, what the server signs they verify, and what they forge is refused.
"""

import time

import jwt
import pytest
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc6750.errors import InvalidTokenError
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwk
from joserfc import jwt as joserfc_jwt
from joserfc.errors import BadSignatureError
from requests.auth import HTTPBasicAuth

STRANGERS = {
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
}


def assert_refused(answer, error="invalid_token", scheme="Bearer"):
    assert answer.status_code == 401, answer.text
    assert answer.json()["error"] == error
    assert answer.headers["WWW-Authenticate"].startswith(scheme)


# requests


def test_basic_signs_in_whoever_signed_up(server):
    user = server.sign_up()

    answer = server.me(auth=HTTPBasicAuth(user.username, user.password))

    assert answer.status_code == 200
    assert answer.json()["username"] == user.username
    assert answer.json()["via"] == "password"


def test_basic_with_a_wrong_password_is_refused(server):
    user = server.sign_up()

    answer = server.me(auth=HTTPBasicAuth(user.username, user.password + "!"))

    assert_refused(answer, "invalid_credentials", "Basic")


# requests sends a str as Latin-1, and bytes as they are.
@pytest.mark.parametrize("encoding", [None, "utf-8"])
def test_basic_takes_names_and_passwords_beyond_ascii(server, encoding):
    def spelled(text):
        return text.encode(encoding) if encoding else text

    name = f"Zoë-{encoding}"
    server.sign_up(name, "über süße Äpfel")

    right = server.me(auth=HTTPBasicAuth(spelled(name), spelled("über süße Äpfel")))
    wrong = server.me(auth=HTTPBasicAuth(spelled(name), spelled("über süße Apfel")))

    assert right.status_code == 200, right.text
    assert right.json()["username"] == name
    assert_refused(wrong, "invalid_credentials", "Basic")


def test_basic_takes_bytes_that_latin_1_lacks(server):
    user = server.sign_up("Ζωή", "три тихих слова 🔑")

    answer = server.me(auth=HTTPBasicAuth(user.username.encode(), user.password.encode()))

    assert answer.status_code == 200, answer.text
    assert answer.json()["username"] == "Ζωή"


@pytest.mark.parametrize("password", ["", "x", "a:b", "unused"])
def test_a_token_is_a_user_name_with_any_password(server, password):
    token = server.sign_up().tokens()["access_token"]

    answer = server.me(auth=HTTPBasicAuth(token, password))

    assert answer.status_code == 200, answer.text
    assert answer.json()["via"] == "access_token"


def test_a_refresh_token_buys_the_next_pair_and_ends_its_session_when_shown_again(server):
    def refresh(tokens):
        body = {"refresh_token": tokens["refresh_token"]}
        return server.call("POST", "/api/tokens/refresh", json=body)

    first = server.sign_up().tokens()
    second = refresh(first).json()
    third = refresh(second).json()
    alive = server.bearer(third["access_token"])
    replay = refresh(first)

    assert alive.status_code == 200
    assert replay.status_code == 400
    assert replay.json()["error"] == "invalid_grant"
    assert_refused(server.bearer(third["access_token"]))


def test_a_token_is_refused_from_the_request_after_the_logout(server):
    tokens = server.sign_up().tokens()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}

    before = server.me(headers=headers)
    logout = server.call("DELETE", "/api/tokens", headers=headers)

    assert (before.status_code, logout.status_code) == (200, 204)
    assert_refused(server.me(headers=headers))
    assert_refused(server.me(auth=(tokens["access_token"], "")), scheme="Basic")


def test_an_api_key_works_in_its_header_until_it_is_revoked(server):
    user = server.sign_up()
    made = server.call("POST", "/api/me/api-keys", auth=user.auth, json={"name": "backup"}).json()
    headers = {"X-API-Key": made["key"]}

    before = server.me(headers=headers)
    revoked = server.call("DELETE", f"/api/me/api-keys/{made['id']}", auth=user.auth)

    assert (before.status_code, revoked.status_code) == (200, 204)
    assert before.json()["via"] == "api_key"
    assert server.me(headers=headers).status_code == 401


# PyJWT


def published_key(server, token):
    return jwt.PyJWKClient(server.ready["jwks"]).get_signing_key_from_jwt(token)


def read(server, token, key=None, **more):
    key = key or published_key(server, token).key
    expected = {"audience": server.ready["url"], "issuer": server.ready["url"]}
    required = ["iss", "aud", "sub", "client_id", "iat", "exp", "jti"]
    return jwt.decode_complete(
        token,
        key,
        algorithms=[server.algorithm],
        options={"require": required},
        **{**expected, **more},
    )


def test_pyjwt_verifies_an_access_token_by_the_published_keys(each):
    user = each.sign_up()
    tokens = user.tokens()

    parts = read(each, tokens["access_token"])

    header, claims = parts["header"], parts["payload"]
    assert (header["alg"], header["typ"]) == (each.algorithm, "at+jwt")
    assert claims["sub"] == user.id
    assert claims["exp"] - claims["iat"] == tokens["expires_in"]


def test_pyjwt_refuses_the_token_elsewhere_and_by_another_key(each):
    token = each.sign_up().tokens()["access_token"]

    with pytest.raises(jwt.InvalidAudienceError):
        read(each, token, audience="https://elsewhere.example")
    with pytest.raises(jwt.InvalidIssuerError):
        read(each, token, issuer="https://elsewhere.example")
    with pytest.raises(jwt.InvalidSignatureError):
        read(each, token, key=STRANGERS[each.algorithm].public_key())


def like(token):
    """What a forger copies from the header of a token."""
    header = jwt.get_unverified_header(token)
    return {"typ": header["typ"], "kid": header["kid"]}


def resigned(server, token, **changed):
    """The claims of a token signed by a key of a stranger, under the server's `kid`."""
    claims = {**read(server, token)["payload"], **changed}
    key = STRANGERS[server.algorithm]
    forged = jwt.encode(claims, key, server.algorithm, like(token))
    # But for the key nothing is wrong with it.
    read(server, forged, key=key.public_key(), leeway=7200)
    return forged


def test_the_same_claims_under_another_key_are_refused(each):
    token = each.sign_up().tokens()["access_token"]

    assert_refused(each.bearer(resigned(each, token)))
    assert_refused(each.bearer(resigned(each, token, exp=int(time.time()) - 3600)))
    assert each.bearer(token).status_code == 200


def test_an_unsigned_token_is_refused(each):
    token = each.sign_up().tokens()["access_token"]
    claims = read(each, token)["payload"]

    unsigned = jwt.encode(claims, None, "none", like(token))
    signature = token.split(".")[2]

    assert_refused(each.bearer(unsigned))
    assert_refused(each.bearer(unsigned + signature))


class Careless(jwt.algorithms.HMACAlgorithm):
    """HS256 without PyJWT's own refusal to take a public key for a secret."""

    def prepare_key(self, key):
        return key


def test_a_public_key_is_no_shared_secret(each):
    token = each.sign_up().tokens()["access_token"]
    claims = jwt.utils.base64url_decode(token.split(".")[1])
    public = published_key(each, token).key
    careless = jwt.PyJWS()
    careless.unregister_algorithm("HS256")
    careless.register_algorithm("HS256", Careless(Careless.SHA256))

    for secret in spellings(public):
        forged = careless.encode(claims, secret, "HS256", like(token))
        assert careless.decode(forged, secret, ["HS256"]) == claims
        assert_refused(each.bearer(forged))


def spellings(public):
    """A public key as the bytes that a verifier might hold it in."""
    spki = PublicFormat.SubjectPublicKeyInfo
    yield public.public_bytes(Encoding.PEM, spki)
    yield public.public_bytes(Encoding.PEM, spki).strip()
    yield public.public_bytes(Encoding.DER, spki)
    if isinstance(public, ed25519.Ed25519PublicKey):
        yield public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    if isinstance(public, ec.EllipticCurvePublicKey):
        yield public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    if isinstance(public, rsa.RSAPublicKey):
        yield public.public_bytes(Encoding.DER, PublicFormat.PKCS1)


# joserfc


def test_joserfc_verifies_the_same_token(each):
    user = each.sign_up()
    keys = jwk.KeySet.import_key_set(each.jwks())

    token = joserfc_jwt.decode(user.tokens()["access_token"], keys, algorithms=[each.algorithm])
    wanted = {"essential": True, "value": each.ready["url"]}
    claims = {"iss": wanted, "aud": wanted, "exp": {"essential": True}}
    joserfc_jwt.JWTClaimsRegistry(**claims).validate(token.claims)

    assert token.header["typ"] == "at+jwt"
    assert token.claims["sub"] == user.id


def test_joserfc_refuses_a_changed_token(each):
    head, _, signature = each.sign_up().tokens()["access_token"].split(".")
    _, claims, _ = each.sign_up().tokens()["access_token"].split(".")
    mixed = f"{head}.{claims}.{signature}"

    with pytest.raises(BadSignatureError):
        keys = jwk.KeySet.import_key_set(each.jwks())
        joserfc_jwt.decode(mixed, keys, algorithms=[each.algorithm])
    assert_refused(each.bearer(mixed))


# Authlib


class ResourceServer(JWTBearerTokenValidator):
    """A service that verifies by RFC 9068 with Authlib."""

    def __init__(self, server):
        super().__init__(issuer=server.ready["url"], resource_server=server.ready["url"])
        self.server = server

    def get_jwks(self):
        return self.server.jwks()

    def accepts(self, token):
        self.validate_token(self.authenticate_token(token), ["account"], None)


# Not EdDSA: it is not among the algorithms this class takes, and it has no setting for them.
@pytest.mark.parametrize("each", ["ES256", "RS256"], indirect=True)
@pytest.mark.parametrize("user", ["sign_up", "admin"], ids=["no roles", "a role"])
def test_authlib_accepts_the_token_as_one_of_rfc_9068(each, user):
    token = getattr(each, user)().tokens()["access_token"]
    resource_server = ResourceServer(each)

    resource_server.accepts(token)

    with pytest.raises(InvalidTokenError):
        resource_server.accepts(resigned(each, token))


def ask(user, token, hint=None):
    """Introspects with Authlib's client, which authenticates as a user, by Basic."""
    return client(user).introspect_token(user.server.url("/oauth/introspect"), token, hint).json()


def revoke(user, token, hint=None):
    return client(user).revoke_token(user.server.url("/oauth/revoke"), token, hint)


def client(user, token=None):
    session = OAuth2Session(*user.auth, token=token)
    session.trust_env = False
    return session


def test_authlib_introspects_and_revokes_an_access_token(each):
    user = each.sign_up()
    tokens = user.tokens()
    access_token = tokens["access_token"]

    used = client(user, tokens).get(each.url("/api/me"))
    before = ask(user, access_token)
    revoked = revoke(user, access_token, "access_token")

    assert used.json()["via"] == "access_token"
    assert before["active"] is True
    assert (before["sub"], before["username"]) == (user.id, user.username)
    assert revoked.status_code == 200
    assert ask(user, access_token) == {"active": False}
    assert_refused(each.bearer(access_token))


def test_authlib_revokes_a_refresh_token_with_its_session(server):
    user = server.sign_up()
    tokens = user.tokens()
    refresh_token = tokens["refresh_token"]

    before = ask(user, refresh_token, "refresh_token")
    revoked = revoke(user, refresh_token, "refresh_token")

    assert before["active"] is True
    assert revoked.status_code == 200
    assert ask(user, refresh_token) == {"active": False}
    assert_refused(server.bearer(tokens["access_token"]))


def test_authlib_is_told_of_somebody_elses_token_only_for_an_admin(server):
    access_token = server.sign_up().tokens()["access_token"]

    assert ask(server.sign_up(), access_token) == {"active": False}
    assert ask(server.admin(), access_token)["active"] is True


# Last: by now the ten seconds of that token are nearly over.


def test_an_expired_token_of_the_server_is_refused_by_both_sides(soon_over):
    server, token = soon_over
    read(server, token, leeway=3600)
    deadline = time.monotonic() + 60

    while server.bearer(token).status_code == 200:
        assert time.monotonic() < deadline, "the token does not expire"
        time.sleep(0.1)

    with pytest.raises(jwt.ExpiredSignatureError):
        read(server, token)
    assert_refused(server.bearer(token))
