/* SPDX-License-Identifier: Apache-2.0 */
/* The call tree that travels in the picture: base64 of raw deflate of numbers and strings, */
/* laid out as the head of src/write/svg_data.c tells.  It becomes typed arrays with one */
/* item per node, depth first: node 0 is the root, a parent stands before its children, and */
/* a subtree is nodes i to end[i] - 1.  Data that is cut off or makes no sense throws, */
/* before more memory is taken than the bytes that are there can fill. */

/* Functions that are none: the root, idle time in a chart, frames that are not in the data. */
const ROOT = -1, GAP = -2, HIDDEN = -3;

/* What a picture has beside the plain tree. */
const REVERSED = 1, DIFFERENCE = 2, CHART = 4, TRUNCATED = 8, LINKS = 16, DIFFUSION = 32,
	NEGATED = 64, FOUND = 128, UNION = 256, BEFORE = 512, JUDGED = 1024;

/* More is none of ours: bytes of everything, nodes of the tree, at some 60 bytes each. */
const MOST_BYTES = 2 ** 28, MOST_NODES = 2 ** 24;

/* What ends each string. */
const END = 10;

/* So many different callees of a function are known by their place. */
const CALLEES_MAX = 28;

function insist(sane) {
	if (!sane)
		throw new Error('broken data');
}

class Reader {
	constructor(bytes) {
		this.bytes = bytes;
		this.at = 0;
	}

	/* Says that at least so many bytes follow. */
	need(bytes) {
		insist(bytes <= this.bytes.length - this.at);
	}

	/* 7 bits a byte, the lowest first; of more than 53 bits the highest are kept. */
	number() {
		let value = 0, byte = 128;
		for (let unit = 1; byte > 127; unit *= 128) {
			insist(this.at < this.bytes.length && unit <= 2 ** 63);
			byte = this.bytes[this.at++];
			value += (byte & 127) * unit;
		}
		return value;
	}

	below(limit) {
		const value = this.number();
		insist(value < limit);
		return value;
	}

	/* How many items follow, of so many bytes at least. */
	count(bytes) {
		const count = this.number();
		this.need(count * bytes);
		return count;
	}

	numbers(array, limit = Infinity) {
		for (let i = 0; i < array.length; i++)
			array[i] = this.below(limit);
		return array;
	}

	raw(length) {
		this.need(length);
		return this.bytes.subarray(this.at, this.at += length);
	}

	/* A column of red, one of green, one of blue. */
	colors(count) {
		const rgb = this.raw(3 * count), colors = new Uint32Array(count);
		for (let i = 0; i < count; i++)
			colors[i] = rgb[i] << 16 | rgb[count + i] << 8 | rgb[2 * count + i];
		return colors;
	}

	/* Each begins with so many bytes of the one before; "length" is of all, with their ends. */
	strings(count, length) {
		insist(length <= MOST_BYTES);
		const whole = new Uint8Array(length), { bytes } = this;
		let before = 0, start = 0;
		for (let i = 0; i < count; i++) {
			const common = this.number(), end = bytes.indexOf(END, this.at) + 1;
			const rest = start + common, next = rest + end - this.at;
			insist(before + common <= start && end > 0 && next <= length);
			whole.copyWithin(start, before, before + common);
			whole.set(bytes.subarray(this.at, end), rest);
			this.at = end;
			before = start;
			start = next;
		}
		const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
		const strings = utf8.decode(whole).split('\n');
		insist(start === length && strings.length === count + 1);
		strings.pop();
		return strings;
	}
}

async function inflate(text) {
	const packed = atob(text), bytes = new Uint8Array(packed.length);
	for (let i = 0; i < bytes.length; i++)
		bytes[i] = packed.charCodeAt(i);
	const stream = new Blob([bytes]).stream()
		.pipeThrough(new DecompressionStream('deflate-raw'));
	return gather(stream.getReader());
}

async function gather(source) {
	const pieces = [];
	let length = 0;
	for (let next; !(next = await source.read()).done; pieces.push(next.value)) {
		length += next.value.length;
		if (length > MOST_BYTES) {
			source.cancel();
			insist(false);
		}
	}
	const bytes = new Uint8Array(length);
	for (let at = 0, i = 0; i < pieces.length; at += pieces[i++].length)
		bytes.set(pieces[i], at);
	return bytes;
}

function readNames(reader) {
	const S = reader.count(2), T = reader.below(S + 1);
	return { strings: reader.strings(S, reader.number()), T };
}

/* Of the whole profile, where nodes of it are not here. */
function readSums(reader, { T, difference }) {
	const column = () => reader.numbers(new Float64Array(T));
	reader.need(2 * T);
	return {
		nameSelf: column(),
		nameTotal: column(),
		nameSelfBefore: difference ? column() : null,
		nameTotalBefore: difference ? column() : null,
		otherNames: reader.number(),
	};
}

/* What a node has of its own; in stacks that were turned around the first frames have that. */
function ownOf({ reversed, depth, self, total }, i) {
	return !reversed ? self[i] : depth[i] === 1 ? total[i] : 0;
}

/* Self and total of each name within a node, and what they were before; recursion counts */
/* once. */
function sumNames(model, node) {
	const { T, func, nameOf, end, total, before } = model, column = () => new Float64Array(T);
	const sums = { self: column(), total: column(),
		selfBefore: before && column(), totalBefore: before && column() };
	const counted = new Int32Array(T);
	for (let i = node; i < end[node]; i++) {
		if (func[i] < 0)
			continue;
		const name = nameOf[func[i]];
		sums.self[name] += ownOf(model, i);
		if (before)
			sums.selfBefore[name] += ownOf(model.was, i);
		if (i >= counted[name]) {
			sums.total[name] += total[i];
			if (before)
				sums.totalBefore[name] += before[i];
			counted[name] = end[i];
		}
	}
	return sums;
}

/* The same tree with what was before in place of its values. */
function treeBefore({ reversed, depth, parent, before }) {
	const self = before.slice();
	for (let i = 1; i < self.length; i++)
		self[parent[i]] -= before[i];
	return { reversed, depth, self, total: before };
}

/* How wide nodes are: what is gone as wide as it was, and what is around it as much wider. */
function findWidths({ parent, total, before }, union) {
	if (!union)
		return before;
	const width = new Float64Array(total.length);
	for (let i = width.length - 1; i >= 0; i--) {
		width[i] = total[i] > 0 || before[i] <= 0 ? width[i] + total[i] : before[i];
		if (i)
			width[parent[i]] += width[i] - total[i];
	}
	return width;
}

function readModules(reader, strings) {
	const names = reader.numbers(new Int32Array(reader.count(4)), strings.length);
	return {
		moduleName: Array.from(names, i => strings[i]),
		moduleColor: reader.colors(names.length),
	};
}

/* In order of names: each as the difference to the one before. */
function readNameOf(reader, F, T) {
	const nameOf = new Int32Array(F);
	for (let i = 0, name = 0; i < F; i++)
		nameOf[i] = name += reader.below(T - name);
	return nameOf;
}

function readFunctions(reader, { T, strings, moduleName, links }) {
	const F = reader.count(8), orNone = text => text - 1;
	return {
		F,
		nameOf: readNameOf(reader, F, T),
		kind: reader.raw(F).map(kind => Math.min(kind, 5)),
		module: reader.numbers(new Int32Array(F), moduleName.length + 2)
			.map(module => module > 1 ? module - 2 : -1 - module),
		full: reader.numbers(new Int32Array(F), strings.length + 1).map(orNone),
		color: reader.colors(F),
		edge: reader.raw(F).slice(),
		link: links ? reader.numbers(new Int32Array(F), strings.length + 1).map(orNone) :
			null,
		kindColor: reader.colors(6),
	};
}

/* Where each node hangs: so many levels above a child of the node before it. */
function readShape(reader, n) {
	const parent = new Int32Array(n), depth = new Int32Array(n), end = new Int32Array(n);
	parent[0] = -1;
	for (let i = 1; i < n; i++) {
		let above = i - 1;
		for (let up = reader.number(); up > 0 && above >= 0; up--)
			above = parent[above];
		insist(above >= 0);
		parent[i] = above;
		depth[i] = depth[above] + 1;
	}
	for (let i = n - 1; i >= 0; i--) {
		end[i] ||= i + 1;
		if (i)
			end[parent[i]] ||= end[i];
	}
	return { parent, depth, end };
}

/* The place in the list of what the function above was met calling; what is new there has */
/* place 0 and follows behind all places: 1 for a gap, else function + 2. */
function readFuncs(reader, { parent }, { F, chart }) {
	const n = parent.length, func = new Int32Array(n), places = reader.raw(n - 1);
	const lists = new Array(F + 2);
	func[0] = ROOT;
	for (let i = 1; i < n; i++) {
		const place = places[i - 1], list = lists[func[parent[i]] + 2] ||= [];
		if (place) {
			insist(place <= list.length);
			func[i] = list[place - 1];
			continue;
		}
		const code = reader.below(F + 2);
		insist(code > 1 || code && chart);
		func[i] = code > 1 ? code - 2 : GAP;
		if (list.length < CALLEES_MAX)
			list.push(func[i]);
	}
	return func;
}

/* What nodes have for themselves, summed up to their ancestors. */
function sum(rest, parent) {
	const total = rest.slice();
	for (let i = total.length - 1; i > 0; i--)
		total[parent[i]] += total[i];
	return total;
}

/* What a function spends in itself before a call is its own, though a gap keeps the place. */
function takeGaps(values, func, parent) {
	for (let i = 1; i < func.length; i++)
		if (func[i] === GAP) {
			values[parent[i]] += values[i];
			values[i] = 0;
		}
}

function readTree(reader, model) {
	const n = reader.number();
	insist(n > 0 && n <= MOST_NODES);
	reader.need(3 * n - 2);
	const shape = readShape(reader, n), func = readFuncs(reader, shape, model);
	const self = reader.numbers(new Float64Array(n)), total = sum(self, shape.parent);
	const hidden = model.truncated ? new Float64Array(n) : null;
	for (let i = 0; hidden && i < n; i++) {
		if (self[i] > 0)
			hidden[i] = reader.number();
		insist(hidden[i] <= self[i] || hidden[i] > 2 ** 53);
		self[i] = Math.max(self[i] - hidden[i], 0);
	}
	if (model.chart)
		takeGaps(self, func, shape.parent);
	if (model.chart && hidden)
		takeGaps(hidden, func, shape.parent);
	const before = model.difference ?
		sum(reader.numbers(new Float64Array(n)), shape.parent) : null;
	const judged = before && model.judged ? reader.raw(n).slice() : null;
	const tree = { n, func, ...shape, total, self, hidden, before, judged, width: total };
	if (before && model.shape)
		tree.width = findWidths(tree, model.shape === UNION);
	return tree;
}

/* What the text of the data element holds; see there for what the numbers mean. */
async function readData(text) {
	const reader = new Reader(await inflate(text));
	insist(reader.number() === 1);
	const flags = reader.below(2048), has = flag => (flags & flag) !== 0;
	const model = {
		reversed: has(REVERSED), difference: has(DIFFERENCE), chart: has(CHART),
		truncated: has(TRUNCATED), links: has(LINKS), diffusion: has(DIFFUSION),
		negated: has(NEGATED), shape: flags & (UNION | BEFORE), judged: has(JUDGED),
		divisor: 10 ** reader.below(31),
		allNodes: reader.number(),
	};
	Object.assign(model, readNames(reader));
	if (model.truncated)
		Object.assign(model, readSums(reader, model));
	model.found = has(FOUND) ? reader.raw(model.T) : null;
	Object.assign(model, readModules(reader, model.strings));
	Object.assign(model, readFunctions(reader, model));
	Object.assign(model, readTree(reader, model));
	insist(reader.at === reader.bytes.length);
	if (model.before)
		model.was = treeBefore(model);
	if (!model.truncated) {
		const { self, total, selfBefore, totalBefore } = sumNames(model, 0);
		Object.assign(model, { nameSelf: self, nameTotal: total, nameSelfBefore: selfBefore,
			nameTotalBefore: totalBefore, otherNames: 0 });
	}
	return model;
}
