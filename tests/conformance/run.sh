#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run: one conformance suite over a folder of recorded verdicts.
# Usage: run.sh SUITE BUILD DATA [--sample]
set -u
suite=$1 build=$2 data=$3
shift 3
here=$(dirname "$0")
[ -d "$here/$suite" ] || { echo "error: there is no suite '$suite' in $here" >&2; exit 64; }
if [ ! -d "$data" ]; then
    echo "skipped: $data not found"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
exec "$build/conformance/$suite" --program "$build/cfn-guard" --waivers "$here/$suite/waivers.tsv" \
    --log "$build/conformance/$suite.log" "$@" "$data"
