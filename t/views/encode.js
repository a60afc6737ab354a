/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a picture's call tree as the head of src/write/svg_data.c tells, for check.js. */
/* A profile is { stacks: [{ names: [...], value, before }] and what else encode() looks for }. */
'use strict';
const zlib = require('node:zlib');

class Writer {
	constructor() {
		this.bytes = Buffer.alloc(1 << 16);
		this.at = 0;
	}

	byte(value) {
		if (this.at === this.bytes.length)
			this.bytes = Buffer.concat([this.bytes, Buffer.alloc(this.at)]);
		this.bytes[this.at++] = value;
	}

	number(value) {
		for (let v = BigInt(value); ; v >>= 7n) {
			if (v < 128n)
				return this.byte(Number(v));
			this.byte(Number(v & 127n) | 128);
		}
	}

	small(value) {
		for (; value > 127; value = Math.floor(value / 128))
			this.byte(value % 128 | 128);
		this.byte(value);
	}

	column(array, write = v => this.small(v)) {
		for (let i = 0; i < array.length; i++)
			write(array[i]);
	}

	raw(bytes) {
		for (let i = 0; i < bytes.length; i++)
			this.byte(bytes[i]);
	}

	colors(colors) {
		for (const shift of [16, 8, 0])
			this.raw(colors.map(color => color >> shift & 255));
	}

	/* Each begins with so many bytes of the one before. */
	strings(strings) {
		const bytes = strings.map(s => Buffer.from(s + '\n'));
		this.small(bytes.reduce((sum, b) => sum + b.length, 0));
		bytes.forEach((b, i) => {
			let common = 0;
			while (i && b[common] === bytes[i - 1][common] && b[common] !== 10)
				common++;
			this.small(common);
			this.raw(b.subarray(common));
		});
	}

	/* Places in lists of callees; behind them, where it is 0, 1 for a gap or function + 2. */
	functions(func, depth) {
		const lists = new Map(), path = [-1], codes = [];
		for (let i = 1; i < func.length; i++) {
			const above = path[depth[i] - 1];
			if (!lists.has(above))
				lists.set(above, []);
			const list = lists.get(above), place = list.indexOf(func[i]) + 1;
			this.byte(place);
			if (!place)
				codes.push(func[i] === -2 ? 1 : func[i] + 2);
			if (!place && list.length < 28)
				list.push(func[i]);
			path[depth[i]] = func[i];
		}
		this.column(codes);
	}

	text() {
		return zlib.deflateRawSync(this.bytes.subarray(0, this.at)).toString('base64');
	}
}

/* Columns as in the model that data.js makes, with rest instead of total and self. */
function encode(m) {
	const w = new Writer();
	w.column([1, m.flags, m.scale, m.allNodes, m.strings.length, m.T]);
	w.strings(m.strings);
	if (m.flags & 8) {
		w.column(m.nameSelf);
		w.column(m.nameTotal);
		if (m.flags & 2) {
			w.column(m.nameSelfBefore);
			w.column(m.nameTotalBefore);
		}
		w.small(m.otherNames);
	}
	w.small(m.modules.length);
	w.column(m.modules.map(module => module.string));
	w.colors(m.modules.map(module => module.color));
	w.small(m.nameOf.length);
	w.column(m.nameOf.map((name, i) => i ? name - m.nameOf[i - 1] : name));
	w.raw(m.kind);
	w.column(m.module.map(module => module < 0 ? -1 - module : module + 2));
	w.column(m.full.map(i => i + 1));
	w.colors(m.color);
	w.raw(m.edge);
	if (m.flags & 16)
		w.column(m.link.map(i => i + 1));
	w.colors(m.kindColor);
	w.small(m.depth.length);
	for (let i = 1; i < m.depth.length; i++)
		w.small(m.depth[i - 1] + 1 - m.depth[i]);
	w.functions(m.func, m.depth);
	w.column(m.rest, v => typeof v === 'bigint' ? w.number(v) : w.small(v));
	if (m.flags & 8)
		w.column(m.hidden.filter((v, i) => m.rest[i] > 0));
	if (m.flags & 2)
		w.column(m.before);
	if (m.flags & 1024)
		w.raw(m.judged);
	return w;
}

module.exports = { Writer, encode };
