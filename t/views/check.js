/* SPDX-License-Identifier: Apache-2.0 */
/* usage: node check.js FOLDER: the viewer's data.js and views.js in FOLDER against what plain */
/* loops over whole stacks find, on random profiles; and on broken, deep and wide ones. */
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { Writer, encode } = require('./encode.js');

/* Node 18 knows the raw form of deflate only in zlib. */
try {
	new DecompressionStream('deflate-raw');
} catch {
	const { Duplex } = require('node:stream'), { createInflateRaw } = require('node:zlib');
	globalThis.DecompressionStream = function DecompressionStream() {
		return Duplex.toWeb(createInflateRaw());
	};
}

const sources = ['data.js', 'views.js'].map(file =>
	fs.readFileSync(path.join(process.argv[2], file), 'utf8'));
const load = source => new Function(`'use strict';${source}
	return { readData, makeTree, makeMerged, makeSandwich, topTable };`)();
const { readData, makeTree, makeMerged, makeSandwich, topTable } = load(sources.join(''));

const HIDDEN = -3, TINY = 1e-9;
const REVERSED = 1, DIFFERENCE = 2, CHART = 4, TRUNCATED = 8, LINKS = 16;
const UNION = 256, BEFORE = 512, JUDGED = 1024;

let seed = 1, tests = 0, failed = 0, wrong = [];

function random(below) {
	seed = Math.imul(seed ^ seed >>> 15, 0x2c1b3c6d) + 0x9e3779b9 | 0;
	const mixed = Math.imul(seed ^ seed >>> 13, 0x297a2d39);
	return ((mixed ^ mixed >>> 16) >>> 0) % below;
}

const near = (a, b) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));

function same(got, want, what) {
	if (typeof want === 'number' && typeof got === 'number' ? near(got, want) : got === want)
		return;
	if (wrong.length < 5)
		wrong.push(`${what}: ${got}, not ${want}`);
}

async function test(name, run) {
	wrong = [];
	try {
		await run();
	} catch (error) {
		wrong.push(error.stack);
	}
	failed += wrong.length > 0;
	console.log(`${wrong.length ? 'not ok' : 'ok'} ${++tests} - ${name}`);
	for (const line of wrong.join('\n').split('\n').filter(Boolean))
		console.log(`# ${line}`);
}

/* Profiles: a few functions in stacks that recurse a lot. */

function randomStacks(functions, { difference, truncated }) {
	const stacks = [];
	for (let k = random(40); k >= 0; k--) {
		const value = random(5) ? 1 + random(1000) : 0;
		stacks.push({
			frames: Array.from({ length: random(9) }, () => random(functions)),
			value,
			before: !difference ? 0 : truncated ? 3 * value : random(3) * random(500),
		});
	}
	return stacks;
}

/* A tree of objects; cut removes some of its subtrees, which ends stacks in HIDDEN. */
function growTree(stacks, chart) {
	const root = { func: -1, children: [], self: 0, before: 0, stacks: [] };
	for (const stack of stacks) {
		let node = root;
		for (const func of stack.frames) {
			let child = chart ? null : node.children.find(c => c.func === func);
			if (!child) {
				child = { func, children: [], self: 0, before: 0, stacks: [] };
				node.children.push(child);
			}
			node = child;
		}
		node.self += stack.value;
		node.before += stack.before;
		node.stacks.push(stack);
	}
	return root;
}

function below(node) {
	const all = [node];
	for (let i = 0; i < all.length; i++)
		all.push(...all[i].children);
	return all;
}

function cut(root) {
	const kept = [[root, 0]];
	for (const [node, level] of kept) {
		node.children = node.children.filter(child => {
			if (random(6))
				return kept.push([child, level + 1]);
			for (const stack of below(child).flatMap(gone => gone.stacks)) {
				node.hidden = (node.hidden || 0) + stack.value;
				node.before += stack.before;
				stack.keep = level;
			}
			return false;
		});
	}
}

function columns(root, flags) {
	const m = { depth: [], func: [], rest: [], hidden: [], before: [] };
	const walk = (node, depth) => {
		m.depth.push(depth);
		m.func.push(node.func);
		m.rest.push(node.self + (node.hidden || 0));
		m.hidden.push(node.hidden || 0);
		m.before.push(node.before);
		if (!(flags & CHART))
			node.children.sort((a, b) => a.func - b.func);
		node.children.forEach(child => walk(child, depth + 1));
	};
	walk(root, 0);
	return m;
}

/* Self and total by name; of a few names it is not known what is hidden of their self. */
function exactSums(stacks, names) {
	const sums = { nameSelf: new Array(names).fill(0), nameTotal: new Array(names).fill(0) };
	const secret = Array.from({ length: names }, () => random(4) === 0);
	for (const { frames, value, keep } of stacks) {
		const own = frames.map(f => f >> 1), last = own.at(-1);
		if (own.length > 0 && (keep === undefined || !secret[last]))
			sums.nameSelf[last] += value;
		for (const name of new Set(own))
			sums.nameTotal[name] += value;
	}
	return { ...sums, secret };
}

/* Functions 2k and 2k + 1 share the name k. */
function describe(functions, tree, flags) {
	const T = functions + 1 >> 1, list = Array.from({ length: functions }, (_, i) => i);
	const names = list.slice(0, T);
	return {
		flags, scale: 2, allNodes: tree.depth.length + 7,
		strings: [...names.map(i => `näme ${i}`), 'libc.so', 'whole name', 'https://x/'], T,
		nameSelf: names.map(i => i * 10), nameTotal: names.map(i => i * 300 + 1),
		nameSelfBefore: names.map(i => i * 7), nameTotalBefore: names.map(i => i * 200 + 1),
		judged: tree.depth.map((d, i) => i % 2),
		otherNames: 3,
		modules: [{ string: T, color: 0x102030 }],
		nameOf: list.map(i => i >> 1), kind: list.map(i => i % 6),
		module: list.map(i => i % 3 - 2), full: list.map(i => i % 2 ? T + 1 : -1),
		color: list.map(i => 0xff8000 + i), edge: list.map(i => i % 2),
		link: list.map(i => i % 2 ? -1 : T + 2), kindColor: [1, 2, 3, 4, 5, 0xffffff],
		...tree,
	};
}

function randomProfile(flags) {
	const functions = 1 + random(8), has = flag => (flags & flag) !== 0;
	const stacks = randomStacks(functions,
		{ difference: has(DIFFERENCE), truncated: has(TRUNCATED) });
	const root = growTree(stacks, has(CHART));
	if (has(TRUNCATED))
		cut(root);
	const { secret, ...sums } = exactSums(stacks, functions + 1 >> 1);
	const told = !has(REVERSED) && !has(DIFFERENCE);
	const seen = stacks.map(({ frames, value, before, keep }) => ({
		frames: frames.slice(0, keep), value, before, hidden: keep !== undefined,
		leaf: told && keep !== undefined && !secret[frames.at(-1) >> 1] ?
			frames.at(-1) >> 1 << 1 : HIDDEN,
	}));
	const described = { ...describe(functions, columns(root, flags), flags), ...sums };
	return { described, seen, functions, reversed: has(REVERSED) };
}

/* What a view should show, from rows: the frames a stack puts into it, from the root on. */

const keyOf = frames => frames.join(' ');

function expectNodes(rows) {
	const nodes = new Map();
	for (const { frames, shown, value, before, own } of rows)
		for (let depth = 0; depth <= shown; depth++) {
			const key = keyOf(frames.slice(0, depth));
			const node = nodes.get(key) || { total: 0, self: 0, before: 0, rows: [], depth };
			node.total += value;
			node.before += before;
			node.self += depth === shown && own ? value : 0;
			node.rows.push(rows.find(row => row.frames === frames));
			nodes.set(key, node);
		}
	return nodes;
}

/* What is hidden in a stack is none of its frames. */
function row(frames, { value, before, hidden }) {
	return { frames: hidden ? [...frames, HIDDEN] : [...frames], shown: frames.length,
		value, before, own: !hidden };
}

const treeRows = seen => seen.map(stack => row(stack.frames, stack));

/* What is hidden is a frame, and known callers of it do not tell who ends there. */
function mergedRows(seen) {
	return seen.map(({ frames, value, before, hidden, leaf }) => {
		const all = !hidden ? [...frames].reverse() :
			leaf === HIDDEN ? [HIDDEN] : [leaf, HIDDEN];
		return { frames: all, shown: all.length, value, before, own: true };
	});
}

function sandwichRows(seen, name) {
	const up = [], down = [];
	for (const stack of seen) {
		const at = stack.frames.findIndex(f => f >> 1 === name);
		if (at < 0)
			continue;
		up.push(row(stack.frames.slice(0, at).reverse(), { ...stack, hidden: false }));
		down.push(row(stack.frames.slice(at + 1), stack));
	}
	return { up, down };
}

/* Every node of a view by its functions; grows all of it. */
function walk(view) {
	const nodes = new Map([['', 0]]), stack = [[0, []]];
	while (stack.length) {
		const [i, frames] = stack.pop();
		let from = 0;
		for (const c of view.children(i, TINY)) {
			const inner = [...frames, view.func(c)];
			same(view.parent(c), i, 'parent');
			same(view.depth(c), inner.length, 'depth');
			same(view.from(c), from, 'from');
			from += view.width(c);
			nodes.set(keyOf(inner), c);
			stack.push([c, inner]);
		}
	}
	return nodes;
}

function expectSearch(node, hit, center) {
	let value = 0, more = 0;
	for (const { frames, value: weight } of node.rows) {
		const part = frames.slice(Math.max(node.depth - 1, 0));
		if (part.some(f => f >= 0 && hit[f >> 1]) || node.depth === 0 && hit[center])
			value += weight;
		else if (part.includes(HIDDEN))
			more += weight;
	}
	return { value, more };
}

/* In all of the tree, whichever way it is looked at; what names have in all is known. */
function expectWhole({ nameTotal, rows }, hit) {
	const found = expectSearch({ rows, depth: 0 }, hit);
	const least = Math.max(0, ...nameTotal.filter((_, name) => hit[name]));
	const value = Math.max(found.value, least);
	return { value, more: found.value + found.more - value };
}

function checkSearch(view, made, want, names, what, { center, whole }) {
	const hit = Uint8Array.from({ length: names }, () => random(3) === 0 ? 1 : 0);
	for (const [key, i] of made) {
		const got = view.search(i, hit), expected = i === 0 && whole ? expectWhole(whole, hit) :
			expectSearch(want.get(key), hit, center);
		const frames = [...made.keys()].filter(k => (i === 0 || k === key ||
			k.startsWith(key + ' ')) && k !== '' && hit[Number(k.split(' ').pop()) >> 1] &&
			!k.endsWith(String(HIDDEN))).length;
		same(got.value, expected.value, `${what}: value found in [${key}]`);
		same(got.more, expected.more, `${what}: value hidden from a search in [${key}]`);
		same(got.exact, expected.more === 0, `${what}: exact in [${key}]`);
		same(got.frames, frames + (i === 0 && hit[center] && view.total(0) > 0 ? 1 : 0),
			`${what}: frames found in [${key}]`);
		if (view.total(i) < got.value)
			wrong.push(`${what}: found more than there is in [${key}]`);
	}
}

const byFunction = (a, b) => (a === HIDDEN) - (b === HIDDEN) || a - b;

/* A view against the rows it should show; fresh() makes it anew, to be searched ungrown. */
function checkView(fresh, rows, names, what, how) {
	const view = fresh(), want = expectNodes(rows), made = walk(view);
	want.set('', want.get('') || { total: 0, self: 0, before: 0, rows: [], depth: 0 });
	for (const [key, { total, self, before }] of want) {
		if (!made.has(key)) {
			same(total, 0, `${what}: [${key}] is missing`);
			continue;
		}
		const i = made.get(key);
		same(view.total(i), total, `${what}: total of [${key}]`);
		same(view.self(i), self, `${what}: self of [${key}]`);
		same(view.before(i), before, `${what}: before of [${key}]`);
		same(view.locate(view.path(i)), i, `${what}: path of [${key}]`);
		const again = fresh();
		same(again.path(again.locate(view.path(i))), view.path(i), `${what}: path again`);
	}
	for (const key of made.keys())
		same(want.has(key), true, `${what}: [${key}] is too much`);
	for (const i of made.values()) {
		const all = view.children(i, TINY), least = 1 + random(500);
		same(keyOf(view.children(i, least)), keyOf(all.filter(c => view.total(c) >= least)),
			`${what}: children of ${least} and more`);
		same(keyOf(all.map(c => view.func(c))),
			keyOf(all.map(c => view.func(c)).sort(byFunction)), `${what}: name order`);
	}
	checkSearch(view, made, want, names, what, how);
	const partly = fresh();
	for (let k = random(4); k > 0; k--)
		partly.children(random(partly.count), TINY);
	const hit = Uint8Array.from({ length: names }, () => random(2));
	const { value, more } = how.whole ? expectWhole(how.whole, hit) :
		expectSearch(want.get(''), hit, how.center);
	same(partly.search(0, hit).value, value, `${what}: found before it has grown`);
	same(partly.search(0, hit).more, more, `${what}: hidden before it has grown`);
}

function checkTable(model, view, rows, names) {
	const want = expectNodes(rows);
	for (const [key, i] of walk(view)) {
		const { depth, rows: inside } = want.get(key), got = topTable(model, view, i);
		for (let name = 0; name < names && (i > 0 || !model.truncated); name++) {
			let self = 0, total = 0;
			for (const { frames, shown, value, own } of inside) {
				const part = frames.slice(Math.max(depth - 1, 0), shown);
				const leaf = model.reversed ? depth < 2 && shown && frames[0] : own && part.at(-1);
				self += typeof leaf === 'number' && shown && leaf >> 1 === name ? value : 0;
				total += part.some(f => f >> 1 === name) ? value : 0;
			}
			same(got.self[name], self, `table: self of ${name} in [${key}]`);
			same(got.total[name], total, `table: total of ${name} in [${key}]`);
		}
	}
}

async function checkProfile(flags) {
	const { described, seen, reversed } = randomProfile(flags), { T } = described;
	const model = await readData(encode(described).text());
	const whole = { nameTotal: described.nameTotal, rows: treeRows(seen) };
	checkView(() => makeTree(model), treeRows(seen), T, 'tree', { whole });
	checkView(() => makeMerged(model), mergedRows(seen), T, 'merged', { whole });
	for (let name = 0; name < T; name++) {
		const rows = sandwichRows(seen, name);
		const [near, far] = reversed ? ['down', 'up'] : ['up', 'down'];
		checkView(() => makeSandwich(model, name)[near], rows.up, T, 'towards root', { center: name });
		checkView(() => makeSandwich(model, name)[far], rows.down, T, 'to leaves', { center: name });
		const { up, down, total, self } = makeSandwich(model, name);
		same(up.name(0), `näme ${name}`, 'name of a sandwich');
		same(down.total(0), up.total(0), 'halves of a sandwich');
		same(total, model.nameTotal[name], 'exact total of a sandwich');
		same(self, model.nameSelf[name], 'exact self of a sandwich');
		if (!model.truncated)
			same(total, up.total(0), 'total of a sandwich');
	}
	checkTable(model, makeTree(model), treeRows(seen), T);
	same(topTable(model, makeTree(model), 0).total, model.nameTotal, 'whole table');
	same(topTable(model).self, model.nameSelf, 'whole table');
}

const KINDS = {
	'plain': 0, 'reversed': REVERSED, 'difference': DIFFERENCE, 'truncated': TRUNCATED,
	'truncated, reversed': TRUNCATED | REVERSED,
	'truncated, difference': TRUNCATED | DIFFERENCE,
};
const SHAPES = {
	'union': DIFFERENCE | UNION, 'before': DIFFERENCE | BEFORE,
	'truncated union': TRUNCATED | DIFFERENCE | UNION, 'judged': DIFFERENCE | UNION | JUDGED,
};

/* What is gone is as wide as it was; children never take more than there is. */
function checkWidths(view, what) {
	const { difference, shape } = view.model.whole || view.model;
	for (const i of walk(view).values()) {
		const width = view.width(i), total = view.total(i), before = view.before(i);
		const sum = view.children(i, TINY).reduce((all, c) => all + view.width(c), 0);
		same(sum <= width * (1 + 1e-9) + 1e-6, true, `${what}: children of ${i} have room`);
		if (difference && shape === BEFORE)
			same(near(width, before), true, `${what}: width before of ${i}`);
		else if (total <= 0)
			same(near(width, before), true, `${what}: width of ${i}, which is gone`);
		else
			same(width >= total * (1 - 1e-9), true, `${what}: width of ${i}`);
	}
}

async function checkShapes(flags, what) {
	const { described } = randomProfile(flags);
	const model = await readData(encode(described).text()), tree = makeTree(model);
	checkWidths(tree, `${what}, tree`);
	checkWidths(makeMerged(model), `${what}, merged`);
	same(makeMerged(model).width(0), tree.width(0), `${what}: the whole is as wide`);
	for (let name = 0; name < model.T; name++) {
		const { up, down } = makeSandwich(model, name);
		same(near(up.width(0), down.width(0)), true, `${what}: halves of a sandwich`);
	}
	if (flags & JUDGED)
		for (let i = 1; i < model.n; i++)
			same(tree.isNoise(i), !described.judged[i], `${what}: noise`);
}

async function checkColumns() {
	const { described } = randomProfile(LINKS | DIFFERENCE | TRUNCATED);
	const model = await readData(encode(described).text());
	for (const column of ['depth', 'func', 'nameOf', 'kind', 'module', 'full', 'color', 'edge',
		'link', 'kindColor', 'nameSelf', 'nameTotal', 'strings', 'hidden'])
		same(keyOf(Array.from(model[column])), keyOf(described[column]), column);
	same(keyOf(model.moduleName), 'libc.so', 'modules');
	same(keyOf([...model.moduleColor]), keyOf([0x102030]), 'colours of modules');
	same(model.otherNames, 3, 'other names');
	same(model.allNodes, described.allNodes, 'all nodes');
	same(model.divisor, 100, 'divisor');
	same(model.difference && model.truncated && !model.reversed && !model.chart, true, 'flags');
}

/* Time goes on at the root: a, a gap, b a, a: nothing is sorted or merged. */
async function checkChart() {
	const tree = { depth: [0, 1, 1, 1, 2, 1], func: [-1, 0, -2, 2, 0, 0],
		rest: [0, 5, 100, 1, 7, 3] };
	const model = await readData(encode(describe(3, tree, CHART)).text()), view = makeTree(model);
	same(keyOf(view.children(0, TINY)), '1 3 5', 'children but for the gap');
	same(keyOf([1, 3, 5].map(i => view.from(i))), '0 105 113', 'where they stand');
	same(keyOf([1, 3, 5].map(i => view.path(i))), '0 2 3', 'paths');
	same(view.locate('2.0'), 4, 'a place');
	same(view.total(0), 116, 'the gap counts');
	same(view.self(0), 100, 'the gap is what is above it');
	same(view.name(2), '', 'a gap has no name');
	const found = view.search(0, new Uint8Array(2).fill(1));
	same(found.value, 16, 'the gap is not found');
	same(found.frames, 4, 'frames found');
}

async function rejects(text, what) {
	const before = process.memoryUsage().arrayBuffers;
	const model = await readData(text).catch(() => null);
	same(model, null, what);
	same(process.memoryUsage().arrayBuffers - before < 1 << 26, true, `${what}: memory`);
}

/* The smallest tree, and all that can be wrong with it, one thing at a time. */
async function checkSmall() {
	const colors = new Array(18).fill(0), long = [...new Array(10).fill(128), 0];
	const make = ({ head = [1, 0, 0, 1], count = [1, 1], text = [2, 0, 65, 10], modules = [0],
		functions = [0], nodes = [1], rest = [3] }) => {
		const w = new Writer();
		for (const numbers of [head, count])
			w.column(numbers);
		w.small(text[0]);
		w.raw(text.slice(1));
		for (const numbers of [modules, functions, colors, nodes])
			w.column(numbers);
		w.raw(rest);
		return w.text();
	};
	same((await readData(make({}))).total[0], 3, 'as it should be');
	for (const [what, wrong] of [['version', { head: [2, 0, 0, 1] }],
		['flags', { head: [1, 2048, 0, 1] }], ['digits', { head: [1, 0, 31, 1] }],
		['no strings', { count: [2 ** 40, 1] }], ['more names than strings', { count: [1, 2] }],
		['bytes of no string', { text: [2 ** 24, 0, 65, 10] }],
		['bytes of all memory', { text: [2 ** 50, 0, 65, 10] }],
		['fewer bytes', { text: [1, 0, 65, 10] }], ['more bytes', { text: [3, 0, 65, 10] }],
		['an end in a string', { count: [2, 2], text: [6, 0, 65, 10, 2, 66, 10] }],
		['more in common', { count: [2, 2], text: [7, 0, 65, 10, 3, 66, 10] }],
		['common with nothing', { text: [3, 1, 65, 10] }],
		['no text', { text: [3, 0, 255, 65, 10] }],
		['modules', { modules: [2 ** 45] }], ['no such string', { modules: [1, 1, 0, 0, 0] }],
		['functions', { functions: [2 ** 30] }],
		['no such name', { functions: [1, 1, 0, 0, 0, 0, 0, 0, 0] }],
		['no such module', { functions: [1, 0, 0, 2, 0, 0, 0, 0, 0] }],
		['no such full name', { functions: [1, 0, 0, 0, 2, 0, 0, 0, 0] }],
		['no nodes', { nodes: [0], rest: [] }], ['nodes', { nodes: [2 ** 27] }],
		['no such place', { functions: [1, 0, 0, 0, 0, 0, 0, 0, 0], nodes: [2, 0, 5],
			rest: [0, 1] }],
		['a long number', { rest: long }]])
		await rejects(make(wrong), what);
}

async function checkBroken() {
	const { described } = randomProfile(TRUNCATED), text = encode(described).text();
	const pair = encode(describe(2, { depth: [0, 1], func: [-1, 0], rest: [0, 1] }, 0));
	same((await readData(pair.text())).n, 2, 'a tree of two nodes');
	for (const [limit, less] of [['MOST_BYTES = 2 ** 28', `MOST_BYTES = ${pair.at - 1}`],
		['MOST_NODES = 2 ** 24', 'MOST_NODES = 1']]) {
		const other = load(sources.join('').replace(limit, less));
		same(await other.readData(pair.text()).catch(() => null), null, `${limit} is a limit`);
	}
	await rejects('', 'nothing');
	await rejects('&', 'no base64');
	await rejects('AAAA', 'no deflate');
	await rejects(text.slice(0, text.length >> 3 << 2), 'half of it');
	const writer = encode(described), whole = writer.at;
	for (writer.at = 0; writer.at < whole; writer.at++)
		await rejects(writer.text(), `the first ${writer.at} bytes`);
	writer.byte(0);
	await rejects(writer.text(), 'one byte more');
	await checkSmall();
	for (const [what, tree] of [['nodes without a parent', { depth: [0, -1], func: [-1, 0] }],
		['nodes far above the root', { depth: [0, -(2 ** 40)], func: [-1, 0] }],
		['a root beside the root', { depth: [0, 0], func: [-1, 0] }],
		['no nodes', { depth: [], func: [], rest: [] }],
		['unknown functions', { depth: [0, 1], func: [-1, 9] }],
		['a gap without a chart', { depth: [0, 1], func: [-1, -2] }]])
		await rejects(encode(describe(2, { rest: [0, 1], ...tree }, 0)).text(), what);
	const tree = { depth: [0, 1], func: [-1, 0], rest: [1, 1], hidden: [0, 2] };
	await rejects(encode(describe(1, tree, TRUNCATED)).text(), 'more hidden than there is');
}

/* Whatever a few changed bytes make, views of it end. */
async function checkChanged() {
	let read = 0;
	for (let k = 0; k < 400; k++) {
		const writer = encode(randomProfile(random(32)).described);
		for (let changes = 1 + random(3); changes > 0; changes--)
			writer.bytes[random(writer.at)] = random(2) ? random(256) : 127 + random(3);
		const model = await readData(writer.text()).catch(() => null);
		if (!model)
			continue;
		read++;
		const hit = new Uint8Array(model.T).fill(1);
		const { up, down } = makeSandwich(model, 0);
		for (const view of [makeTree(model), makeMerged(model), up, down]) {
			for (let i = 0; i < view.count && i < 1000; i++)
				view.children(i, TINY).forEach(c => view.name(c) + view.path(c));
			view.search(0, hit);
			topTable(model, view, 1);
		}
	}
	same(read > 40, true, 'some of them can be read');
}

async function simple(functions, depth, func, rest) {
	return readData(encode(describe(functions, { depth, func, rest }, 0)).text());
}

async function checkSizes() {
	const one = await simple(1, [0], [-1], [0]);
	for (const view of [makeTree(one), makeMerged(one), makeSandwich(one, 0).up]) {
		same(view.children(0, TINY).length, 0, 'no children of nothing');
		same(view.total(0), 0, 'nothing');
		same(view.search(0, new Uint8Array(1).fill(1)).value, 0, 'nothing found');
		for (const nonsense of ['', '0', '-1', '1.2', 'x', '..', '0x1', '1e9', '9'.repeat(99)])
			same(view.locate(nonsense), 0, `nonsense '${nonsense}'`);
	}
	const zero = await simple(2, [0, 1, 2], [-1, 0, 1], [0, 0, 0]);
	same(makeTree(zero).children(0, TINY).length, 0, 'zero values');
	const huge = await simple(2, [0, 1, 2], [-1, 0, 1], [0n, 2n ** 63n, 2n ** 64n - 1n]);
	for (const view of [makeTree(huge), makeMerged(huge)])
		same(view.total(0), 1.5 * 2 ** 64, 'more than 53 bits');
}

async function checkDeep() {
	const N = 100001, levels = Array.from({ length: N }, (_, i) => i);
	const model = await simple(2, levels, levels.map(i => i ? 0 : -1), levels.map(i => i ? 1 : 0));
	const view = makeTree(model), merged = makeMerged(model), { up, down } = makeSandwich(model, 0);
	const hit = Uint8Array.of(1);
	same(view.locate(view.path(N - 1)), N - 1, 'path of the deepest');
	same(view.search(0, hit).frames, N - 1, 'found');
	for (const grown of [merged, up, down])
		for (let i = 0; i < 50 && grown.count > i; i++)
			grown.children(i, TINY);
	same(merged.search(0, hit).value, N - 1, 'found when merged');
	same(merged.total(50), N - 50, 'merged');
	same(up.count, 1, 'recursion has no caller');
	same(down.total(50), N - 51, 'recursion calls itself');
	same(topTable(model, view, 1).total[0], N - 1, 'recursion counts once');
}

async function checkWide() {
	const N = 200001, nodes = Array.from({ length: N }, (_, i) => i);
	const model = await simple(N, nodes.map(i => i ? 1 : 0), nodes.map(i => i - 1), nodes);
	const view = makeTree(model), merged = makeMerged(model);
	for (const each of [view, merged]) {
		same(each.children(0, TINY).length, N - 1, 'children');
		same(keyOf(each.children(0, N - 3)), keyOf([N - 3, N - 2, N - 1]), 'wide children');
		same(each.from(N - 1), (N - 2) * (N - 1) / 2, 'where the last stands');
		same(each.locate(String(N - 2)), N - 1, 'the last');
	}
}

/* A width set from outside is not spread over frames. */
async function checkWidth() {
	const model = await simple(2, [0, 1, 2], [-1, 0, 1], [1, 2, 3]);
	model.total[0] = 100;
	for (const view of [makeTree(model), makeMerged(model)]) {
		same(view.total(0), 100, 'the width');
		same(view.children(0, TINY).reduce((sum, c) => sum + view.total(c), 0), 5, 'frames');
		same(view.self(0), 1, 'what no frame has');
	}
	same(makeSandwich(model, 0).down.total(0), 5, 'a sandwich');
	const cut = describe(1, { depth: [0, 1], func: [-1, 0], rest: [0, 9], hidden: [0, 5] }, 8);
	const merged = makeMerged(await readData(encode({ ...cut, nameSelf: [999] }).text()));
	same(merged.children(0, TINY).reduce((sum, c) => sum + merged.total(c), 0), 9,
		'sums that are too large');
}

(async () => {
	await test('every column arrives', checkColumns);
	for (const kind in KINDS)
		await test(`views of random profiles: ${kind}`, async () => {
			for (let k = 0; k < 40; k++)
				await checkProfile(KINDS[kind]);
		});
	for (const shape in SHAPES)
		await test(`widths of random differences: ${shape}`, async () => {
			for (let k = 0; k < 40; k++)
				await checkShapes(SHAPES[shape], shape);
		});
	await test('a chart', checkChart);
	await test('a set width', checkWidth);
	await test('one node, nothing, much', checkSizes);
	await test('deep', checkDeep);
	await test('wide', checkWide);
	await test('broken data throws', checkBroken);
	await test('changed data ends', checkChanged);
	console.log(`1..${tests}`);
	process.exitCode = failed ? 1 : 0;
})();
