# SPDX-License-Identifier: Apache-2.0
"""inputs: the synthetic inputs of the benches, always the same bytes.

A template of n resources has ten types in turn, a line and about 450 bytes of JSON a resource.
"""
import json
import os

TYPES = ['AWS::S3::Bucket', 'AWS::EC2::Volume', 'AWS::EC2::Instance', 'AWS::IAM::Role',
         'AWS::Lambda::Function', 'AWS::RDS::DBInstance', 'AWS::SNS::Topic', 'AWS::SQS::Queue',
         'AWS::DynamoDB::Table', 'AWS::EC2::SecurityGroup']
EXTRA = {
    'AWS::S3::Bucket': {'VersioningConfiguration': {'Status': 'Enabled'}},
    'AWS::EC2::Volume': {'Size': 100, 'Encrypted': True, 'AvailabilityZone': 'eu-west-1a'},
    'AWS::EC2::Instance': {'InstanceType': 't3.micro', 'ImageId': 'ami-12345678'},
    'AWS::IAM::Role': {'AssumeRolePolicyDocument': {'Version': '2012-10-17', 'Statement': []}},
    'AWS::Lambda::Function': {'Runtime': 'python3.12', 'Handler': 'index.handler', 'Timeout': 30},
    'AWS::RDS::DBInstance': {'Engine': 'postgres', 'StorageEncrypted': False, 'MultiAZ': True},
    'AWS::SNS::Topic': {'KmsMasterKeyId': 'alias/aws/sns'},
    'AWS::SQS::Queue': {'VisibilityTimeout': 30, 'KmsMasterKeyId': 'alias/q'},
    'AWS::DynamoDB::Table': {'BillingMode': 'PAY_PER_REQUEST', 'SSESpecification':
                             {'SSEEnabled': True}},
    'AWS::EC2::SecurityGroup': {'SecurityGroupIngress': [
        {'IpProtocol': 'tcp', 'FromPort': 443, 'ToPort': 443, 'CidrIp': '10.0.0.0/8'}]},
}


def resource(i):
    t = TYPES[i % len(TYPES)]
    return {'Type': t, 'DeletionPolicy': 'Retain', 'Properties': {
        'Name': f'resource-{i:06}',
        'Description': f'Resource number {i} of a bench, made to be judged by rules of all '
        'kinds, and for nothing else',
        **EXTRA[t], 'Tags': [{'Key': 'team', 'Value': f'team-{i % 17}'},
                             {'Key': 'env', 'Value': ['dev', 'test', 'prod'][i % 3]},
                             {'Key': 'cost', 'Value': f'{i % 97:05}'}]}}


def template(n):
    lines = ',\n'.join(f'"Resource{i:06}": {json.dumps(resource(i))}' for i in range(n))
    return f'{{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {{\n{lines}\n}}}}\n'


def nested(n, depth):
    value = {'leaf': 1}
    for _ in range(depth):
        value = {'Properties': value}
    return json.dumps({'Resources': {f'R{i}': {'Type': 'AWS::X::Y', 'Properties': value}
                                     for i in range(n)}})


def role(i, changed):
    """Three inline policies of a handful of statements; of a changed role one asks for more."""
    account, name = '111122223333', f'app-{i:05}'

    def statement(k):
        actions = [['s3:GetObject', 's3:List*'], ['sqs:SendMessage', 'sqs:Get*'],
                   ['dynamodb:*Item'], ['kms:Decrypt'], ['ec2:Describe*']][k]
        if changed and k == 0:
            actions = actions + ['s3:PutObject']
        one = {'Sid': f'S{k}', 'Effect': 'Allow', 'Action': actions,
               'Resource': f'arn:aws:{actions[0].split(":")[0]}:::{name}-{k}/*'}
        if k % 2:
            one['Condition'] = {'StringEquals': {'aws:PrincipalTag/team': f'team-{i % 17}'}}
        return one
    return {'Path': '/', 'RoleName': name, 'RoleId': f'AROA{i:012}',
            'Arn': f'arn:aws:iam::{account}:role/{name}',
            'AssumeRolePolicyDocument': {'Version': '2012-10-17', 'Statement': [
                {'Effect': 'Allow', 'Principal': {'Service': 'ec2.amazonaws.com'},
                 'Action': 'sts:AssumeRole'}]},
            'RolePolicyList': [{'PolicyName': f'p{p}', 'PolicyDocument': {
                'Version': '2012-10-17', 'Statement': [statement(k) for k in range(p, 5)]}}
                for p in range(3)],
            'AttachedManagedPolicies': [], 'Tags': [{'Key': 'team', 'Value': f'team-{i % 17}'}]}


def dump(n, changed):
    """An account of n roles; changed: every tenth may do more."""
    return json.dumps({'UserDetailList': [], 'GroupDetailList': [], 'Policies': [],
                       'RoleDetailList': [role(i, changed and i % 10 == 0) for i in range(n)]},
                      indent=1)


FILES = {
    'tiny.guard': 'rule t {\nResources.A.Properties.missing exists\n}\n',
    'fail.guard': 'rule failing {\n'
                  'Resources.*.Properties.Owner == "me" <<Fix: say who owns it>>\n}\n',
    'keys.guard': 'rule keys {\nk500 == 500\n}\n',
    'tiny.yaml': 'Resources:\n  A:\n    Type: AWS::X::Y\n    Properties:\n      Size: 5\n',
}


def write(folder):
    """Writes what is not there yet; returns the folder."""
    os.makedirs(folder, exist_ok=True)

    def put(name, make):
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            with open(path + '.new', 'w', encoding='utf-8') as f:
                f.write(make())
            os.rename(path + '.new', path)
    for n in (100, 200, 400, 800, 1000, 2000, 4000, 8000, 10000):
        put(f'r{n}.json', lambda n=n: template(n))
    put('pretty.json', lambda: json.dumps(json.loads(template(10000)), indent=2))
    for n in (10000, 12500, 25000, 50000, 100000):
        put(f'keys{n}.json', lambda n=n: json.dumps({f'k{i}': i for i in range(n)}))
    put('depth120.json', lambda: nested(200, 120))
    for n in (15, 30, 60, 120):
        put(f'deep{n}.json', lambda n=n: nested(2000, n))
    for n in (250, 500, 1000, 2000):
        for side in 'ab':
            put(f'dump-{n}-{side}.json', lambda n=n, side=side: dump(n, side == 'b'))
    for name, text in FILES.items():
        put(name, lambda text=text: text)
    return folder
