// SPDX-License-Identifier: Apache-2.0
// report: the findings in the validation report that the CDK keeps as JSON, a line each: rule,
// resource, places. No report: no findings.
'use strict';
const fs = require('fs');

const path = process.argv[2];
const reports = fs.existsSync(path) ? JSON.parse(fs.readFileSync(path)).pluginReports : [];
for (const report of reports) {
    for (const violation of report.violations) {
        const found = violation.violatingConstructs || violation.violatingResources || [];
        for (const c of found) {
            const where = (c.locations || []).join(' ');
            console.log(violation.ruleName, '|', c.resourceLogicalId || c.constructPath, '|', where);
        }
    }
}
