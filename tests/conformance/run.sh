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
case $suite in
    guard) set -- --program "$build/cfn-guard" "$@" ;;
    iam) set -- --choices "$here/../../docs/guide/iam-decisions.md" "$@" ;;
esac
exec "$build/conformance/$suite" --waivers "$here/$suite/waivers.tsv" \
    --log "$build/conformance/$suite.log" "$@" "$data"
