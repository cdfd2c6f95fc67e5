// SPDX-License-Identifier: Apache-2.0
// sample: a check of a small repository with a finding of every kind (lives, outcomes, with and
// without layer, place, account), and a posture with every state. For the tests of formats, and for
// the program that writes the reports which validators look at.
#ifndef WR_REPORT_SAMPLE_H
#define WR_REPORT_SAMPLE_H

#include "report/report.h"

enum { SAMPLE_FINDINGS = 10, SAMPLE_CONTROLS = 4, SAMPLE_DAY = 20781 /* 2026-11-24 */ };

typedef struct sample {
    wr_ctx c;
    wr_str text; // stands for every text; empty: texts as they are in life
    wr_src *input, *policy;
    wr_reason why[SAMPLE_FINDINGS];
    wr_decision d[SAMPLE_FINDINGS];
    wr_finding f[SAMPLE_FINDINGS];
    wr_rule_info rules[SAMPLE_CONTROLS];
    wr_posture_control controls[SAMPLE_CONTROLS];
    wr_str requirements[2];
    wr_posture_requirement required[3];
    wr_posture_framework frameworks[2];
    wr_posture_objective objectives[2];
    wr_posture_exception exceptions[3];
    wr_posture_run runs[3];
    struct wr_posture_input inputs[4];
    wr_posture posture;
    wr_diag error;
    const wr_diag *errors[1];
    wr_report_head head;
} sample;

static wr_str sample_text(const sample *x, const char *real) {
    return x->text.n > 0 ? x->text : wr_strz(real);
}

static void sample_controls(sample *x) {
    static const struct {
        const char *id, *title, *objective, *owner;
        wr_severity severity;
    } row[SAMPLE_CONTROLS] = {
        {"S3.PUBLIC", "S3 buckets are private unless an exception is approved",
         "data-protection/public-exposure", "data-platform", WR_SEV_HIGH},
        {"RDS.PUBLIC", "Databases cannot be reached from the internet",
         "data-protection/public-exposure", "data-platform", WR_SEV_CRITICAL},
        {"IAM.ROOT", "The root user of an account is not used", "identity/privileged-access",
         "identity", WR_SEV_MEDIUM},
        {"S3.LOGGING", "Buckets log who reads them", "identity/privileged-access", "", WR_SEV_LOW},
    };
    static const wr_cell cell[SAMPLE_CONTROLS][WR_N_LAYERS] = {
        {WR_CELL_RUNS, WR_CELL_RUNS, WR_CELL_RUNS, WR_CELL_DECLARED},
        {WR_CELL_GAP, WR_CELL_RUNS, WR_CELL_RUNS, WR_CELL_OMITTED},
        {WR_CELL_RUNS, WR_CELL_GAP, WR_CELL_BROKEN, WR_CELL_GAP},
        {WR_CELL_GAP, WR_CELL_GAP, WR_CELL_RUNS, WR_CELL_GAP},
    };
    static const char *const means[WR_N_LAYERS] = {"scp", "guard", "guard", "runbook"};
    x->requirements[0] = sample_text(x, "nist-800-53-r5 AC-3");
    x->requirements[1] = sample_text(x, "pci-dss-4.0 1.4.1");
    for (uint32_t i = 0; i < SAMPLE_CONTROLS; i++) {
        wr_posture_control *c = &x->controls[i];
        c->id =
            x->text.n > 0 ? wr_fmt(&x->c.arena, "%u%.*s", i, WR_FMT(x->text)) : wr_strz(row[i].id);
        c->title = sample_text(x, row[i].title);
        c->objective = sample_text(x, row[i].objective);
        c->owner = sample_text(x, row[i].owner);
        c->rationale = sample_text(x, "What is public is found within hours.");
        c->remediation = sample_text(x, "Set all four flags of the public access block.");
        c->file = sample_text(x, "controls/it.yaml");
        c->severity = row[i].severity;
        c->library = i == 1;
        c->automatic = i == 0;
        c->requirements = x->requirements;
        c->n_requirements = i < 2 ? 2 : 0;
        for (uint32_t l = 0; l < WR_N_LAYERS; l++) {
            wr_posture_layer *at = &c->layer[l];
            at->cell = cell[i][l];
            if (at->cell != WR_CELL_GAP && at->cell != WR_CELL_OMITTED)
                at->means = sample_text(x, means[l]);
            if (at->cell == WR_CELL_OMITTED)
                at->why = sample_text(x, "it would take the shop down");
            if (at->cell == WR_CELL_BROKEN) at->why = sample_text(x, "the rule file is missing");
            if (at->cell == WR_CELL_RUNS) at->counts.of[WR_PASS] = 10 + i + l;
        }
        x->rules[i] = (wr_rule_info){.policy = c->file,
                                     .rule = c->id,
                                     .name = c->id,
                                     .id = c->id,
                                     .title = c->title,
                                     .severity = c->severity,
                                     .rated = true};
    }
}

typedef struct sample_row {
    uint32_t control;
    wr_outcome outcome;
    wr_life life;
    int layer; // -1: none
    bool placed, cloud;
    const char *subject, *message, *resource, *type;
} sample_row;

static const sample_row sample_rows[SAMPLE_FINDINGS] = {
    {0, WR_FAIL, WR_NEW, WR_PROACTIVE, true, false, "templates/site.yaml",
     "PublicAccessBlock is missing", "Website", "AWS::S3::Bucket"},
    {1, WR_FAIL, WR_NEW, WR_DETECTIVE, true, true, "inventory/items.json",
     "publiclyAccessible is true; wanted: false", "arn:aws:rds:eu-west-1:111122223333:db:shop",
     "AWS::RDS::DBInstance"},
    {0, WR_UNKNOWN, WR_NEW, WR_PROACTIVE, false, false, "plans/site.json",
     "aws_s3_bucket.site.bucket is known only after apply", "aws_s3_bucket.site", "aws_s3_bucket"},
    {2, WR_FAULT, WR_NEW, WR_DETECTIVE, false, false, "inventory/items.json",
     "the rule file is missing", "", ""},
    {3, WR_FAIL, WR_KNOWN, WR_DETECTIVE, true, true, "inventory/items.json",
     "loggingConfiguration is missing", "arn:aws:s3:::logs", "AWS::S3::Bucket"},
    {0, WR_FAIL, WR_SUPPRESSED, WR_DETECTIVE, true, true, "inventory/items.json",
     "policy allows everyone", "arn:aws:s3:::acme-website", "AWS::S3::Bucket"},
    {0, WR_FAIL, WR_RESOLVED, WR_PROACTIVE, false, false, "templates/old.yaml",
     "PublicAccessBlock is missing", "Old", "AWS::S3::Bucket"},
    {0, WR_FAIL, WR_NEW, -1, true, false, "exceptions/old.yaml",
     "the exception expired on 2026-10-01", "", ""},
    {2, WR_FAIL, WR_NEW, WR_PREVENTATIVE, false, true, "trail/events.json.gz",
     "root called iam:CreateUser, which the policy denies", "arn:aws:iam::111122223333:root", ""},
    {0, WR_FAIL, WR_NEW, WR_PROACTIVE, true, false, "templates/site.yaml",
     "AccessControl is PublicRead", "Assets", "AWS::S3::Bucket"},
};

static void sample_finding(sample *x, uint32_t i) {
    const sample_row *row = &sample_rows[i];
    const wr_posture_control *c = &x->controls[row->control];
    wr_reason *why = &x->why[i];
    *why = (wr_reason){.message = sample_text(x, row->message),
                       .path = sample_text(x, "/Resources/Website/Properties"),
                       .policy = x->policy,
                       .policy_at = {0, 4}};
    if (row->placed) {
        why->input = x->input;
        why->input_at = (wr_span){3, 5};
        why->found = why->wanted = why->fix = sample_text(x, "true");
        why->custom = sample_text(x, "Close it\nSee SEC-1");
    }
    if (row->resource[0] != '\0') {
        why->resource = sample_text(x, row->resource);
        why->resource_type = sample_text(x, row->type);
    }
    x->d[i] = (wr_decision){.subject = sample_text(x, row->subject),
                            .policy = sample_text(x, "policies/guard/it.guard"),
                            .rule = sample_text(x, "it_holds"),
                            .rule_id = c->id,
                            .title = c->title,
                            .index = row->control,
                            .severity = c->severity,
                            .rated = true,
                            .outcome = row->outcome,
                            .reasons = why,
                            .n_reasons = 1,
                            .time = SAMPLE_DAY * 86400LL};
    x->f[i] =
        (wr_finding){.decision = &x->d[i],
                     .reason = why,
                     .fingerprint = wr_fmt(&x->c.arena, "%064x", i + 0xf00u),
                     .control = c->id,
                     .has_layer = row->layer >= 0,
                     .layer = (wr_layer)(row->layer >= 0 ? row->layer : 0),
                     .title = c->title,
                     .owner = c->owner,
                     .objective = c->objective,
                     .remediation = c->remediation,
                     .severity = c->severity,
                     .account = row->cloud ? sample_text(x, "111122223333") : WR_S(""),
                     .region = row->cloud ? sample_text(x, "eu-west-1") : WR_S(""),
                     .resource = why->resource,
                     .resource_type = why->resource_type,
                     .requirements = c->requirements,
                     .n_requirements = c->n_requirements,
                     .times = i == 8 ? 1042 : 1,
                     .life = row->life,
                     .exception = row->life == WR_SUPPRESSED ? sample_text(x, "website") : WR_S(""),
                     .until = SAMPLE_DAY + 30,
                     .first_seen = row->life == WR_NEW ? 0 : (SAMPLE_DAY - 40) * 86400LL};
}

static void sample_frameworks(sample *x) {
    x->required[0] = (wr_posture_requirement){sample_text(x, "AC-3"), sample_text(x, "Enforce it"),
                                              1u << WR_PROACTIVE | 1u << WR_DETECTIVE, 2};
    x->required[1] = (wr_posture_requirement){sample_text(x, "AC-6"), WR_S(""), 0, 0};
    x->required[2] = (wr_posture_requirement){sample_text(x, "1.4.1"), WR_S(""), 15, 1};
    x->frameworks[0] = (wr_posture_framework){.id = sample_text(x, "nist-800-53-r5"),
                                              .title = sample_text(x, "NIST SP 800-53 Rev. 5"),
                                              .v = x->required,
                                              .n = 2,
                                              .n_covered = 1,
                                              .by_layers = {1, 0, 1}};
    x->frameworks[1] = (wr_posture_framework){.id = sample_text(x, "contract"),
                                              .own = true,
                                              .v = &x->required[2],
                                              .n = 1,
                                              .n_covered = 1,
                                              .by_layers = {0, 0, 0, 0, 1}};
    x->objectives[0] = (wr_posture_objective){
        sample_text(x, "data-protection/public-exposure"), 2, {1, 2, 2, 1}, 0, 4};
    x->objectives[1] =
        (wr_posture_objective){sample_text(x, "identity/privileged-access"), 2, {1, 0, 1, 0}, 1, 1};
}

static void sample_exceptions(sample *x) {
    static const char *const state[] = {"active", "expired", "request"};
    for (int i = 0; i < 3; i++)
        x->exceptions[i] =
            (wr_posture_exception){.id = sample_text(x, i == 0   ? "website"
                                                        : i == 1 ? "old"
                                                                 : "templates/site.yaml#Assets"),
                                   .control = x->controls[0].id,
                                   .what = sample_text(x, "resource arn:aws:s3:::acme-website"),
                                   .reason = sample_text(x, "public website, no customer data"),
                                   .ticket = sample_text(x, "SEC-412"),
                                   .requested_by = sample_text(x, "web-team"),
                                   .approved_by = sample_text(x, "security-architecture"),
                                   .file = sample_text(x, "exceptions/website.yaml"),
                                   .starts = SAMPLE_DAY - 60 + 5 * i,
                                   .expires = i == 1 ? SAMPLE_DAY - 10 : SAMPLE_DAY + 30,
                                   .review = i == 0 ? SAMPLE_DAY + 7 : INT64_MIN,
                                   .risk = WR_SEV_LOW,
                                   .rated = i == 0,
                                   .request = i == 2,
                                   .state = wr_strz(state[i]),
                                   .faults = i == 1 ? sample_text(x, "expired") : WR_S(""),
                                   .uses = i == 0};
}

static void sample_posture(sample *x) {
    static const char *const kind[] = {"templates", "plans", "items", "records"};
    for (int i = 0; i < 3; i++)
        x->runs[i] = (wr_posture_run){.time = (SAMPLE_DAY - 14 + 7 * i) * 86400LL,
                                      .lives = {8u - (unsigned)i, 1, 1, (unsigned)i},
                                      .severities = {0, 1, 2, 3, 1},
                                      .opened = 2,
                                      .closed = (uint64_t)i};
    for (int i = 0; i < 4; i++)
        x->inputs[i] =
            (struct wr_posture_input){sample_text(x, kind[i]), 1u + (uint64_t)i * 1000, i == 0};
    x->posture = (wr_posture){.name = sample_text(x, "acme"),
                              .time = SAMPLE_DAY * 86400LL,
                              .today = SAMPLE_DAY,
                              .controls = x->controls,
                              .n_controls = SAMPLE_CONTROLS,
                              .frameworks = x->frameworks,
                              .n_frameworks = 2,
                              .objectives = x->objectives,
                              .n_objectives = 2,
                              .exceptions = x->exceptions,
                              .n_exceptions = 3,
                              .runs = x->runs,
                              .n_runs = 3,
                              .inputs = x->inputs,
                              .n_inputs = 4,
                              .not_evaluated = 2,
                              .fail_on = WR_SEV_MEDIUM};
    for (uint32_t i = 0; i < SAMPLE_FINDINGS; i++) {
        const sample_row *row = &sample_rows[i];
        wr_life life = row->life;
        x->posture.lives[life]++;
        if (life <= WR_KNOWN) x->posture.severities[x->f[i].severity]++;
        if (row->layer < 0) continue;
        wr_posture_layer *at = &x->controls[row->control].layer[row->layer];
        at->lives[life]++;
        if (life != WR_RESOLVED) at->counts.of[row->outcome]++;
    }
}

// text: stands for every text; empty: texts as in life. Ended by sample_fini.
static void sample_init(sample *x, wr_str text) {
    *x = (sample){.text = text};
    wr_ctx_init(&x->c, NULL);
    wr_str lines = wr_fmt(&x->c.arena, "A:\n%.*s\nB: 3\n",
                          WR_FMT(text.n > 0 ? text : WR_S("  Public: true # é")));
    x->input = wr_src_new(&x->c.arena, sample_text(x, "templates/site.yaml"), lines, false);
    x->policy = wr_src_new(&x->c.arena, sample_text(x, "policies/guard/it.guard"), lines, false);
    sample_controls(x);
    for (uint32_t i = 0; i < SAMPLE_FINDINGS; i++) sample_finding(x, i);
    sample_frameworks(x);
    sample_exceptions(x);
    sample_posture(x);
    x->error = (wr_diag){.code = WR_D_G0101,
                         .sev = WR_ERROR,
                         .src = x->input,
                         .msg = sample_text(x, "the template is cut off"),
                         .hint = sample_text(x, "mend it")};
    x->errors[0] = &x->error;
    x->head = (wr_report_head){.producer = sample_text(x, "writ check"),
                               .rules = x->rules,
                               .n_rules = SAMPLE_CONTROLS,
                               .errors = x->errors,
                               .n_errors = 1,
                               .time = SAMPLE_DAY * 86400LL,
                               .check = true};
}

static void sample_fini(sample *x) { wr_ctx_fini(&x->c); }

// The report of the sample, its findings `times` over (with fingerprints of their own from the
// second time on). Whatever a finding points to is gone when the next one comes.
static void sample_run(sample *x, const wr_report_format *format, uint32_t times, wr_buf *out) {
    wr_report_state r;
    wr_report_init(&r, format, &x->head, out);
    wr_report_begin(&r);
    for (uint32_t t = 0; t < times; t++)
        for (uint32_t i = 0; i < SAMPLE_FINDINGS; i++) {
            wr_arena a;
            wr_finding f = x->f[i];
            wr_arena_init(&a, 0);
            if (t > 0) f.fingerprint = wr_fmt(&a, "%064x", 0x10000u + t * SAMPLE_FINDINGS + i);
            wr_report_finding(&r, &f);
            wr_arena_fini(&a);
        }
    wr_report_posture(&r, &x->posture);
    wr_report_end(&r);
    wr_report_fini(&r);
}

#endif
