#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# text_inc: files as C strings: `static const char page_css[] = "…";` for each. Usage: text_inc.sh
# FILE…; the name is the file's with '_' for what C does not take.
set -eu
for file; do
    name=$(basename "$file" | tr -c 'A-Za-z0-9\n' '_')
    echo "static const char $name[] ="
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n"/' "$file"
    echo "    ;"
done
