#!/usr/bin/env bash
# Makes every package of a built binary, installs each into a fresh place as its users do, and runs it
# from there, with no Rust on the PATH. Nothing is installed on this machine.
#
#     packaging/test.sh BINARY [TARGET [FOLDER]]
#
# The packages are left in the folder, if one is named.
set -euo pipefail
packaging=$(cd "$(dirname "$0")" && pwd)
binary=$(realpath "$1")
case "$(uname -sm)" in
"Linux x86_64") target=x86_64-unknown-linux-musl ;;
"Linux aarch64") target=aarch64-unknown-linux-musl ;;
"Darwin x86_64") target=x86_64-apple-darwin ;;
"Darwin arm64") target=aarch64-apple-darwin ;;
esac
target=${2:-$target}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
packages=${3:-$work/packages}
"$packaging/package.py" "$binary" "$target" "$packages"
packages=$(realpath "$packages")
cd "$work"
python=$(python3 -c 'import sys; print(sys.executable)')
PATH=$(dirname "$(command -v npm)"):/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
if command -v cargo || command -v rustc; then
    echo "error: that is on the PATH, so this would not show that nothing needs it" >&2
    exit 1
fi
version=$("$binary" --version)

fail() {
    echo "FAIL $*" >&2
    exit 1
}

# What stands on the PATH is what was packaged, works, and says by its exit code what it found.
works() {
    local name=$1 at
    shift
    at=$("$@" --version) || fail "$name: --version"
    [[ $at == "$version" ]] || fail "$name: it is $at, and not $version"
    "$@" run >run.txt 2>&1 || { cat run.txt; fail "$name: run"; }
    [[ $(tail -n 1 run.txt) == conformant:* ]] || { cat run.txt; fail "$name: the verdict"; }
    local code=0
    "$@" run jimo --command "$* adapter --mistake encoding-upper-case" >run.txt 2>&1 || code=$?
    [[ $code == 1 ]] || { cat run.txt; fail "$name: a wrong implementation ends with $code"; }
    echo "ok   $name: $at"
}

# The completions and pages below a prefix, and that bash completes a command and a suite by them.
documented() {
    local name=$1 prefix=$2 words
    [[ -s $(echo "$prefix"/share/man/man1/macproof-run.1*) ]] || fail "$name: the manual"
    [[ -s $prefix/share/fish/vendor_completions.d/macproof.fish ]] || fail "$name: fish"
    words=$(bash -c '
        source "$1"
        for line in "macproof verify-c" "macproof run stripe-web"; do
            COMP_WORDS=($line) COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
            _macproof macproof "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            echo "${COMPREPLY[@]}"
        done' - "$prefix/share/bash-completion/completions/macproof")
    [[ $words == $'verify-certificate\nstripe-webhook' ]] || fail "$name: bash completes $words"
}

archive() {
    mkdir archive
    tar -xzf "$packages"/macproof-*-"$target".tar.gz -C archive --strip-components 1
    works archive "$work/archive/bin/macproof"
    documented archive archive
}

wheel() {
    "$python" -m venv venv
    venv/bin/pip install --quiet --no-index --disable-pip-version-check "$packages"/*.whl
    works wheel "$work/venv/bin/macproof"
    documented wheel venv
    venv/bin/pip uninstall --quiet --yes macproof
    [[ -z $(find venv -name '*macproof*') ]] || fail "wheel: it leaves files"
}

# Offline: the packages of the other platforms, which are optional, cannot be had.
npm_packages() {
    mkdir project
    (cd project && npm init --yes >/dev/null &&
        npm install --loglevel=error --offline --no-audit --no-fund >/dev/null "$packages"/macproof-*-*-[0-9]*.tgz \
            "$packages"/macproof-[0-9]*.tgz)
    works npm "$work/project/node_modules/.bin/macproof"
    # A signal to what npm starts ends the program, and all that it has started.
    project/node_modules/.bin/macproof run jimo --start-timeout 60s \
        --command "sh -c 'echo \$\$ >started; exec sleep 60'" >run.txt 2>&1 &
    local launcher=$! code=0
    for _ in $(seq 100); do
        [[ ! -s started ]] || break
        sleep 0.1
    done
    kill -TERM $launcher
    wait $launcher || code=$?
    [[ $code == 143 ]] || { cat run.txt; fail "npm: SIGTERM ends it with $code"; }
    ! kill -0 "$(cat started)" 2>/dev/null || fail "npm: a signal leaves a process"
    # Without the package of the platform it says so.
    rm -r project/node_modules/@macproof
    code=0
    project/node_modules/.bin/macproof --version >run.txt 2>&1 || code=$?
    [[ $code == 4 ]] && grep -q 'is not installed' run.txt || { cat run.txt; fail "npm: without its program"; }
}

debian() {
    mkdir -p root/var/lib/dpkg/{info,updates}
    touch root/var/lib/dpkg/{status,available}
    dpkg --root="$work/root" --log=/dev/null --install "$packages"/*.deb >dpkg.txt 2>&1 || { cat dpkg.txt; fail "deb"; }
    dpkg --root="$work/root" --verify macproof
    works deb "$work/root/usr/bin/macproof"
    documented deb root/usr
    # In this root there is the program and nothing else, as in its container.
    if ! readelf -l root/usr/bin/macproof | grep -q INTERP; then
        KEY=secret chroot root /usr/bin/macproof sign jotreview --secret-env KEY --field user_id=a >run.txt 2>&1 ||
            { cat run.txt; fail "deb: the program alone"; }
        [[ $(cat run.txt) == "$(printf a | openssl dgst -sha256 -hmac secret -r | cut -d ' ' -f 1)" ]] || fail "deb: it signs wrongly"
        echo "ok   alone in a root"
    fi
    dpkg --root="$work/root" --log=/dev/null --purge macproof >dpkg.txt 2>&1 || { cat dpkg.txt; fail "deb: removal"; }
    [[ -z $(find root -path root/var -prune -o -type f -print) ]] || fail "deb: it leaves files"
}

archive
wheel
if command -v npm >/dev/null; then npm_packages; else echo "skipped: npm is not installed"; fi
case $target in
*linux*)
    if command -v dpkg >/dev/null && [[ $(id -u) == 0 ]]; then debian; else echo "skipped: the .deb needs dpkg and root"; fi
    ;;
esac

# What is released is small; a build with other settings may be anything.
if [[ $version == *", dist)" ]]; then
    size=$(wc -c <"$binary")
    ((size < 24000000)) || fail "the binary has $size bytes"
fi
