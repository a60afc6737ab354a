/* SPDX-License-Identifier: Apache-2.0 */
/* What is looked at.  The picture shows one tree, or the two halves of a sandwich: */
/* a half is { key, view, up, zoom, rows }, "up" saying which way it grows. */
const state = { calls: '', icicle: false, weight: false, colors: 'palette', table: false };
let model = null, halves = [], whole = 0;
let selected = null;    /* { half, id } of the frame the keyboard is at */
let picked = -1;        /* name of the function chosen in the table, else -1 */
let middle = -1;        /* name of the function of the sandwich */
let lastTree = '';      /* what was looked at before the sandwich */
const views = {};
const zooms = {};       /* in the trees that are not looked at just now */

const usual = () => model.reversed ? 'callers' : 'callees';

function treeOf(calls) {
	if (calls === usual())
		return views.tree || (views.tree = makeTree(model));
	return views.merged || (views.merged = makeMerged(model));
}

const half = (key, view, up) => ({ key, view, up, zoom: 0, rows: 1 });

/* Turns to another tree; "sandwich" is of the function with that name. */
function turnTo(calls, name) {
	if (halves.length === 1)
		zooms[state.calls] = halves[0].zoom;
	state.calls = calls;
	selected = null;
	if (calls === 'sandwich') {
		const cut = makeSandwich(model, middle = name);
		halves = [half('u', cut.up, true), half('d', cut.down, false)];
	} else {
		lastTree = calls;
		halves = [half('', treeOf(calls), !state.icicle)];
		halves[0].zoom = zooms[calls] || 0;
	}
}

const nameOf = (view, id) => view.func(id) < 0 ? -1 : model.nameOf[view.func(id)];

/* The function that is meant: of the frame pointed at or selected, or picked from the table. */
function meant() {
	const at = pointed || selected;
	return at ? nameOf(at.half.view, at.id) : picked;
}

/* The half the keyboard is in, or the one that is zoomed. */
function current() {
	return selected ? selected.half : halves.find(h => h.zoom) || halves[halves.length - 1];
}

/* The frames from one to the root of its tree, itself first. */
function lineage(view, id) {
	const line = [];
	for (let i = id; i >= 0; i = view.parent(i))
		line.push(i);
	return line;
}

/* The value of the width of a half. */
function extent(half) {
	const width = half.view.width(half.zoom);
	return half.zoom || half.key ? width : Math.max(width, look.total);
}

/* What 100 % of the view is: less than its width where what is gone is drawn, too. */
function viewed(half) {
	const total = half.view.total(half.zoom);
	return half.zoom || half.key ? total : Math.max(total, look.total);
}

/* Children in the order drawn, each with its left edge as an offset in its parent. */
function ordered(view, id, least) {
	const ids = view.children(id, least), list = [];
	if (!state.weight || model.chart) {
		for (const i of ids)
			list.push({ id: i, from: view.from(i) });
		return list;
	}
	let from = 0;
	for (const i of Array.from(ids).sort((a, b) => view.width(b) - view.width(a) || a - b)) {
		list.push({ id: i, from });
		from += view.width(i);
	}
	return list;
}
