/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to look at the call tree.  A view is a tree of small numbers, 0 its root; nobody */
/* recurses over one, for a stack may be 100,000 frames deep. */

class View {
	constructor(model, title = 'all') {
		this.model = model;
		this.title = title;
	}

	name(i) {
		const { nameOf, strings } = this.model, f = this.func(i);
		return i === 0 ? this.title : f >= 0 ? strings[nameOf[f]] :
			f === HIDDEN ? 'narrow frames' : '';
	}

	/* Which child of which child … of the root: the same for the same file. */
	path(i) {
		const steps = [];
		for (; i > 0; i = this.parent(i))
			steps.push(this.ordinal(i));
		return steps.reverse().join('.');
	}

	/* The node of a path, as far as there is one. */
	locate(path) {
		let i = 0;
		for (const step of path.split('.')) {
			const child = /^\d{1,9}$/.test(step) ? this.child(i, Number(step)) : -1;
			if (child < 0)
				break;
			i = child;
		}
		return i;
	}
}

/* What matches in the subtree of a node: the value of all stacks with a match in them, the */
/* number of matching frames, and how much more frames that are not in the data could add. */
function searchBelow({ func, end, total, hidden, nameOf }, node, hit) {
	let value = 0, frames = 0, more = 0, counted = node;
	for (let i = node; i < end[node]; i++) {
		if (func[i] >= 0 && hit[nameOf[func[i]]]) {
			frames += total[i] > 0 ? 1 : 0;
			if (i >= counted) {
				value += total[i];
				counted = end[i];
			}
		}
		if (hidden && i >= counted)
			more += hidden[i];
	}
	return { value, frames, more };
}

/* The tree as it is in the data. */
class Tree extends View {
	constructor(model) {
		super(model);
		const { n, end, total } = model;
		this.count = n;
		this.froms = new Float64Array(n);
		for (let i = 0; i < n; i++)
			for (let c = i + 1, from = 0; c < end[i]; from += total[c], c = end[c])
				this.froms[c] = from;
	}

	func(i) { return this.model.func[i]; }
	parent(i) { return this.model.parent[i]; }
	depth(i) { return this.model.depth[i]; }
	total(i) { return this.model.total[i]; }
	self(i) { return this.model.self[i]; }
	before(i) { return this.model.before ? this.model.before[i] : 0; }
	from(i) { return this.froms[i]; }

	children(i, least) {
		const { end, total, func } = this.model, found = [];
		for (let c = i + 1; c < end[i]; c = end[c])
			if (total[c] >= least && func[c] !== GAP)
				found.push(c);
		return found;
	}

	ordinal(i) {
		const { end, parent } = this.model;
		let ordinal = 0;
		for (let c = parent[i] + 1; c < i; c = end[c])
			ordinal++;
		return ordinal;
	}

	child(i, ordinal) {
		const { end } = this.model;
		let c = i + 1;
		for (; c < end[i] && ordinal > 0; ordinal--)
			c = end[c];
		return c < end[i] ? c : -1;
	}

	search(i, hit) {
		const found = searchBelow(this.model, i, hit);
		return { ...found, exact: found.more === 0 };
	}
}

/* A view that grows where it is looked at.  A node is a list of places in the tree and, for */
/* each, of whose weight stands there.  To grow is to move every place on, up to its parent */
/* or down to all its children, and to make a child of those that share a function. */
class Grown extends View {
	constructor(model, title, func, list, weights, befores) {
		super(model, title);
		this.weights = weights;
		this.befores = befores;
		this.slots = new Int32Array(model.F - HIDDEN);
		this.nodes = [];
		this.add(-1, func, list, 0, list.at.length, 0);
	}

	get count() { return this.nodes.length; }
	func(i) { return this.nodes[i].func; }
	parent(i) { return this.nodes[i].parent; }
	depth(i) { return this.nodes[i].depth; }
	total(i) { return this.nodes[i].total; }
	self(i) { return this.grow(i).self; }
	before(i) { return this.nodes[i].before; }
	from(i) { return this.nodes[i].from; }

	children(i, least) {
		const { first, count } = this.grow(i), found = [];
		for (let c = first; c < first + count; c++)
			if (this.nodes[c].total >= least)
				found.push(c);
		return found;
	}

	ordinal(i) {
		return i - this.nodes[this.parent(i)].first;
	}

	child(i, ordinal) {
		const { first, count } = this.grow(i);
		return ordinal < count ? first + ordinal : -1;
	}

	search(i, hit) {
		const { nodes, model: { nameOf } } = this, inside = new Uint8Array(nodes.length);
		let frames = 0;
		inside[i] = 1;
		for (let c = i; c < nodes.length; c++) {
			const { parent, func, total } = nodes[c];
			inside[c] ||= inside[parent];
			if (inside[c] && total > 0 && func >= 0 && hit[nameOf[func]])
				frames++;
		}
		const { value, more } = this.union(nodes[i], hit);
		return { value, frames, more, exact: more === 0 };
	}

	grow(i) {
		const node = this.nodes[i];
		if (node.first === 0) {
			node.first = this.nodes.length;
			const { list, start, end, self } = this.move(node);
			this.split(i, list, start, end);
			node.self = self;
			node.count = this.nodes.length - node.first;
		}
		return node;
	}

	/* Makes a child of each function in a part of a list, in name order. */
	split(parent, list, start, end) {
		const { slots, model: { n, func } } = this, { at: places } = list, found = [];
		for (let k = start; k < end; k++) {
			const slot = places[k] < n ? func[places[k]] - HIDDEN : 0;
			if (slots[slot]++ === 0)
				found.push(slot);
		}
		const order = Int32Array.from(found).sort(), counts = order.map(slot => slots[slot]);
		if (order.length > 1)
			this.arrange(list, start, end, order);
		let at = start, from = 0;
		for (let c = 0; c < order.length; c++) {
			slots[order[c]] = 0;
			from += this.add(parent, order[c] + HIDDEN, list, at, at + counts[c], from);
			at += counts[c];
		}
	}

	/* Sorts a part of a list by function, from how many there are of each. */
	arrange(list, start, end, order) {
		const { slots, model: { n, func } } = this;
		const at = list.at.slice(start, end), of = list.of.slice(start, end);
		let next = start;
		for (const slot of order) {
			next += slots[slot];
			slots[slot] = next - slots[slot];
		}
		for (let k = 0; k < at.length; k++) {
			const to = slots[at[k] < n ? func[at[k]] - HIDDEN : 0]++;
			list.at[to] = at[k];
			list.of[to] = of[k];
		}
	}

	add(parent, func, list, start, end, from) {
		const { weights, befores, nodes } = this, { of } = list;
		let total = 0, before = 0;
		for (let k = start; k < end; k++)
			total += weights[of[k]];
		for (let k = start; befores && k < end; k++)
			before += befores[of[k]];
		nodes.push({ func, parent, depth: parent < 0 ? 0 : nodes[parent].depth + 1,
			total, self: 0, before, from, list, start, end, first: 0, count: 0 });
		return total;
	}
}

/* From a list up to the root of the tree.  A child's list is a part of its parent's, which */
/* keeps knowing whose weight it is but no longer where that stands: at the node, as many */
/* levels up as the view is deep.  Beside its n nodes the tree has a place n + i below node */
/* i, and 2n + i below that: frames that are not in the data stand at n + i, and a list may */
/* begin a step (lead) below its first frames. */
class Upward extends Grown {
	constructor(model, title, func, of, lead, weights, befores) {
		const at = of.map(i => lead * model.n + i);
		super(model, title, func, { at, of }, weights, befores);
		this.lead = lead;
	}

	/* Stacks that begin here are the node's own; their places go to the end of the list. */
	move({ list, start, end }) {
		const { weights, model: { n, parent } } = this, { at, of } = list;
		let self = 0, going = start;
		for (let k = start; k < end; k++) {
			const place = at[k], above = place < n ? parent[place] : place - n;
			if (above <= 0) {
				self += weights[of[k]];
				continue;
			}
			[of[k], of[going]] = [of[going], of[k]];
			at[k] = at[going];
			at[going++] = above;
		}
		return { list, start, end: going, self };
	}

	union({ list, start, end, depth: climbed }, hit) {
		const { n, depth } = this.model, tops = highestHits(this.model, hit);
		let value = 0, more = 0;
		for (let k = start; k < end; k++) {
			const of = list.of[k], unseen = of >= n, i = unseen ? of - n : of;
			const level = depth[i] + unseen + this.lead - climbed;
			if (tops[i] <= level)
				value += this.weights[of];
			else if (unseen && level > depth[i])
				more += this.weights[of];
		}
		return { value, more };
	}
}

/* The depth of the first match on the way from the root to each node. */
function highestHits({ n, func, parent, depth, nameOf }, hit) {
	const tops = new Int32Array(n), NEVER = 2 ** 31 - 1;
	tops[0] = NEVER;
	for (let i = 1; i < n; i++) {
		const top = tops[parent[i]], matches = func[i] >= 0 && hit[nameOf[func[i]]];
		tops[i] = matches && top === NEVER ? depth[i] : top;
	}
	return tops;
}

/* From a list of nodes, none inside another, down to their leaves. */
class Downward extends Grown {
	constructor(model, title, func, at) {
		super(model, title, func, { at, of: at }, model.total, model.before);
	}

	move({ list, start, end }) {
		const { end: ends, self: own } = this.model, next = [];
		let self = 0;
		for (let k = start; k < end; k++) {
			const i = list.at[k];
			self += own[i];
			for (let c = i + 1; c < ends[i]; c = ends[c])
				next.push(c);
		}
		const at = Int32Array.from(next);
		return { list: { at, of: at }, start: 0, end: at.length, self };
	}

	union({ list, start, end }, hit) {
		let value = 0, more = 0;
		for (let k = start; k < end; k++) {
			const found = searchBelow(this.model, list.at[k], hit);
			value += found.value;
			more += found.more;
		}
		return { value, more };
	}
}

const makeTree = model => new Tree(model);

/* The other column of what stands at nodes themselves and, from n on, of what is hidden */
/* below them.  The data does not tell these apart: taken to be shared as the first column is. */
function ownBefore({ n, parent, self, hidden, before }) {
	const own = new Float64Array(hidden ? 2 * n : n);
	own.set(before);
	for (let i = n - 1; i > 0; i--)
		own[parent[i]] -= before[i];
	for (let i = 0; hidden && i < n; i++) {
		own[n + i] = hidden[i] > 0 ? own[i] * hidden[i] / (hidden[i] + self[i]) : 0;
		own[i] -= own[n + i];
	}
	return own;
}

/* All stacks from their other ends. */
function makeMerged(model) {
	const { n, self, hidden, total } = model, of = [];
	const weights = new Float64Array(hidden ? 2 * n : n);
	weights.set(self);
	if (hidden)
		weights.set(hidden, n);
	const befores = model.before && ownBefore(model);
	for (let i = 0; i < weights.length; i++)
		if (weights[i] > 0 || befores && befores[i] > 0)
			of.push(i);
	const view = new Upward(model, 'all', ROOT, Int32Array.from(of), 1, weights, befores);
	view.nodes[0].total = total[0];
	return view;
}

/* Who calls a function and what it calls, with the function for a root.  In a stack that */
/* has it more than once, the one nearest to the root of the tree counts. */
function makeSandwich(model, name) {
	const { n, func, end, nameOf, total, before } = model, found = [];
	for (let i = 1; i < n; )
		if (func[i] >= 0 && nameOf[func[i]] === name) {
			found.push(i);
			i = end[i];
		} else {
			i++;
		}
	const title = model.strings[name], root = nameOf.indexOf(name), of = Int32Array.from(found);
	const up = new Upward(model, title, root, of, 0, total, before);
	const down = new Downward(model, title, root, of.slice());
	return {
		up: model.reversed ? down : up,
		down: model.reversed ? up : down,
		total: model.nameTotal[name], self: model.nameSelf[name],
	};
}

/* Self and total by name: of the whole profile, or within a node of the tree view. */
function topTable(model, view, i = 0) {
	return i > 0 && view instanceof Tree ? sumNames(model, i) :
		{ self: model.nameSelf, total: model.nameTotal };
}
