// SPDX-License-Identifier: Apache-2.0
// means: what a layer of a control can consist of: names as the repository format spells them, and
// which of them this writ evaluates; the rest is declared and checked for form.

#include "control/control.h"

static const struct {
    const char *name;
    bool runs;
} means[WR_N_MEANS] = {
    [WR_BY_NONE] = {"", false},
    [WR_BY_GUARD] = {"guard", true},
    [WR_BY_SCP] = {"scp", true},
    [WR_BY_RCP] = {"rcp", true},
    [WR_BY_IAM] = {"iam", true},
    [WR_BY_CEDAR] = {"cedar", false},
    [WR_BY_EVENT] = {"event", false},
    [WR_BY_RUNBOOK] = {"runbook", false},
    [WR_BY_DECLARATIVE] = {"declarative", false},
    [WR_BY_SETTING] = {"block-public-access", false},
};

const char *wr_means_name(wr_means m) { return m < WR_N_MEANS ? means[m].name : ""; }
bool wr_means_runs(wr_means m) { return m < WR_N_MEANS && means[m].runs; }

const char wr_layer_open[] = "waits for the organization's id: `id` in the organization file";
bool wr_layer_runs(const wr_control_layer *y) { return wr_means_runs(y->means) && !y->open; }
