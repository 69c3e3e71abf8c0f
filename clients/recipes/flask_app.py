"""Flask behind Countersign: who calls is in `g.claims`, or nobody gets in."""

import os
from functools import wraps

from countersign import InvalidToken, Refused, Verifier
from flask import Flask, g, jsonify, request

app = Flask(__name__)
verifier = Verifier(
    os.environ["ISSUER"],
    os.environ.get("AUDIENCE"),
    api_key=os.environ.get("REVOCATIONS_KEY"),
)


@app.errorhandler(Refused)
def refuse(why):
    answer = jsonify(error=why.code, error_description=str(why))
    answer.status_code = why.http_status
    if why.http_status == 401:
        answer.headers["WWW-Authenticate"] = f'Bearer error="{why.code}"'
    if why.http_status == 503:
        answer.headers["Retry-After"] = "1"
    return answer


def signed_in(role=None):
    """Guards a view: a good token, and the role if one is named."""

    def guard(view):
        @wraps(view)
        def guarded(*args, **more):
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            if scheme.lower() != "bearer":
                raise InvalidToken("malformed")
            g.claims = verifier.verify(token)
            if role and role not in g.claims.get("roles", []):
                return jsonify(error="access_denied"), 403
            return view(*args, **more)

        return guarded

    return guard


@app.get("/orders")
@signed_in()
def orders():
    return jsonify(user=g.claims["sub"])


@app.get("/admin")
@signed_in(role="admin")
def admin():
    return jsonify(user=g.claims["sub"])
