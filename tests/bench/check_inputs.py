#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_inputs: a governance repository of a given size, the same everywhere: controls with a
proactive and a detective Guard layer over 24 resource types, SCPs, templates, configuration items,
a trail. About one resource in a hundred breaks something.

Usage: check_inputs.py BUILD FOLDER [CONTROLS SCPS TEMPLATES ITEMS RECORDS]
"""
import json
import os
import random
import subprocess
import sys

TYPES = ['AWS::' + t for t in (
    'S3::Bucket', 'EC2::Instance', 'EC2::SecurityGroup', 'EC2::Volume', 'EC2::VPC', 'IAM::Role',
    'IAM::User', 'RDS::DBInstance', 'RDS::DBCluster', 'KMS::Key', 'Lambda::Function', 'SNS::Topic',
    'SQS::Queue', 'DynamoDB::Table', 'ECS::Service', 'EKS::Cluster', 'CloudTrail::Trail',
    'SecretsManager::Secret', 'CloudFront::Distribution', 'ApiGateway::RestApi',
    'ElasticLoadBalancingV2::LoadBalancer', 'Redshift::Cluster', 'Logs::LogGroup',
    'EFS::FileSystem')]

# What a rule asks, of the properties of a template and of the configuration of an item alike.
CHECKS = [
    'Encrypted == true', 'Logging.Enabled == true', 'Logging.Bucket == /^logs-[a-z]+$/',
    'Access.Public == false', 'Access.Cidrs[*] != "0.0.0.0/0"', 'Access.Cidrs[*] == /^10\\./',
    'Retention >= 7', 'Retention <= 365', 'Tags[ Key == "owner" ] !empty',
    'Tags[*].Value != /^ *$/', 'Version in ["1.2", "1.3"]', 'Owner exists',
    'Policy.Statement[*].Effect == "Deny" or Policy.Statement[*].Principal != "*"',
    'Policy.Statement[*].Action != "*"', 'Backup.Days > 0', 'Backup.Copies[*].Region exists',
    'Zones !empty', 'Zones[*] == /^eu-/', 'Name == /^[a-z][a-z0-9-]{2,62}$/', 'Limits.Rate < 10000']


def properties(rnd, bad):
    return {
        'Name': f'r{rnd.randrange(10**9)}', 'Encrypted': not bad,
        'Owner': f'team-{rnd.randrange(40)}',
        'Logging': {'Enabled': True, 'Bucket': 'logs-' + rnd.choice(['eu', 'us'])},
        'Access': {'Public': bad, 'Cidrs': [f'10.{rnd.randrange(256)}.0.0/16' for _ in range(3)]},
        'Retention': rnd.choice([30, 90, 365]), 'Version': '1.2',
        'Zones': ['eu-west-1a', 'eu-west-1b'],
        'Tags': [{'Key': k, 'Value': f'v{rnd.randrange(99)}'} for k in ('owner', 'stage', 'cost')],
        'Policy': {'Statement': [
            {'Effect': 'Allow', 'Principal': {'AWS': f'{rnd.randrange(10**11):012d}'},
             'Action': f'svc:Do{rnd.randrange(9)}'} for _ in range(3)]},
        'Backup': {'Days': 14, 'Copies': [{'Region': 'eu-north-1'}]}, 'Limits': {'Rate': 500}}


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)


def write_control(root, i):
    kind, check = TYPES[i % len(TYPES)], CHECKS[i // len(TYPES) % len(CHECKS)]
    name = f'{kind.split("::")[1].upper()}.C{i:03d}'
    parts = check.split(' or ')
    ci = ' or '.join(f'configuration.{p}' for p in parts)
    cfn = ' or '.join(parts)
    write(f'{root}/policies/guard/c{i:03d}.guard', f'''rule cfn_{i} when Resources exists {{
    let all = Resources.*[ Type == "{kind}" ]
    when %all !empty {{
        %all.Properties {{ {cfn} <<Set it as the standard says.>> }}
    }}
}}
rule ci_{i} when resourceType exists {{
    {ci} <<Set it as the standard says.>>
}}
''')
    write(f'{root}/controls/c{i:03d}.yaml', f'''id: {name}
title: Resources of {kind} meet check {i}
objective: bench/objective-{i % 30}
severity: {["LOW", "MEDIUM", "HIGH"][i % 3]}
owner: team-{i % 12}
remediation: Set it as the standard says.
resources: ["{kind}"]
layers:
  proactive: {{guard: policies/guard/c{i:03d}.guard, on: [cloudformation]}}
  detective: {{guard: policies/guard/c{i:03d}.guard, on: configuration-item}}
omit: {{preventative: no policy can tell, responsive: repaired by hand}}
''')


def write_scp(root, i):
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'scps')
    files = sorted(os.listdir(here))
    with open(f'{here}/{files[i % len(files)]}', encoding='utf-8') as f:
        write(f'{root}/policies/scp/s{i:02d}.json', f.read())
    write(f'{root}/controls/s{i:02d}.yaml', f'''id: ORG.SCP{i:02d}
title: The organization denies what {files[i % len(files)]} names ({i})
objective: bench/organization
severity: HIGH
owner: platform
resources: []
layers:
  preventative: {{scp: policies/scp/s{i:02d}.json}}
omit: {{proactive: not deployed, detective: not recorded, responsive: repaired by hand}}
'''.replace('resources: []\n', ''))


def write_templates(root, n, rnd):
    for i in range(n):
        kinds = rnd.sample(TYPES, 10)
        res = {f'R{k}': {'Type': t, 'Properties': properties(rnd, rnd.random() < 0.01)}
               for k, t in enumerate(kinds)}
        write(f'{root}/templates/{i // 100:02d}/t{i:04d}.json',
              json.dumps({'AWSTemplateFormatVersion': '2010-09-09', 'Resources': res}, indent=2))


def write_items(root, n, rnd):
    os.makedirs(f'{root}/inventory', exist_ok=True)
    with open(f'{root}/inventory/items.jsonl', 'w', encoding='utf-8') as f:
        for i in range(n):
            t = rnd.choice(TYPES)
            account = f'{111111111111 + rnd.randrange(50)}'
            name = f'{t.split("::")[2].lower()}-{i}'
            f.write(json.dumps({
                'version': '1.3', 'accountId': account, 'awsRegion': 'eu-west-1', 'resourceType': t,
                'configurationItemCaptureTime': '2026-11-01T00:00:00Z', 'resourceId': name,
                'configurationItemStatus': 'OK', 'ARN': f'arn:aws:x:eu-west-1:{account}:{name}',
                'configuration': properties(rnd, rnd.random() < 0.01), 'relationships': [],
                'supplementaryConfiguration': {'Policy': '{"Statement":[]}'},
                'tags': {'owner': 'team'}}) + '\n')


def make(build, root, controls=480, scps=20, templates=2000, items=100000, records=1000000):
    if os.path.isdir(root):
        return root
    part, rnd = root + '.part', random.Random(4)
    for i in range(controls):
        write_control(part, i)
    for i in range(scps):
        write_scp(part, i)
    write_templates(part, templates, rnd)
    write_items(part, items, rnd)
    os.makedirs(f'{part}/trail', exist_ok=True)
    if records:
        subprocess.run([f'{build}/bench/trail_gen', f'{part}/trail', '4', str(records // 4)],
                       check=True, capture_output=True)
    write(f'{part}/writ.yaml', 'schema: writ/repository/1\nname: bench\n')
    git = ['git', '-C', part, '-c', 'user.name=bench', '-c', 'user.email=bench@example.com']
    subprocess.run(git + ['init', '-q'], check=True)
    subprocess.run(git + ['add', '.'], check=True)
    subprocess.run(git + ['commit', '-qm', 'all'], check=True)
    os.rename(part, root)
    return root


if __name__ == '__main__':
    make(os.path.abspath(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))
