"""A JSON API with Flask-HTTPAuth: token authentication after its documentation, the token signed with PyJWT and
revoked by a table of what was revoked; and a second scheme for API keys, which are random and kept as digests."""

import hashlib
import secrets
import time

import jwt
from flask import jsonify, request
from flask_httpauth import HTTPTokenAuth

from base import User, add_user, db, new_app, user_with_password

app = new_app(__name__)
# tokens outlive the run
SECONDS = 86400
token_auth = HTTPTokenAuth(scheme="Bearer")
key_auth = HTTPTokenAuth(header="X-API-Key")


class RevokedToken(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    jti = db.Column(db.String(32), nullable=False, unique=True)


class ApiKey(db.Model):
    digest = db.Column(db.LargeBinary(32), primary_key=True)
    user_id = db.Column(db.ForeignKey("user.id"), nullable=False)


def claims_of(token):
    return jwt.decode(
        token, app.secret_key, algorithms=["HS256"], options={"require": ["sub", "exp", "jti"]}
    )


@token_auth.verify_token
def verify_token(token):
    try:
        claims = claims_of(token)
    except jwt.InvalidTokenError:
        return None
    revoked = db.select(RevokedToken.id).filter_by(jti=claims["jti"])
    if db.session.execute(revoked).scalar() is not None:
        return None
    return db.session.get(User, int(claims["sub"]))


@key_auth.verify_token
def verify_key(key):
    found = db.select(User).join(ApiKey).where(ApiKey.digest == digest(key))
    return db.session.execute(found).scalar_one_or_none()


def digest(key):
    return hashlib.sha256(key.encode()).digest()


def shown(user):
    return jsonify(id=user.id, username=user.name)


@app.post("/api/token")
def get_token():
    user = user_with_password(request.json["username"], request.json["password"])
    if user is None:
        return jsonify(error="Unauthorized"), 401
    claims = {"sub": str(user.id), "jti": secrets.token_hex(16), "exp": int(time.time()) + SECONDS}
    return jsonify(token=jwt.encode(claims, app.secret_key, algorithm="HS256"), duration=SECONDS)


@app.delete("/api/token")
@token_auth.login_required
def revoke_token():
    claims = claims_of(token_auth.get_auth().token)
    db.session.add(RevokedToken(jti=claims["jti"]))
    db.session.commit()
    return "", 204


@app.get("/api/me")
@token_auth.login_required
def me():
    return shown(token_auth.current_user())


@app.post("/api/keys")
@token_auth.login_required
def create_key():
    key = secrets.token_urlsafe(32)
    db.session.add(ApiKey(digest=digest(key), user_id=token_auth.current_user().id))
    db.session.commit()
    return jsonify(api_key=key), 201


@app.delete("/api/keys")
@key_auth.login_required
def delete_key():
    key = key_auth.get_auth().token
    db.session.execute(db.delete(ApiKey).where(ApiKey.digest == digest(key)))
    db.session.commit()
    return "", 204


@app.get("/api/key/me")
@key_auth.login_required
def key_me():
    return shown(key_auth.current_user())


@app.post("/api/users")
def new_user():
    user = add_user(request.json["username"], request.json["password"])
    if user is None:
        return jsonify(error="That name is taken"), 409
    return shown(user), 201
