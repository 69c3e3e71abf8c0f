"""A JSON API with Flask-JWT-Extended, after its documentation: "Automatic User Loading" and
"JWT Revoking / Denylist" with a database table. A refresh token serves once, as Countersign's does."""

from datetime import datetime, timedelta, timezone

from flask import jsonify, request
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    create_refresh_token,
    current_user,
    get_jwt,
    get_jwt_identity,
    jwt_required,
)
from sqlalchemy.exc import IntegrityError

from base import User, add_user, db, new_app, user_with_password

app = new_app(__name__)
app.config["JWT_SECRET_KEY"] = app.config["SECRET_KEY"]
# tokens outlive the run
app.config["JWT_ACCESS_TOKEN_EXPIRES"] = timedelta(days=1)
jwt = JWTManager(app)


class TokenBlocklist(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    jti = db.Column(db.String(36), nullable=False, unique=True)
    created_at = db.Column(db.DateTime, nullable=False)


@jwt.user_lookup_loader
def load_user(_header, payload):
    return db.session.get(User, int(payload["sub"]))


@jwt.token_in_blocklist_loader
def is_revoked(_header, payload):
    found = db.select(TokenBlocklist.id).filter_by(jti=payload["jti"])
    return db.session.execute(found).scalar() is not None


def revoke(jti):
    """Whether it was this call that revoked the token."""
    db.session.add(TokenBlocklist(jti=jti, created_at=datetime.now(timezone.utc)))
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        return False
    return True


def tokens(identity):
    return jsonify(
        access_token=create_access_token(identity=identity),
        refresh_token=create_refresh_token(identity=identity),
    )


@app.post("/login")
def login():
    user = user_with_password(request.json["username"], request.json["password"])
    if user is None:
        return jsonify(msg="Bad username or password"), 401
    return tokens(str(user.id))


@app.post("/users")
def sign_up():
    user = add_user(request.json["username"], request.json["password"])
    if user is None:
        return jsonify(msg="That name is taken"), 409
    return jsonify(id=user.id, username=user.name), 201


@app.get("/me")
@jwt_required()
def me():
    return jsonify(id=current_user.id, username=current_user.name)


@app.post("/refresh")
@jwt_required(refresh=True)
def refresh():
    identity = get_jwt_identity()
    if not revoke(get_jwt()["jti"]):
        return jsonify(msg="Token has been revoked"), 401
    return tokens(identity)


@app.delete("/logout")
@jwt_required()
def logout():
    revoke(get_jwt()["jti"])
    return "", 204
