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
			frames++;
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

const makeTree = model => new Tree(model);
