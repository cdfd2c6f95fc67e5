// SPDX-License-Identifier: Apache-2.0
// The personality iamctl: the command line of aws-samples/aws-iamctl with account dumps in the
// place of AWS profiles. Nothing is asked of AWS: what needs it is refused by name.

#include "cli/compat/iamctl.h"

#define ROW_HELP                                                                                   \
    {                                                                                              \
        .id = CLI_HELP, .kind = CLI_K_HELP, .shrt = 'h', .lng = "help",                            \
        .help = "Print this help and end"                                                          \
    }
#define ROW_COMPAT                                                                                 \
    {                                                                                              \
        .id = CLI_COMPAT, .kind = CLI_K_FLAG, .lng = "compat",                                     \
        .help = "Do as the original does, what is wrong in it included"                            \
    }
#define ROW_OUTPUT                                                                                 \
    {                                                                                              \
        .id = CLI_OUTPUT, .kind = CLI_K_ONE, .lng = "output", .metavar = "DIR",                    \
        .help = "Folder for the files; without it a new one below ~/aws-idt/output, named by "     \
                "the time"                                                                         \
    }
#define ROW_NOW                                                                                    \
    { .id = CLI_NOW, .kind = CLI_K_ONE, .lng = "now", .metavar = "TIME", .hidden = true }

static const cli_opt init_opts[] = {ROW_COMPAT, ROW_HELP};

static const cli_cmd init = {
    .name = "init",
    .about = "Write iam.json and a sample of equivalency_list.json into the current folder",
    .more = "iam.json holds all services and actions that are known to this program, in the form "
            "of the file that the original downloads. A list that is there already is kept.",
    .opts = init_opts,
    .n_opts = CLI_COUNT(init_opts),
    .bare = true,
    .run = cli_iamctl_init,
};

static const cli_opt none_opts[] = {ROW_HELP};

static const cli_cmd listprofiles = {
    .name = "listprofiles",
    .about = "Not supported: no AWS profile is read",
    .opts = none_opts,
    .n_opts = CLI_COUNT(none_opts),
    .bare = true,
    .run = cli_iamctl_listprofiles,
};

static const cli_opt harvest_opts[] = {
    {.id = CLI_WORDS,
     .kind = CLI_K_MANY,
     .metavar = "FILE TAG",
     .required = true,
     .help = "Output of aws iam get-account-authorization-details, and a short name for it"},
    ROW_OUTPUT,
    ROW_COMPAT,
    ROW_NOW,
    ROW_HELP,
};

static const char *const harvest_examples[] = {"iamctl harvest dev.json Dev --output out", NULL};

static const cli_cmd harvest = {
    .name = "harvest",
    .about = "Write the roles of an account as rows: one a role, policy, action and resource",
    .opts = harvest_opts,
    .n_opts = CLI_COUNT(harvest_opts),
    .run = cli_iamctl_harvest,
    .examples = harvest_examples,
};

static const cli_opt diff_opts[] = {
    {.id = CLI_WORDS,
     .kind = CLI_K_MANY,
     .metavar = "FILE1 TAG1 FILE2 TAG2",
     .required = true,
     .help = "Two outputs of aws iam get-account-authorization-details, with a name for each"},
    ROW_OUTPUT,
    ROW_COMPAT,
    ROW_NOW,
    ROW_HELP,
};

static const char *const diff_examples[] = {
    "iamctl diff dev.json Dev qa.json Qa --output out",
    NULL,
};

static const cli_cmd diff = {
    .name = "diff",
    .about = "Harvest two accounts and compare their roles: 21 CSV files and a summary",
    .more = "Names that equivalency_list.json makes equal are replaced in every cell first. Exit "
            "code 1 when there is any difference; with --compat always 0, as in the original.",
    .opts = diff_opts,
    .n_opts = CLI_COUNT(diff_opts),
    .run = cli_iamctl_diff,
    .examples = diff_examples,
};

static const cli_cmd *const commands[] = {&init, &listprofiles, &harvest, &diff, NULL};

static const cli_opt root_opts[] = {
    ROW_HELP,
    {.id = CLI_VERSION,
     .kind = CLI_K_VERSION,
     .shrt = 'V',
     .lng = "version",
     .help = "Print the version and end"},
    {.id = CLI_VERSION, .kind = CLI_K_VERSION, .shrt = 'v', .lng = "version", .hidden = true},
};

static const cli_cmd root = {
    .name = "iamctl",
    .about = "Compare the IAM roles of two accounts by their dumps",
    .more = "The files and the summary are those of aws-samples/aws-iamctl. writ diff answers the "
            "same question by what the policies permit.",
    .opts = root_opts,
    .n_opts = CLI_COUNT(root_opts),
    .subs = commands,
    .bare = true,
    .run = cli_iamctl_bare,
};

static const char status[] = ".It 0\nas wanted; of diff: no difference\n"
                             ".It 1\nthe accounts differ (not with \\-\\-compat), or no command\n"
                             ".It 2\nthe command line is wrong, or a file could not be used\n";

const cli_prog cli_iamctl = {
    .name = "iamctl",
    .version = "iamctl " WR_VERSION " (writ)",
    .root = &root,
    .usage_exit = 2,
    .output_exit = 2,
    .native = true,
    .status = status,
};

// ---------------------------------------------------------------------------------- commands

int cli_iamctl_bare(cli *c) {
    cli_put_help(&c->err, c, c->prog->root);
    return 1;
}

int cli_iamctl_listprofiles(cli *c) {
    cli_say(c, "listprofiles is not supported: AWS profiles are never read; harvest and diff take "
               "files that aws iam get-account-authorization-details has written");
    return c->prog->usage_exit;
}

// A tag becomes part of file names.
static bool good_tag(cli *c, const char *tag) {
    wr_str t = wr_strz(tag);
    bool bad = t.n == 0 || t.n > 100 || t.p[0] == '.' || t.p[0] == '-';
    for (size_t i = 0; i < t.n; i++) bad = bad || t.p[i] == '/' || (unsigned char)t.p[i] < 0x20;
    if (bad)
        (void)cli_usage(c,
                        "invalid tag '%s': it becomes a part of file names, so it holds no '/', "
                        "does not begin with '.' or '-' and has at most 100 characters",
                        tag);
    return !bad;
}

// What could not be read is never passed off as equal, or as harvested.
static int closed(ictl *x, int code) {
    if (x->n_open) {
        cli_say(x->c,
                "%u policies are not in a dump or cannot be read: rows Missing and Unreadable",
                (unsigned)x->n_open);
        code = 2;
    }
    if (x->n_cut) {
        cli_say(x->c, "%u dump%s cut off: what stands on other pages is in no file",
                (unsigned)x->n_cut, x->n_cut == 1 ? " is" : "s are");
        code = 2;
    }
    ictl_close(x);
    return code;
}

int cli_iamctl_harvest(cli *c) {
    const cli_words *w = &c->val[CLI_WORDS];
    ictl x;
    int code = 2;
    if (w->n != 2) return cli_usage(c, "FILE and TAG are wanted");
    if (!good_tag(c, w->v[1])) return c->prog->usage_exit;
    ictl_side s = {.file = w->v[0], .tag = w->v[1]};
    if (ictl_open(&x, c) && ictl_make_dir(&x) && ictl_harvest(&x, &s)) code = 0;
    return closed(&x, code);
}

int cli_iamctl_diff(cli *c) {
    const cli_words *w = &c->val[CLI_WORDS];
    ictl x;
    bool different = false;
    int code = 2;
    if (w->n != 4) return cli_usage(c, "FILE1, TAG1, FILE2 and TAG2 are wanted");
    if (!good_tag(c, w->v[1]) || !good_tag(c, w->v[3])) return c->prog->usage_exit;
    if (strcmp(w->v[1], w->v[3]) == 0 && !cli_has(c, CLI_COMPAT))
        return cli_usage(c, "the two tags are the same: files of one would replace the other's");
    ictl_side a = {.file = w->v[0], .tag = w->v[1]}, b = {.file = w->v[2], .tag = w->v[3]};
    if (ictl_open(&x, c) && ictl_make_dir(&x) && ictl_harvest(&x, &a) && ictl_harvest(&x, &b) &&
        ictl_compare(&x, &a, &b, &different))
        code = different && !x.compat;
    return closed(&x, code);
}
