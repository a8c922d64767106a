#!/usr/bin/env bash
# The last step of action.yml: runs macproof, shows what it found, and ends as it ended.
set -euo pipefail

lines() { # the lines of a text that are not empty, into the array `read_lines`
    local line
    read_lines=()
    while IFS= read -r line; do
        if [[ -n $line ]]; then read_lines+=("$line"); fi
    done <<<"${1//$'\r'/}"
}

reports=$GITHUB_WORKSPACE/$REPORTS
mkdir -p "$reports"
rm -f "$reports"/macproof.{json,xml,sarif,html,md} "$reports/annotations.txt" # what an earlier run left is not ours
cd "$GITHUB_WORKSPACE/$FOLDER"

# A value that begins with a hyphen stays a value. In the wrong folder nothing of the project's would
# be tested: that is an error, and no success of the built-in reference.
arguments=(--require-implementation "--level=$LEVEL")
if [[ -n $COMMAND ]]; then arguments+=("--command=$COMMAND"); fi
if [[ -n $IMPLEMENTATION ]]; then arguments+=("--implementation=$IMPLEMENTATION"); fi
lines "$SUITE_FILES"
for file in ${read_lines[@]+"${read_lines[@]}"}; do arguments+=("--suite-file=$file"); done
for report in json=macproof.json junit=macproof.xml sarif=macproof.sarif html=macproof.html \
    markdown=macproof.md github=annotations.txt; do
    arguments+=("--report=${report%%=*}=$reports/${report#*=}")
done
lines "$ARGUMENTS"
arguments+=(${read_lines[@]+"${read_lines[@]}"})
read -r -d '' -a suites <<<"$SUITES" || true
arguments+=(-- ${suites[@]+"${suites[@]}"})

# What an implementation says is no command to the runner.
quiet=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$quiet"
code=0
"$MACPROOF" run "${arguments[@]}" || code=$?
echo
echo "::$quiet::"

if [[ -f $reports/annotations.txt ]]; then
    cat "$reports/annotations.txt"
    rm "$reports/annotations.txt"
fi
if [[ -f $reports/macproof.md ]]; then
    cat "$reports/macproof.md" >>"$GITHUB_STEP_SUMMARY"
fi
conformance=
if [[ -f $reports/macproof.json ]]; then
    conformance=$(sed -n 's/^  "conformance": "\([a-z]*\)",\{0,1\}$/\1/p' "$reports/macproof.json")
fi
{
    echo "exit-code=$code"
    echo "conformance=$conformance"
} >>"$GITHUB_OUTPUT"
exit "$code"
