#!/bin/sh
# install.sh HERE CACHE: the program of HERE and exactly the packages of its package-lock.json in CACHE. Node.js looks
# for packages beside the program, so that is copied. Asks no registry when the packages are what is there.
set -eu
here=$1 cache=$2
mkdir -p "$cache"
cp "$here"/*.mjs "$here/../node-common/database.mjs" "$cache"
if [ -d "$cache/node_modules" ] && cmp -s "$here/package-lock.json" "$cache/installed.json"; then
    exit 0
fi
rm -rf "$cache/node_modules" "$cache/installed.json"
cp "$here/package.json" "$here/package-lock.json" "$cache"
cd "$cache"
# no package's script runs but better-sqlite3's, which compiles it where no compiled one can be had
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
# … against Node.js's headers where they lie beside it, instead of fetching them
prefix=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
if [ -e "$prefix/include/node/node.h" ]; then
    export npm_config_nodedir="$prefix"
fi
npm rebuild better-sqlite3 --loglevel=error
node -e 'new (require("better-sqlite3"))(":memory:")'
cp "$here/package-lock.json" installed.json
