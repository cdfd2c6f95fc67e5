#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the examples of a guide page (the lines after "$ " of its console blocks) where it stands,
# and compares what they print with what the page says.
awk '/^```console$/ { on = 1; next } /^```$/ { on = 0; next } on' "$1" >want
grep '^\$ ' want | while IFS= read -r line; do
    printf '%s\n' "$line"
    eval "${line#\$ }" 2>&1
done >got
diff want got && echo "$(grep -c '^\$ ' want) examples"
