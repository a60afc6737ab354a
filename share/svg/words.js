/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers as the rest of fgtools writes them: "1,204", "31.4 %", "1.24 G cycles". */
const KILO = ['', ' k', ' M', ' G', ' T', ' P'];
const TIMES = [' ns', ' µs', ' ms', ' s'];
const BYTES = [' B', ' KiB', ' MiB', ' GiB', ' TiB', ' PiB'];
const IN_NS = { ns: 1, nanoseconds: 1, us: 1e3, 'µs': 1e3, microseconds: 1e3,
	ms: 1e6, milliseconds: 1e6, s: 1e9, seconds: 1e9 };

function grouped(n) {
	return n >= 1e21 ? String(n) : n.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',');
}

function threeDigits(v) {
	let decimals = 0;
	for (let w = v; w < 100 && decimals < 9; w *= 10)
		decimals++;
	return decimals ? v.toFixed(decimals).replace(/\.?0+$/, '') : grouped(v);
}

/* The first step in which the number is below the step's limit. */
function stepped(value, steps, factor, first) {
	let i = 0, limit = first || factor;
	while (i < steps.length - 1 && +threeDigits(value).replace(/,/g, '') >= limit) {
		value /= factor;
		limit = factor;
		i++;
	}
	return threeDigits(value) + steps[i];
}

/* A value of the data for people. */
function quantity(digits) {
	const value = digits * look.factor / model.divisor, { unit } = look;
	if (Object.hasOwn(IN_NS, unit))
		return stepped(value * IN_NS[unit], TIMES, 1000);
	if (unit === 'bytes' || unit === 'B')
		return stepped(value, BYTES, 1024);
	const word = value === 1 && unit === 'samples' ? 'sample' : unit;
	return stepped(value, KILO, 1000, 10000) + (word && ' ' + word);
}

function percent(part, whole) {
	const p = whole ? part / whole * 100 : 0;
	return p > 0 && p < .005 ? '<0.01 %' : p.toFixed(p < 9.995 ? 2 : 1) + ' %';
}

function points(share) {
	const p = share * 100;
	return (p > 0 ? '+' : p < 0 ? '−' : '±') + Math.abs(p).toFixed(Math.abs(p) < 9.995 ? 2 : 1) +
		' points';
}

function many(n, word) {
	return grouped(n) + ' ' + word + (n === 1 ? '' : 's');
}

/* "×2.0", "×0.95" */
function times(before, after) {
	const ratio = after / before;
	return '×' + (ratio >= 10 ? ratio.toFixed(0) : ratio < .0995 ? ratio.toFixed(3) :
		ratio.toFixed(2).replace(/0$/, ''));
}

/* "25 → 50 samples, ×2.0", "new: 50 samples", "gone: 25 samples" */
function changeValues(after, before) {
	if (!before || !after)
		return (before ? 'gone: ' : after ? 'new: ' : '') + quantity(before + after);
	const was = quantity(before), { unit } = look, word = unit && ' ' + unit;
	return (word && was.endsWith(word) ? was.slice(0, -word.length) : was) + ' → ' +
		quantity(after) + ', ' + (before === after ? '=' : times(before, after));
}
