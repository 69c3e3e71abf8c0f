"""Forms and a session cookie with Flask-Login. The session names the user by an "alternative token" of its
documentation, kept in the users table: a new one at log-out ends the user's sessions, wherever their cookies are."""

import secrets

from flask import jsonify, request
from flask_login import (
    LoginManager,
    UserMixin,
    current_user,
    login_required,
    login_user,
    logout_user,
)

from base import User, add_user, db, new_app, user_with_password

app = new_app(__name__)
app.config["SESSION_COOKIE_HTTPONLY"] = True
app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
login_manager = LoginManager(app)


class SessionUser(UserMixin):
    """What Flask-Login keeps of a user."""

    def __init__(self, user):
        self.user = user

    def get_id(self):
        return self.user.session_id


@login_manager.user_loader
def load_user(session_id):
    found = db.select(User).filter_by(session_id=session_id)
    user = db.session.execute(found).scalar_one_or_none()
    return user and SessionUser(user)


@app.post("/login")
def login():
    user = user_with_password(request.form["username"], request.form["password"])
    if user is None:
        return "Bad username or password", 401
    login_user(SessionUser(user))
    return "", 204


@app.post("/logout")
@login_required
def logout():
    current_user.user.session_id = secrets.token_urlsafe(24)
    db.session.commit()
    logout_user()
    return "", 204


@app.get("/me")
@login_required
def me():
    return jsonify(id=current_user.user.id, username=current_user.user.name)


@app.post("/users")
def sign_up():
    name, password = request.form["username"], request.form["password"]
    user = add_user(name, password, session_id=secrets.token_urlsafe(24))
    if user is None:
        return "That name is taken", 409
    return jsonify(id=user.id, username=user.name), 201
