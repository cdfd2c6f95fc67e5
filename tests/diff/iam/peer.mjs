// SPDX-License-Identifier: Apache-2.0
// peer: the other side of the differential run. Reads a case a line (the form of the conformance
// cases), asks iam-simulate by its public function runSimulation, writes
// {"result": …, "ignored": [context keys that it left out]} or {"refused": why} a line.
// A line {"types": [keys]} is answered by the type that it gives to each key.
// IAM_SIMULATE_PEER names the folder that holds node_modules/@cloud-copilot/iam-simulate.
import { createRequire } from 'module'
import { createInterface } from 'readline'

const require = createRequire(process.env.IAM_SIMULATE_PEER + '/package.json')
const { anonymousPrincipal, runSimulation, typeForContextKey } =
  require('@cloud-copilot/iam-simulate')

const named = (list, prefix) =>
  [list ?? []].flat().map((policy, i) => ({ name: `${prefix}${i}`, policy }))
const levels = (list, prefix) =>
  (list ?? []).map((policies, i) => ({
    orgIdentifier: `${prefix}${i}`,
    policies: named(policies, `${prefix}${i}-`)
  }))

function simulation(c) {
  const s = {
    request: {
      principal: typeof c.principal === 'string' ? c.principal : anonymousPrincipal,
      action: c.action,
      resource: { resource: c.resource, accountId: c.resourceAccount },
      contextVariables: c.context ?? {}
    },
    identityPolicies: named(c.identity, 'identity'),
    serviceControlPolicies: levels(c.scps, 'scp'),
    resourceControlPolicies: levels(c.rcps, 'rcp')
  }
  if (c.boundary) s.permissionBoundaryPolicies = named(c.boundary, 'boundary')
  if (c.session) s.sessionPolicy = c.session
  if (c.resourcePolicy) s.resourcePolicy = c.resourcePolicy
  if (c.vpce) s.vpcEndpointPolicies = named(c.vpce, 'vpce')
  return s
}

async function answer(c) {
  if (c.types) {
    const types = {}
    for (const key of c.types) {
      try {
        types[key] = await typeForContextKey(key)
      } catch (e) {
        types[key] = null
      }
    }
    return { types }
  }
  try {
    const r = await runSimulation(simulation(c), {})
    if (r.resultType === 'error') return { refused: JSON.stringify(r.errors) }
    if (r.resultType !== 'single') return { refused: 'a wildcard in the resource' }
    return { result: r.overallResult, ignored: r.result.ignoredContextKeys ?? [] }
  } catch (e) {
    return { refused: `throws ${e.message}` }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + '\n')
}
