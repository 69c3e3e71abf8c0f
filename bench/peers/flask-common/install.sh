#!/bin/sh
# install.sh CACHE REQUIREMENTS: a virtual environment in CACHE with exactly what REQUIREMENTS pins.
# Asks no registry when that is what is there.
set -eu
cache=$1 requirements=$2
mkdir -p "$cache"
if [ -x "$cache/venv/bin/python" ] && cmp -s "$requirements" "$cache/installed.txt"; then
    exit 0
fi
rm -rf "$cache/venv" "$cache/installed.txt"
python3 -m venv "$cache/venv"
"$cache/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$requirements"
"$cache/venv/bin/pip" check --disable-pip-version-check
cp "$requirements" "$cache/installed.txt"
