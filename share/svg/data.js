/* SPDX-License-Identifier: Apache-2.0 */
/* The call tree that travels in the picture: base64 of raw deflate of numbers and strings, */
/* laid out as the head of src/write/svg_data.c tells.  It becomes typed arrays with one */
/* item per node, depth first: node 0 is the root, a parent stands before its children, and */
/* a subtree is nodes i to end[i] - 1.  Data that is cut off or makes no sense throws, */
/* before more memory is taken than the bytes that are there can fill. */

/* Functions that are none: the root, idle time in a chart, frames that are not in the data. */
const ROOT = -1, GAP = -2, HIDDEN = -3;

/* What a picture has beside the plain tree. */
const REVERSED = 1, DIFFERENCE = 2, CHART = 4, TRUNCATED = 8, LINKS = 16, DIFFUSION = 32;

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

	colors(count) {
		const rgb = this.raw(3 * count), colors = new Uint32Array(count);
		for (let i = 0; i < count; i++)
			colors[i] = rgb[3 * i] << 16 | rgb[3 * i + 1] << 8 | rgb[3 * i + 2];
		return colors;
	}

	lines(length) {
		const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
		return utf8.decode(this.raw(length)).split('\n');
	}
}

async function inflate(text) {
	const packed = atob(text), bytes = new Uint8Array(packed.length);
	for (let i = 0; i < bytes.length; i++)
		bytes[i] = packed.charCodeAt(i);
	const stream = new Blob([bytes]).stream()
		.pipeThrough(new DecompressionStream('deflate-raw'));
	return new Uint8Array(await new Response(stream).arrayBuffer());
}

function readNames(reader) {
	const S = reader.count(1), T = reader.below(S + 1), strings = reader.lines(reader.number());
	insist(strings.length === S + 1 && strings.pop() === '');
	reader.need(2 * T);
	return {
		strings, T,
		nameSelf: reader.numbers(new Float64Array(T)),
		nameTotal: reader.numbers(new Float64Array(T)),
		otherNames: reader.number(),
	};
}

function readModules(reader, strings) {
	const names = reader.numbers(new Int32Array(reader.count(4)), strings.length);
	return {
		moduleName: Array.from(names, i => strings[i]),
		moduleColor: reader.colors(names.length),
	};
}

function readFunctions(reader, { T, strings, moduleName, links }) {
	const F = reader.count(8), orNone = text => text - 1;
	return {
		F,
		nameOf: reader.numbers(new Int32Array(F), T),
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

function readFuncs(reader, n, { F, chart }) {
	const func = new Int32Array(n);
	func[0] = ROOT;
	for (let i = 1; i < n; i++) {
		const next = reader.below(F + 1);
		insist(next || chart);
		func[i] = next ? next - 1 : GAP;
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
	for (let i = 1; i < func.length; i++) {
		if (func[i] === GAP) {
			values[parent[i]] += values[i];
			values[i] = 0;
		}
	}
}

function readTree(reader, model) {
	const n = reader.number();
	insist(n > 0);
	reader.need(3 * n - 2);
	const shape = readShape(reader, n), func = readFuncs(reader, n, model);
	const self = reader.numbers(new Float64Array(n)), total = sum(self, shape.parent);
	const hidden = model.truncated ? reader.numbers(new Float64Array(n)) : null;
	for (let i = 0; hidden && i < n; i++) {
		insist(hidden[i] <= self[i] || hidden[i] > 2 ** 53);
		self[i] = Math.max(self[i] - hidden[i], 0);
	}
	if (model.chart)
		takeGaps(self, func, shape.parent);
	if (model.chart && hidden)
		takeGaps(hidden, func, shape.parent);
	const before = model.difference ?
		sum(reader.numbers(new Float64Array(n)), shape.parent) : null;
	return { n, func, ...shape, total, self, hidden, before };
}

/* What the text of the data element holds; see there for what the numbers mean. */
async function readData(text) {
	const reader = new Reader(await inflate(text));
	insist(reader.number() === 1);
	const flags = reader.below(64), has = flag => (flags & flag) !== 0;
	const model = {
		reversed: has(REVERSED), difference: has(DIFFERENCE), chart: has(CHART),
		truncated: has(TRUNCATED), links: has(LINKS), diffusion: has(DIFFUSION),
		divisor: 10 ** reader.below(31),
		allNodes: reader.number(),
	};
	Object.assign(model, readNames(reader));
	Object.assign(model, readModules(reader, model.strings));
	Object.assign(model, readFunctions(reader, model));
	Object.assign(model, readTree(reader, model));
	insist(reader.at === reader.bytes.length);
	return model;
}
