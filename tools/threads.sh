#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# threads: what runs on several threads, for a build that watches races: -j over files of rules, of
# trails, of a repository, and the example of the public API that shares a policy between threads.
# Usage: threads.sh BUILD
set -u
build=$1
passed=0 failed=0
check() { # the exit code wanted, then the command
    want=$1
    shift
    log=$("$@" 2>&1)
    rc=$?
    if [ $rc -eq "$want" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED (exit $rc, wanted $want): $*"
        printf '%s\n' "$log" | head -n 40
    fi
}
e=examples
check 1 "$build/writ" guard validate -r $e/rules -d $e/templates -j 4
check 1 "$build/writ" guard validate -r $e/rules -d $e/templates -j 4 -z -o json -S none
for p in "$build"/api/*; do
    check 1 "$p" $e/rules/s3.guard $e/rules/network.guard -- $e/templates/storage.yaml \
        $e/templates/network.json $e/templates/storage-fixed.yaml $e/plans/plan.json
done
trail=$(mktemp -d) # eight files, each with calls that are denied, unknown and broken
repo=$(mktemp -d)
trap 'rm -rf "$trail" "$repo"' EXIT
"$build/writ" init "$repo/acme" >/dev/null
t=$repo/acme/templates
for i in 1 2 3 4 5 6 7 8; do cp "$t/uploads.yaml" "$t/$i.yaml"; done
check 1 "$build/writ" check "$repo/acme" -j 4
check 0 "$build/writ" test "$repo/acme" -j 4
check 0 "$build/writ" test "$repo/acme" --mutate -j 4
cat >"$trail/scp.policy" <<'EOF'
{"Version": "2012-10-17", "Statement": [
  {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*",
   "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}},
  {"Effect": "Deny", "Action": "iam:*", "Resource": "*",
   "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "identity"}}}]}
EOF
arn=arn:aws:iam::111122223333:user
for f in 1 2 3 4 5 6 7 8; do
    i=0
    while [ $i -lt 100 ]; do
        for e in ec2:RunInstances iam:CreateUser s3:ListBuckets; do
            printf '{"eventSource":"%s.amazonaws.com","eventName":"%s",' ${e%:*} ${e#*:}
            printf '"awsRegion":"us-east-1","recipientAccountId":"111122223333",'
            printf '"eventType":"AwsApiCall","userIdentity":{"type":"IAMUser",'
            printf '"arn":"%s/u%d","accountId":"111122223333","userName":"u%d"}}\n' $arn $i $i
        done
        i=$((i + 1))
    done >"$trail/$f.jsonl"
done
impact="$build/writ impact --scp $trail/scp.policy --trail $trail -j 4 --fail-on denied"
check 1 $impact
check 1 $impact -o json --group-by principal,action,account
echo '{"eventName":' >>"$trail/3.jsonl"
echo '{"eventName":' >>"$trail/6.jsonl"
check 2 $impact
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
