#!/usr/bin/env bash
# The program for action.yml: the one that the job has, one of the cache, the one that was released
# with the action's tag, or one that is built. Where it is goes to the output `program`.
set -euo pipefail

# The name in releases of this platform, if there is one.
target() {
    case "$(uname -sm)" in
    "Linux x86_64") echo x86_64-unknown-linux-musl ;;
    "Linux aarch64") echo aarch64-unknown-linux-musl ;;
    "Darwin x86_64") echo x86_64-apple-darwin ;;
    "Darwin arm64") echo aarch64-apple-darwin ;;
    *) return 1 ;;
    esac
}

# Only a tag of a version has a release; a branch or a commit is built from what stands there.
download() {
    [[ -n $REPOSITORY && $REF =~ ^v[0-9]+\.[0-9]+\.[0-9]+$ ]] || return 1
    local archive address
    archive="macproof-${REF#v}-$(target).tar.gz" || return 1
    address="$GITHUB_SERVER_URL/$REPOSITORY/releases/download/$REF/$archive"
    echo "downloading $address"
    rm -rf "$ROOT"
    mkdir -p "$ROOT"
    curl --fail --silent --show-error --location --retry 3 --output "$ROOT/$archive" "$address" &&
        tar -xzf "$ROOT/$archive" -C "$ROOT" --strip-components 1 &&
        rm "$ROOT/$archive" &&
        "$ROOT/bin/macproof" -V >/dev/null
}

program=$ROOT/bin/macproof
if [[ -n $PROGRAM ]]; then
    if ! program=$(command -v -- "$PROGRAM"); then
        echo "::error::the input program names nothing that can be run; a step before has to install it"
        exit 4
    fi
    program=$(realpath -- "$program")
elif [[ ! -x $program ]] && ! download; then
    echo "there is no release to download; building macproof, which takes some minutes"
    rm -rf "$ROOT"
    [[ -z $REF ]] || export MACPROOF_COMMIT=$REF # there is no repository around an action
    cargo install --quiet --locked --profile dist --path "$GITHUB_ACTION_PATH" --root "$ROOT"
fi
"$program" --version
echo "program=$program" >>"$GITHUB_OUTPUT"
