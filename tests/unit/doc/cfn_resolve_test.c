// SPDX-License-Identifier: Apache-2.0
// Intrinsic functions, each with a hit and near misses: what V of one resource becomes, as compact
// JSON, and which diagnostics say so. Templates are JSON with ' for ", so that a row can be read.
#include "doc/doc.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

// ------------------------------------------------------------------------ harness

typedef struct run {
    wr_ctx c;
    wr_doc *in, *out;
    wr_rc rc;
} run;

static const char all_inputs[] =
    "{'Env':'prod','Secret':'hunter2','Ids':'a, b,c','AWS::Region':'eu-west-1',"
    "'AWS::AccountId':'012345678901','AWS::AvailabilityZones':'eu-west-1a,eu-west-1b'}";

static wr_str quoted(wr_arena *a, const char *z) {
    char *p = (char *)wr_dupz(a, wr_strz(z));
    for (char *q = p; *q; q++)
        if (*q == '\'') *q = '"';
    return wr_strz(p);
}

static int match_prefix(void *arg, wr_str pattern, wr_str text) {
    (void)arg;
    if (wr_eq(pattern, WR_S("("))) return -1;
    return wr_starts(text, pattern);
}

static void begin_limited(run *t, const char *template, const char *inputs, const wr_limits *lim) {
    memset(t, 0, sizeof *t);
    wr_ctx_init(&t->c, lim);
    wr_cfn_inputs in;
    wr_cfn_inputs_init(&in, &t->c.arena);
    in.match = match_prefix;
    if (inputs) {
        wr_src *p = wr_src_new(&t->c.arena, WR_S("p.json"), quoted(&t->c.arena, inputs), false);
        assert_int_equal(wr_cfn_params_load(&t->c, p, &in), WR_OK);
    }
    wr_src *s = wr_src_new(&t->c.arena, WR_S("t.json"), quoted(&t->c.arena, template), false);
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    if (wr_doc_load(&t->c, s, &how, &t->in) != WR_OK) {
        fprintf(stderr, "does not load: %s\n", s->text.p);
        fail();
    }
    t->rc = wr_cfn_resolve(&t->c, t->in, inputs ? &in : NULL, &t->out);
}

static void begin(run *t, const char *template, const char *inputs) {
    begin_limited(t, template, inputs, NULL);
}

static void end(run *t) { wr_ctx_fini(&t->c); }

// "X0001 X0106": codes in order of reporting, errors with !.
static void codes(const run *t, char *out, size_t cap) {
    *out = 0;
    for (const wr_diag *d = t->c.diags; d; d = d->next)
        snprintf(out + strlen(out), cap - strlen(out), "%s%s%s", *out ? " " : "",
                 wr_code_name(d->code), d->sev == WR_ERROR ? "!" : "");
}

static const wr_node *at(const wr_doc *d, const char *path) {
    const wr_node *n = d->root;
    char key[128];
    while (n && *path) {
        size_t k = strcspn(path, "/");
        snprintf(key, sizeof key, "%.*s", (int)k, path);
        n = n->kind == WR_LIST ? &n->u.kids[atoi(key)] : wr_map_getz(d, n, key);
        path += k + (path[k] == '/');
    }
    return n;
}

static void json(const wr_node *n, char *out, size_t cap) {
    wr_buf b;
    wr_buf_init(&b, 1 << 20);
    if (n) assert_int_equal(wr_put_json(&b, n, -1), WR_OK);
    else wr_putz(&b, "(absent)");
    snprintf(out, cap, "%.*s", (int)b.n, b.p);
    for (char *q = out; *q; q++)
        if (*q == '"') *q = '\'';
    wr_buf_fini(&b);
}

typedef struct row {
    const char *v;     // the value of V
    const char *want;  // what it becomes
    const char *codes; // diagnostics
    const char *what;  // for unresolved ones: the fact that would settle it
} row;

static const char frame[] =
    "{'Transform':'AWS::LanguageExtensions','Parameters':{"
    "'Env':{'Type':'String'},'None':{'Type':'String'},'Size':{'Type':'Number','Default':'2.50'},"
    "'Ids':{'Type':'CommaDelimitedList'},'Ports':{'Type':'List<Number>','Default':'80, 443'},"
    "'Secret':{'Type':'String','NoEcho':true},"
    "'Ami':{'Type':'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>','Default':'/ami'}},"
    "'Mappings':{'M':{'prod':{'Size':3,'Zones':['x','y']},'dev':{'Size':1}}},"
    "'Conditions':{'IsProd':{'Fn::Equals':[{'Ref':'Env'},'prod']},"
    "'IsDev':{'Fn::Equals':[{'Ref':'Env'},'dev']},"
    "'Maybe':{'Fn::Equals':[{'Ref':'None'},'x']},"
    "'HasSecret':{'Fn::Not':[{'Fn::Equals':[{'Ref':'Secret'},'']}]}},"
    "'Resources':{'B':{'Type':'T'},'Gone':{'Type':'T','Condition':'IsDev'},"
    "'R':{'Type':'T','Properties':{'V':%s}}}}";

static bool is_row(const row *w, const char *inputs) {
    char text[4096], got[2048], said[512];
    bool ok = true;
    run t;
    snprintf(text, sizeof text, frame, w->v);
    begin(&t, text, inputs);
    assert_int_equal(t.rc, WR_OK);
    const wr_node *v = at(t.out, "Resources/R/Properties/V");
    json(v, got, sizeof got);
    codes(&t, said, sizeof said);
    const char *codes_wanted = w->codes ? w->codes : "X0007"; // Conditions/Maybe is always unknown
    char want_codes[512];
    snprintf(want_codes, sizeof want_codes, "X0007%s%s", w->codes ? " " : "",
             w->codes ? codes_wanted : "");
    wr_str what = {0};
    bool unknown = v && wr_node_unknown(t.out, v, &what);
    if (strcmp(got, w->want) || strcmp(said, want_codes) || unknown != (w->what != NULL) ||
        (w->what && !wr_eq(what, wr_strz(w->what)))) {
        fprintf(stderr, "V: %s\n got  %s [%s] %.*s\n want %s [%s] %s\n", w->v, got, said,
                WR_FMT(what), w->want, want_codes, w->what ? w->what : "");
        ok = false;
    }
    end(&t);
    return ok;
}

static void rows(const row *w, size_t n) {
    size_t bad = 0;
    for (size_t i = 0; i < n; i++) bad += !is_row(&w[i], all_inputs);
    assert_int_equal(bad, 0);
}
#define ROWS(...)                                                                                  \
    do {                                                                                           \
        static const row r[] = {__VA_ARGS__};                                                      \
        rows(r, sizeof r / sizeof *r);                                                             \
    } while (0)

// ------------------------------------------------------------------------ names

static void test_ref(void **state) {
    (void)state;
    ROWS({"{'Ref':'Env'}", "'prod'", NULL, NULL}, {"{'Ref':'Size'}", "2.5", NULL, NULL},
         {"{'Ref':'Ids'}", "['a','b','c']", NULL, NULL},
         {"{'Ref':'Ports'}", "[80,443]", NULL, NULL},
         {"{'Ref':'AWS::Region'}", "'eu-west-1'", NULL, NULL},
         {"{'Ref':'AWS::AccountId'}", "'012345678901'", NULL, NULL},
         {"{'Ref':'AWS::Partition'}", "'aws'", NULL, NULL},
         {"{'Ref':'AWS::URLSuffix'}", "'amazonaws.com'", NULL, NULL},
         {"{'Ref':{'Fn::Sub':'E${Rest}'}}", "{'Ref':{'Fn::Sub':'E${Rest}'}}", "X0101!",
          "a correct template"},
         {"{'Ref':{'Fn::Join':['',['E','nv']]}}", "'prod'", NULL, NULL},
         {"{'Ref':'AWS::StackName'}", "{'Ref':'AWS::StackName'}", "X0003", "AWS::StackName"},
         {"{'Ref':'AWS::Nonsense'}", "{'Ref':'AWS::Nonsense'}", "X0101!", "a correct template"},
         {"{'Ref':'None'}", "{'Ref':'None'}", "X0002", "parameter None"},
         {"{'Ref':'Secret'}", "{'Ref':'Secret'}", "X0006", "NoEcho parameter Secret"},
         {"{'Ref':'Ami'}", "{'Ref':'Ami'}", "X0004", "SSM parameter /ami"},
         {"{'Ref':'B'}", "{'Ref':'B'}", "X0001", "Ref B"},
         {"{'Ref':'Gone'}", "{'Ref':'Gone'}", "X0001", "Ref Gone"},
         {"{'Ref':'env'}", "{'Ref':'env'}", "X0101!", "a correct template"},
         {"{'Ref':['Env']}", "{'Ref':['Env']}", "X0106!", "a correct template"},
         {"{'Ref':'Env','Other':1}", "{'Ref':'Env','Other':1}", NULL, NULL});
}

static void test_no_value(void **state) {
    (void)state;
    ROWS({"{'Ref':'AWS::NoValue'}", "(absent)", NULL, NULL},
         {"['a',{'Ref':'AWS::NoValue'},'b']", "['a','b']", NULL, NULL},
         {"{'A':{'Ref':'AWS::NoValue'},'C':1}", "{'C':1}", NULL, NULL},
         {"{'Fn::If':['IsDev','x',{'Ref':'AWS::NoValue'}]}", "(absent)", NULL, NULL});
}

static void test_getatt_import(void **state) {
    (void)state;
    ROWS({"{'Fn::GetAtt':['B','Arn']}", "{'Fn::GetAtt':['B','Arn']}", "X0001", "Fn::GetAtt B.Arn"},
         {"{'Fn::GetAtt':'B.Outputs.X'}", "{'Fn::GetAtt':'B.Outputs.X'}", "X0001",
          "Fn::GetAtt B.Outputs.X"},
         {"{'Fn::GetAtt':['C','Arn']}", "{'Fn::GetAtt':['C','Arn']}", "X0101!",
          "a correct template"},
         {"{'Fn::GetAtt':'B'}", "{'Fn::GetAtt':'B'}", "X0106!", "a correct template"},
         {"{'Fn::GetAtt':{'a':1}}", "{'Fn::GetAtt':{'a':1}}", "X0106!", "a correct template"},
         {"{'Fn::GetAtt':[{'Fn::Sub':'B'},'Arn']}", "{'Fn::GetAtt':['B','Arn']}", "X0001",
          "Fn::GetAtt B.Arn"},
         {"{'Fn::ImportValue':{'Fn::Sub':'${Env}-vpc'}}",
          "{'Fn::ImportValue':{'Fn::Sub':'${Env}-vpc'}}", "X0004", "Fn::ImportValue prod-vpc"},
         {"'{{resolve:ssm:/a:1}}'", "'{{resolve:ssm:/a:1}}'", "X0004", "{{resolve:ssm:/a:1}}"},
         {"{'Fn::Sub':'{{resolve:ssm:/${Env}}}'}", "'{{resolve:ssm:/prod}}'", "X0004",
          "{{resolve:ssm:/prod}}"},
         {"'{{other}}'", "'{{other}}'", NULL, NULL},
         {"{'Fn::Transform':{'Name':'AWS::Include'},'A':1}",
          "{'Fn::Transform':{'Name':'AWS::Include'},'A':1}", "X0005", "macro AWS::Include"},
         {"{'Fn::Transform':{'Name':'AWS::Include'},'A':{'Ref':'Env'}}",
          "{'Fn::Transform':{'Name':'AWS::Include'},'A':'prod'}", "X0005", "macro AWS::Include"},
         {"{'Fn::Transform':{'Name':'Mine'},'A':{'Ref':'Env'}}",
          "{'Fn::Transform':{'Name':'Mine'},'A':{'Ref':'Env'}}", "X0005", "macro Mine"},
         {"{'Rain::Embed':'a.sh'}", "{'Rain::Embed':'a.sh'}", "X0005", "Rain::Embed"},
         {"{'Fn::Sub':{'Rain::Embed':'a.sh'}}", "{'Fn::Sub':{'Rain::Embed':'a.sh'}}", "X0005",
          "Rain::Embed"},
         {"{'Fn::New':1}", "{'Fn::New':1}", "X0009", "Fn::New"},
         {"{'Fn::Equals':['a','a']}", "{'Fn::Equals':['a','a']}", "X0009", "Fn::Equals"});
}

// ------------------------------------------------------------------------ strings

static void test_sub(void **state) {
    (void)state;
    ROWS({"{'Fn::Sub':'a-${Env}-${AWS::Region}'}", "'a-prod-eu-west-1'", NULL, NULL},
         {"{'Fn::Sub':['${A}.${Env}.${A}',{'A':{'Fn::Sub':'<${Env}>'}}]}", "'<prod>.prod.<prod>'",
          NULL, NULL},
         {"{'Fn::Sub':'${!Env} $Env ${Size} $${Env}'}", "'${Env} $Env 2.50 $prod'", NULL, NULL},
         {"{'Fn::Sub':'open ${Env'}", "'open ${Env'", NULL, NULL},
         {"{'Fn::Sub':['${Env}',{'Env':'mine'}]}", "'mine'", NULL, NULL},
         {"{'Fn::Sub':['${N}',{'N':7}]}", "'7'", NULL, NULL},
         {"{'Fn::Sub':'${B}'}", "{'Fn::Sub':'${B}'}", "X0001", "Ref B"},
         {"{'Fn::Sub':'${Env}:${B.Arn}:${None}'}", "{'Fn::Sub':'${Env}:${B.Arn}:${None}'}", "X0001",
          "Fn::GetAtt B.Arn"},
         {"{'Fn::Sub':'${Secret}'}", "{'Fn::Sub':'${Secret}'}", "X0006", "NoEcho parameter Secret"},
         {"{'Fn::Sub':'${Nowhere}'}", "{'Fn::Sub':'${Nowhere}'}", "X0101!", "a correct template"},
         {"{'Fn::Sub':'${C.Arn}'}", "{'Fn::Sub':'${C.Arn}'}", "X0101!", "a correct template"},
         {"{'Fn::Sub':'${a b} ${}'}", "{'Fn::Sub':'${a b} ${}'}", "X0107! X0107!",
          "a correct template"},
         {"{'Fn::Sub':'a${AWS::NoValue}'}", "{'Fn::Sub':'a${AWS::NoValue}'}", "X0009",
          "AWS::NoValue"},
         {"{'Fn::Sub':'${Ids}'}", "{'Fn::Sub':'${Ids}'}", "X0106!", "a correct template"},
         {"{'Fn::Sub':['${A}',{'A':['l']}]}", "{'Fn::Sub':['${A}',{'A':['l']}]}", "X0106!",
          "a correct template"},
         {"{'Fn::Sub':['a','b']}", "{'Fn::Sub':['a','b']}", "X0106!", "a correct template"},
         {"{'Fn::Sub':{'a':1}}", "{'Fn::Sub':{'a':1}}", "X0106!", "a correct template"});
}

static void test_join_split(void **state) {
    (void)state;
    ROWS({"{'Fn::Join':['-',['a',{'Ref':'Env'},1,true,2.50]]}", "'a-prod-1-true-2.50'", NULL, NULL},
         {"{'Fn::Join':['',[]]}", "''", NULL, NULL},
         {"{'Fn::Join':[',',{'Ref':'Ids'}]}", "'a,b,c'", NULL, NULL},
         {"{'Fn::Join':['',['a',{'Ref':'AWS::NoValue'},'b']]}", "'ab'", NULL, NULL},
         {"{'Fn::Join':['',['a',{'Ref':'B'}]]}", "{'Fn::Join':['',['a',{'Ref':'B'}]]}", "X0001",
          "Ref B"},
         {"{'Fn::Join':['',['a',{'Ref':'Ids'}]]}", "{'Fn::Join':['',['a',{'Ref':'Ids'}]]}",
          "X0106!", "a correct template"},
         {"{'Fn::Join':['-','a']}", "{'Fn::Join':['-','a']}", "X0106!", "a correct template"},
         {"{'Fn::Join':['-']}", "{'Fn::Join':['-']}", "X0106!", "a correct template"},
         {"{'Fn::Split':[',','a,,b']}", "['a','','b']", NULL, NULL},
         {"{'Fn::Split':['||',{'Fn::Sub':'${Env}||x'}]}", "['prod','x']", NULL, NULL},
         {"{'Fn::Split':[',','']}", "['']", NULL, NULL},
         {"{'Fn::Split':['','a']}", "{'Fn::Split':['','a']}", "X0106!", "a correct template"},
         {"{'Fn::Split':[',',['a']]}", "{'Fn::Split':[',',['a']]}", "X0106!", "a correct template"},
         {"{'Fn::Split':[',',{'Ref':'None'}]}", "{'Fn::Split':[',',{'Ref':'None'}]}", "X0002",
          "parameter None"});
}

static void test_select(void **state) {
    (void)state;
    ROWS(
        {"{'Fn::Select':['1',['a','b']]}", "'b'", NULL, NULL},
        {"{'Fn::Select':[0,['a',{'Ref':'B'}]]}", "'a'", NULL, NULL},
        {"{'Fn::Select':[2,{'Ref':'Ids'}]}", "'c'", NULL, NULL},
        {"{'Fn::Select':[1,{'Fn::Split':[':',{'Fn::Sub':'x:${Env}'}]}]}", "'prod'", NULL, NULL},
        {"{'Fn::Select':[0,{'Ref':'Ports'}]}", "80", NULL, NULL},
        {"{'Fn::Select':[0,{'Fn::GetAZs':''}]}", "'eu-west-1a'", NULL, NULL},
        {"{'Fn::Select':[1,['a',{'Ref':'B'}]]}", "{'Fn::Select':[1,['a',{'Ref':'B'}]]}", "X0001",
         "Ref B"},
        {"{'Fn::Select':[3,{'Ref':'Ids'}]}", "{'Fn::Select':[3,{'Ref':'Ids'}]}", "X0105!",
         "a correct template"},
        {"{'Fn::Select':[-1,['a']]}", "{'Fn::Select':[-1,['a']]}", "X0105!", "a correct template"},
        {"{'Fn::Select':['x',['a']]}", "{'Fn::Select':['x',['a']]}", "X0106!",
         "a correct template"},
        {"{'Fn::Select':[0,'a']}", "{'Fn::Select':[0,'a']}", "X0106!", "a correct template"},
        {"{'Fn::Select':[0,[null]]}", "{'Fn::Select':[0,[null]]}", "X0106!", "a correct template"});
}

static void test_base64(void **state) {
    (void)state;
    ROWS({"{'Fn::Base64':'a'}", "'YQ=='", NULL, NULL}, {"{'Fn::Base64':''}", "''", NULL, NULL},
         {"{'Fn::Base64':'ab'}", "'YWI='", NULL, NULL},
         {"{'Fn::Base64':{'Fn::Sub':'${Env}!~'}}", "'cHJvZCF+'", NULL, NULL},
         {"{'Fn::Base64':{'Ref':'B'}}", "{'Fn::Base64':{'Ref':'B'}}", "X0001", "Ref B"},
         {"{'Fn::Base64':['a']}", "{'Fn::Base64':['a']}", "X0106!", "a correct template"});
}

// ------------------------------------------------------------------------ lookups

static void test_find_in_map(void **state) {
    (void)state;
    ROWS({"{'Fn::FindInMap':['M',{'Ref':'Env'},'Size']}", "3", NULL, NULL},
         {"{'Fn::FindInMap':['M','prod','Zones']}", "['x','y']", NULL, NULL},
         {"{'Fn::FindInMap':['M','dev','Zones',{'DefaultValue':{'Ref':'Env'}}]}", "'prod'", NULL,
          NULL},
         {"{'Fn::FindInMap':['N','a','b',{'DefaultValue':{'Ref':'AWS::NoValue'}}]}", "(absent)",
          NULL, NULL},
         {"{'Fn::FindInMap':['M',{'Ref':'None'},'Size']}",
          "{'Fn::FindInMap':['M',{'Ref':'None'},'Size']}", "X0002", "parameter None"},
         {"{'Fn::FindInMap':['M','prod','Colour']}", "{'Fn::FindInMap':['M','prod','Colour']}",
          "X0104!", "a correct template"},
         {"{'Fn::FindInMap':['M','test','Size']}", "{'Fn::FindInMap':['M','test','Size']}",
          "X0104!", "a correct template"},
         {"{'Fn::FindInMap':['N','a','b']}", "{'Fn::FindInMap':['N','a','b']}", "X0104!",
          "a correct template"},
         {"{'Fn::FindInMap':['M','prod']}", "{'Fn::FindInMap':['M','prod']}", "X0106!",
          "a correct template"},
         {"{'Fn::FindInMap':['M','prod','Size',{}]}", "{'Fn::FindInMap':['M','prod','Size',{}]}",
          "X0106!", "a correct template"},
         {"{'Fn::FindInMap':['M',['prod'],'Size']}", "{'Fn::FindInMap':['M',['prod'],'Size']}",
          "X0106!", "a correct template"});
}

static void test_azs(void **state) {
    (void)state;
    ROWS({"{'Fn::GetAZs':''}", "['eu-west-1a','eu-west-1b']", NULL, NULL},
         {"{'Fn::GetAZs':{'Ref':'AWS::Region'}}", "['eu-west-1a','eu-west-1b']", NULL, NULL},
         {"{'Fn::GetAZs':'eu-west-1'}", "['eu-west-1a','eu-west-1b']", NULL, NULL},
         {"{'Fn::GetAZs':'us-east-1'}", "{'Fn::GetAZs':'us-east-1'}", "X0004",
          "AWS::AvailabilityZones"},
         {"{'Fn::GetAZs':null}", "['eu-west-1a','eu-west-1b']", NULL, NULL},
         {"{'Fn::GetAZs':['']}", "{'Fn::GetAZs':['']}", "X0106!", "a correct template"});
}

static void test_cidr(void **state) {
    (void)state;
    ROWS({"{'Fn::Cidr':['192.168.0.0/24','3','5']}",
          "['192.168.0.0/27','192.168.0.32/27','192.168.0.64/27']", NULL, NULL},
         {"{'Fn::Cidr':['10.0.0.0/8',2,16]}", "['10.0.0.0/16','10.1.0.0/16']", NULL, NULL},
         {"{'Fn::Cidr':['2001:db8::/56',2,64]}", "['2001:db8::/64','2001:db8:0:1::/64']", NULL,
          NULL},
         {"{'Fn::Select':[1,{'Fn::Cidr':['10.0.255.0/24',2,7]}]}", "'10.0.255.128/25'", NULL, NULL},
         {"{'Fn::Cidr':['10.0.0.0/24',2,8]}", "{'Fn::Cidr':['10.0.0.0/24',2,8]}", "X0108!",
          "a correct template"},
         {"{'Fn::Cidr':['10.0.0.0/24',257,1]}", "{'Fn::Cidr':['10.0.0.0/24',257,1]}", "X0108!",
          "a correct template"},
         {"{'Fn::Cidr':['10.0.0/24',1,1]}", "{'Fn::Cidr':['10.0.0/24',1,1]}", "X0108!",
          "a correct template"},
         {"{'Fn::Cidr':['10.0.0.0/24',1,33]}", "{'Fn::Cidr':['10.0.0.0/24',1,33]}", "X0108!",
          "a correct template"},
         {"{'Fn::Cidr':[{'Fn::GetAtt':['B','Cidr']},1,4]}",
          "{'Fn::Cidr':[{'Fn::GetAtt':['B','Cidr']},1,4]}", "X0001", "Fn::GetAtt B.Cidr"},
         {"{'Fn::Cidr':['10.0.0.1/24',1,4]}", "{'Fn::Cidr':['10.0.0.1/24',1,4]}", "X0009",
          "Fn::Cidr"},
         {"{'Fn::Cidr':['10.0.0.0/24',1]}", "{'Fn::Cidr':['10.0.0.0/24',1]}", "X0009", "Fn::Cidr"},
         {"{'Fn::Cidr':'10.0.0.0/24'}", "{'Fn::Cidr':'10.0.0.0/24'}", "X0106!",
          "a correct template"});
}

static void test_length_json(void **state) {
    (void)state;
    ROWS({"{'Fn::Length':{'Fn::Split':['|','a|b|c']}}", "3", NULL, NULL},
         {"{'Fn::Length':[1,{'Ref':'B'},3]}", "3", NULL, NULL},
         {"{'Fn::Length':[{'Fn::Length':[1,2]}]}", "1", NULL, NULL},
         {"{'Fn::ForEach::X':['I',[{'Fn::Length':[1,2]}],{'K${I}':{'Ref':'I'}}]}", "{'K2':'2'}",
          NULL, NULL},
         {"{'Fn::Length':{'Ref':'Ids'}}", "3", NULL, NULL},
         {"{'Fn::Join':['',['n',{'Fn::Length':[1]}]]}", "'n1'", NULL, NULL},
         {"{'Fn::Length':[{'Fn::If':['Maybe',1,{'Ref':'AWS::NoValue'}]}]}",
          "{'Fn::Length':[{'Fn::If':['Maybe',1,{'Ref':'AWS::NoValue'}]}]}", "X0007",
          "parameter None"},
         {"{'Fn::Length':'abc'}", "{'Fn::Length':'abc'}", "X0106!", "a correct template"},
         {"{'Fn::ToJsonString':{'a':{'Ref':'Env'},'b':[1,true,null]}}",
          "'{\\'a\\':\\'prod\\',\\'b\\':[1,true,null]}'", NULL, NULL},
         {"{'Fn::ToJsonString':[{'Ref':'AWS::NoValue'}]}", "'[]'", NULL, NULL},
         {"{'Fn::ToJsonString':{'a':[{'Ref':'B'}]}}", "{'Fn::ToJsonString':{'a':[{'Ref':'B'}]}}",
          "X0001", "Ref B"},
         {"{'Fn::ToJsonString':'a'}", "{'Fn::ToJsonString':'a'}", "X0106!", "a correct template"});
}

// ------------------------------------------------------------------------ conditions

static void test_if(void **state) {
    (void)state;
    ROWS(
        {"{'Fn::If':['IsProd',{'Ref':'Env'},'x']}", "'prod'", NULL, NULL},
        {"{'Fn::If':['IsDev','x',['y',{'Ref':'B'}]]}", "['y',{'Ref':'B'}]", "X0001", NULL},
        {"{'Fn::If':['HasSecret','yes','no']}", "'yes'", NULL, NULL},
        {"{'Fn::If':['Maybe','x','y']}", "{'Fn::If':['Maybe','x','y']}", "X0007", "parameter None"},
        {"{'Fn::If':['Nope','x','y']}", "{'Fn::If':['Nope','x','y']}", "X0102! X0007",
         "a correct template"},
        {"{'Fn::If':['IsProd','x']}", "{'Fn::If':['IsProd','x']}", "X0106!", "a correct template"},
        {"{'Fn::If':[{'Condition':'IsProd'},'x','y']}",
         "{'Fn::If':[{'Condition':'IsProd'},'x','y']}", "X0106!", "a correct template"});
}

typedef struct cond_row {
    const char *expr, *want, *codes;
} cond_row;

static void test_conditions(void **state) {
    (void)state;
    static const cond_row r[] = {
        {"{'Fn::Equals':['a','a']}", "true", ""},
        {"{'Fn::Equals':['1',1]}", "true", ""},
        {"{'Fn::Equals':['true',true]}", "true", ""},
        {"{'Fn::Equals':[['a'],['a','b']]}", "false", ""},
        {"{'Fn::Equals':[{'x':'1'},{'x':1}]}", "true", ""},
        {"{'Fn::Equals':[{'Ref':'P'},'x']}", "{'Fn::Equals':[{'Ref':'P'},'x']}", "X0007"},
        {"{'Fn::Equals':['a']}", "{'Fn::Equals':['a']}", "X0106!"},
        {"{'Fn::Not':[{'Condition':'T'}]}", "false", ""},
        {"{'Fn::Not':[{'Condition':'U'}]}", "{'Fn::Not':[{'Condition':'U'}]}", "X0007"},
        {"{'Fn::Not':{'Condition':'U'}}", "{'Fn::Not':{'Condition':'U'}}", "X0106!"},
        {"{'Fn::And':[{'Condition':'T'},{'Condition':'T'}]}", "true", ""},
        {"{'Fn::And':[{'Condition':'U'},{'Condition':'F'}]}", "false", ""},
        {"{'Fn::And':[{'Condition':'F'},{'Condition':'U'}]}", "false", ""},
        {"{'Fn::And':[{'Condition':'T'},{'Condition':'U'}]}",
         "{'Fn::And':[{'Condition':'T'},{'Condition':'U'}]}", "X0007"},
        {"{'Fn::And':[{'Condition':'T'}]}", "{'Fn::And':[{'Condition':'T'}]}", "X0106!"},
        {"{'Fn::Or':[{'Condition':'U'},{'Condition':'T'}]}", "true", ""},
        {"{'Fn::Or':[{'Condition':'F'},{'Condition':'F'}]}", "false", ""},
        {"{'Fn::Or':[{'Condition':'F'},{'Condition':'U'}]}",
         "{'Fn::Or':[{'Condition':'F'},{'Condition':'U'}]}", "X0007"},
        {"{'Condition':'F'}", "false", ""},
        {"{'Condition':'C'}", "{'Condition':'C'}", "X0103!"},
        {"{'Condition':'D'}", "{'Condition':'D'}", "X0102!"},
        {"{'Fn::Equals':[{'Ref':'R'},'x']}", "{'Fn::Equals':[{'Ref':'R'},'x']}", "X0113!"},
        {"{'Fn::Equals':[{'Fn::GetAtt':'R.Arn'},'x']}",
         "{'Fn::Equals':[{'Fn::GetAtt':'R.Arn'},'x']}", "X0113!"},
        {"{'Fn::Join':['',['a']]}", "{'Fn::Join':['',['a']]}", "X0106!"},
        {"'true'", "'true'", "X0106!"},
    };
    for (size_t i = 0; i < sizeof r / sizeof *r; i++) {
        char text[2048], got[1024], said[256], want[256];
        run t;
        snprintf(text, sizeof text,
                 "{'Parameters':{'P':{'Type':'String'}},'Conditions':{'C':%s,"
                 "'T':{'Fn::Equals':['a','a']},'F':{'Fn::Equals':['a','b']},"
                 "'U':{'Fn::Equals':[{'Ref':'P'},'b']}},'Resources':{'R':{'Type':'T'}}}",
                 r[i].expr);
        begin(&t, text, NULL);
        json(at(t.out, "Conditions/C"), got, sizeof got);
        codes(&t, said, sizeof said);
        snprintf(want, sizeof want, "%s%sX0007", r[i].codes, *r[i].codes ? " " : ""); // U itself
        if (strcmp(got, r[i].want) || strcmp(said, want)) {
            fprintf(stderr, "%s: got %s [%s], want %s [%s]\n", r[i].expr, got, said, r[i].want,
                    want);
            fail();
        }
        end(&t);
    }
}

static void test_removed(void **state) {
    (void)state;
    char got[1024], said[256];
    run t;
    begin(&t,
          "{'Parameters':{'P':{'Type':'String'}},"
          "'Conditions':{'No':{'Fn::Equals':['a','b']},'Yes':{'Fn::Equals':['a','a']},"
          "'Perhaps':{'Fn::Equals':[{'Ref':'P'},'b']}},"
          "'Resources':{'A':{'Condition':'No'},'B':{'Condition':'Yes','DependsOn':'A'},"
          "'C':{'DependsOn':['A','B']},'D':{'DependsOn':['A']},'E':{'Condition':'Perhaps'},"
          "'F':{'Condition':'Absent'},'G':{'Condition':{'Ref':'AWS::NoValue'}},"
          "'H':{'Condition':['No']}},"
          "'Outputs':{'O':{'Condition':'No','Value':{'Ref':'A'}},'Q':{'Value':'x'}}}",
          NULL);
    json(at(t.out, "Resources"), got, sizeof got);
    assert_string_equal(
        got,
        "{'B':{'Condition':'Yes'},'C':{'DependsOn':['B']},'D':{},"
        "'E':{'Condition':'Perhaps'},'F':{'Condition':'Absent'},'G':{},'H':{'Condition':['No']}}");
    json(at(t.out, "Outputs"), got, sizeof got);
    assert_string_equal(got, "{'Q':{'Value':'x'}}");
    codes(&t, said, sizeof said);
    assert_string_equal(said, "X0007 X0102! X0106! X0007");
    end(&t);
}

// ------------------------------------------------------------------------ loops

static void loop_case(const char *section, const char *body, const char *want, const char *said) {
    char text[4096], got[4096], codes_got[512];
    run t;
    snprintf(text, sizeof text,
             "{'Transform':['AWS::LanguageExtensions'],'Parameters':{"
             "'L':{'Type':'CommaDelimitedList','Default':'x,y'},'N':{'Type':'String'}},"
             "'Conditions':{%s},'Resources':{%s},'Outputs':{%s}}",
             *section == 'C' ? body : "", *section == 'R' ? body : "", *section == 'O' ? body : "");
    begin(&t, text, NULL);
    assert_int_equal(t.rc, WR_OK);
    json(at(t.out, *section == 'C'   ? "Conditions"
                   : *section == 'R' ? "Resources"
                                     : "Outputs"),
         got, sizeof got);
    codes(&t, codes_got, sizeof codes_got);
    if (strcmp(got, want) || strcmp(codes_got, said)) {
        fprintf(stderr, "%s\n got  %s [%s]\n want %s [%s]\n", body, got, codes_got, want, said);
        fail();
    }
    end(&t);
}

static void test_loops(void **state) {
    (void)state;
    loop_case("R",
              "'Fn::ForEach::L':['I',['A','B'],{'T${I}':{'P':{'Ref':'I'},'Q':'${I}-&{I}',"
              "'S':{'Fn::Sub':'${I}${!I}'}}}]",
              "{'TA':{'P':'A','Q':'A-A','S':'A${I}'},'TB':{'P':'B','Q':'B-B','S':'B${I}'}}", "");
    loop_case("R", "'Fn::ForEach::L':['I',['10.0','b/c'],{'T&{I}':{'P':'${I}'}}]",
              "{'T100':{'P':'10.0'},'Tbc':{'P':'b/c'}}", "");
    loop_case("R", "'Fn::ForEach::L':['I',{'Ref':'L'},{'T${I}':{}}],'Z':{}",
              "{'Tx':{},'Ty':{},'Z':{}}", "");
    loop_case("R", "'Fn::ForEach::L':['I',{'Fn::Split':[',','p,q']},{'T${I}':{}}]",
              "{'Tp':{},'Tq':{}}", "");
    loop_case("R", "'Fn::ForEach::L':['I',[],{'T${I}':{}}]", "{}", "");
    loop_case("R",
              "'Fn::ForEach::L':['I',['A','B'],{'Fn::ForEach::K':['J',['1','2'],"
              "{'T${I}${J}':{'V':'${J}${I}'}}]}]",
              "{'TA1':{'V':'1A'},'TA2':{'V':'2A'},'TB1':{'V':'1B'},'TB2':{'V':'2B'}}", "");
    loop_case("R", "'X':{'Properties':{'Fn::ForEach::L':['I',['A','B'],{'K${I}':'${I}'}],'Z':1}}",
              "{'X':{'Properties':{'KA':'A','KB':'B','Z':1}}}", "");
    loop_case("R", "'Fn::ForEach::L':['I',['A'],{'T${I}':{'V':{'Fn::GetAtt':['T${I}','Arn']}}}]",
              "{'TA':{'V':{'Fn::GetAtt':['TA','Arn']}}}", "X0001");
    loop_case("C", "'Fn::ForEach::L':['I',['a','b'],{'Is${I}':{'Fn::Equals':['a','${I}']}}]",
              "{'Isa':true,'Isb':false}", "");
    loop_case("O", "'Fn::ForEach::L':['I',['a','b'],{'O${I}':{'Value':{'Ref':'I'}}}]",
              "{'Oa':{'Value':'a'},'Ob':{'Value':'b'}}", "");
}

static void test_loop_misses(void **state) {
    (void)state;
    loop_case("R", "'Fn::ForEach::L':['I',{'Ref':'N'},{'T${I}':{}}],'Y':{'V':{'Ref':'Tx'}}",
              "{'Fn::ForEach::L':['I',{'Ref':'N'},{'T${I}':{}}],'Y':{'V':{'Ref':'Tx'}}}",
              "X0002 X0009");
    loop_case("R", "'Fn::ForEach::L':['I',['A'],{'T':{}}],'T':{}", "{'T':{}}", "X0110!");
    loop_case("R", "'Fn::ForEach::L':['I',['A','A'],{'T${I}':{}}]", "{'TA':{}}", "X0110!");
    loop_case("R", "'Fn::ForEach::L':['I',['a-b'],{'T${I}':{}}]", "{'Ta-b':{}}", "X0111!");
    loop_case("R", "'Fn::ForEach::L':['I','A',{'T${I}':{}}]",
              "{'Fn::ForEach::L':['I','A',{'T${I}':{}}]}", "X0106!");
    loop_case("R", "'Fn::ForEach::L':['I',['A']]", "{'Fn::ForEach::L':['I',['A']]}", "X0106!");
    loop_case("R", "'Fn::ForEach::L':['I',[['A']],{'T${I}':{}}]",
              "{'Fn::ForEach::L':['I',[['A']],{'T${I}':{}}]}", "X0106!");
    loop_case("R",
              "'Fn::ForEach::A':['A',['1'],{'Fn::ForEach::B':['B',['1'],{'Fn::ForEach::C':"
              "['C',['1'],{'Fn::ForEach::D':['D',['1'],{'Fn::ForEach::E':['E',['1'],"
              "{'Fn::ForEach::F':['F',['1'],{'T${A}${F}':{}}]}]}]}]}]}]",
              "{'Fn::ForEach::F':['F',['1'],{'T1${F}':{}}]}", "X0112!");
}

static void test_needs_transform(void **state) {
    (void)state;
    char said[256];
    run t;
    begin(&t,
          "{'Resources':{'Fn::ForEach::L':['I',['A'],{'T${I}':{}}],"
          "'R':{'V':{'Fn::Length':[1]},'W':{'Fn::ToJsonString':{}}}}}",
          NULL);
    codes(&t, said, sizeof said);
    assert_string_equal(said, "X0109! X0109! X0109!");
    end(&t);
}

// ------------------------------------------------------------------------ transforms, sections

static void test_transforms(void **state) {
    (void)state;
    char got[512], said[256];
    run t;
    begin(&t,
          "{'Transform':['AWS::Serverless-2016-10-31',{'Name':'Mine'}],'Rules':{'R':{}},"
          "'Metadata':{'M':{'Ref':'X'}},"
          "'Resources':{'F':{'V':{'Ref':'FRole'},'W':{'Fn::GetAtt':'FRole.Arn'}},"
          "'Fn::Transform':{'Name':'AWS::Include'}}}",
          NULL);
    codes(&t, said, sizeof said);
    assert_string_equal(said, "X0005 X0005 X0008 X0005 X0005 X0005");
    json(t.out->root, got, sizeof got);
    assert_string_equal(
        got, "{'Transform':['AWS::Serverless-2016-10-31',{'Name':'Mine'}],'Rules':{'R':{}},"
             "'Metadata':{'M':{'Ref':'X'}},'Resources':{'F':{'V':{'Ref':'FRole'},"
             "'W':{'Fn::GetAtt':'FRole.Arn'}},'Fn::Transform':{'Name':'AWS::Include'}}}");
    end(&t);
}

static void test_no_template(void **state) {
    (void)state;
    char got[256];
    run t;
    begin(&t, "{'a':{'Ref':'b'},'c':[1]}", NULL);
    assert_int_equal(t.rc, WR_OK);
    json(t.out->root, got, sizeof got);
    assert_string_equal(got, "{'a':{'Ref':'b'},'c':[1]}");
    assert_int_equal(t.c.n_diags, 0);
    end(&t);
}

// A resolved value stands where its function stands; a chosen or looked-up one where it is written.
static void test_places(void **state) {
    (void)state;
    run t;
    begin(&t,
          "{'Parameters':{'P':{'Type':'String','Default':'v'}},\n"
          "'Mappings':{'M':{'a':{'b':\n"
          "'found'}}},\n"
          "'Resources':{'R':{'X':\n"
          " {'Ref':'P'},'Y':\n"
          "  {'Fn::FindInMap':['M','a','b']},'Z':\n"
          "   {'Fn::Select':[0,[\n"
          "    'chosen']]},'U':\n"
          "     {'Ref':'R'}}}}",
          NULL);
    static const struct {
        const char *path;
        unsigned line, col;
    } r[] = {{"Resources/R/X", 5, 2},
             {"Resources/R/Y", 3, 1},
             {"Resources/R/Z", 8, 5},
             {"Resources/R/U", 9, 6}};
    for (size_t i = 0; i < sizeof r / sizeof *r; i++) {
        wr_pos p = wr_node_pos(t.out, at(t.out, r[i].path));
        assert_int_equal(p.line, r[i].line);
        assert_int_equal(p.col, r[i].col);
    }
    assert_int_equal(t.c.n_diags, 1);
    wr_pos p = wr_src_pos(t.c.diags->src, t.c.diags->span.beg);
    assert_int_equal(p.line, 9);
    end(&t);
}

// ------------------------------------------------------------------------ parameters

typedef struct param_row {
    const char *decl, *given, *want, *codes;
} param_row;

static void test_parameters(void **state) {
    (void)state;
    static const param_row r[] = {
        {"'Type':'String','AllowedValues':['a','b']", "'a'", "'a'", ""},
        {"'Type':'String','AllowedValues':['a','b']", "'c'", "{'Ref':'P'}", "X0201! X0002"},
        {"'Type':'String','AllowedPattern':'ab'", "'abc'", "'abc'", ""},
        {"'Type':'String','AllowedPattern':'ab'", "'xab'", "{'Ref':'P'}", "X0201! X0002"},
        {"'Type':'String','AllowedPattern':'('", "'x'", "'x'", "X0205"},
        {"'Type':'String','MinLength':2,'MaxLength':'3'", "'ab'", "'ab'", ""},
        {"'Type':'String','MinLength':2", "'a'", "{'Ref':'P'}", "X0201! X0002"},
        {"'Type':'String','MaxLength':3", "'abcd'", "{'Ref':'P'}", "X0201! X0002"},
        {"'Type':'Number','MinValue':1,'MaxValue':9", "5", "5", ""},
        {"'Type':'Number','MinValue':1", "0", "{'Ref':'P'}", "X0201! X0002"},
        {"'Type':'Number','MaxValue':9", "'9.5'", "{'Ref':'P'}", "X0201! X0002"},
        {"'Type':'Number','AllowedValues':[1,2]", "'2.0'", "2.0", ""},
        {"'Type':'Number'", "'inf'", "{'Ref':'P'}", "X0201! X0002"},
        {"'Type':'Number'", "'x'", "{'Ref':'P'}", "X0201! X0002"},
        {"'Type':'List<Number>','MaxValue':9", "'1,2'", "[1,2]", ""},
        {"'Type':'List<Number>','MaxValue':9", "'1,20'", "{'Ref':'P'}", "X0201! X0002"},
        {"'Type':'CommaDelimitedList','AllowedValues':['a']", "'a, a'", "['a','a']", ""},
        {"'Type':'CommaDelimitedList'", "['a','b']", "['a','b']", ""},
        {"'Type':'List<AWS::EC2::Subnet::Id>'", "'s-1,s-2'", "['s-1','s-2']", ""},
        {"'Type':'AWS::EC2::VPC::Id'", "'vpc-1'", "'vpc-1'", ""},
        {"'Type':'AWS::SSM::Parameter::Name'", "'/a'", "'/a'", ""},
        {"'Type':'AWS::SSM::Parameter::Value<String>'", "'/a'", "{'Ref':'P'}", "X0004"},
        {"'Type':'String','Default':'d'", NULL, "'d'", ""},
        {"'Type':'String','Default':5", NULL, "'5'", ""},
        {"'Type':'String','Default':true", NULL, "'true'", ""},
        {"'Type':'String','Default':['d']", NULL, "{'Ref':'P'}", "X0204! X0002"},
        {"'Type':'Number','Default':'x'", NULL, "{'Ref':'P'}", "X0201! X0002"},
        {"'Type':'Strin'", "'a'", "{'Ref':'P'}", "X0204!"},
        {"'Default':'a'", "'a'", "{'Ref':'P'}", "X0204!"},
        {"'Type':'String','NoEcho':'true','AllowedValues':['z']", "'hunter2'", "{'Ref':'P'}",
         "X0201! X0002"},
    };
    for (size_t i = 0; i < sizeof r / sizeof *r; i++) {
        char text[1024], given[256], got[256], said[256];
        run t;
        snprintf(text, sizeof text, "{'Parameters':{'P':{%s}},'Resources':{'R':{'V':{'Ref':'P'}}}}",
                 r[i].decl);
        snprintf(given, sizeof given, "{'P':%s}", r[i].given ? r[i].given : "0");
        begin(&t, text, r[i].given ? given : NULL);
        json(at(t.out, "Resources/R/V"), got, sizeof got);
        codes(&t, said, sizeof said);
        if (strcmp(got, r[i].want) || strcmp(said, r[i].codes)) {
            fprintf(stderr, "%s = %s: got %s [%s], want %s [%s]\n", r[i].decl,
                    r[i].given ? r[i].given : "(nothing)", got, said, r[i].want, r[i].codes);
            fail();
        }
        for (const wr_diag *d = t.c.diags; d; d = d->next)
            assert_int_equal(wr_find(d->msg, WR_S("hunter2"), 0), SIZE_MAX);
        end(&t);
    }
}

static wr_rc load_params(run *t, wr_cfn_inputs *in, const char *text) {
    memset(t, 0, sizeof *t);
    wr_ctx_init(&t->c, NULL);
    wr_cfn_inputs_init(in, &t->c.arena);
    wr_src *p = wr_src_new(&t->c.arena, WR_S("p.json"), quoted(&t->c.arena, text), false);
    return wr_cfn_params_load(&t->c, p, in);
}

static void test_param_files(void **state) {
    (void)state;
    static const struct {
        const char *file, *want; // "A=1 B=2", ~ a previous value
    } r[] = {
        {"[{'ParameterKey':'A','ParameterValue':'1'},"
         "{'ParameterKey':'B','UsePreviousValue':true}]",
         "A=1 B=~"},
        {"{'Parameters':{'A':'1','B':2}}", "A=1 B=2"},
        {"{'A':01234567890,'B':['x','y'],'C':false}", NULL},
        {"{'A':1.50,'B':['x','y'],'C':false}", "A=1.50 B=x,y C=false"},
        {"['A=1','B=x=y','A=2']", "A=2 B=x=y"},
        {"'A=1 B=2'", "A=1 B=2"},
        {"{'AWS::AvailabilityZones':{'us-east-1':['a','b']}}",
         "AWS::AvailabilityZones::us-east-1=a,b"},
        {"[]", ""},
        {"['A']", NULL},
        {"['=1']", NULL},
        {"[1]", NULL},
        {"[{'ParameterKey':'A'}]", NULL},
        {"[{'ParameterValue':'A'}]", NULL},
        {"{'A':{'B':1}}", NULL},
        {"{'A':null}", NULL},
        {"7", NULL},
    };
    for (size_t i = 0; i < sizeof r / sizeof *r; i++) {
        run t;
        wr_cfn_inputs in;
        char got[512] = "";
        wr_rc rc = load_params(&t, &in, r[i].file);
        if (!r[i].want) {
            assert_int_equal(rc, WR_BAD);
            assert_true(t.c.n_errors > 0);
        } else {
            assert_int_equal(rc, WR_OK);
            for (uint32_t k = 0; k < in.names.n; k++) {
                const wr_cfn_given *g = wr_map_find(&in.given, in.names.v[k]);
                snprintf(got + strlen(got), sizeof got - strlen(got), "%s%.*s=%.*s%s", k ? " " : "",
                         WR_FMT(g->name), WR_FMT(g->text), g->previous ? "~" : "");
            }
            assert_string_equal(got, r[i].want);
        }
        end(&t);
    }
}

static void test_previous_and_unused(void **state) {
    (void)state;
    char got[256], said[256];
    run t;
    begin(&t,
          "{'Parameters':{'P':{'Type':'String','Default':'d'}},"
          "'Resources':{'R':{'V':{'Ref':'P'}}}}",
          "[{'ParameterKey':'P','UsePreviousValue':true},"
          "{'ParameterKey':'Q','ParameterValue':'1'}]");
    json(at(t.out, "Resources/R/V"), got, sizeof got);
    codes(&t, said, sizeof said);
    assert_string_equal(got, "{'Ref':'P'}"); // the default is not what a stack keeps
    assert_string_equal(said, "X0202 X0002");
    end(&t);
}

static void test_bad_param_file(void **state) {
    (void)state;
    run t;
    wr_cfn_inputs in;
    assert_int_equal(load_params(&t, &in, "[{'ParameterKey':'A'}]"), WR_BAD);
    assert_int_equal(t.c.diags->code, WR_D_X0203);
    end(&t);
}

// A secret decides conditions, but no message may show it, nor anything made from it.
static void test_secret(void **state) {
    (void)state;
    static const char *const exprs[] = {
        "{'Fn::Equals':[{'Fn::FindInMap':['M',{'Ref':'S'},'k']},'x']}",
        "{'Fn::Equals':[{'Ref':{'Fn::Sub':'${S}'}},'x']}",
        "{'Fn::Equals':[{'Fn::GetAtt':[{'Ref':'S'},'A']},'x']}",
        "{'Fn::Equals':[{'Fn::GetAZs':{'Ref':'S'}},'x']}",
        "{'Fn::Equals':[{'Fn::ImportValue':{'Ref':'S'}},'x']}",
        "{'Fn::Equals':[{'Fn::Select':[{'Ref':'S'},['a']]},'x']}",
        "{'Fn::Equals':[{'Fn::Select':[0,{'Fn::Split':['t',{'Ref':'S'}]}]},'hun']}",
    };
    for (size_t i = 0; i < sizeof exprs / sizeof *exprs; i++) {
        char text[1024];
        run t;
        snprintf(text, sizeof text,
                 "{'Transform':'AWS::LanguageExtensions','Mappings':{'M':{'a':{'k':1}}},"
                 "'Parameters':{'S':{'Type':'String','NoEcho':true}},'Conditions':{'C':%s},"
                 "'Resources':{'R':{'Condition':'C','V':{'Fn::If':['C',{'Ref':'S'},2]}}}}",
                 exprs[i]);
        begin(&t, text, "{'S':'hunter2'}");
        char got[1024];
        json(t.out->root, got, sizeof got);
        assert_null(strstr(got, "hunter2"));
        for (const wr_diag *d = t.c.diags; d; d = d->next)
            assert_int_equal(wr_find(d->msg, WR_S("hunter2"), 0), SIZE_MAX);
        for (uint32_t k = 0; k < t.out->n_facts; k++)
            assert_int_equal(wr_find(t.out->facts[k].what, WR_S("hunter2"), 0), SIZE_MAX);
        end(&t);
    }
}

// In the reach of a macro nothing is known, down to the scalars; beside AWS::Include all is.
static void test_macro_reach(void **state) {
    (void)state;
    run t;
    wr_str what;
    begin(&t,
          "{'Resources':{'R':{'M':{'Fn::Transform':{'Name':'Mine'},\n"
          "'N':7,'L':['s']},'I':{'Fn::Transform':{'Name':'AWS::Include'},'N':1}}}}",
          NULL);
    assert_true(wr_node_unknown(t.out, at(t.out, "Resources/R/M/N"), &what));
    assert_true(wr_eq(what, WR_S("macro Mine")));
    assert_true(wr_node_unknown(t.out, at(t.out, "Resources/R/M/L"), &what));
    assert_true(wr_node_unknown(t.out, at(t.out, "Resources/R/M/L/0"), &what));
    assert_int_equal(wr_node_pos(t.out, at(t.out, "Resources/R/M/L/0")).line, 2);
    assert_int_equal(wr_node_pos(t.out, at(t.out, "Resources/R/M/L/0")).col, 12);
    assert_true(wr_node_unknown(t.out, at(t.out, "Resources/R/I"), &what));
    assert_false(wr_node_unknown(t.out, at(t.out, "Resources/R/I/N"), &what));
    assert_false(wr_node_unknown(t.out, at(t.out, "Resources/R"), &what));
    end(&t);
}

// A loop's keys may meet in a map that has no loop itself: facts stay with their nodes.
static void test_facts_with_repeated_keys(void **state) {
    (void)state;
    run t;
    wr_str what;
    begin(&t,
          "{'Transform':'AWS::LanguageExtensions','Resources':{'B':{},'C':{},"
          "'Fn::ForEach::L':['I',['x'],{'T${I}':{'m':{'${I}':{'Ref':'B'},'y':{'Ref':'C'},"
          "'x':{'Fn::GetAtt':['B','A']}}}}]}}",
          NULL);
    assert_true(wr_node_unknown(t.out, at(t.out, "Resources/Tx/m/x"), &what));
    assert_true(wr_eq(what, WR_S("Fn::GetAtt B.A")));
    assert_true(wr_node_unknown(t.out, at(t.out, "Resources/Tx/m/y"), &what));
    assert_true(wr_eq(what, WR_S("Ref C")));
    end(&t);
}

// ------------------------------------------------------------------------ limits

// Five loops of 100 items each would make ten thousand million resources.
static void test_loop_bomb(void **state) {
    (void)state;
    static char text[16384];
    char list[1024] = "[", *p = list + 1;
    for (int i = 0; i < 100; i++) p += sprintf(p, "%s'%d'", i ? "," : "", i);
    strcpy(p, "]");
    p = text;
    p += sprintf(p, "{'Transform':'AWS::LanguageExtensions','Resources':{");
    for (int i = 0; i < 5; i++) p += sprintf(p, "'Fn::ForEach::L%d':['I%d',%s,{", i, i, list);
    p += sprintf(p, "'R${I0}x${I1}x${I2}x${I3}x${I4}':{}");
    for (int i = 0; i < 5; i++) p += sprintf(p, "}]");
    sprintf(p, "}}");
    run t;
    begin(&t, text, NULL);
    assert_int_equal(t.rc, WR_LIMIT);
    assert_null(t.out);
    assert_int_equal(t.c.diags->code, WR_D_X0301);
    end(&t);
}

// The same with a body that makes nothing: the turns themselves are counted.
static void test_empty_loop_bomb(void **state) {
    (void)state;
    static char text[16384];
    char list[1024] = "[", *p = list + 1;
    for (int i = 0; i < 100; i++) p += sprintf(p, "%s'%d'", i ? "," : "", i);
    strcpy(p, "]");
    p = text + sprintf(text, "{'Transform':'AWS::LanguageExtensions','Resources':{'R':{'P':{");
    for (int i = 0; i < 5; i++) p += sprintf(p, "'Fn::ForEach::L%d':['I%d',%s,{", i, i, list);
    for (int i = 0; i < 5; i++) p += sprintf(p, "}]");
    sprintf(p, "}}}}");
    run t;
    begin(&t, text, NULL);
    assert_int_equal(t.rc, WR_LIMIT);
    assert_int_equal(t.c.diags->code, WR_D_X0301);
    end(&t);
}

// Each level doubles the text of the level below.
static void sub_bomb(run *t, int levels, const wr_limits *lim) {
    char *text = malloc(200000), *p = text;
    p += sprintf(p, "{'Resources':{'R':{'V':");
    for (int i = 0; i < levels; i++) p += sprintf(p, "{'Fn::Sub':['${a}${a}',{'a':");
    p += sprintf(p, "'0123456789'");
    for (int i = 0; i < levels; i++) p += sprintf(p, "}]}");
    sprintf(p, "}}}");
    begin_limited(t, text, NULL, lim);
    free(text);
}

static void test_sub_bomb(void **state) {
    (void)state;
    run t;
    sub_bomb(&t, 10, NULL);
    assert_int_equal(t.rc, WR_OK);
    assert_int_equal(at(t.out, "Resources/R/V")->n, 10240);
    end(&t);
    sub_bomb(&t, 60, NULL);
    assert_int_equal(t.rc, WR_LIMIT);
    assert_int_equal(t.c.diags->code, WR_D_X0302);
    end(&t);
}

static void nest(run *t, const char *open, const char *leaf, const char *close, int levels) {
    char *text = malloc((size_t)levels * 64 + 256), *p = text;
    p += sprintf(p, "{'Resources':{'R':{'V':");
    for (int i = 0; i < levels; i++) p += sprintf(p, "%s", open);
    p += sprintf(p, "%s", leaf);
    for (int i = 0; i < levels; i++) p += sprintf(p, "%s", close);
    sprintf(p, "}}}");
    begin(t, text, NULL);
    free(text);
}

static void test_deep(void **state) {
    (void)state;
    run t;
    nest(&t, "{'Fn::Join':['',['a',", "'b'", "]]}", 100);
    assert_int_equal(t.rc, WR_OK);
    assert_int_equal(at(t.out, "Resources/R/V")->n, 101);
    end(&t);
    nest(&t, "{'Fn::Join':['',['a',", "'b'", "]]}", 3000);
    assert_int_equal(t.rc, WR_LIMIT);
    assert_int_equal(t.c.diags->code, WR_D_X0303);
    end(&t);
    nest(&t, "{'Fn::Base64':", "'b'", "}", 3000);
    assert_int_equal(t.c.diags->code, WR_D_X0303);
    end(&t);
    nest(&t, "[", "1", "]", 3000);
    assert_int_equal(t.c.diags->code, WR_D_X0303);
    end(&t);
}

// A chain of conditions is as deep as it is long.
static void test_condition_chain(void **state) {
    (void)state;
    for (int levels = 100; levels <= 5000; levels *= 50) {
        char *text = malloc((size_t)levels * 64 + 256), *p = text;
        p += sprintf(p, "{'Resources':{},'Conditions':{");
        for (int i = 0; i < levels; i++) p += sprintf(p, "'C%d':{'Condition':'C%d'},", i, i + 1);
        sprintf(p, "'C%d':{'Fn::Equals':['a','a']}}}", levels);
        run t;
        begin(&t, text, NULL);
        free(text);
        if (levels == 100) {
            assert_int_equal(t.rc, WR_OK);
            assert_true(at(t.out, "Conditions/C0")->u.b);
        } else {
            assert_int_equal(t.rc, WR_LIMIT);
            assert_int_equal(t.c.diags->code, WR_D_X0303);
        }
        end(&t);
    }
}

static void test_small_limits(void **state) {
    (void)state;
    wr_limits lim = wr_limits_default;
    run t;
    lim.bytes = 4096;
    sub_bomb(&t, 10, &lim);
    assert_int_equal(t.rc, WR_LIMIT);
    assert_int_equal(t.c.diags->code, WR_D_X0302);
    end(&t);
    lim = wr_limits_default;
    lim.nodes = 60;
    begin_limited(&t,
                  "{'Resources':{'R':{'V':{'Fn::Split':[',',"
                  "',,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,']}}}}",
                  NULL, &lim);
    assert_int_equal(t.rc, WR_LIMIT);
    assert_int_equal(t.c.diags->code, WR_D_X0301);
    end(&t);
}

// Notes leave half of the diagnostics to errors.
static void test_many_notes(void **state) {
    (void)state;
    char text[4096] = "{'Resources':{'R':{'V':[", *p = text + strlen(text);
    for (int i = 0; i < 50; i++) p += sprintf(p, "{'Fn::GetAtt':['R','A%d']},", i);
    sprintf(p, "{'Ref':'Nope'}]}}}");
    wr_limits lim = wr_limits_default;
    lim.diags = 8;
    char said[256];
    run t;
    begin_limited(&t, text, NULL, &lim);
    codes(&t, said, sizeof said);
    assert_string_equal(said, "X0001 X0001 X0001 X0001 X0101! X0010");
    assert_true(wr_starts(t.c.diags->next->next->next->next->next->msg, WR_S("46 more")));
    end(&t);
}

// Resolving what was resolved changes nothing.
static void test_twice(void **state) {
    (void)state;
    char a[2048], b[2048];
    run t;
    wr_doc *again = NULL;
    begin(&t,
          "{'Parameters':{'P':{'Type':'String','Default':'v'}},'Resources':{'R':{'A':{'Ref':'P'},"
          "'B':{'Fn::Sub':'${R}'},'C':[{'Fn::GetAtt':['R','x']}],'D':'{{resolve:ssm:a}}'}}}",
          NULL);
    assert_int_equal(wr_cfn_resolve(&t.c, t.out, NULL, &again), WR_OK);
    json(t.out->root, a, sizeof a);
    json(again->root, b, sizeof b);
    assert_string_equal(a, b);
    assert_true(wr_node_unknown(again, at(again, "Resources/R/B"), NULL));
    end(&t);
}

static void test_facts_without_document(void **state) {
    (void)state;
    run t;
    wr_str what;
    begin(&t, "{'Resources':{'R':{'B':{'Fn::Sub':'${R}'}}}}", NULL);
    const wr_node *n = at(t.out, "Resources/R/B");
    assert_true(wr_node_unknown(NULL, n, &what));
    assert_true(wr_eq(what, WR_S("Fn::Sub")));
    assert_true(wr_node_unknown(t.out, n, &what));
    assert_true(wr_eq(what, WR_S("Ref R")));
    assert_false(wr_node_unknown(t.out, at(t.out, "Resources/R"), &what));
    end(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ref),
        cmocka_unit_test(test_no_value),
        cmocka_unit_test(test_getatt_import),
        cmocka_unit_test(test_sub),
        cmocka_unit_test(test_join_split),
        cmocka_unit_test(test_select),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_find_in_map),
        cmocka_unit_test(test_azs),
        cmocka_unit_test(test_cidr),
        cmocka_unit_test(test_length_json),
        cmocka_unit_test(test_if),
        cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_removed),
        cmocka_unit_test(test_loops),
        cmocka_unit_test(test_loop_misses),
        cmocka_unit_test(test_needs_transform),
        cmocka_unit_test(test_transforms),
        cmocka_unit_test(test_no_template),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_param_files),
        cmocka_unit_test(test_previous_and_unused),
        cmocka_unit_test(test_bad_param_file),
        cmocka_unit_test(test_secret),
        cmocka_unit_test(test_macro_reach),
        cmocka_unit_test(test_facts_with_repeated_keys),
        cmocka_unit_test(test_loop_bomb),
        cmocka_unit_test(test_empty_loop_bomb),
        cmocka_unit_test(test_sub_bomb),
        cmocka_unit_test(test_deep),
        cmocka_unit_test(test_condition_chain),
        cmocka_unit_test(test_small_limits),
        cmocka_unit_test(test_many_notes),
        cmocka_unit_test(test_twice),
        cmocka_unit_test(test_facts_without_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
