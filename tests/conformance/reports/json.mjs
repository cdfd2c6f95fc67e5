// SPDX-License-Identifier: Apache-2.0
// json: do reports hold what docs/schema/check-1.json says, and does it say enough to see what is
// wrong? Judged by ajv. The schema is closed for this: a field it does not name is a fault of it.
// Usage: json.mjs MODULES SCHEMA REPORT…; prints "N passed, N failed".
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';
import fs from 'node:fs';

const [modules, schemaFile, ...reports] = process.argv.slice(2);
const require = createRequire(pathToFileURL(modules + '/'));
const Ajv = require('ajv/dist/2020').default;
const schema = JSON.parse(fs.readFileSync(schemaFile, 'utf8'));

function close(s) {
    if (s && typeof s === 'object') {
        if (s.type === 'object' && s.properties) s.additionalProperties = false;
        Object.values(s).forEach(close);
    }
    return s;
}

const valid = new Ajv({allErrors: true, strict: true, allowUnionTypes: true, strictRequired: false,
                       strictTypes: false}).compile(close(schema));
let passed = 0, failed = 0;
function note(name, good) {
    if (good) passed++;
    else { failed++; console.log('FAILED: ' + name, JSON.stringify(valid.errors?.slice(0, 5))); }
}

for (const file of reports) note(file, valid(JSON.parse(fs.readFileSync(file, 'utf8'))));
const edits = {
    'another schema': r => { r.schema = 'writ/check/2'; },
    'no fingerprint': r => { delete r.findings[0].fingerprint; },
    'an unknown life': r => { r.findings[0].life = 'OLD'; },
    'a suppression without its exception': r => {
        delete r.findings.find(f => f.life === 'SUPPRESSED').exception; },
    'a negative count': r => { r.summary.findings.new = -1; },
    'a day that is none': r => { r.today = 'today'; },
    'a layer without a state': r => { delete r.controls[0].layers.detective.state; },
    'a field nobody knows': r => { r.findings[0].more = 1; },
};
for (const [name, edit] of Object.entries(edits)) {
    const r = JSON.parse(fs.readFileSync(reports[0], 'utf8'));
    edit(r);
    note(name + ' is seen', !valid(r));
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
