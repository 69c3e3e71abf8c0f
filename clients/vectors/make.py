"""Makes lists.json and keys.json: status lists and key sets, good and bad, and what each of the
verifiers must make of them. Needs cryptography. `jwt.json` is made by the tests of `crates/proto`.

    python3 clients/vectors/make.py
"""

import base64
import gzip
import json
import zlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HERE = Path(__file__).parent
NOW = 1_800_000_000
ISSUER = "https://id.example"
URI = f"{ISSUER}/status-lists/1"
KEY, STRANGER = ed25519.Ed25519PrivateKey.generate(), ed25519.Ed25519PrivateKey.generate()


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def number(value, length=None):
    return b64(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))


def public(key, **more):
    """The JWK of a key."""
    public = key.public_key()
    if isinstance(key, ed25519.Ed25519PrivateKey):
        raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64(raw), "alg": "EdDSA"}
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        at, size = public.public_numbers(), (key.key_size + 7) // 8
        name = {256: "P-256", 384: "P-384"}[key.key_size]
        jwk = {"kty": "EC", "crv": name, "x": number(at.x, size), "y": number(at.y, size)}
    else:
        numbers = public.public_numbers()
        jwk = {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}
    return {**jwk, "use": "sig", **more}


# ---- Status lists. Index 0, 9 and the last are revoked, and nothing else is.

BITS = bytes([0b0000_0001, 0b0000_0010]) + bytes(125) + bytes([0b1000_0000])


def sealed(header, claims, key=KEY):
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, claims)]
    message = ".".join(map(b64, parts))
    return f"{message}.{b64(key.sign(message.encode()))}"


HEADER = {"alg": "EdDSA", "typ": "statuslist+jwt", "kid": "list-key"}
CLAIMS = {
    "iss": ISSUER, "sub": URI, "iat": NOW - 5, "exp": NOW + 3600, "ttl": 60,
    "status_list": {"bits": 1, "lst": b64(zlib.compress(BITS, 9))},
}


def listed(header=None, key=KEY, drop=(), **claims):
    claims = {name: value for name, value in {**CLAIMS, **claims}.items() if name not in drop}
    return sealed({**HEADER, **(header or {})}, claims, key)


def content(lst=None, **more):
    packed = {"bits": 1, "lst": lst if isinstance(lst, str) else b64(lst or zlib.compress(BITS))}
    return listed(status_list={**packed, **more})


def without(member, of):
    return {name: value for name, value in of.items() if name != member}


def lists():
    good = listed()
    packed = zlib.compress(BITS, 9)
    for idx in (0, 9, 1023):
        yield f"index {idx} is revoked", good, idx, "revoked"
    for idx in (1, 7, 8, 10, 1016, 1022):
        yield f"index {idx} is not", good, idx, "good"
    for idx in (1024, 2**31, 2**53 - 1):
        yield f"index {idx} is beyond the end", good, idx, "status"
    yield "no iss", listed(drop=["iss"]), 1, "good"
    yield "the greatest length", content(zlib.compress(bytes(1 << 20), 9)), 2**23 - 1, "good"
    yield "made within the leeway", listed(iat=NOW + 10), 1, "good"
    yield "a claim more", listed(jti="x"), 1, "good"
    yield "not compressed harder than needed", content(zlib.compress(BITS, 0)), 1, "good"
    wrong = {
        "made beyond the leeway": listed(iat=NOW + 11),
        "expired a second ago": listed(exp=NOW - 1),
        "expires this second": listed(exp=NOW),
        "exp absent": listed(drop=["exp"]),
        "exp in milliseconds": listed(exp=NOW * 1000),
        "exp is text": listed(exp=str(NOW + 60)),
        "exp is null": listed(exp=None),
        "iat absent": listed(drop=["iat"]),
        "iat is a fraction": listed(iat=NOW - 0.5),
        "ttl absent": listed(drop=["ttl"]),
        "ttl is zero": listed(ttl=0),
        "ttl is negative": listed(ttl=-60),
        "ttl is text": listed(ttl="60"),
        "ttl is true": listed(ttl=True),
        "sub is another list": listed(sub=f"{ISSUER}/status-lists/2"),
        "sub absent": listed(drop=["sub"]),
        "sub with a slash more": listed(sub=f"{URI}/"),
        "typ is that of an access token": listed({"typ": "at+jwt"}),
        "typ is JWT": listed({"typ": "JWT"}),
        "typ absent": sealed(without("typ", HEADER), CLAIMS),
        "kid unknown": listed({"kid": "other"}),
        "kid absent": sealed(without("kid", HEADER), CLAIMS),
        "alg none": listed({"alg": "none"}),
        "alg HS256": listed({"alg": "HS256"}),
        "alg ES256": listed({"alg": "ES256"}),
        "a member more in the header": listed({"jku": "https://evil.example/keys"}),
        "crit": listed({"crit": ["b64"]}),
        "signed by a stranger": listed(key=STRANGER),
        "not signed": good.rpartition(".")[0] + ".",
        "claims of another list": ".".join(
            [good.split(".")[0], listed(sub="x").split(".")[1], good.split(".")[2]]
        ),
        "cut in the middle": good[: len(good) // 2],
        "cut by a byte": good[:-1],
        "nothing": "",
        "a page": "<!doctype html><title>Maintenance</title>",
        "a newline behind": good + "\n",
        "sub twice": sealed(HEADER, json.dumps(CLAIMS).replace('"ttl"', f'"sub": "{URI}", "ttl"').encode()),
        "no object": sealed(HEADER, b"[]"),
        "status_list absent": listed(drop=["status_list"]),
        "status_list is text": listed(status_list=b64(packed)),
        "two bits each": content(bits=2),
        "bits is text": content(bits="1"),
        "bits is true": content(bits=True),
        "lst absent": listed(status_list={"bits": 1}),
        "lst is empty": content(""),
        "lst is padded": content(base64.urlsafe_b64encode(packed + b"").decode() + "="),
        "lst is no base64url": content("eNpj+/=="),
        "lst is not compressed": content(BITS),
        "lst is raw deflate": content(zlib.compress(BITS, wbits=-15)),
        "lst is gzip": content(gzip.compress(BITS)),
        "lst is cut": content(packed[:-6]),
        "lst lacks its checksum": content(packed[:-4]),
        "lst with another checksum": content(packed[:-1] + bytes([packed[-1] ^ 1])),
        "lst with a tail": content(packed + b"x"),
        "lst twice": content(packed + packed),
        "a byte more than the greatest length": content(zlib.compress(bytes((1 << 20) + 1), 9)),
        "a bomb of 17 MiB": content(zlib.compress(bytes(17 << 20), 9)),
        "a bomb of 64 MiB": content(zlib.compress(bytes(64 << 20), 9)),
    }
    for name, text in wrong.items():
        yield name, text, 1, "unavailable"


# ---- Key sets.

ED = [public(ed25519.Ed25519PrivateKey.generate(), kid=f"ed-{n}") for n in range(3)]
ES = public(ec.generate_private_key(ec.SECP256R1()), kid="es")
RS = public(rsa.generate_private_key(public_exponent=65537, key_size=2048), kid="rs")


def keys():
    def case(name, listed, usable, refused=()):
        text = json.dumps({"keys": listed}) if isinstance(listed, list) else listed
        return {"name": name, "jwks": text, "usable": usable, "refused": list(refused)}

    one = ED[0]
    beside = {
        "a private key": {**ED[1], "d": "AAAA"},
        "a shared secret": {"kty": "oct", "k": b64(bytes(32)), "kid": "ed-1"},
        "a key that encrypts": {**ED[1], "use": "enc"},
        "a key that only signs": {**ED[1], "key_ops": ["sign"]},
        "a key of another algorithm": {**ED[1], "alg": "ES256"},
        "HS256 under a public key": {**ED[1], "alg": "HS256"},
        "an unknown kind": {"kty": "XYZ", "kid": "ed-1"},
        "an unknown curve": {**ED[1], "crv": "Ed448"},
        "a point of small order": {**ED[1], "x": b64(bytes(32))},
        "the identity": {**ED[1], "x": b64(b"\1" + bytes(31))},
        "a short point": {**ED[1], "x": b64(bytes(range(31)))},
        "padding": {**ED[1], "x": ED[1]["x"] + "="},
        "a point off its curve": {**ES, "kid": "ed-1", "x": number(1, 32), "y": number(1, 32)},
        "P-384": public(ec.generate_private_key(ec.SECP384R1()), kid="ed-1"),
        "RSA of 1024 bits": public(
            rsa.generate_private_key(public_exponent=65537, key_size=1024), kid="ed-1"
        ),
        "RSA with the exponent one": {**RS, "kid": "ed-1", "e": number(1)},
        "RSA with an even exponent": {**RS, "kid": "ed-1", "e": number(65536)},
        "RSA for PS256": {**RS, "kid": "ed-1", "alg": "PS256"},
        "members missing": {"kty": "OKP", "kid": "ed-1"},
    }
    yield case("three kinds", [one, ES, RS], ["ed-0", "es", "rs"])
    yield case("alg absent", [without("alg", one)], ["ed-0"])
    yield case("key_ops", [{**one, "key_ops": ["verify"]}], ["ed-0"])
    yield case("a member more", [{**one, "x5t": "AAAA", "nbf": 1}], ["ed-0"])
    yield case("none", [], [])
    for name, key in beside.items():
        yield case(f"{name} is not used, others are", [key, one], ["ed-0"], ["ed-1"])
    yield case("a kid twice", [ED[1], one, {**ED[2], "kid": "ed-1"}], ["ed-0"], ["ed-1"])
    yield case("the same key twice", [ED[1], one, ED[1]], ["ed-0"], ["ed-1"])
    yield case("a kid three times", [{**key, "kid": "ed-1"} for key in ED], [], ["ed-1"])
    yield case("no name", [without("kid", ED[1]), one], ["ed-0"])
    yield case("an empty name", [{**ED[1], "kid": ""}, one], ["ed-0"], [""])
    yield case("a name that is a number", [{**ED[1], "kid": 7}, one], ["ed-0"])
    yield case("keys that are no objects", [None, 1, "x", [], one], ["ed-0"])
    text = json.dumps({"keys": [one]})
    broken = {
        "cut": text[:-1], "keys twice": text[:-1] + ', "keys": []}', "an array": json.dumps([one]),
        "no keys": "{}", "keys is an object": json.dumps({"keys": one}), "a page": "<html>",
        "nothing": "", "too large": text + " " * (64 * 1024),
        "a name twice in a key": text.replace('"kid"', '"kty": "OKP", "kid"'),
    }
    for name, listed in broken.items():
        yield case(f"broken: {name}", listed, None)


def write(name, head, cases):
    lines = ",\n".join("    " + json.dumps(case) for case in cases)
    head = json.dumps(head)[:-1]
    (HERE / name).write_text(f'{head},\n  "cases": [\n{lines}\n  ]\n}}\n')


if __name__ == "__main__":
    head = {"issuer": ISSUER, "uri": URI, "now": NOW, "keys": {"keys": [public(KEY, kid="list-key")]}}
    named = ({"name": n, "list": t, "idx": i, "expect": e} for n, t, i, e in lists())
    write("lists.json", head, named)
    write("keys.json", {"issuer": ISSUER}, keys())
