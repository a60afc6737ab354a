/* SPDX-License-Identifier: Apache-2.0 */
/* Below the graph: the legend, in as many rows as it needs, and what is not drawn. */
const foot = {};

function buildFoot() {
	foot.given = svg.querySelector('.fg-legend');
	foot.entries = foot.given ? [...foot.given.children] : [];
	foot.made = draw('g', stage, { class: 'fg-legend' });
	for (const e of svg.querySelectorAll('.fg-top, .fg-foot'))
		e.remove();
	foot.text = draw('text', stage, { class: 'fg-foot', x: PAD, 'font-size': 10,
		fill: head.muted });
}

/* The legend of the picture, or one for the colours chosen in it. */
function fillLegend() {
	if (foot.colors === state.colors)
		return;
	foot.colors = state.colors;
	foot.made.textContent = '';
	for (const [fill, words] of legendWords() || []) {
		const g = draw('g', foot.made);
		draw('rect', g, { width: 12, height: 12, rx: 2, fill });
		draw('text', g, { x: 18, y: 10, fill: head.muted }, words);
	}
}

/* Side by side, in rows; returns where the next thing may stand. */
function layEntries(entries, y) {
	let x = PAD;
	for (const g of entries) {
		g.wide = g.wide || g.getBBox().width;
		if (x > PAD && x + g.wide > width + PAD) {
			x = PAD;
			y += 18;
		}
		put(g, 'transform', 'translate(' + x + ',' + y + ')');
		x += g.wide + 18;
	}
	return entries.length ? y + 26 : y;
}

/* A legend of swatches is laid out again, another one keeps its shape. */
function layLegend(y) {
	const { given, entries, made } = foot;
	fillLegend();
	if (given)
		given.setAttribute('display', made.children.length ? 'none' : 'inline');
	if (made.children.length)
		return layEntries([...made.children], y);
	if (!given)
		return y;
	if (entries.every(e => e.localName === 'g' && e.hasAttribute('transform')))
		return layEntries(entries, y);
	given.setAttribute('transform', 'translate(0,' + (y - look.top - look.height - 13) + ')');
	return y + given.getBBox().height + 14;
}

function layFoot(y) {
	const next = layLegend(y + 13), left = leftOut();
	foot.text.textContent = left;
	put(foot.text, 'y', next + 10);
	return next + (left ? 24 : 4);
}

/* What is in the subtree of a node, by whether there is anything to draw of it: not of own */
/* time before a call in a flame chart, nor of what a difference has no more, unless it is drawn as it was. */
function countBelow(node) {
	const { func, width, end } = model;
	let frames = 0, gone = 0, gaps = 0;
	for (let i = node; i < end[node]; i++)
		if (func[i] === GAP)
			gaps++;
		else if (width[i] > 0)
			frames++;
		else
			gone++;
	return { frames, gone, gaps };
}

/* What of its width a frame has for itself: of what is gone, what it had. */
function ownWidth(view, id) {
	if (!model.shape)
		return view.self(id);
	return view.children(id, 0).reduce((own, child) => own - view.width(child), view.width(id));
}

/* The share of what is looked at that lies in children too narrow to draw. */
function narrowShare(half) {
	const { view } = half;
	let value = 0;
	for (const { id, kids, above, half: of } of drawn)
		if (of === half && !above)
			value += kids.reduce((left, kid) => left - view.width(kid.id),
				view.width(id) - ownWidth(view, id));
	return value / (extent(half) || 1);
}

/* "4,812 narrow frames not drawn (0.70 %): zoom in to see them" */
function leftOut() {
	const parts = [];
	for (const half of halves) {
		const share = narrowShare(half), { view, zoom, key } = half, tree = view === views.tree;
		const below = tree ? countBelow(zoom) : null, absent = model.allNodes - model.n;
		const missing = tree ? below.frames - drawn.filter(box => !box.above).length : 0;
		if (tree ? missing > 0 : share > 1e-9)
			parts.push((tree ? many(missing, 'narrow frame') : 'narrow ' +
				(key ? key === 'u' ? 'callers' : 'callees' : 'frames')) +
				' not drawn (' + percent(share, 1) + '): zoom in to see more');
		if (tree && below.gone && model.difference)
			parts.push(many(below.gone, 'frame') + (model.shape ? ' new: ' : ' gone: ') +
				'nothing there to draw');
		if (tree && !zoom && absent + below.gaps > 0)
			parts.push(many(absent + below.gaps, 'frame') +
				' not in this file: --detail=all keeps all');
	}
	return parts.join(' · ');
}
