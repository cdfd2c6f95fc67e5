#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Holds who-can and what-can against one decision for each principal, action and resource.
# brute.sh who|what|unseen: prints what differs, then a count.
set -e
A=arn:aws:iam::222222222222
PRINCIPALS="$A:root $A:user/ann $A:user/ben $A:role/ci/deploy $A:role/audit"
RESOURCES="arn:aws:s3:::blue-a/x arn:aws:s3:::artifacts/x arn:aws:sqs:eu-west-1:222222222222:q
  $A:role/ci/deploy arn:aws:ec2:us-east-1:222222222222:instance/i-1"
WORLD="--account dump.json --org org.yaml"
n=0

# "ID may" or "ID always" of decisions, by what their outcome leaves possible.
mays() {
    sed -n -e 's/.*"id":"\([^"]*\)","outcome":"ALLOW".*/\1 always/p' \
        -e 's/.*"id":"\([^"]*\)","outcome":"ERROR".*/\1 error/p' \
        -e 's/.*"id":"\([^"]*\)","outcome":"UNKNOWN".*"possible":\[[^]]*"ALLOW".*/\1 may/p' | sort
}

who() {
    for action in s3:GetObject s3:PutObject s3:DeleteObject sqs:SendMessage sts:AssumeRole \
        ec2:RunInstances iam:PassRole; do
        for resource in $RESOURCES; do
            for p in $PRINCIPALS; do
                printf '{"id":"%s","principal":"%s","action":"%s","resource":"%s"}\n' \
                    $p $p $action $resource
                n=$((n + 1))
            done >requests
            n=$((n + 5))
            writ iam simulate $WORLD --batch requests | mays >want
            writ iam who-can $action $resource $WORLD -o json | tr -d ' \n' |
                grep -o '"principal":"[^"]*","outcome":"[A-Z_]*"' |
                sed -e 's/"principal":"\([^"]*\)","outcome":"\(.*\)"/\1 \2/' \
                    -e 's/ALLOW/always/; s/UNKNOWN/may/; s/ERROR/error/' | sort >got || true
            diff want got || echo "differs: $action $resource"
        done
    done
    echo "$n decisions"
}

# A policy of the resource that is not given: who may with one that allows all and not without any.
# Of the own account they are counted, of another listed as unknown.
unseen() {
    echo '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}' >open.json
    for resource in arn:aws:s3:::artifacts/x arn:aws:sqs:eu-west-1:222222222222:q \
        arn:aws:kms:eu-west-1:222222222222:key/k arn:aws:sqs:eu-west-1:333333333333:q \
        arn:aws:kms:eu-west-1:333333333333:key/k; do
        for action in s3:GetObject s3:PutObject s3:DeleteObject sqs:SendMessage kms:Decrypt; do
            for p in $PRINCIPALS; do
                printf '{"id":"%s","principal":"%s","action":"%s","resource":"%s"}\n' \
                    $p $p $action $resource
                n=$((n + 2))
            done >requests
            writ iam simulate $WORLD --batch requests | mays >without
            writ iam simulate $WORLD --batch requests --resource-policy open.json | mays >with
            awk '{ print $1 }' without | sort >has
            awk '{ print $1 }' with | sort | comm -23 - has >only
            case $resource in
            *:333333333333:*) sed 's/$/ may/' only | sort - without >want; unless=0 ;;
            *) cp without want; unless=$(wc -l <only) ;;
            esac
            writ iam who-can $action $resource $WORLD -o json | tr -d ' \n' >json
            grep -o '"principal":"[^"]*","outcome":"[A-Z_]*"' json |
                sed -e 's/"principal":"\([^"]*\)","outcome":"\(.*\)"/\1 \2/' \
                    -e 's/ALLOW/always/; s/UNKNOWN/may/; s/ERROR/error/' | sort >got || true
            diff want got || echo "differs: $action $resource"
            grep -q "\"unless_resource_policy\":$unless}" json || echo "count: $action $resource"
        done
    done
    echo "$n decisions"
}

# Actions of some services, from the table that iamctl's init writes.
actions() {
    iamctl init >/dev/null
    awk -F'"' '/"StringPrefix"/ { p = $4 } /"Actions"/ { on = 1; next } /]/ { on = 0 }
        on && p ~ /^(s3|sqs|sts|ec2|iam)$/ { print p ":" $2 }' iam.json
}

what() {
    actions | sort -u >actions
    for p in $PRINCIPALS; do
        [ $p = $A:root ] && continue
        # "service:Action always|may" as listed
        writ iam what-can $p $WORLD -o json | awk -F'"' '
            /"service"/ { s = $4 } /"always": \[|"may": \[/ { kind = $2; on = 1 }
            /\]/ { on = 0; if (/\[\]/) next }
            on && NF == 3 && !/\[/ { print s ":" $2, kind }' | sort -u >listed
        : >want
        for resource in $RESOURCES; do
            sed "s|.*|{\"id\":\"&\",\"principal\":\"$p\",\"action\":\"&\",\"resource\":\"$resource\",\"resourceAccount\":\"222222222222\"}|" actions >requests
            n=$((n + $(wc -l <requests)))
            writ iam simulate $WORLD --batch requests | mays >one
            cat one >>want
            # always: on every resource
            awk '$2 == "always" { print $1 }' listed | join - actions | sort >always
            awk '$2 == "always" { print $1 }' one | sort | comm -23 always - |
                sed "s|^|not always after all: $p $resource |"
        done
        awk '{ print $1 }' want | sort -u >may
        awk '{ print $1 }' listed | sort -u | comm -23 may - | sed "s|^|not listed: $p |"
        echo "$p: $(wc -l <may) of $(wc -l <listed) listed actions are allowed somewhere here"
    done
    echo "$n decisions"
}

$1
