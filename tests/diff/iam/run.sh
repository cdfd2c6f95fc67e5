#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run: the differential run of `make diff SUITE=iam`. IAM_SIMULATE_PEER names the folder in which
# `npm install @cloud-copilot/iam-simulate@0.1.173` was run; without it the run is skipped.
# Usage: run.sh BUILD CASES SEED
set -u
build=$1 cases=$2 seed=$3
here=$(dirname "$0")
corpus=${DATA:-../shared/conformance/iam}
skip() {
    echo "skipped: $1"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}
command -v python3 >/dev/null || { echo "error: apt-get install -y python3" >&2; exit 1; }
[ -n "${IAM_SIMULATE_PEER-}" ] || skip "IAM_SIMULATE_PEER is not set, so no iam-simulate"
[ -d "$IAM_SIMULATE_PEER/node_modules/@cloud-copilot/iam-simulate" ] ||
    skip "no node_modules/@cloud-copilot/iam-simulate in $IAM_SIMULATE_PEER"
command -v node >/dev/null || skip "no node to run iam-simulate"
[ -d "$corpus/cases" ] || skip "$corpus not found"
exec python3 "$here/run.py" --ours "$build/diff/iam" --peer "$IAM_SIMULATE_PEER" \
    --corpus "$corpus" --cases "$cases" --seed "$seed" --keep "$build/diff-iam" \
    ${JOBS:+--jobs "$JOBS"}
