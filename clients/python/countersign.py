"""Verifies access tokens of Countersign where they are used, by its published keys alone.

    verifier = Verifier("https://id.example", audience="https://api.example")
    claims = verifier.verify(token)          # or InvalidToken, TemporarilyUnavailable

One file; besides Python 3.9 it needs `PyJWT[crypto]`. Whether a token was taken back is asked of
the issuer's status lists, each kept for its `ttl`; with `api_key` a thread listens to the stream of
revocations and knows within the second. What cannot be known is refused: without keys, without a
list younger than its `ttl` and without a stream that is heard, `verify` raises
`TemporarilyUnavailable`. Everything a token, a list or a key set may not be is refused in the order
form, header, key, algorithm, type, signature, claims, as the server itself does.

A Verifier is made once and shared by all threads.
"""

import base64
import binascii
import http.client
import json
import logging
import math
import random
import re
import threading
import time
import urllib.error
import urllib.request
import zlib

import jwt

__all__ = ["InvalidToken", "Refused", "TemporarilyUnavailable", "Verifier"]

MAX_TOKEN = 8 * 1024
MAX_KEY_SET = 64 * 1024
MAX_LIST_SENT = 2 * 1024 * 1024
MAX_LIST = 1024 * 1024
MAX_LISTS = 64 * 1024 * 1024
MAX_EVENT = 8 * 1024 * 1024
MAX_REVOKED = 1_000_000
MAX_DEPTH = 8
LAST_DATE = 253_402_300_799

REASONS = {
    "malformed": "the token is malformed",
    "header": "the token's header has a member that is not accepted",
    "unknown_key": "the token is signed with an unknown key",
    "algorithm": "the token's algorithm is not accepted",
    "type": "the token is of another type",
    "signature": "the token's signature is wrong",
    "issuer": "the token comes from another issuer",
    "audience": "the token is meant for another audience",
    "expired": "the token has expired",
    "not_yet_valid": "the token is not valid yet",
    "claim": "a claim of the token is missing or not acceptable",
    "status": "the token does not say where its status is",
    "revoked": "the token was revoked",
}


class Refused(Exception):
    """A token that must not be accepted now. `code` is the error of RFC 6750 or RFC 6749,
    `http_status` what to answer; the text repeats nothing of the token."""

    code = "invalid_request"
    http_status = 400


class InvalidToken(Refused):
    """The token is not, or no longer, good. `reason` is a key of REASONS."""

    code = "invalid_token"
    http_status = 401

    def __init__(self, reason):
        super().__init__(REASONS[reason])
        self.reason = reason


class TemporarilyUnavailable(Refused):
    """Whether the token is good cannot be known now: answer 503."""

    code = "temporarily_unavailable"
    http_status = 503


class Verifier:
    """Verifies tokens of one issuer for one audience.

    issuer          the server's `public_url`, exactly
    audience        its `audience`; without one, the issuer
    api_key         an API key with the scope `revocations`: listen to the stream
    reach_at        where the issuer is reached from here, if not under its own name
    typ             the type of the tokens
    leeway          by how many seconds `iat` and `nbf` may lie in the future, at most 60
    require_status  whether a token that names no status list is refused, where no stream is heard
    refetch         an unknown `kid` has the keys fetched again, but not within so many seconds
    keys_outlast    for so many seconds keys are believed while the issuer cannot be asked
    heartbeat       the seconds between two heartbeats of the stream; after three it is not relied on
    timeout         the seconds a fetch may take
    """

    def __init__(
        self, issuer, audience=None, *, api_key=None, reach_at=None, typ="at+jwt", leeway=10,
        require_status=True, refetch=5, keys_outlast=3600, heartbeat=5, timeout=5,
        clock=time.time, logger=None,
    ):
        self.issuer, self.audience, self.typ = issuer, audience or issuer, typ
        self.leeway, self.require_status = max(0, min(leeway, 60)), require_status
        base = (reach_at or issuer).rstrip("/")
        for url in (issuer, base):
            if not re.match(r"https?://[^/?#@\s]+(/[^?#\s]*)?\Z", url):
                raise ValueError(f"no http or https address: {url!r}")
        self._clock = _Clock(clock)
        say = _Say(logger or logging.getLogger("countersign"))
        web = _Web(issuer.rstrip("/"), base, timeout)
        self._keys = _Keys(web, self._clock, say, refetch, keys_outlast)
        self._lists = _Lists(self, web, say)
        self._stream = None
        if api_key:
            self._stream = _Stream(web, self._clock, say, self._keys, api_key, heartbeat)
            self._stream.start()

    def verify(self, token):
        """The claims of a token that is good now; else InvalidToken or TemporarilyUnavailable."""
        claims = self._open(token, MAX_TOKEN, self.typ)
        self._judge(claims)
        self._ask_whether_revoked(claims)
        return claims

    @property
    def listening(self):
        """Whether the stream is heard, so that no list is asked."""
        return self._stream is not None and self._stream.heard()

    def close(self):
        """Ends the stream's thread."""
        if self._stream:
            self._stream.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _open(self, token, limit, typ):
        """The claims of a token whose form, header, key, type and signature are right."""
        signed, header, payload, signature = _split(token, limit)
        header = _strict_json(header)
        if not header.keys() <= {"alg", "typ", "kid", "countersign"}:
            raise InvalidToken("header")
        alg, kid = header.get("alg"), header.get("kid")
        # The key decides the algorithm; a token only repeats it. No published key is of HS256.
        if alg not in ("EdDSA", "ES256", "RS256", "HS256"):
            raise InvalidToken("algorithm")
        key = self._keys.get(kid)
        if key.algorithm_name != alg:
            raise InvalidToken("algorithm")
        if not _same_type(header.get("typ"), typ):
            raise InvalidToken("type")
        if not key.Algorithm.verify(signed, key.key, signature):
            raise InvalidToken("signature")
        # Tokens under a secret that services share have it, and no published key verifies those.
        if "countersign" in header:
            raise InvalidToken("header")
        return _strict_json(payload)

    def _judge(self, claims):
        """RFC 9068, and what the server puts into every access token."""
        if claims.get("iss") != self.issuer:
            raise InvalidToken("issuer")
        if claims.get("aud") not in (self.audience, [self.audience]):
            raise InvalidToken("audience")
        self._judge_times(claims)
        for name in ("sub", "jti", "client_id"):
            _need(_is_text(claims.get(name)))
        _need("sid" not in claims or _is_text(claims["sid"]))
        _need(isinstance(claims.get("scope"), str))
        _need("azp" not in claims or claims["azp"] == claims["client_id"])
        # A token bound to a key (RFC 7800) must not be taken for a bearer token.
        _need("cnf" not in claims)
        _need(_is_texts(claims.get("amr")) and _is_texts(claims.get("roles", [])))
        _need(_is_count(claims.get("epoch")) and _is_count(claims.get("auth_time")))
        _need("status" not in claims or _is_reference(claims["status"]))

    def _judge_times(self, claims):
        iat, exp = claims.get("iat"), claims.get("exp")
        nbf = claims.get("nbf", iat)
        _need(all(_is_count(date) and date <= LAST_DATE for date in (iat, exp, nbf)))
        _need("nbf" not in claims or claims["nbf"] is not None)
        _need(exp > iat)
        now = int(self._clock.wall())
        if now >= exp:
            raise InvalidToken("expired")
        if max(iat, nbf) > now + self.leeway:
            raise InvalidToken("not_yet_valid")

    def _ask_whether_revoked(self, claims):
        """What the stream said stays true; only while it is heard is its silence an answer."""
        if self._stream:
            if self._stream.revoked(claims):
                raise InvalidToken("revoked")
            if self._stream.heard():
                return
        if "status" in claims:
            if self._lists.revoked(**_reference(claims["status"])):
                raise InvalidToken("revoked")
        elif self.require_status:
            raise InvalidToken("status")
        elif self._stream:
            raise TemporarilyUnavailable("the stream of revocations is not heard")


# ---- The form of a token.


def _split(token, limit):
    """What is signed, and the three parts, each in its one canonical spelling of base64url."""
    if not isinstance(token, str) or len(token) > limit or not token.isascii():
        raise InvalidToken("malformed")
    parts = token.split(".", 3)
    if len(parts) != 3:
        raise InvalidToken("malformed")
    return (token.rpartition(".")[0].encode(), *map(_decode, parts))


def _decode(part):
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not raw or base64.urlsafe_b64encode(raw).rstrip(b"=") != part.encode():
        raise InvalidToken("malformed")
    return raw


def _strict_json(raw):
    """An object as all readers understand it: no name twice, no number out of range, no half of a
    surrogate pair, at most eight levels."""

    def once(pairs):
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a name stands twice")
        return found

    def integer(text):
        return int(text) if text != "-0" else -0.0

    def number(text):
        value = float(text)
        if not math.isfinite(value):
            raise ValueError("out of range")
        return value

    def constant(text):
        raise ValueError(text)

    try:
        found = json.loads(
            raw.decode(), object_pairs_hook=once, parse_int=integer, parse_float=number,
            parse_constant=constant,
        )
        if not isinstance(found, dict):
            raise ValueError("no object")
        _measure(found, MAX_DEPTH)
    except (ValueError, RecursionError):
        raise InvalidToken("malformed") from None
    return found


def _measure(value, levels):
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, (dict, list)):
        if levels == 0:
            raise ValueError("too deep")
        for name in value if isinstance(value, dict) else ():
            name.encode()
        for inner in value.values() if isinstance(value, dict) else value:
            _measure(inner, levels - 1)


def _same_type(given, expected):
    """RFC 7515 §4.1.9: without regard to case, and `application/` may be left out."""
    if not isinstance(given, str) or not given.isascii():
        return False
    given = given.lower()
    return given in (expected, "application/" + expected)


def _need(holds):
    if not holds:
        raise InvalidToken("claim")


def _is_text(value):
    return isinstance(value, str) and value != ""


def _is_texts(value):
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _reference(status):
    """What the claim `status` points to: one bit of one list."""
    found = status.get("status_list") if isinstance(status, dict) else None
    found = found if isinstance(found, dict) else {}
    return {"idx": found.get("idx"), "uri": found.get("uri")}


def _is_reference(status):
    """A token that can be taken back must not pass for one that cannot."""
    found = _reference(status)
    return _is_count(found["idx"]) and _is_text(found["uri"])


def _is_one(value):
    return type(value) is int and value == 1


def _is_count(value):
    return type(value) is int and 0 <= value < 2**63


# ---- What all of the following needs.


class _Clock:
    """The time, and how long something is ago by two clocks: the one that may be set and the one
    that may stand still while the machine sleeps. The larger counts."""

    def __init__(self, wall):
        self.wall = wall

    def mark(self):
        return self.wall(), time.monotonic()

    def since(self, mark):
        if mark is None:
            return math.inf
        return max(self.wall() - mark[0], time.monotonic() - mark[1])


class _Say:
    """Says of each matter once what is wrong with it, and once that it is well again."""

    def __init__(self, logger):
        self.logger, self.said, self.lock = logger, {}, threading.Lock()

    def wrong(self, matter, why):
        with self.lock:
            if self.said.get(matter) == why or len(self.said) > 1000:
                return
            self.said[matter] = why
        self.logger.warning("%s: %s", matter, why)

    def well(self, matter):
        with self.lock:
            if self.said.pop(matter, None) is None:
                return
        self.logger.info("%s: well again", matter)


class _Unreachable(Exception):
    """A fetch that brought nothing to believe. Its text says why."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class _Web:
    """The issuer over HTTP: no redirects, no more than asked for, and not for ever."""

    def __init__(self, issuer, base, timeout):
        self.issuer, self.base, self.timeout = issuer, base, timeout
        self.opener = urllib.request.build_opener(_NoRedirects)
        # A segment begins with no dot: nothing leads out of the issuer's own tree.
        segments = r"(/[A-Za-z0-9_~-]+(\.[A-Za-z0-9_~-]+)*)+"
        self.own = re.compile(re.escape(issuer) + segments + r"\Z")

    def is_own(self, url):
        return isinstance(url, str) and len(url) <= 512 and self.own.match(url) is not None

    def open(self, path, headers, timeout):
        headers = {"User-Agent": "countersign-python", **headers}
        request = urllib.request.Request(self.base + path, headers=headers)
        try:
            return self.opener.open(request, timeout=timeout)
        except urllib.error.HTTPError as answer:
            return answer
        except (OSError, ValueError, http.client.HTTPException) as why:
            raise _Unreachable(f"cannot be fetched ({type(why).__name__})") from None

    def fetch(self, path, headers, limit):
        """The status, the headers and at most `limit` bytes of the answer."""
        end = time.monotonic() + self.timeout
        with self.open(path, headers, self.timeout) as answer:
            if answer.status == 304:
                return 304, answer.headers, b""
            if answer.status != 200:
                raise _Unreachable(f"answered {answer.status}")
            body = b""
            try:
                while more := answer.read1(65536):
                    body += more
                    if len(body) > limit:
                        raise _Unreachable("larger than allowed")
                    if time.monotonic() > end:
                        raise _Unreachable("too slow")
            except (OSError, http.client.HTTPException) as why:
                raise _Unreachable(f"broke off ({type(why).__name__})") from None
            declared = answer.headers.get("Content-Length")
            if declared and declared.isdigit() and int(declared) != len(body):
                raise _Unreachable("broke off")
            return 200, answer.headers, body


# ---- The published keys.


class _Keys:
    """The JWK Set, kept for its `max-age` (5 seconds to an hour). While the issuer cannot be asked
    the keys that are there are believed for `outlast` seconds."""

    MATTER = "the key set"

    def __init__(self, web, clock, say, refetch, outlast):
        self.web, self.clock, self.say = web, clock, say
        self.refetch, self.outlast = refetch, outlast
        self.keys, self.max_age = {}, 0
        self.fetched = self.tried = self.recalled = None
        self.failed = None
        self.lock = threading.Lock()

    def get(self, kid):
        if self.clock.since(self.fetched) >= self.max_age or self.recalled:
            # Whoever has keys does not wait for who fetches.
            self._fetch(wait=not self.keys)
        key = self.keys.get(kid) if isinstance(kid, str) else None
        if key is None and isinstance(kid, str):
            self._fetch(wait=True)
            key = self.keys.get(kid)
        gone = self.clock.since(self.fetched) >= self.outlast
        if gone or (self.recalled and self.clock.since(self.recalled) >= 60):
            raise TemporarilyUnavailable("the issuer's keys cannot be fetched")
        if key is None:
            if self.failed and isinstance(kid, str):
                raise TemporarilyUnavailable("the issuer's keys cannot be fetched")
            raise InvalidToken("unknown_key")
        return key

    def recall(self):
        """The issuer said that its keys are others: those known are good for a minute more."""
        self.recalled, self.tried = self.clock.mark(), None
        self._fetch(wait=True)

    def _fetch(self, wait):
        if not self.lock.acquire(blocking=wait):
            return
        try:
            if self.clock.since(self.tried) < self.refetch:
                return
            begun, recalled = self.clock.mark(), self.recalled
            self.tried = begun
            try:
                self.keys, self.max_age = self._read()
            except _Unreachable as why:
                self.failed = str(why)
                self.say.wrong(self.MATTER, self.failed)
                return
            self.fetched, self.failed = begun, None
            if self.recalled is recalled:
                self.recalled = None
            self.say.well(self.MATTER)
        finally:
            self.lock.release()

    def _read(self):
        _, headers, body = self.web.fetch("/.well-known/jwks.json", {}, MAX_KEY_SET)
        try:
            listed = _strict_json(body).get("keys")
        except InvalidToken:
            raise _Unreachable("is no strict JSON") from None
        if not isinstance(listed, list):
            raise _Unreachable("has no list of keys")
        found, twice = {}, set()
        for jwk in listed:
            kid = jwk.get("kid") if isinstance(jwk, dict) else None
            if not _is_text(kid) or len(kid) > 256:
                self.say.wrong("a key without a name", "not used")
                continue
            key = _usable(jwk)
            if key is None:
                self.say.wrong(f"the key {kid!r}", "of a kind that is not used")
            elif kid in found:
                twice.add(kid)
            else:
                found[kid] = key
        for kid in twice:
            self.say.wrong(f"the key {kid!r}", "listed twice, so neither is used")
            del found[kid]
        max_age = re.search(r"\bmax-age=(\d{1,9})\b", headers.get("Cache-Control") or "")
        return found, max(5, min(int(max_age[1]) if max_age else 300, 3600))


# The y coordinates of the points of small order on Ed25519, low byte first, without the sign:
# under such a key anybody can sign anything.
SMALL_ORDER = {
    bytes.fromhex(y)
    for y in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
}


def _usable(jwk):
    """The public key of a JWK that may verify by exactly one algorithm, or None."""
    if {"d", "p", "q", "dp", "dq", "qi", "oth", "k"} & jwk.keys():
        return None
    kind = (jwk.get("kty"), jwk.get("crv") if jwk.get("kty") != "RSA" else None)
    kinds = {("OKP", "Ed25519"): "EdDSA", ("EC", "P-256"): "ES256", ("RSA", None): "RS256"}
    try:
        alg = kinds.get(kind)
        operations = jwk.get("key_ops", ["verify"])
        if alg is None or jwk.get("alg", alg) != alg or jwk.get("use", "sig") != "sig":
            return None
        if "verify" not in operations or not _is_sound(jwk, alg):
            return None
        return jwt.PyJWK(jwk, algorithm=alg)
    except Exception:  # Whatever the libraries make of it: it is no key.
        return None


def _is_sound(jwk, alg):
    if alg == "EdDSA":
        x = _decode(jwk["x"])
        return len(x) == 32 and x[:31] + bytes([x[31] & 0x7F]) not in SMALL_ORDER
    if alg == "ES256":
        return len(_decode(jwk["x"])) == 32 and len(_decode(jwk["y"])) == 32
    n, e = _decode(jwk["n"]), _decode(jwk["e"])
    bits = int.from_bytes(n, "big").bit_length()
    odd = e[-1] % 2 == 1 and e != b"\x01"
    return n[0] != 0 and e[0] != 0 and 2048 <= bits <= 8192 and odd and len(e) <= 5


# ---- Status lists, draft-ietf-oauth-status-list.


class _List:
    """What is known of one list."""

    def __init__(self):
        self.lock = threading.Lock()
        self.bits, self.etag = None, None
        self.fetched = self.tried = None
        self.ttl = self.exp = 0


class _Lists:
    """The lists of the issuer, each kept for its `ttl` and fetched anew a little earlier."""

    def __init__(self, verifier, web, say):
        self.verifier, self.web, self.say = verifier, web, say
        self.clock = verifier._clock
        self.lists, self.lock = {}, threading.Lock()

    def revoked(self, idx, uri):
        if not self.web.is_own(uri):
            raise InvalidToken("status")
        with self.lock:
            known = self.lists.setdefault(uri, _List())
        age = self.clock.since(known.fetched)
        if age >= known.ttl * 0.75 or not self._good(known):
            # Who has a list that is good still does not wait for who fetches.
            self._fetch(known, uri, wait=not self._good(known))
        elif idx // 8 >= len(known.bits):
            # The list may have grown since.
            self._fetch(known, uri, wait=True)
        bits = known.bits
        if not self._good(known):
            raise TemporarilyUnavailable("the status of the token cannot be known now")
        if idx // 8 >= len(bits):
            self.say.wrong(f"the status list {uri}", "shorter than a token's index")
            raise InvalidToken("status")
        return bits[idx // 8] >> idx % 8 & 1 == 1

    def _good(self, known):
        young = self.clock.since(known.fetched) < known.ttl
        return known.bits is not None and young and self.clock.wall() < known.exp

    def _fetch(self, known, uri, wait):
        if not known.lock.acquire(blocking=wait):
            return
        try:
            if self.clock.since(known.tried) < 1:
                return
            known.tried = begun = self.clock.mark()
            if self.clock.wall() >= known.exp:
                known.etag = None
            try:
                self._read(known, uri)
            except _Unreachable as why:
                self.say.wrong(f"the status list {uri}", str(why))
                return
            known.fetched = begun
            self.say.well(f"the status list {uri}")
        finally:
            known.lock.release()
        self._drop_beyond_limit(uri)

    def _read(self, known, uri):
        headers = {"Accept": "application/statuslist+jwt"}
        if known.etag and known.bits is not None:
            headers["If-None-Match"] = known.etag
        path = uri[len(self.web.issuer):]
        status, headers, body = self.web.fetch(path, headers, MAX_LIST_SENT)
        if status == 304:
            if known.etag is None:
                raise _Unreachable("answered 304 to whoever has nothing")
            return
        try:
            claims = self.verifier._open(body.decode("ascii"), MAX_LIST_SENT, "statuslist+jwt")
        except (Refused, ValueError) as why:
            # What is wrong with a token is wrong with a list that is one.
            raise _Unreachable(f"refused: {why}") from None
        known.bits, known.ttl, known.exp = self._judge(claims, uri)
        known.etag = headers.get("ETag")

    def _judge(self, claims, uri):
        now = int(self.clock.wall())
        iat, exp, ttl = claims.get("iat"), claims.get("exp"), claims.get("ttl")
        if claims.get("sub") != uri:
            raise _Unreachable("refused: the list is another one")
        dated = _is_count(iat) and _is_count(exp) and iat < exp <= LAST_DATE
        if not (dated and _is_count(ttl) and ttl > 0):
            raise _Unreachable("refused: iat, exp or ttl is not acceptable")
        if iat > now + self.verifier.leeway:
            raise _Unreachable("refused: it was made in the future")
        if exp <= now:
            raise _Unreachable("refused: it has expired")
        content = claims.get("status_list")
        if not isinstance(content, dict) or not _is_one(content.get("bits")):
            raise _Unreachable("refused: not of one bit each")
        return _inflate(content.get("lst")), min(ttl, 3600), exp

    def _drop_beyond_limit(self, latest):
        """The lists asked for longest ago go first; they can be fetched again."""
        with self.lock:
            sizes = {uri: len(known.bits or b"") for uri, known in self.lists.items()}
            for uri in sorted(sizes, key=lambda uri: -self.clock.since(self.lists[uri].fetched)):
                if sum(sizes.values()) <= MAX_LISTS and len(sizes) <= 1000:
                    return
                if uri != latest:
                    del self.lists[uri], sizes[uri]


def _inflate(lst):
    try:
        unpack = zlib.decompressobj()
        bits = unpack.decompress(_decode(lst if isinstance(lst, str) else ""), MAX_LIST + 1)
        if len(bits) > MAX_LIST:
            raise _Unreachable("refused: larger than allowed")
        if not unpack.eof or unpack.unused_data:
            raise _Unreachable("refused: cut off, or with a tail")
        return bits
    except (zlib.error, InvalidToken):
        raise _Unreachable("refused: not compressed as it must be") from None


# ---- The stream of revocations.


class _Stream(threading.Thread):
    """Listens to `GET /revocations`. What it heard is kept until the tokens would have expired."""

    MATTER = "the stream of revocations"

    def __init__(self, web, clock, say, keys, api_key, heartbeat):
        super().__init__(name="countersign-revocations", daemon=True)
        self.web, self.clock, self.say, self.keys = web, clock, say, keys
        self.api_key, self.silence = api_key, 3 * heartbeat
        self.position, self.heard_at, self.whole = None, None, False
        self.jti, self.sid, self.sub = {}, {}, {}
        self.pruned = clock.mark()
        self.lock, self.closed = threading.Lock(), threading.Event()

    def heard(self):
        return self.clock.since(self.heard_at) < self.silence

    def revoked(self, claims):
        with self.lock:
            if claims["jti"] in self.jti or claims.get("sid") in self.sid:
                return True
            return any(
                claims["iat"] <= before and (kept is None or claims.get("sid") != kept)
                for before, kept in self.sub.get(claims["sub"], ())
            )

    def close(self):
        # A thread that reads is not interrupted: it ends with the next heartbeat.
        self.closed.set()

    def run(self):
        failures = 0
        while not self.closed.is_set():
            try:
                self._listen()
                why = "it ended"
            except _Unreachable as error:
                why = str(error)
            except Exception as error:  # Whatever it is, it must not end the thread.
                why = f"{type(error).__name__}"
            if self.closed.is_set():
                return
            failures = 1 if self.heard_at else failures + 1
            self.heard_at = None
            self.say.wrong(self.MATTER, f"{why}; the status lists are asked instead")
            # Not all at the same moment, and not ever oftener.
            self.closed.wait(min(30, 0.25 * 2**failures) * random.uniform(0.5, 1))

    def _listen(self):
        headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {self.api_key}"}
        self.whole = self.position is not None
        if self.whole:
            headers["Last-Event-ID"] = self.position
        with self.web.open("/revocations", headers, self.silence) as answer:
            if answer.status == 400:
                # It knows nothing of where we were: from the beginning.
                self.position = None
            if answer.status != 200:
                raise _Unreachable(f"answered {answer.status}")
            events = _Events()
            connected = self.clock.mark()
            while not self.closed.is_set():
                try:
                    more = answer.read1(65536)
                except (OSError, ValueError, http.client.HTTPException) as why:
                    raise _Unreachable(f"it broke off ({type(why).__name__})") from None
                if not more:
                    return
                for event in events.read(more):
                    self._apply(*event)
                if self.clock.since(self.heard_at or connected) >= self.silence:
                    raise _Unreachable("it says nothing")

    def _apply(self, kind, data, position):
        try:
            said = json.loads(data)
            if kind == "snapshot":
                self._keep(said["revoked"])
            elif kind == "revoked":
                self._keep([said])
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise _Unreachable(f"an event {kind[:20]!r} that is not understood") from None
        # From a snapshot on something is missing until `ready`. Whoever resumes is sent what was
        # missed before any heartbeat.
        if kind in ("snapshot", "ready"):
            self.whole = kind == "ready"
        if not self.whole:
            return
        if position is not None:
            self.position = position
        if self.heard_at or kind in ("ready", "heartbeat"):
            self.heard_at = self.clock.mark()
            self.say.well(self.MATTER)

    def _keep(self, entries):
        recall = False
        with self.lock:
            for entry in entries:
                exp = entry["exp"]
                kind = [name for name in ("jti", "sid", "sub", "keys") if name in entry]
                if not _is_count(exp) or len(kind) != 1:
                    raise ValueError("no entry that is known")
                if kind == ["keys"]:
                    recall = True
                elif kind == ["sub"]:
                    before, kept = entry["before"], entry.get("except_sid")
                    if not _is_count(before):
                        raise ValueError("before is no time")
                    self.sub.setdefault(_text(entry["sub"]), {})[before, kept] = exp
                else:
                    (self.jti if kind == ["jti"] else self.sid)[_text(entry[kind[0]])] = exp
            self._prune()
        if recall:
            self.keys.recall()

    def _prune(self):
        if self.clock.since(self.pruned) >= 60:
            self.pruned, now = self.clock.mark(), self.clock.wall() - 60
            self.jti = {name: exp for name, exp in self.jti.items() if exp > now}
            self.sid = {name: exp for name, exp in self.sid.items() if exp > now}
            left = {
                name: {end: exp for end, exp in ended.items() if exp > now}
                for name, ended in self.sub.items()
            }
            self.sub = {name: ended for name, ended in left.items() if ended}
        if len(self.jti) + len(self.sid) + len(self.sub) > MAX_REVOKED:
            raise ValueError("more than is kept")


def _text(value):
    if not _is_text(value):
        raise ValueError("no text")
    return value


class _Events:
    """Reads server-sent events. One that is not complete is none."""

    def __init__(self):
        self.rest, self.kind, self.data, self.id = b"", "message", [], None

    def read(self, more):
        lines = (self.rest + more).split(b"\n")
        self.rest = lines.pop()
        if len(self.rest) + sum(map(len, self.data)) > MAX_EVENT:
            raise _Unreachable("an event larger than allowed")
        for line in lines:
            line = line.rstrip(b"\r").decode("utf-8", "replace")
            if not line:
                if self.data:
                    yield self.kind, "\n".join(self.data), self.id
                self.kind, self.data, self.id = "message", [], None
                continue
            name, _, value = line.partition(":")
            value = value[1:] if value.startswith(" ") else value
            if name == "event":
                self.kind = value
            elif name == "data":
                self.data.append(value)
            elif name == "id" and "\0" not in value:
                self.id = value
