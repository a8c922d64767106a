#!/bin/bash -eu
# What OSS-Fuzz and ClusterFuzzLite run: every target with its seeds and dictionary into $OUT.
cd "${SRC:-..}/macproof" 2>/dev/null || cd "$(dirname "$0")/.."
: "${OUT:?the folder where the targets go}"
sanitizer=${SANITIZER:-none}
[[ $sanitizer == coverage || $sanitizer == undefined ]] && sanitizer=none
# With debug assertions, as fuzz/run.sh builds them: one build serves both in CI.
cargo +nightly fuzz build --sanitizer "$sanitizer"
host=$(rustc +nightly -vV | sed -n 's/^host: //p')
for target in $(cargo +nightly fuzz list); do
    cp "fuzz/target/$host/release/$target" "$OUT/"
    if [[ -d fuzz/seeds/$target ]]; then
        (cd "fuzz/seeds/$target" && python3 -m zipfile -c "$OUT/${target}_seed_corpus.zip" ./*)
    fi
    if [[ -f fuzz/dictionaries/$target.dict ]]; then
        cp "fuzz/dictionaries/$target.dict" "$OUT/"
    fi
done
