// SPDX-License-Identifier: Apache-2.0
// page: opens the page of a check in headless Chromium, as a person would: nothing on the console,
// nothing loaded from elsewhere, filters, keyboard, print, dark and light; axe-core on contrast,
// headings, names and roles; and that texts that try to break out of it are only texts.
// Usage: page.mjs CHROMIUM MODULES PAGE HOSTILE…; prints "N passed, N failed".
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';
import fs from 'node:fs';

const [chromium, modules, page0, ...hostile] = process.argv.slice(2);
const require = createRequire(pathToFileURL(modules + '/'));
const puppeteer = require('puppeteer-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
let passed = 0, failed = 0;

function note(name, good, more) {
    if (good) passed++;
    else { failed++; console.log(`FAILED: ${name}${more === undefined ? '' : ': ' + JSON.stringify(more)}`); }
}

async function open(browser, file) {
    const page = await browser.newPage(), said = [], asked = [];
    page.on('console', m => said.push(m.text()));
    page.on('pageerror', e => said.push(String(e)));
    page.on('dialog', d => { said.push('dialog ' + d.message()); d.dismiss(); });
    page.on('request', r => asked.push(r.url()));
    await page.goto(pathToFileURL(file).href, {waitUntil: 'load'});
    return {page, said, asked: asked.filter(u => !u.startsWith('file:'))};
}

// axe needs to run inside: by the debugger, which a Content Security Policy does not bind.
async function violations(page) {
    await page.evaluate(axe);
    const r = await page.evaluate(() => globalThis.axe.run(document,
        {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']}));
    return {bad: r.violations.map(v => v.id + ' ' + v.nodes[0].html.slice(0, 120)), rules: r.passes.length};
}

// The contrast of every text of the drawings with what lies under its middle: axe leaves SVG out.
function svgContrast() {
    const lum = c => {
        const [r, g, b] = c.match(/[\d.]+/g).map(Number).map(v => v / 255)
            .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const bad = [];
    document.querySelectorAll('svg text').forEach(t => {
        const at = t.getBBox(), x = at.x + at.width / 2, y = at.y + at.height / 2;
        let under = getComputedStyle(t.ownerSVGElement).backgroundColor;
        t.ownerSVGElement.querySelectorAll('rect').forEach(r => {
            const b = r.getBBox();
            if (x >= b.x && x <= b.x + b.width && y >= b.y && y <= b.y + b.height)
                under = getComputedStyle(r).fill;
        });
        const a = lum(getComputedStyle(t).fill), c = lum(under);
        const ratio = (Math.max(a, c) + 0.05) / (Math.min(a, c) + 0.05);
        if (ratio < 4.5) bad.push([t.textContent, ratio]);
    });
    return bad;
}

function headings() {
    const levels = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => Number(h.tagName[1]));
    return {one: levels.filter(l => l === 1).length, first: levels[0],
            jump: levels.findIndex((l, i) => i > 0 && l > levels[i - 1] + 1)};
}

async function shown(page) {
    return page.evaluate(() =>
        [...document.querySelectorAll('#list tbody tr')].filter(r => r.offsetParent !== null).length);
}

async function filters(page) {
    const all = await shown(page);
    note('there are findings', all > 3, all);
    for (const [name, value] of [['severity', 'HIGH'], ['layer', 'detective'], ['life', 'SUPPRESSED'],
                                 ['owner', 'identity']]) {
        await page.select(`#filters select[name=${name}]`, value);
        const n = await shown(page);
        const right = await page.evaluate((k, v) => [...document.querySelectorAll('#list tbody tr')]
            .filter(r => r.dataset[k] === v).length, name, value);
        note(`${name} ${value} is filtered`, n === right && n > 0 && n < all, [n, right, all]);
        const said = await page.$eval('#count', e => e.textContent);
        note(`${name}: the count is said`, said === `${n} of ${all} findings shown`, said);
        await page.click('#filters button[type=reset]');
        await page.waitForFunction(n => [...document.querySelectorAll('#list tbody tr')]
            .filter(r => r.offsetParent !== null).length === n, {timeout: 2000}, all);
    }
    await page.type('#filters input[name=text]', 'acme-website');
    note('text is filtered', await shown(page) === 1, await shown(page));
    await page.click('#filters button[type=reset]');
}

async function keyboard(page) {
    await page.reload({waitUntil: 'load'});
    const seen = [];
    for (let i = 0; i < 60; i++) {
        await page.keyboard.press('Tab');
        seen.push(await page.evaluate(() => {
            const e = document.activeElement;
            return e.name || e.getAttribute('href') || e.getAttribute('aria-label') || e.tagName;
        }));
    }
    note('the first stop skips to the report', seen[0] === '#main', seen[0]);
    for (const want of ['#findings', 'severity', 'layer', 'owner', 'life', 'text'])
        note(`${want} is reached by keyboard`, seen.includes(want), seen);
}

async function numbers(page, json) {
    const tiles = await page.$$eval('.tiles div', v => Object.fromEntries(v.map(d =>
        [d.querySelector('dt').textContent, Number(d.querySelector('dd').textContent.replace(/,/g, ''))])));
    const f = json.summary.findings;
    note('tiles have the numbers of the JSON', tiles['New findings'] === f.new &&
        tiles['Known findings'] === f.known && tiles.Suppressed === f.suppressed &&
        tiles.Resolved === f.resolved && tiles.Controls === json.summary.controls &&
        tiles['Not evaluated'] === json.summary.not_evaluated, tiles);
    const prints = await page.$$eval('#list tbody code', v => v.map(c => c.textContent));
    note('every finding of the JSON is in the page',
         json.findings.every(x => prints.includes(x.fingerprint)));
    const drawn = await page.$$eval('svg[aria-labelledby=heat-title] rect', v => v.length);
    note('a cell a layer and objective', drawn === 4 * json.objectives.length, drawn);
}

async function whole(browser) {
    const {page, said, asked} = await open(browser, page0);
    note('nothing is said on the console', said.length === 0, said);
    note('nothing is loaded from elsewhere', asked.length === 0, asked);
    note('lang', await page.$eval('html', e => e.lang) === 'en');
    note('no inline handlers or styles', await page.evaluate(() => ![...document.querySelectorAll('*')]
        .some(e => e.getAttributeNames().some(a => a.startsWith('on') || a === 'style'))));
    const h = await page.evaluate(headings);
    note('headings are in order', h.one === 1 && h.first === 1 && h.jump === -1, h);
    await filters(page);
    await keyboard(page);
    const json = page0.replace(/html$/, 'json');
    if (fs.existsSync(json)) await numbers(page, JSON.parse(fs.readFileSync(json, 'utf8')));
    for (const scheme of ['light', 'dark']) {
        await page.emulateMediaFeatures([{name: 'prefers-color-scheme', value: scheme}]);
        const v = await violations(page);
        note(`axe, ${scheme}`, v.bad.length === 0 && v.rules > 20, v);
        note(`contrast in drawings, ${scheme}`, (await page.evaluate(svgContrast)).length === 0,
             await page.evaluate(svgContrast));
    }
    await page.emulateMediaType('print');
    note('print leaves the filters out', await page.$eval('#filters', e => getComputedStyle(e).display) === 'none');
    note('print keeps the findings', await shown(page) > 3);
    await page.emulateMediaType('screen');
    await page.setViewport({width: 360, height: 740});
    note('a small screen does not scroll sideways', await page.evaluate(() =>
        document.documentElement.scrollWidth <= document.documentElement.clientWidth));
    note('nothing was said until the end', said.length === 0, said);
    await page.close();
}

async function attacked(browser, file) {
    const {page, said, asked} = await open(browser, file);
    const odd = await page.evaluate(() => ({
        scripts: document.scripts.length, styles: document.querySelectorAll('style').length,
        other: document.querySelectorAll('img,iframe,object,embed,link,base,meta[http-equiv=refresh]').length,
        bidi: /[\u202a-\u202e\u2066-\u2069]/.test(document.body.textContent)}));
    note(`${file}: texts stay texts`, said.length === 0 && asked.length === 0 && odd.scripts === 1 &&
        odd.styles === 1 && odd.other === 0 && !odd.bidi, [said, asked, odd]);
    await page.close();
}

const browser = await puppeteer.launch({executablePath: chromium, headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']});
try {
    await whole(browser);
    for (const file of hostile) await attacked(browser, file);
} finally {
    await browser.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
