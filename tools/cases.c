// SPDX-License-Identifier: Apache-2.0
// cases: runs plain-text test cases (tests/cases/README.md says how they are written): files, a
// shell command, and what must come out on stdout and stderr and as exit code.
// Usage: cases -b BUILD [-w] FILE...   -w writes what came out back into the files (bless).
//
// Always true: each case has a directory of its own, removed afterwards; the programs under test
// are first in PATH; in outputs paths read @DIR@ and @BUILD@, the time @NOW@; the last line printed
// is "N passed, N failed". A case that runs for more than a minute is killed and has failed.
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct text {
    char *p;
    size_t n, cap;
} text;

typedef enum how { EXACT, HAS, ANY } how; // how an output is compared

typedef struct section {
    enum { FILE_S, RUN_S, EXIT_S, STDOUT_S, STDERR_S } kind;
    char *name;   // FILE_S
    bool noeol;   // the last newline does not belong to the text
    bool escaped; // FILE_S: \xHH, \n, \r, \t, \\ are decoded
    how how;
    text body; // as written, unescaped lines
} section;

typedef struct test_case {
    char *title;
    text head; // everything before the first section, for rewriting
    section *v;
    size_t n;
    int line;
} test_case;

typedef struct outcome {
    int code;
    text out[2]; // stdout, stderr
} outcome;

static char build_dir[PATH_MAX], root_dir[PATH_MAX];
static int n_passed, n_failed;

static _Noreturn void die(const char *what) {
    perror(what);
    exit(3);
}

static void *grow(void *p, size_t n) {
    void *q = realloc(p, n);
    if (!q) die("memory");
    return q;
}

static void add(text *t, const char *p, size_t n) {
    if (t->n + n + 1 > t->cap) {
        t->cap = (t->n + n + 1) * 2;
        t->p = grow(t->p, t->cap);
    }
    if (n) memcpy(t->p + t->n, p, n);
    t->n += n;
    t->p[t->n] = 0;
}

static void addz(text *t, const char *z) { add(t, z, strlen(z)); }

static text slurp(const char *path) {
    text t = {0};
    add(&t, "", 0);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) die(path);
    char chunk[65536];
    ssize_t k;
    while ((k = read(fd, chunk, sizeof chunk)) > 0) add(&t, chunk, (size_t)k);
    close(fd);
    return t;
}

static void spit(const char *path, const char *p, size_t n) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) die(path);
    for (ssize_t k; n > 0; p += k, n -= (size_t)k)
        if ((k = write(fd, p, n)) <= 0) die(path);
    close(fd);
}

// dir/name into out; a path that does not fit ends the run.
static char *join(char out[PATH_MAX], const char *dir, const char *name) {
    int n = snprintf(out, PATH_MAX, "%s/%s", dir, name);
    if (n < 0 || n >= PATH_MAX) die(name);
    return out;
}

// ---------------------------------------------------------------------------------- reading

static bool word(const char **p, const char *w) { // w and a blank or the end
    size_t n = strlen(w);
    if (strncmp(*p, w, n) != 0 || ((*p)[n] != ' ' && (*p)[n] != 0)) return false;
    *p += n;
    while (**p == ' ') ++*p;
    return true;
}

// "--- stdout has noeol" and the like. False when the line is no section header.
static bool read_header(const char *line, section *s) {
    static const char *const names[] = {"file", "run", "exit", "stdout", "stderr"};
    if (strncmp(line, "--- ", 4) != 0) return false;
    const char *p = line + 4;
    size_t k = 0;
    while (k < 5 && !word(&p, names[k])) k++;
    if (k == 5) return false;
    *s = (section){.kind = (int)k};
    add(&s->body, "", 0);
    if (s->kind == FILE_S || s->kind == EXIT_S) {
        size_t n = strcspn(p, " ");
        s->name = strndup(p, n);
        p += n;
        while (*p == ' ') p++;
    }
    while (*p) {
        if (word(&p, "noeol")) s->noeol = true;
        else if (word(&p, "escaped")) s->escaped = true;
        else if (word(&p, "has")) s->how = HAS;
        else if (word(&p, "any")) s->how = ANY;
        else return false;
    }
    return true;
}

// What a case has once stands once: of two, one would never be looked at.
static bool repeats(const test_case *c, const section *s) {
    for (size_t i = 0; i < c->n; i++)
        if (c->v[i].kind == s->kind && (s->kind != FILE_S || strcmp(c->v[i].name, s->name) == 0))
            return true;
    return false;
}

static test_case *read_cases(const char *path, size_t *n_cases, text *preamble) {
    text all = slurp(path);
    test_case *v = NULL;
    size_t n = 0;
    int line_no = 0;
    for (char *p = all.p, *end; p < all.p + all.n; p = end + 1) {
        end = memchr(p, '\n', (size_t)(all.p + all.n - p));
        if (!end) end = all.p + all.n;
        *end = 0;
        line_no++;
        test_case *c = n ? &v[n - 1] : NULL;
        section s;
        if (strncmp(p, "=== ", 4) == 0) {
            v = grow(v, (n + 1) * sizeof *v);
            v[n++] = (test_case){.title = strdup(p + 4), .line = line_no};
        } else if (c && read_header(p, &s)) {
            if (repeats(c, &s)) {
                fprintf(stderr, "%s:%d: a case has one of '%s'\n", path, line_no, p);
                exit(3);
            }
            c->v = grow(c->v, (c->n + 1) * sizeof *c->v);
            c->v[c->n++] = s;
        } else {
            text *t = !c ? preamble : c->n ? &c->v[c->n - 1].body : &c->head;
            const char *from = p[0] == '\\' && (p[1] == '-' || p[1] == '=') ? p + 1 : p;
            add(t, from, (size_t)(end - from));
            add(t, "\n", 1);
        }
    }
    free(all.p);
    *n_cases = n;
    return v;
}

static const section *find(const test_case *c, int kind) {
    for (size_t i = 0; i < c->n; i++)
        if ((int)c->v[i].kind == kind) return &c->v[i];
    return NULL;
}

// The blank line that stands before the next header or case is layout, not text.
static text body_of(const section *s) {
    text t = {0};
    size_t n = s->body.n;
    if (n >= 2 && s->body.p[n - 1] == '\n' && s->body.p[n - 2] == '\n') n--;
    else if (n == 1) n = 0;
    if (s->noeol && n) n--;
    add(&t, s->body.p, n);
    return t;
}

// ---------------------------------------------------------------------------------- running

static text decode(const char *p, size_t n) {
    text t = {0};
    add(&t, "", 0);
    for (size_t i = 0; i < n; i++) {
        char c = p[i];
        if (c == '\\' && i + 1 < n) {
            c = p[++i];
            if (c == 'n') c = '\n';
            else if (c == 'r') c = '\r';
            else if (c == 't') c = '\t';
            else if (c == 'x' && i + 2 < n) {
                char hex[3] = {p[i + 1], p[i + 2], 0};
                c = (char)strtol(hex, NULL, 16);
                i += 2;
            }
        }
        add(&t, &c, 1);
    }
    return t;
}

static void write_input(const char *dir, const section *s) {
    char path[PATH_MAX];
    join(path, dir, s->name);
    for (char *p = path + strlen(dir) + 1; (p = strchr(p, '/')) != NULL; p++) {
        *p = 0;
        if (mkdir(path, 0777) != 0 && errno != EEXIST) die(path);
        *p = '/';
    }
    text body = body_of(s);
    if (s->escaped) {
        text raw = decode(body.p, body.n);
        free(body.p);
        body = raw;
    }
    if (path[strlen(path) - 1] != '/') spit(path, body.p, body.n); // "dir/": an empty folder
    free(body.p);
}

static int remove_entry(const char *path, const struct stat *st, int flag, struct FTW *f) {
    (void)st, (void)flag, (void)f;
    return remove(path);
}

static _Noreturn void child(const char *dir, const char *command) {
    int in = open("/dev/null", O_RDONLY), out = open("../out", O_WRONLY | O_CREAT | O_TRUNC, 0600),
        err = open("../err", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (in < 0 || out < 0 || err < 0 || chdir(dir) != 0) _exit(126);
    dup2(in, 0);
    dup2(out, 1);
    dup2(err, 2);
    alarm(60); // survives exec
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

static void replace(text *t, const char *from, const char *to) {
    size_t n = strlen(from);
    text r = {0};
    add(&r, "", 0);
    const char *p = t->p, *end = t->p + t->n;
    for (const char *hit; (hit = memmem(p, (size_t)(end - p), from, n)) != NULL; p = hit + n) {
        add(&r, p, (size_t)(hit - p));
        addz(&r, to);
    }
    add(&r, p, (size_t)(end - p));
    free(t->p);
    *t = r;
}

// "2026-01-31T12:00:00Z" of within an hour of now reads @NOW@.
static void replace_now(text *t) {
    enum { N = 20 };
    static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
    text r = {0};
    add(&r, "", 0);
    size_t i = 0, from = 0;
    while (i + N <= t->n) {
        struct tm tm = {0};
        size_t k = 0;
        while (k < N &&
               (form[k] == 'd' ? t->p[i + k] >= '0' && t->p[i + k] <= '9' : t->p[i + k] == form[k]))
            k++;
        bool is = k == N && strptime(t->p + i, "%Y-%m-%dT%H:%M:%SZ", &tm) != NULL &&
                  labs((long)(timegm(&tm) - time(NULL))) < 3600;
        if (is) {
            add(&r, t->p + from, i - from);
            addz(&r, "@NOW@");
            from = i + N;
        }
        i += is ? N : 1;
    }
    add(&r, t->p + from, t->n - from);
    free(t->p);
    *t = r;
}

static outcome run(const test_case *c) {
    char top[PATH_MAX], dir[PATH_MAX], path[PATH_MAX];
    if (!mkdtemp(join(top, build_dir, "tmp-case-XXXXXX"))) die(top);
    if (mkdir(join(dir, top, "d"), 0777) != 0) die(dir);
    for (size_t i = 0; i < c->n; i++)
        if (c->v[i].kind == FILE_S) write_input(dir, &c->v[i]);
    const section *r = find(c, RUN_S);
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0) die("fork");
    if (pid == 0) {
        if (chdir(dir) != 0) _exit(126);
        child(dir, r ? r->body.p : "false");
    }
    int st = 0;
    while (waitpid(pid, &st, 0) < 0 && errno == EINTR) {}
    outcome o = {.code = WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st)};
    for (int k = 0; k < 2; k++) {
        o.out[k] = slurp(join(path, top, k ? "err" : "out"));
        replace(&o.out[k], dir, "@DIR@");
        replace(&o.out[k], dir + 1, "@DIR1@"); // SARIF: without the leading slash
        replace(&o.out[k], build_dir, "@BUILD@");
        replace(&o.out[k], root_dir, "@ROOT@");
        replace_now(&o.out[k]);
    }
    nftw(top, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    return o;
}

// ---------------------------------------------------------------------------------- judging

static void show_diff(const char *what, const text *want, const text *got) {
    char a[PATH_MAX], b[PATH_MAX], cmd[3 * PATH_MAX];
    spit(join(a, build_dir, "want"), want->p, want->n);
    spit(join(b, build_dir, "got"), got->p, got->n);
    int n = snprintf(cmd, sizeof cmd, "diff -u --label 'wanted %s' --label 'got %s' '%s' '%s'",
                     what, what, a, b);
    fflush(stdout);
    if (n < 0 || (size_t)n >= sizeof cmd || system(cmd) < 0) puts("(no diff)");
    unlink(a);
    unlink(b);
}

static bool has_lines(const char *what, const text *want, const text *got) {
    bool ok = true;
    for (const char *p = want->p, *end; *p; p = *end ? end + 1 : end) {
        end = strchrnul(p, '\n');
        if (end == p || memmem(got->p, got->n, p, (size_t)(end - p))) continue;
        printf("%s lacks: %.*s\n", what, (int)(end - p), p);
        ok = false;
    }
    if (!ok) printf("%s was:\n%.*s\n", what, (int)(got->n > 4000 ? 4000 : got->n), got->p);
    return ok;
}

static bool same(const char *what, const section *s, const text *got) {
    text want = {0};
    if (s && s->how == ANY) return true;
    if (s) want = body_of(s);
    else add(&want, "", 0);
    bool ok;
    if (s && s->how == HAS) {
        ok = has_lines(what, &want, got);
    } else {
        ok = want.n == got->n && memcmp(want.p, got->p, got->n) == 0;
        if (!ok) show_diff(what, &want, got);
    }
    free(want.p);
    return ok;
}

static int wanted_exit(const test_case *c) {
    const section *e = find(c, EXIT_S);
    return e ? atoi(e->name) : 0;
}

static void judge(const char *path, const test_case *c, const outcome *o) {
    bool ok = find(c, RUN_S) != NULL;
    if (!ok) puts("no --- run section");
    if (o->code != wanted_exit(c)) {
        printf("exit code %d, wanted %d\n", o->code, wanted_exit(c));
        ok = false;
    }
    ok = same("stdout", find(c, STDOUT_S), &o->out[0]) && ok;
    ok = same("stderr", find(c, STDERR_S), &o->out[1]) && ok;
    if (ok) n_passed++;
    else n_failed++;
    if (!ok) printf("FAILED: %s:%d: %s\n\n", path, c->line, c->title);
}

// ---------------------------------------------------------------------------------- blessing

// A text that ends in a blank line gets one more, since body_of takes one away.
static void put_body(text *t, const char *p, size_t n) {
    bool blank_end = n > 0 && p[n - 1] == '\n' && (n == 1 || p[n - 2] == '\n');
    for (const char *end = p + n, *nl; p < end; p = nl + 1) {
        nl = memchr(p, '\n', (size_t)(end - p));
        if (!nl) nl = end;
        if (strncmp(p, "--- ", 4) == 0 || strncmp(p, "=== ", 4) == 0 || p[0] == '\\')
            add(t, "\\", 1);
        add(t, p, (size_t)(nl - p));
        add(t, "\n", 1);
    }
    if (blank_end) add(t, "\n", 1);
}

static void put_output(text *t, const char *name, const section *s, const text *got) {
    static const char *const hows[] = {"", " has", " any"};
    how h = s ? s->how : EXACT;
    if (h == EXACT && got->n == 0) return;
    addz(t, "--- ");
    addz(t, name);
    addz(t, hows[h]);
    if (h == EXACT && got->p[got->n - 1] != '\n') addz(t, " noeol");
    add(t, "\n", 1);
    text b = {0};
    if (h != EXACT) b = body_of(s);
    put_body(t, h == EXACT ? got->p : b.p, h == EXACT ? got->n : b.n);
    free(b.p);
}

static void put_case(text *t, const test_case *c, const outcome *o) {
    addz(t, "=== ");
    addz(t, c->title);
    add(t, "\n", 1);
    add(t, c->head.p, c->head.n);
    for (size_t i = 0; i < c->n; i++) {
        const section *s = &c->v[i];
        if (s->kind != FILE_S && s->kind != RUN_S) continue;
        addz(t, s->kind == FILE_S ? "--- file " : "--- run");
        if (s->kind == FILE_S) addz(t, s->name);
        if (s->escaped) addz(t, " escaped");
        if (s->noeol) addz(t, " noeol");
        add(t, "\n", 1);
        text b = body_of(s);
        put_body(t, b.p, b.n);
        free(b.p);
    }
    char line[32];
    snprintf(line, sizeof line, "--- exit %d\n", o->code);
    if (o->code != 0 || find(c, EXIT_S)) addz(t, line);
    put_output(t, "stdout", find(c, STDOUT_S), &o->out[0]);
    put_output(t, "stderr", find(c, STDERR_S), &o->out[1]);
}

// ---------------------------------------------------------------------------------- main

static void free_case(test_case *c) {
    for (size_t i = 0; i < c->n; i++) {
        free(c->v[i].name);
        free(c->v[i].body.p);
    }
    free(c->v);
    free(c->title);
    free(c->head.p);
}

static void run_file(const char *path, bool bless) {
    text out = {0};
    size_t n;
    test_case *v = read_cases(path, &n, &out);
    for (size_t i = 0; i < n; i++) {
        outcome o = run(&v[i]);
        if (bless) {
            if (i > 0 && memcmp(out.p + out.n - 2, "\n\n", 2) != 0) add(&out, "\n", 1);
            put_case(&out, &v[i], &o);
            n_passed++;
        } else {
            judge(path, &v[i], &o);
        }
        free(o.out[0].p);
        free(o.out[1].p);
        free_case(&v[i]);
    }
    if (bless) spit(path, out.p, out.n);
    free(v);
    free(out.p);
}

static void set_environment(void) {
    const char *old = getenv("PATH");
    text path = {0};
    addz(&path, build_dir);
    addz(&path, ":");
    addz(&path, old ? old : "/usr/bin:/bin");
    setenv("PATH", path.p, 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TZ", "UTC", 1);
    setenv("BUILD", build_dir, 1);
    setenv("ROOT", root_dir, 1);
    unsetenv("CLICOLOR_FORCE");
    unsetenv("NO_COLOR");
    free(path.p);
}

int main(int argc, char **argv) {
    bool bless = false;
    const char *build = "build";
    int opt;
    while ((opt = getopt(argc, argv, "b:w")) != -1) {
        if (opt == 'b') build = optarg;
        else if (opt == 'w') bless = true;
        else return 64;
    }
    if (!realpath(build, build_dir) || !realpath(".", root_dir)) die(build);
    set_environment();
    for (int i = optind; i < argc; i++) run_file(argv[i], bless);
    printf("%d passed, %d failed\n", n_passed, n_failed);
    return n_failed ? 1 : 0;
}
