#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run: the real CDK plugin (@cdklabs/cdk-validator-cfnguard) passes and fails the same stacks, with
# the same report, when the cfn-guard it calls is ours. Packages are installed once into
# ${WRIT_E2E_CACHE:-$HOME/.cache/writ-e2e}; without npm, or without a network, the test is skipped.
# Usage: run.sh BUILD
set -u
here=$(cd "$(dirname "$0")" && pwd)
ours=$(realpath "$1/cfn-guard")
rules=$(realpath "$here/../../examples/rules")
cache=${WRIT_E2E_CACHE:-$HOME/.cache/writ-e2e}
passed=0 failed=0

skip() {
    echo "skipped: $1"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}
command -v node >/dev/null && command -v npm >/dev/null || skip "no node and npm"
mkdir -p "$cache"
cp "$here/cdk/app.js" "$here/cdk/package.json" "$cache/"
if ! node -e "require('$cache/node_modules/aws-cdk-lib/package.json')" 2>/dev/null; then
    (cd "$cache" && npm install --silent --no-audit --no-fund --ignore-scripts \
        --legacy-peer-deps >npm.log 2>&1) || skip "npm cannot install the CDK (see $cache/npm.log)"
fi
case $(uname -m) in aarch64 | arm64) arch=arm64 ;; *) arch=x86_64 ;; esac
plugin=$cache/node_modules/@cdklabs/cdk-validator-cfnguard
binary=
for f in "$plugin"/bin/ubuntu/*/cfn-guard; do
    case $f in *$arch*) binary=$f ;; esac
done
[ -n "$binary" ] || skip "the plugin brings no binary for $(uname -m)"
[ -f "$binary.real" ] || cp "$binary" "$binary.real"
chmod +x "$binary.real"
trap 'cp "$binary.real" "$binary"' EXIT

use() { # the program that the plugin finds where it looks for its own
    rm -f "$binary"
    cp "$1" "$binary"
    chmod +x "$binary"
}
synth() { # stack, rules, name of the run
    out=$cache/out-$3
    rm -rf "$out"
    (cd "$cache" && STACK=$1 RULES=$2 OUT=$out node app.js >"$out.text" 2>&1)
    echo "exit $?" >"$out.verdict"
    # Violated rules and the constructs they name, from the report the CDK keeps as JSON.
    node "$here/cdk/report.js" "$out/policy-validation-report.json" 2>&1 | sort >>"$out.verdict"
}
compare() { # stack, rules ('': those that the plugin brings), their name
    use "$binary.real"
    synth "$1" "$2" real
    use "$ours"
    synth "$1" "$2" ours
    if cmp -s "$cache/out-real.verdict" "$cache/out-ours.verdict"; then
        passed=$((passed + 1))
        findings=$(($(wc -l <"$cache/out-ours.verdict") - 1))
        echo "same: $1, $3 ($(head -n 1 "$cache/out-ours.verdict"), $findings findings)"
    else
        failed=$((failed + 1))
        echo "FAILED: $1, $3"
        diff "$cache/out-real.verdict" "$cache/out-ours.verdict" | head -n 20
        tail -n 20 "$cache/out-ours.text"
    fi
}
for stack in bare-bucket good-bucket queue open-group nothing nested; do
    compare $stack '' 'Control Tower'
    compare $stack "$rules/s3.guard:$rules/network.guard" 'own rules'
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
