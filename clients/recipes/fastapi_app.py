"""FastAPI behind Countersign: to name `User` among the arguments is to have checked them."""

import os
from typing import Annotated

from countersign import InvalidToken, Refused, Verifier
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse

app = FastAPI()
verifier = Verifier(
    os.environ["ISSUER"],
    os.environ.get("AUDIENCE"),
    api_key=os.environ.get("REVOCATIONS_KEY"),
)


@app.exception_handler(Refused)
def refuse(_request: Request, why: Refused):
    headers = {401: {"WWW-Authenticate": f'Bearer error="{why.code}"'}, 503: {"Retry-After": "1"}}
    body = {"error": why.code, "error_description": str(why)}
    return JSONResponse(body, why.http_status, headers.get(why.http_status))


# Not `async def`: it may have to wait for the issuer, and FastAPI gives it a thread for that.
def signed_in(authorization: Annotated[str, Header()] = "") -> dict:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise InvalidToken("malformed")
    return verifier.verify(token)


User = Annotated[dict, Depends(signed_in)]


def with_role(role: str):
    def check(user: User) -> dict:
        if role not in user.get("roles", []):
            raise HTTPException(403, "access_denied")
        return user

    return Annotated[dict, Depends(check)]


@app.get("/orders")
def orders(user: User):
    return {"user": user["sub"]}


@app.get("/admin")
def admin(user: with_role("admin")):
    return {"user": user["sub"]}
