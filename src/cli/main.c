// SPDX-License-Identifier: Apache-2.0
// The program: which personality is it, parse the line, run the command, end. Nothing else happens
// here, and nothing before it is needed: no locale, no crypto library.

#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

// `writ guard … --compat=3.1 …` is the personality with the word taken out. Returns the new number
// of words, or -1 when it is not asked for.
static int take_compat(cli *c, int argc, char *const *argv, char ***out) {
    if (argc < 2 || strcmp(argv[1], "guard") != 0) return -1;
    char **words = WR_NEW_N(&c->ctx.arena, char *, argc + 1);
    int n = 0;
    bool found = false;
    if (words == NULL) return -1;
    for (int i = 0; i < argc; i++) {
        if (i == 1) continue; // "guard"
        if (strcmp(argv[i], "--") == 0) {
            while (i < argc) words[n++] = argv[i++];
            break;
        }
        if (strcmp(argv[i], "--compat=3.1") == 0) {
            found = true;
        } else if (strcmp(argv[i], "--compat") == 0 && i + 1 < argc &&
                   strcmp(argv[i + 1], "3.1") == 0) {
            found = true;
            i++;
        } else {
            words[n++] = argv[i];
        }
    }
    *out = words;
    return found ? n : -1;
}

static const cli_prog *program(const char *bin) {
    if (strncmp(bin, "cfn-guard", 9) == 0) return &cli_cfn_guard;
    return strncmp(bin, "iamctl", 6) == 0 ? &cli_iamctl : &cli_writ;
}

static int run(int argc, char **argv) {
    cli c;
    char **words = argv;
    (void)signal(SIGPIPE, SIG_IGN); // a closed pipe is an error we report, not a silent end
    const char *bin = argc > 0 ? wr_basename(wr_strz(argv[0])).p : "writ";
    cli_init(&c, program(bin));
    if (c.prog == &cli_iamctl) {
        bin = c.prog->name;
        c.allow_hidden = true; // -v is a version too, and tests say what time it is
    }
    if (c.prog == &cli_writ) {
        int n = take_compat(&c, argc, argv, &words);
        if (n >= 0) {
            argc = n;
            bin = "cfn-guard";
            c.prog = &cli_cfn_guard;
            c.allow_hidden = true;
        } else {
            words = argv;
            bin = "writ";
        }
    }
    int code = 0;
    if (cli_parse(&c, bin, argc, words)) code = cli_apply(&c) ? c.cmd->run(&c) : c.prog->usage_exit;
    else if (c.bad_line) code = c.prog->usage_exit;
    return cli_end(&c, code);
}

typedef struct words {
    int argc;
    char **argv;
    int code;
} words;

static void *run_there(void *arg) {
    words *w = arg;
    w->code = run(w->argc, w->argv);
    return NULL;
}

// The limits on depth are made for a stack of at least LEAST; where `ulimit -s` is lower,
// everything runs on a thread that brings its own.
int main(int argc, char **argv) {
    enum { LEAST = 4 << 20 };
    struct rlimit have;
    words w = {argc, argv, 0};
    pthread_t thread;
    if (getrlimit(RLIMIT_STACK, &have) != 0 || have.rlim_cur >= LEAST) return run(argc, argv);
    if (wr_threads_start(&thread, 1, run_there, &w, 0) == 0) return run(argc, argv);
    wr_threads_join(&thread, 1);
    return w.code;
}
