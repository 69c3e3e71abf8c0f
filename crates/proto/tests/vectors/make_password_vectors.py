"""Writes password.json beside it: hashes made by the libraries themselves.

    python -m venv venv
    venv/bin/pip install passlib werkzeug django argon2-cffi 'bcrypt<4.1'
    venv/bin/python make_password_vectors.py

Salts are random, so each run writes new hashes of the same cases.
"""

import importlib.metadata
import json
import pathlib

import argon2
import argon2.low_level
import bcrypt
import django.conf
import werkzeug.security
from passlib import hash as passlib

django.conf.settings.configure()
from django.contrib.auth import hashers  # noqa: E402

PASSWORDS = [
    "correct horse battery staple",
    "a",
    "",
    " ",
    "пароль-ñandú-Straße-日本語-🔑",
    "e\u0301 decomposed, \u00e9 composed",
    "0123456789" * 10,
    "ü" * 40,
]
# Made at the cost the library has by default: slow, so the tests try fewer wrong passwords.
DEFAULT = "made at the default cost"
LONG = "The quick brown fox jumps over the lazy dog, "

vectors = []


def add(library, scheme, password, stored):
    if isinstance(stored, bytes):
        stored = stored.decode()
    version = importlib.metadata.version(library)
    vectors.append(
        {
            "library": library,
            "version": version,
            "scheme": scheme,
            "password": password,
            "hash": stored,
        }
    )


def add_each(library, scheme, make, passwords=PASSWORDS):
    for password in passwords:
        add(library, scheme, password, make(password))


def passlib_vectors():
    cheap = {
        "md5_crypt": {},
        "sha256_crypt": {"rounds": 1000},
        "sha512_crypt": {"rounds": 1000},
        "pbkdf2_sha1": {"rounds": 10},
        "pbkdf2_sha256": {"rounds": 10},
        "pbkdf2_sha512": {"rounds": 10},
        "scrypt": {"rounds": 4},
        "phpass": {"rounds": 7},
        "bcrypt": {"rounds": 4},
        "ldap_salted_sha1": {},
        "ldap_salted_sha256": {},
        "ldap_salted_sha512": {},
    }
    for name, settings in cheap.items():
        handler = getattr(passlib, name)
        add_each("passlib", name, handler.using(**settings).hash)
        add("passlib", name, DEFAULT, handler.hash(DEFAULT))
    # Rounds left out of the string, and lengths either side of the digests' own.
    for name in ("sha256_crypt", "sha512_crypt"):
        handler = getattr(passlib, name)
        make = handler.using(rounds=5000).hash
        add_each("passlib", name, make, [PASSWORDS[0], PASSWORDS[4]])
        for length in (15, 16, 31, 32, 33, 63, 64, 65, 128):
            password = (LONG * 4)[:length]
            add("passlib", name, password, handler.using(rounds=1001).hash(password))
    for length in (15, 16, 17, 33):
        add("passlib", "md5_crypt", (LONG * 4)[:length], passlib.md5_crypt.hash((LONG * 4)[:length]))
    for salt_size in (0, 1, 7):
        handler = passlib.md5_crypt.using(salt_size=salt_size)
        add("passlib", "md5_crypt", PASSWORDS[0], handler.hash(PASSWORDS[0]))
        handler = passlib.sha512_crypt.using(salt_size=salt_size, rounds=1000)
        add("passlib", "sha512_crypt", PASSWORDS[0], handler.hash(PASSWORDS[0]))
    for ident in ("2a", "2y"):
        add_each("passlib", "bcrypt", passlib.bcrypt.using(ident=ident, rounds=5).hash, PASSWORDS[:2])
    add_each("passlib", "phpass", passlib.phpass.using(ident="H", rounds=8).hash, PASSWORDS[:2])
    for version in (1, 2):
        handler = passlib.bcrypt_sha256.using(version=version, rounds=4)
        add_each("passlib", f"bcrypt_sha256 v={version}", handler.hash)
    scrypt = passlib.scrypt.using(rounds=3, block_size=4, parallelism=3, salt_size=33)
    add_each("passlib", "scrypt", scrypt.hash, PASSWORDS[:2])
    passlib.argon2.set_backend("argon2_cffi")
    for kind in ("I", "D", "ID"):
        make = passlib.argon2.using(type=kind, time_cost=2, memory_cost=64, parallelism=2).hash
        add_each("passlib", "argon2", make, PASSWORDS[:3])


def werkzeug_vectors():
    for method in ("pbkdf2:sha1:10", "pbkdf2:sha256:10", "pbkdf2:sha512:10", "scrypt:1024:8:1"):
        add_each(
            "werkzeug",
            method,
            lambda password: werkzeug.security.generate_password_hash(password, method),
        )
    for method in ("pbkdf2", "scrypt"):
        stored = werkzeug.security.generate_password_hash(DEFAULT, method)
        add("werkzeug", method, DEFAULT, stored)


def django_vectors():
    sha256, sha1 = hashers.PBKDF2PasswordHasher(), hashers.PBKDF2SHA1PasswordHasher()
    for hasher in (sha256, sha1):
        make = lambda password: hasher.encode(password, hasher.salt(), iterations=10)
        add_each("django", hasher.algorithm, make)
        add("django", hasher.algorithm, DEFAULT, hasher.encode(DEFAULT, hasher.salt()))
    scrypt = hashers.ScryptPasswordHasher()
    make = lambda password: scrypt.encode(password, scrypt.salt(), n=256, r=8, p=3)
    add_each("django", scrypt.algorithm, make)
    add("django", scrypt.algorithm, DEFAULT, scrypt.encode(DEFAULT, scrypt.salt()))
    for hasher in (hashers.BCryptPasswordHasher(), hashers.BCryptSHA256PasswordHasher()):
        hasher.rounds = 4
        make = lambda password: hasher.encode(password, hasher.salt())
        add_each("django", hasher.algorithm, make)
    argon = hashers.Argon2PasswordHasher()
    argon.memory_cost, argon.parallelism = 1024, 2
    add_each("django", argon.algorithm, lambda password: argon.encode(password, argon.salt()))
    argon = hashers.Argon2PasswordHasher()
    add("django", argon.algorithm, DEFAULT, argon.encode(DEFAULT, argon.salt()))


def argon2_vectors():
    for kind in argon2.Type:
        for version in (0x10, 0x13):
            make = lambda password: argon2.low_level.hash_secret(
                password.encode(), b"16 bytes of salt", 3, 64, 2, 24, kind, version
            )
            add_each("argon2-cffi", f"{kind.name} v={version}", make)
    # What libraries wrote before the version field: the version 1.0 it then stood for.
    old = argon2.low_level.hash_secret(b"password", b"somesalt", 2, 256, 1, 32, argon2.Type.I, 16)
    add("argon2-cffi", "I without v", "password", old.replace(b"$v=16", b""))
    add_each("argon2-cffi", "default", argon2.PasswordHasher().hash, [DEFAULT])
    for lanes, memory, length in ((1, 8, 16), (4, 33, 64), (3, 100, 32)):
        hasher = argon2.PasswordHasher(1, memory, lanes, hash_len=length)
        add_each("argon2-cffi", f"p={lanes}", hasher.hash, PASSWORDS[:1])


def bcrypt_vectors():
    def make(password, salt=None):
        return bcrypt.hashpw(password.encode(), salt or bcrypt.gensalt(4))

    add_each("bcrypt", "2b", make)
    for length in (55, 56, 70, 71, 72, 73, 100):
        password = (LONG * 4)[:length]
        add("bcrypt", "2b", password, make(password))
    add("bcrypt", "2b", DEFAULT, make(DEFAULT, bcrypt.gensalt()))


passlib_vectors()
werkzeug_vectors()
django_vectors()
argon2_vectors()
bcrypt_vectors()

target = pathlib.Path(__file__).with_name("password.json")
lines = ",\n".join(json.dumps(vector, ensure_ascii=False) for vector in vectors)
target.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
print(len(vectors), "vectors")
