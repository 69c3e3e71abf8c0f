"""Adds to legacy.json beside it: tokens made by the libraries themselves, each in an environment of
its own, as no one environment holds them all.

    old='flask<2.1 werkzeug<2.1 jinja2<3.1 markupsafe<2.1 itsdangerous<2.1 setuptools<81'
    for packages in 'itsdangerous==0.24' 'itsdangerous==1.1.0' 'pyjwt==2.*' \
        "Flask-JWT==0.3.2 $old" "flask-jwt-extended==3.25.1 pyjwt<2 $old" 'flask-jwt-extended==4.*'
    do
        python -m venv --clear venv
        venv/bin/pip install $packages
        venv/bin/python make_legacy_vectors.py
    done

Each run replaces the vectors of the library and version it finds. The dates are those of the run:
a test verifies each token at a time between its `issued` and its `expires`.
"""

import collections
import collections.abc
import importlib.metadata
import importlib.util
import json
import pathlib
import time

SECRET = "the old application's secret key, for these vectors only"
FILE = pathlib.Path(__file__).with_name("legacy.json")
LIFE = 600
USERS = [1, 42, 9007199254740993]

vectors = []


def add(library, maker, user, token, life=LIFE, purpose="access"):
    if isinstance(token, bytes):
        token = token.decode()
    vectors.append(
        {
            "library": library,
            "version": importlib.metadata.version(library),
            "maker": maker,
            "user": str(user),
            "purpose": purpose,
            "issued": NOW,
            "expires": NOW + life,
            "token": token,
        }
    )


def itsdangerous():
    from itsdangerous import TimedJSONWebSignatureSerializer

    for user in [*USERS, "JohnDoe"]:
        for algorithm in ["HS256", None]:
            named = {"algorithm_name": algorithm} if algorithm else {}
            serializer = TimedJSONWebSignatureSerializer(SECRET, expires_in=LIFE, **named)
            add("itsdangerous", "ItsDangerous", user, serializer.dumps({"id": user}))


def pyjwt():
    import jwt

    for user in USERS:
        for exp in [NOW + LIFE, NOW + LIFE + 0.625]:
            claims = {"id": user, "exp": exp}
            add("pyjwt", "PyJwt", user, jwt.encode(claims, SECRET, algorithm="HS256"))


def flask_jwt():
    # Its PyJWT is older than Python 3.10.
    collections.Mapping = collections.abc.Mapping
    from flask import Flask
    from flask_jwt import JWT

    app = Flask("old")
    app.config["SECRET_KEY"] = SECRET
    extension = JWT(app, lambda name, password: None, lambda payload: None)
    with app.app_context():
        for user in USERS:
            identity = collections.namedtuple("User", "id")(user)
            token = extension.jwt_encode_callback(identity)
            add("Flask-JWT", "FlaskJwt", user, token, life=300)


def flask_jwt_extended():
    from flask import Flask
    from flask_jwt_extended import JWTManager, create_access_token, create_refresh_token

    app = Flask("old")
    app.config["JWT_SECRET_KEY"] = SECRET
    JWTManager(app)
    recent = importlib.metadata.version("flask-jwt-extended").startswith("4")
    name = "additional_claims" if recent else "user_claims"
    with app.test_request_context():
        for user in ["1", "spchuang", "42"] if recent else [1, "spchuang", 42]:
            made = create_access_token(user), create_access_token(user, fresh=True)
            claims = {name: {"team": {"id": 7}}}
            for token in [*made, create_access_token(user, **claims)]:
                add("flask-jwt-extended", "FlaskJwtExtended", user, token, life=900)
            token = create_refresh_token(user)
            add("flask-jwt-extended", "FlaskJwtExtended", user, token, 30 * 86400, "refresh")


NOW = int(time.time())
if importlib.util.find_spec("flask_jwt_extended"):
    flask_jwt_extended()
elif importlib.util.find_spec("flask_jwt"):
    flask_jwt()
elif importlib.util.find_spec("jwt"):
    pyjwt()
else:
    itsdangerous()

known = json.loads(FILE.read_text()) if FILE.exists() else {"secret": SECRET, "vectors": []}
made = {(each["library"], each["version"]) for each in vectors}
kept = [each for each in known["vectors"] if (each["library"], each["version"]) not in made]
known["vectors"] = sorted(kept + vectors, key=lambda each: (each["library"], each["version"]))
FILE.write_text(json.dumps(known, indent=1) + "\n")
print(len(vectors), "vectors of", made)
