#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run: the differential run of `make diff`. The real cfn-guard 3.1.1 is named by CFN_GUARD_PEER, the
# native 3.2.0 by CFN_GUARD_PEER_32; each run is skipped without its peer.
# Usage: run.sh BUILD PAIRS SEED
set -u
build=$1 pairs=$2 seed=$3
here=$(dirname "$0")
corpus=${DATA:-../shared/conformance/guard}
[ -d "$corpus" ] || corpus=
passed=0 failed=0 skipped=0
command -v python3 >/dev/null || { echo "error: apt-get install -y python3" >&2; exit 1; }

compare() { # level, peer, name of its variable, then our command
    level=$1 peer=$2 variable=$3
    shift 3
    if [ ! -x "$peer" ]; then
        echo "skipped: no cfn-guard to compare level $level with ($variable is not set)"
        skipped=$((skipped + 1))
        return
    fi
    log=$build/diff-$level.log
    python3 "$here/run.py" --peer "$peer" --level "$level" --pairs "$pairs" --seed "$seed" \
        --keep "$build/diff-$level" ${corpus:+--corpus "$corpus"} --ours "$@" >"$log" 2>&1
    cat "$log"
    line=$(tail -n 1 "$log")
    p=${line%% passed*} f=${line#*passed, } f=${f%% failed*}
    case $p in *[!0-9]* | '') p=0 f=1 ;; esac
    passed=$((passed + p)) failed=$((failed + f))
}

compare 3.1 "${CFN_GUARD_PEER-}" CFN_GUARD_PEER "$build/cfn-guard"
compare 3.2 "${CFN_GUARD_PEER_32-}" CFN_GUARD_PEER_32 "$build/writ" guard
if [ $skipped -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ $failed -eq 0 ]
