#!/bin/sh
# install.sh HERE CACHE: builds the program into CACHE, with the crates of its Cargo.lock. Asks no registry when they
# were fetched before.
set -eu
here=$1 cache=$2
export CARGO_TARGET_DIR="$cache/target"
manifest="$here/Cargo.toml"
cargo build --release --locked --offline --quiet --manifest-path "$manifest" 2>/dev/null ||
    cargo build --release --locked --quiet --manifest-path "$manifest"
