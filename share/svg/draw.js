/* SPDX-License-Identifier: Apache-2.0 */
/* Draws boxes with elements that are used again; an attribute is set when it changed. */
const slots = [];
let drawn = [], width = 0, origin = 0, graph = 0;
const labels = new Map();

/* An element for a frame, a group or a link; copies are made faster than anew. */
const templates = {};

function makeSlot(tag) {
	const first = templates[tag] || (templates[tag] = draw(tag, null, { class: 'fg-frame',
		role: 'treeitem', ...tag === 'a' && { tabindex: -1 } }));
	if (!first.firstChild)
		draw('rect', first, { height: look.row - 1 });
	const g = first.cloneNode(true);
	g.rect = g.firstChild;
	g.was = { class: 'fg-frame', display: 'inline' };
	return g;
}

function slotFor(i, link) {
	let g = slots[i];
	if (!g || (g.localName === 'a') !== !!link) {
		const old = g;
		g = slots[i] = makeSlot(link ? 'a' : 'g');
		if (old)
			old.replaceWith(g);
		else
			group.append(g);
	}
	if (link) {
		put(g, 'href', link.href);
		put(g, 'target', link.target || '_blank');
		put(g, 'rel', 'noopener noreferrer');
	}
	put(g, 'display', 'inline');
	return g;
}

function labelOf(view, id, columns) {
	if (columns < 3)
		return '';
	const f = view.func(id);
	if (f < 0)
		return fitLabel(id ? view.name(id) : 'all · ' + quantity(whole), columns, 'right');
	const key = f * 1024 + Math.min(columns, 1023);
	let label = labels.get(key);
	if (label === undefined) {
		if (labels.size > 50000)
			labels.clear();
		labels.set(key, label = fitLabel(view.name(id), columns, look.cut));
	}
	return label;
}

const round = (n, digits) => Math.round(n * digits) / digits;

function drawLabel(g, box, x, y, w) {
	const label = labelOf(box.half.view, box.id, Math.floor((w - 2 * INSET) / look.advance + 1e-9));
	if (!label && !g.text)
		return;
	const text = g.text || (g.text = draw('text', g));
	put(text, 'x', x + INSET);
	put(text, 'y', round(y + (look.row - 1) / 2 + look.advance / .61 * .35, 10));
	if (g.label !== label)
		text.textContent = g.label = label;
}

function drawEdge(g, box, x, y, w) {
	const edge = hasEdge(box.half.view.func(box.id));
	if (!edge && !g.edge)
		return;
	if (!g.edge) {
		g.edge = draw('rect', null, { class: 'fg-edge', opacity: .35, height: look.row - 1 });
		g.rect.after(g.edge);
	}
	put(g.edge, 'display', edge ? 'inline' : 'none');
	put(g.edge, 'x', x);
	put(g.edge, 'y', y);
	put(g.edge, 'width', round(w < 6 ? w / 3 : 2, 100));
}

const HATCH = 7;

/* Lines from the lower left to the upper right, as the writer draws them. */
function hatchPath(x, y, w, h) {
	let path = '';
	for (let at = HATCH / 2 - h; at < w; at += HATCH) {
		const skip = Math.max(-at, 0), cut = Math.max(at + h - w, 0);
		path += 'M' + round(x + at + skip, 10) + ' ' + round(y + h - skip, 10) + 'L' +
			round(x + at + h - cut, 10) + ' ' + round(y + cut, 10);
	}
	return path;
}

/* Lines through what is gone, and around what is new. */
function drawChange(g, { half: { view }, id }, x, y, w) {
	const gone = isGone(view, id), fresh = id > 0 && isNew(view, id) && !model.diffusion;
	const line = !fresh ? 0 : w >= 8 ? 2 : w >= 4 ? 1 : 0;
	if (gone && !g.hatch) {
		g.hatch = draw('path', null, { class: 'fg-edge', 'stroke-width': 1.5 });
		g.rect.after(g.hatch);
	}
	if (g.hatch)
		put(g.hatch, 'display', gone ? 'inline' : 'none');
	if (gone) {
		put(g.hatch, 'd', hatchPath(x, y, w, look.row - 1));
		put(g.hatch, 'stroke', hatchColor(view, id));
	}
	put(g.rect, 'stroke', line ? look.ends[3] : 'none');
	put(g.rect, 'stroke-width', line);
	put(g.rect, 'x', x + line / 2);
	put(g.rect, 'y', y + line / 2);
	put(g.rect, 'width', round(w - line, 100));
	put(g.rect, 'height', look.row - 1 - line);
}

function drawBox(box, i) {
	const { half, id } = box, { view } = half, g = slotFor(i, linkOf(view, id));
	const x = round(box.x, 10), w = round(box.w > 3 ? box.w - 1 : box.w * 2 / 3, 100);
	const y = half.up ? origin - (box.row + 1) * look.row
		: origin + (half.key ? box.row - 1 : box.row) * look.row;
	g.box = box;
	g.frame = { id, name: view.name(id) };
	box.g = g;
	box.y = y;
	box.name = nameOf(view, id);
	put(g.rect, 'x', x);
	put(g.rect, 'y', y);
	put(g.rect, 'width', w);
	put(g.rect, 'fill', colorOf(view, id));
	if (model.difference)
		drawChange(g, box, x, y, w);
	drawEdge(g, box, x, y, w);
	drawLabel(g, box, x, y, w);
}

/* Where the first row of the graph is: a flame's at its bottom, an icicle's on top. */
function placeOrigin() {
	const [one, two] = halves;
	graph = (two ? one.rows + two.rows - 1 : one.rows) * look.row;
	origin = head.height + (one.up ? one.rows * look.row : 0);
}

function drawFrames() {
	drawn = chooseBoxes(width);
	placeOrigin();
	drawn.forEach(drawBox);
	for (let i = drawn.length; i < slots.length; i++) {
		put(slots[i], 'display', 'none');
		slots[i].box = slots[i].frame = null;
	}
	dress();
	saySoon();
}
