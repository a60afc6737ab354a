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

/* The same in all of the tree: what matches has the value of each of its names at least. */
function searchAll(model, hit) {
	const found = searchBelow(model, 0, hit), { nameTotal } = model;
	for (let name = 0; model.hidden && name < model.T; name++)
		if (hit[name] && nameTotal[name] > found.value) {
			found.more = Math.max(found.more + found.value - nameTotal[name], 0);
			found.value = nameTotal[name];
		}
	return found;
}

/* The tree as it is in the data. */
class Tree extends View {
	constructor(model) {
		super(model);
		const { n, end, width } = model;
		this.count = n;
		this.froms = new Float64Array(n);
		for (let i = 0; i < n; i++)
			for (let c = i + 1, from = 0; c < end[i]; from += width[c], c = end[c])
				this.froms[c] = from;
	}

	func(i) { return this.model.func[i]; }
	parent(i) { return this.model.parent[i]; }
	depth(i) { return this.model.depth[i]; }
	total(i) { return this.model.total[i]; }
	self(i) { return this.model.self[i]; }
	before(i) { return this.model.before ? this.model.before[i] : 0; }
	selfBefore(i) { return this.model.was ? this.model.was.self[i] : 0; }
	width(i) { return this.model.width[i]; }
	isNoise(i) { return !!this.model.judged && i > 0 && !this.model.judged[i]; }
	from(i) { return this.froms[i]; }

	children(i, least) {
		const { end, width, func } = this.model, found = [];
		for (let c = i + 1; c < end[i]; c = end[c])
			if (width[c] >= least && func[c] !== GAP)
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
		const found = i ? searchBelow(this.model, i, hit) : searchAll(this.model, hit);
		return { ...found, exact: found.more === 0 };
	}
}

/* A view that grows where it is looked at.  A node is a list of places in the tree and, for */
/* each, of whose weight stands there.  To grow is to move every place on, up to its parent */
/* or down to all its children, and to make a child of those that share a function. */
class Grown extends View {
	constructor(model, title, func, list, weights, befores, widths) {
		super(model, title);
		this.weights = weights;
		this.befores = befores;
		this.widths = widths || weights;
		this.slots = new Int32Array(model.F + 1);
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
	selfBefore() { return -1; }
	width(i) { return this.nodes[i].width; }
	isNoise() { return false; }
	from(i) { return this.nodes[i].from; }

	children(i, least) {
		const { first, count } = this.grow(i), found = [];
		for (let c = first; c < first + count; c++)
			if (this.nodes[c].width >= least)
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

	/* Makes a child of each function in a part of a list, in name order; what is hidden, as */
	/* function F, is last. */
	split(parent, list, start, end) {
		const { slots, model: { func, F } } = this, { at } = list, found = [];
		for (let k = start; k < end; k++) {
			const f = func[at[k]];
			if (slots[f]++ === 0)
				found.push(f);
		}
		const order = Int32Array.from(found).sort(), counts = order.map(f => slots[f]);
		if (order.length > 1)
			this.arrange(list, start, end, order);
		let next = start, from = 0;
		order.forEach((f, c) => {
			const first = next;
			slots[f] = 0;
			next += counts[c];
			from += this.add(parent, f < F ? f : HIDDEN, list, first, next, from);
		});
	}

	/* Sorts a part of a list by function, from how many there are of each. */
	arrange(list, start, end, order) {
		const { slots, model: { func } } = this;
		const at = list.at.slice(start, end), of = list.of.slice(start, end);
		let next = start;
		for (const f of order) {
			next += slots[f];
			slots[f] = next - slots[f];
		}
		for (let k = 0; k < at.length; k++) {
			const to = slots[func[at[k]]]++;
			list.at[to] = at[k];
			list.of[to] = of[k];
		}
	}

	add(parent, func, list, start, end, from) {
		const { weights, befores, widths, nodes } = this, { of } = list;
		let total = 0, before = 0, width = 0;
		for (let k = start; k < end; k++)
			total += weights[of[k]];
		for (let k = start; befores && k < end; k++)
			before += befores[of[k]];
		for (let k = start; widths !== weights && k < end; k++)
			width += widths[of[k]];
		if (widths === weights)
			width = total;
		nodes.push({ func, parent, depth: parent < 0 ? 0 : nodes[parent].depth + 1,
			total, self: 0, before, width, from, list, start, end, first: 0, count: 0 });
		return width;
	}
}

/* From a list of nodes up to the root of the tree.  A child's list is a part of its */
/* parent's, which keeps knowing whose weight it is but no longer where that stands: at the */
/* node, as many levels up as the view is deep. */
class Upward extends Grown {
	constructor(model, title, func, of, weights, befores, widths) {
		super(model, title, func, { at: of.slice(), of }, weights, befores, widths);
		this.lead = 0;
		this.seen = model.n;
	}

	/* Stacks that begin here are the node's own, and stay at the end of its list. */
	move({ list, start, end }) {
		const { weights, model: { parent } } = this, { at, of } = list;
		let self = 0, going = start;
		for (let k = start; k < end; k++) {
			const above = parent[at[k]];
			if (above <= 0) {
				self += weights[of[k]];
				continue;
			}
			[of[k], of[going]] = [of[going], of[k]];
			at[going++] = above;
		}
		return { list, start, end: going, self };
	}

	union({ list: { of }, start, end, depth: climbed }, hit) {
		const { weights, lead, seen, model: { depth } } = this;
		const tops = highestHits(this.model, hit);
		let value = 0, more = 0;
		for (let k = start; k < end; k++) {
			const i = of[k];
			if (tops[i] <= depth[i] + lead - climbed)
				value += weights[i];
			else if (i >= seen)
				more += weights[i];
		}
		return { value, more };
	}
}

/* All stacks from their other ends: the root's children are where they end. */
class Merged extends Upward {
	constructor(model) {
		const tree = model.hidden ? withNarrow(model) : model, weights = tree.self, of = [];
		const befores = model.before && ownBefore(model, tree.n);
		const widths = model.shape ? ownWidths(model, weights, befores) : null;
		for (let i = 1; i < tree.n; i++)
			if (weights[i] > 0 || befores && befores[i] > 0)
				of.push(i);
		super(tree, 'all', ROOT, Int32Array.from(of), weights, befores, widths);
		this.lead = 1;
		this.seen = model.n;
		this.whole = model;
		Object.assign(this.nodes[0], { total: model.total[0], width: model.width[0],
			before: model.before ? model.before[0] : 0 });
	}

	move(node) {
		return node.depth > 0 ? super.move(node) : { ...node, self: this.whole.self[0] };
	}

	union(node, hit) {
		return node.depth > 0 ? super.union(node, hit) : searchAll(this.whole, hit);
	}
}

/* The tree with what is hidden anywhere in it as "narrow frames" below the root, where it is */
/* told apart by functions as far as their own values say how much of it is theirs. */
function withNarrow(model) {
	const { n, F, func, nameOf, self, hidden } = model;
	const known = !model.reversed && !model.before, missing = model.nameSelf.slice();
	const extended = array => {
		const longer = new array.constructor(n + 1 + F);
		longer.set(array);
		return longer;
	};
	const tree = { ...model, n: n + 1 + F, func: extended(func), self: extended(self),
		parent: extended(model.parent), depth: extended(model.depth) };
	let rest = 0;
	for (let i = 0; i < n; i++) {
		rest += hidden[i];
		if (func[i] >= 0)
			missing[nameOf[func[i]]] -= self[i];
	}
	for (let f = 0; f < F; f++) {
		const i = n + 1 + f, name = nameOf[f];
		tree.func[i] = f;
		tree.parent[i] = n;
		tree.depth[i] = 2;
		tree.self[i] = known ? Math.max(0, Math.min(missing[name], rest)) : 0;
		rest -= tree.self[i];
		missing[name] = 0;
	}
	tree.func[n] = F;
	tree.depth[n] = 1;
	tree.self[n] = rest;
	return tree;
}

/* The other column of what nodes have for themselves.  Nothing says how much of it is */
/* hidden: the part that the first column has, which goes to what follows the nodes. */
function ownBefore({ n, parent, self, hidden, before }, length) {
	const own = new Float64Array(length);
	own.set(before);
	for (let i = n - 1; i > 0; i--)
		own[parent[i]] -= before[i];
	for (let i = 0; hidden && i < n; i++)
		if (hidden[i] > 0) {
			const part = own[i] * hidden[i] / (hidden[i] + self[i]);
			own[i] -= part;
			own[n] += part;
		}
	return own;
}

/* What of their width nodes have for themselves. */
function ownWidths({ n, total, before, shape }, weights, befores) {
	return weights.map((own, i) => shape === BEFORE || i < n && total[i] <= 0 && before[i] > 0 ?
		befores[i] : own);
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
		super(model, title, func, { at, of: at }, model.total, model.before, model.width);
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
const makeMerged = model => new Merged(model);

/* Who calls a function and what it calls, with the function for a root.  In a stack that */
/* has it more than once, the one nearest to the root of the tree counts. */
function makeSandwich(model, name) {
	const { n, func, end, nameOf, total, before, width } = model, found = [];
	for (let i = 1; i < n; )
		if (func[i] >= 0 && nameOf[func[i]] === name) {
			found.push(i);
			i = end[i];
		} else {
			i++;
		}
	const title = model.strings[name], root = nameOf.indexOf(name), of = Int32Array.from(found);
	const up = new Upward(model, title, root, of, total, before, width);
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
		{ self: model.nameSelf, total: model.nameTotal, selfBefore: model.nameSelfBefore,
			totalBefore: model.nameTotalBefore };
}
