// SPDX-License-Identifier: Apache-2.0
// The page of a check: the filters of its findings, and everything open when it is printed.
// The page is whole without it. Texts of the page are only ever read and set as text.
(function () {
    'use strict';
    var form = document.getElementById('filters');
    var rows = Array.prototype.slice.call(document.querySelectorAll('#list tbody tr'));
    var count = document.getElementById('count');

    window.addEventListener('beforeprint', function () {
        document.querySelectorAll('details').forEach(function (d) { d.open = true; });
    });
    if (!form || !count) return;

    function fill(name) {
        var seen = {}, select = form.elements.namedItem(name);
        rows.map(function (r) { return r.dataset[name] || ''; }).sort().forEach(function (v) {
            if (!v || Object.prototype.hasOwnProperty.call(seen, v)) return;
            seen[v] = true;
            var o = document.createElement('option');
            o.value = v;
            o.textContent = v;
            select.appendChild(o);
        });
    }
    function apply() {
        var text = form.elements.namedItem('text').value.toLowerCase(), shown = 0;
        rows.forEach(function (r) {
            var hit = ['severity', 'layer', 'owner', 'life'].every(function (name) {
                var want = form.elements.namedItem(name).value;
                return !want || r.dataset[name] === want;
            });
            hit = hit && (!text || r.textContent.toLowerCase().indexOf(text) >= 0);
            r.hidden = !hit;
            shown += hit ? 1 : 0;
        });
        count.textContent = shown + ' of ' + rows.length + ' findings shown';
    }
    fill('owner');
    form.hidden = false;
    form.addEventListener('submit', function (e) { e.preventDefault(); });
    form.addEventListener('input', apply);
    form.addEventListener('reset', function () { window.setTimeout(apply, 0); });
    apply();
}());
