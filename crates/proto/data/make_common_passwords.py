"""Writes common-passwords.txt beside it from the two lists README.md names.

    python -m venv venv
    venv/bin/pip install django==5.2.19 zxcvbn==4.5.0
    venv/bin/python make_common_passwords.py
"""

import gzip
import pathlib
import unicodedata

import django.contrib.auth.password_validation
from zxcvbn.frequency_lists import FREQUENCY_LISTS

django_list = pathlib.Path(django.contrib.auth.password_validation.__file__).with_name(
    "common-passwords.txt.gz"
)
lines = gzip.open(django_list, "rt", encoding="utf-8").read().splitlines()
lines += FREQUENCY_LISTS["passwords"]
# "пїѕ" is U+FFFE read in the wrong code page: an error in the source, nobody's password.
passwords = {unicodedata.normalize("NFC", line.strip()).lower() for line in lines if "пїѕ" not in line}
passwords.discard("")
target = pathlib.Path(__file__).with_name("common-passwords.txt")
target.write_bytes(b"".join(sorted(p.encode() + b"\n" for p in passwords)))
print(len(passwords), "passwords")
