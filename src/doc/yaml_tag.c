// SPDX-License-Identifier: Apache-2.0
// The short forms of CloudFormation's intrinsic functions, and where each reader knows them.
// cfn-guard knows a fixed list for scalars and another for sequences (guard-language.md §1.3);
// writ's own reader takes every intrinsic on every kind of node, as CloudFormation documents them
// (User Guide, "Intrinsic function reference").

#include "doc/yaml_int.h"

enum { S = WR_YFN_SCALAR, L = WR_YFN_LIST, STRICT = WR_YFN_STRICT };

static const struct {
    const char *name, *full;
    unsigned how;
} forms[] = {
    {"Ref", "Ref", S | STRICT},
    {"Sub", "Fn::Sub", S | L | STRICT},
    {"GetAtt", "Fn::GetAtt", S | L | STRICT},
    {"If", "Fn::If", L | STRICT},
    {"Join", "Fn::Join", L | STRICT},
    {"Select", "Fn::Select", L | STRICT},
    {"Split", "Fn::Split", L | STRICT},
    {"FindInMap", "Fn::FindInMap", L | STRICT},
    {"ImportValue", "Fn::ImportValue", S | STRICT},
    {"Base64", "Fn::Base64", S | STRICT},
    {"GetAZs", "Fn::GetAZs", S | STRICT},
    {"Equals", "Fn::Equals", L | STRICT},
    {"Not", "Fn::Not", L | STRICT},
    {"And", "Fn::And", L | STRICT},
    {"Or", "Fn::Or", L | STRICT},
    {"Condition", "Condition", S | STRICT},
    {"Contains", "Fn::Contains", L | STRICT},
    {"EachMemberIn", "Fn::EachMemberIn", L | STRICT},
    {"EachMemberEquals", "Fn::EachMemberEquals", L | STRICT},
    {"ValueOf", "Fn::ValueOf", L | STRICT},
    {"RefAll", "Fn::RefAll", S | STRICT},
    {"ValueOfAll", "Fn::ValueOfAll", STRICT},
    {"Cidr", "Fn::Cidr", STRICT},
    {"Transform", "Fn::Transform", STRICT},
    {"ForEach", "Fn::ForEach", STRICT},
    {"Length", "Fn::Length", STRICT},
    {"ToJsonString", "Fn::ToJsonString", STRICT},
};

wr_str wr_yaml_long_name(wr_str name, unsigned how) {
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if ((forms[i].how & how) && wr_eq(name, wr_strz(forms[i].name)))
            return wr_strz(forms[i].full);
    return (wr_str){NULL, 0};
}

wr_yaml_core wr_yaml_core_tag(const char *tag) {
    static const char prefix[] = "tag:yaml.org,2002:";
    if (tag == NULL || strncmp(tag, prefix, sizeof prefix - 1) != 0) return WR_YCORE_NONE;
    tag += sizeof prefix - 1;
    if (strcmp(tag, "bool") == 0) return WR_YCORE_BOOL;
    if (strcmp(tag, "int") == 0) return WR_YCORE_INT;
    if (strcmp(tag, "float") == 0) return WR_YCORE_FLOAT;
    if (strcmp(tag, "null") == 0) return WR_YCORE_NULL;
    if (strcmp(tag, "str") == 0) return WR_YCORE_STR;
    return WR_YCORE_OTHER;
}
