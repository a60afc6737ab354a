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

/* Own time before a call, in a flame chart: no frames. */
function gapsIn(from, end) {
	let gaps = 0;
	for (let i = from; i < end; i++)
		gaps += model.func[i] === GAP;
	return gaps;
}

/* "4,812 narrow frames are not drawn" */
function leftOut() {
	const { view, zoom } = halves[0];
	if (view !== views.tree)
		return '';
	const inside = drawn.filter(box => !box.above).length, end = model.end[zoom];
	const gaps = model.chart ? gapsIn(zoom, end) : 0;
	const missing = end - zoom - gaps - inside, absent = model.allNodes - model.n + gaps;
	const parts = [];
	if (missing > 0)
		parts.push(many(missing, 'narrow frame') + ' not drawn: zoom in to see them');
	if (absent > 0 && !zoom)
		parts.push(many(absent, 'frame') + ' not in this file: --detail=all keeps all');
	return parts.join(' · ');
}
