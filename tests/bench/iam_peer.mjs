// SPDX-License-Identifier: Apache-2.0
// iam_peer: the same stack and requests as iam_bench, decided by iam-simulate (AGPL-3.0; a process
// of its own, nothing of it is part of writ). Its core is timed, with policies loaded once.
// Invariant: the same 1,000 resource names, verdicts counted under our names.
// Usage: node iam_peer.mjs NODE_MODULES STACK.json [KEY=VALUE]   Prints "decide_us X", verdicts.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [modules, file, setting] = process.argv.slice(2);
const at = (p) => pathToFileURL(`${modules}/@cloud-copilot/${p}`).href;
const { authorize } = await import(at('iam-simulate/dist/esm/core_engine/CoreSimulatorEngine.js'));
const { AwsRequestImpl } = await import(at('iam-simulate/dist/esm/request/request.js'));
const { RequestContextImpl } = await import(at('iam-simulate/dist/esm/requestContext.js'));
const { DiscoveryContextKeyConstraints } = await import(
  at('iam-simulate/dist/esm/context_keys/discoveryContextKeyConstraints.js'));
const { loadPolicy } = await import(at('iam-policy/dist/esm/index.js'));

const stack = JSON.parse(readFileSync(file, 'utf8'));
if (setting) {
  const [key, value] = setting.split('=');
  stack.request.contextVariables[key] = value;
}
const load = (p) => loadPolicy(p.policy ?? p, { name: p.name ?? 'policy' });
const levels = (l) =>
  (l ?? []).map((o) => ({ orgIdentifier: o.orgIdentifier, policies: o.policies.map(load) }));
// RCPFullAWSAccess is always attached; the core wants it named.
const full = { Version: '2012-10-17', Statement: [
  { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] };
const rcps = levels(stack.resourceControlPolicies);
for (const level of rcps) level.policies.push(load({ name: 'RCPFullAWSAccess', policy: full }));
const fixed = {
  sessionPolicy: undefined,
  identityPolicies: stack.identityPolicies.map(load),
  serviceControlPolicies: levels(stack.serviceControlPolicies),
  resourceControlPolicies: rcps,
  resourcePolicy: stack.resourcePolicy && load(stack.resourcePolicy),
  permissionBoundaries: stack.permissionBoundaryPolicies?.map(load),
  vpcEndpointPolicies: undefined,
  simulationParameters: {
    simulationMode: 'Strict',
    discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([]),
  },
};
const { principal, action, resource, contextVariables } = stack.request;
const context = new RequestContextImpl(contextVariables);
const decide = (i) => {
  const named = { resource: `${resource.resource}-${i}`, accountId: resource.accountId };
  const request = new AwsRequestImpl(principal, named, action, context, false);
  return authorize({ ...fixed, request }).result;
};

const words = { Allowed: 'ALLOW', ExplicitlyDenied: 'DENY', ImplicitlyDenied: 'IMPLICIT_DENY' };
const count = {};
for (let i = 0; i < 1000; i++) {
  const word = words[decide(i)] ?? 'UNKNOWN';
  count[word] = (count[word] ?? 0) + 1;
}
const times = [];
for (let round = 0, next = 0; round < 5; round++) {
  const start = process.cpuUsage();
  for (let i = 0; i < 300; i++) decide(next++ % 1000);
  const used = process.cpuUsage(start);
  times.push((used.user + used.system) / 300);
}
times.sort((a, b) => a - b);
console.log(`decide_us ${times[2].toFixed(1)}`);
for (const [word, n] of Object.entries(count)) console.log(`verdict ${word} ${n}`);
