#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""library_doc.py WRIT DIR PAGE [--check]: the table of controls in docs/guide/library.md.

The table stands between two marks in PAGE and is made from `writ coverage DIR -o json`, so that it
says what the program says. --check writes nothing: exit 1 and a word about it when the page is
stale.
"""
import json
import subprocess
import sys

BEGIN, END = "<!-- controls: made by `make library-page` -->", "<!-- end of controls -->"
LAYERS = ("preventative", "proactive", "detective", "responsive")
FRAMEWORKS = ("nist-800-53-r5", "pci-dss-4.0", "cis-aws-3.0")


def layer(one):
    if one["state"] == "omitted":
        return "–"
    means = one.get("means", "")
    return {"runs": means, "declared": means}.get(one["state"], one["state"])


def row(control, base):
    of = {name: [] for name in FRAMEWORKS}
    for requirement in control["requirements"]:
        name, _, number = requirement.partition(" ")
        if name in of:
            of[name].append(number)
    cells = [f"[{control['id']}]({base}/{control['file']})", control["title"], control["severity"]]
    cells += [layer(control["layers"][name]) for name in LAYERS]
    cells += [", ".join(of[name]) for name in FRAMEWORKS]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def table(controls):
    lines = []
    groups = sorted({control["file"].split("/")[0] for control in controls})
    for group in groups:
        own = [c for c in controls if c["file"].split("/")[0] == group]
        lines += ["", f"### {group}", "",
                  "| control | title | severity | preventative | proactive | detective | responsive "
                  "| NIST 800-53 r5 | PCI DSS 4.0 | CIS AWS 3.0 |",
                  "| --- " * 10 + "|"]
        lines += [row(control, "../../controls") for control in sorted(own, key=lambda c: c["id"])]
    total = f"{len(controls)} controls in {len(groups)} groups."
    return "\n".join([total] + lines) + "\n"


def main():
    writ, folder, page = sys.argv[1:4]
    run = subprocess.run([writ, "coverage", folder, "-o", "json"], check=True, capture_output=True)
    with open(page, encoding="utf-8") as file:
        text = file.read()
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    new = head + BEGIN + "\n" + table(json.loads(run.stdout)["controls"]) + END + tail
    if "--check" in sys.argv[4:]:
        if new != text:
            sys.exit(f"{page} is stale: make library-page")
        return
    with open(page, "w", encoding="utf-8") as file:
        file.write(new)


main()
