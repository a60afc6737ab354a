// SPDX-License-Identifier: Apache-2.0
// Recorded for t/cases/cpuprofile, chrome, v8heap and v8log.
'use strict';
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
class Table {
	constructor(n) { this.rows = []; for (let i = 0; i < n; i++) this.add(i); }
	add(i) { this.rows.push({ id: i, text: 'row ' + i, data: new Array(10).fill(i) }); }
	sort() { this.rows.sort((a, b) => b.id - a.id); return this; }
}
const kept = [];
for (let round = 0; round < 6; round++) {
	[1, 2, 3].forEach((x) => fib(22 + x));
	kept.push(new Table(20000).sort());
}
