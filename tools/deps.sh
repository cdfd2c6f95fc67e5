#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# deps: installs the packages of a list that are of the kinds asked for and are not there yet.
# Usage: deps.sh [-n] LIST KIND...   -n prints what is missing and installs nothing. Changes nothing
# when nothing is missing; needs root only to install.
# The network is not always kind: each apt-get is tried three times.
set -eu
print=
[ "$1" != -n ] || { print=1; shift; }
list=$1
shift
missing=
for p in $(awk -v kinds="$*" '
    BEGIN { n = split(kinds, k, " "); for (i = 1; i <= n; i++) want[k[i]] = 1 }
    /^#/ || !NF { next }
    want[$2] { print $1 }' "$list"); do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null)" = installed ] ||
        missing="$missing $p"
done
[ -z "$print" ] || { echo "$missing"; exit 0; }
[ -n "$missing" ] || { echo "packages: all there ($*)"; exit 0; }
command -v apt-get >/dev/null || { echo "error: no apt-get; install:$missing" >&2; exit 1; }
[ "$(id -u)" = 0 ] || { echo "error: run as root: apt-get install -y$missing" >&2; exit 1; }
export DEBIAN_FRONTEND=noninteractive
retry() {
    n=1
    until "$@"; do
        [ $n -lt 3 ] || return 1
        n=$((n + 1))
        sleep $((n * 5))
    done
}
echo "packages: installing$missing"
# shellcheck disable=SC2086 # a list of names
apt-get install -y --no-install-recommends $missing >/dev/null 2>&1 || {
    retry apt-get update -q
    retry apt-get install -y --no-install-recommends $missing
}
