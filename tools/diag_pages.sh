#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# diag_pages: turns the pages of diagnostics into rows of a C table: {"CODE", "text"},
# Usage: diag_pages.sh PAGE.md... > table
set -eu
for page in "$@"; do
    [ -f "$page" ] || continue
    printf '{"%s",\n' "$(basename "$page" .md)"
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/	/\\t/g' -e 's/?/\\?/g' -e 's/^/ "/' -e 's/$/\\n"/' \
        "$page"
    printf '},\n'
done
