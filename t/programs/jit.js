// SPDX-License-Identifier: Apache-2.0
// Functions a JIT compiles: plain, arrow, method, class field, unnamed, regular expression, sort.
'use strict';
class Table {
	constructor(n) { this.rows = Array.from({ length: n }, (_, i) => ({ k: (i * 7919) % 1009, s: 'row ' + i })); }
	static parse(text) { return JSON.parse(text); }
	get total() { return this.rows.reduce((a, r) => a + r.k, 0); }
	sort() { return this.rows.slice().sort((a, b) => a.k - b.k); }
}
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
const words = text => text.match(/[a-z]+(?:[ ;]\d+)?/g).length;
const odd = { 'name; with (odd) bits'(n) { let x = 0; for (let i = 0; i < n; i++) x = (x * 31 + i) | 0; return x; } };
const end = Date.now() + 1500;
let sum = 0;
while (Date.now() < end) {
	const t = new Table(2000);
	sum += fib(21) + t.total + t.sort().length;
	sum += words(t.rows.map(r => r.s).join('; '));
	sum += odd['name; with (odd) bits'](300000);
	sum += Table.parse(JSON.stringify(t.rows)).length;
	sum += (function () { let x = 0; for (let i = 0; i < 300000; i++) x ^= i * sum; return x; })();
}
if (sum === 0)
	console.log(sum);
