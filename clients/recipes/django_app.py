"""Django behind Countersign: views are guarded by a decorator, and `request.claims` says who calls.

In a project of your own the settings are yours; what is needed is from `verifier` on.
"""

import os
from functools import wraps

from countersign import InvalidToken, Refused, Verifier
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path

if not settings.configured:
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY=os.urandom(32).hex())

verifier = Verifier(
    os.environ["ISSUER"],
    os.environ.get("AUDIENCE"),
    api_key=os.environ.get("REVOCATIONS_KEY"),
)


def refused(why):
    headers = {401: {"WWW-Authenticate": f'Bearer error="{why.code}"'}, 503: {"Retry-After": "1"}}
    body = {"error": why.code, "error_description": str(why)}
    return JsonResponse(body, status=why.http_status, headers=headers.get(why.http_status))


def signed_in(view=None, *, role=None):
    """Guards a view: a good token, and the role if one is named."""
    if view is None:
        return lambda view: signed_in(view, role=role)

    @wraps(view)
    def guarded(request, *args, **more):
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer":
                raise InvalidToken("malformed")
            request.claims = verifier.verify(token)
        except Refused as why:
            return refused(why)
        if role and role not in request.claims.get("roles", []):
            return JsonResponse({"error": "access_denied"}, status=403)
        return view(request, *args, **more)

    return guarded


@signed_in
def orders(request):
    return JsonResponse({"user": request.claims["sub"]})


@signed_in(role="admin")
def admin(request):
    return JsonResponse({"user": request.claims["sub"]})


urlpatterns = [path("orders", orders), path("admin", admin)]
app = get_wsgi_application()
