// SPDX-License-Identifier: Apache-2.0
// app: a small CDK app judged by the cfn-guard plugin at synthesis. STACK picks what is built, so
// that one app gives stacks that pass and stacks that fail. Exit code and report are the plugin's.
'use strict';
const cdk = require('aws-cdk-lib');
const s3 = require('aws-cdk-lib/aws-s3');
const sqs = require('aws-cdk-lib/aws-sqs');
const ec2 = require('aws-cdk-lib/aws-ec2');
const { CfnGuardValidator } = require('@cdklabs/cdk-validator-cfnguard');

const stacks = {
    'bare-bucket': (stack) => new s3.CfnBucket(stack, 'Bucket'),
    'good-bucket': (stack) => new s3.Bucket(stack, 'Bucket', {
        blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
        encryption: s3.BucketEncryption.KMS,
        enforceSSL: true,
        versioned: true,
        objectLockEnabled: true,
        serverAccessLogsBucket: s3.Bucket.fromBucketName(stack, 'Logs', 'logs'),
    }),
    'queue': (stack) => new sqs.CfnQueue(stack, 'Queue', { kmsMasterKeyId: 'alias/aws/sqs' }),
    'open-group': (stack) => new ec2.CfnSecurityGroup(stack, 'Group', {
        groupDescription: 'open',
        securityGroupIngress: [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrIp: '0.0.0.0/0' }],
    }),
    'nothing': () => undefined,
    'nested': (stack) => {
        const inner = new cdk.NestedStack(stack, 'Inner');
        new s3.CfnBucket(inner, 'Bucket');
    },
};

const rules = process.env.RULES ? process.env.RULES.split(':') : undefined;
const app = new cdk.App({
    outdir: process.env.OUT,
    context: { '@aws-cdk/core:validationReportJson': true },
    policyValidationBeta1: [new CfnGuardValidator(
        rules ? { controlTowerRulesEnabled: false, rules } : {})],
});
const stack = new cdk.Stack(app, 'App', { env: { account: '111122223333', region: 'eu-west-1' } });
stacks[process.env.STACK](stack);
app.synth();
