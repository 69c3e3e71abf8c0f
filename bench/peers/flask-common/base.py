"""What the three Flask peers share: the database, the users and how their passwords are hashed."""

import os
import pathlib

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

DATA = pathlib.Path(os.environ["DATA"])

db = SQLAlchemy()
hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String, unique=True, nullable=False)
    email = db.Column(db.String, unique=True, nullable=False)
    password = db.Column(db.String, nullable=False)
    # Flask-Login's "alternative token": what a session names instead of the user
    session_id = db.Column(db.String, unique=True)


@event.listens_for(Engine, "connect")
def for_many_readers(connection, _record):
    """WAL, and each commit waits for the disk, as with all contestants."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA busy_timeout = 10000")


def new_app(name):
    app = Flask(name)
    app.config["SECRET_KEY"] = (DATA / "secret").read_text()
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{DATA}/app.db"
    db.init_app(app)

    @app.get("/healthz")
    def healthz():
        return "ok"

    return app


def user_with_password(name, password):
    """The user, or None when there is none or the password is another."""
    user = db.session.execute(db.select(User).filter_by(name=name)).scalar_one_or_none()
    if user is None:
        return None
    try:
        hasher.verify(user.password, password)
    except VerifyMismatchError:
        return None
    return user


def add_user(name, password, session_id=None):
    """A new user, or None when the name is taken."""
    user = User(
        name=name,
        email=f"{name}@example.com",
        password=hasher.hash(password),
        session_id=session_id,
    )
    db.session.add(user)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        return None
    return user
