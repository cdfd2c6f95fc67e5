#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# install: validators from their registries into BUILD/validators, once; fails when that cannot be.
# Usage: install.sh BUILD npm|pip|sdist NAME@VERSION… (pip, sdist: NAME==VERSION)
set -u
dir=$1/validators kind=$2
shift 2
mkdir -p "$dir"
mark=$dir/.$kind-$(echo "$*" | tr -c 'A-Za-z0-9\n' '_')
[ -f "$mark" ] && exit 0
log=$dir/install.log
case $kind in
npm)
    command -v npm >/dev/null || exit 1
    [ -f "$dir/package.json" ] || echo '{"private": true}' >"$dir/package.json"
    npm install --prefix "$dir" --no-audit --no-fund --silent "$@" >"$log" 2>&1 || exit 1
    ;;
pip)
    command -v pip3 >/dev/null || exit 1
    pip3 install --quiet --target "$dir/python" "$@" >"$log" 2>&1 || exit 1
    ;;
sdist)
    command -v pip3 >/dev/null || exit 1
    pip3 download --quiet --no-deps --no-binary :all: --dest "$dir/sdist" "$@" >"$log" 2>&1 ||
        exit 1
    ;;
esac
touch "$mark"
