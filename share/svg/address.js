/* SPDX-License-Identifier: Apache-2.0 */
/* The address keeps what is looked at, as "#v=callers&z=0.3.1&s=EXPRESSION": what is not */
/* as the picture was made.  A page with more than one picture keeps nothing. */
let restoring = false;

function stateWords() {
	const shown = state.calls === 'sandwich' ? middle : picked, words = {
		v: state.calls === usual() ? null : state.calls,
		i: state.icicle === look.icicle ? null : +state.icicle,
		o: state.weight === look.weight ? null : state.weight ? 'weight' : 'name',
		k: state.colors === colorsGiven() ? null : state.colors,
		t: state.table ? 1 : null,
		f: shown < 0 ? null : model.strings[shown],
		z: halves.filter(h => h.zoom).map(h => h.key + h.view.path(h.zoom)).join('_') || null,
		s: finding.text === look.find ? null : finding.text,
		c: matchCase() === !!look.find ? null : +matchCase(),
	};
	return Object.entries(words).filter(([, text]) => text !== null && String(text).length < 4000)
		.map(([key, text]) => key + '=' + encodeURIComponent(text)).join('&');
}

function remember(push) {
	if (!alone || restoring)
		return;
	try {
		const hash = '#' + stateWords();
		history[push && hash !== (location.hash || '#') ? 'pushState' : 'replaceState'](
			null, '', hash);
	} catch {
		/* a place without history, too many changes in a moment, or half a character */
	}
}

/* What the address says; what it says wrongly is as if it were not there. */
function recall() {
	const hash = new URLSearchParams(alone ? location.hash.slice(1) : '');
	const query = new URLSearchParams(alone ? location.search.slice(1) : '');
	const get = key => hash.get(key) ?? query.get(key), name = nameCalled(get('f'));
	const flag = (key, usually) => get(key) === null ? usually : get(key) === '1';
	const calls = get('v');
	restoring = true;
	state.icicle = flag('i', look.icicle);
	state.weight = get('o') === null ? look.weight : get('o') === 'weight';
	state.colors = colorsOffered().includes(get('k')) ? get('k') : colorsGiven();
	state.table = flag('t', false);
	turnTo(model.chart || !['callees', 'callers', 'sandwich'].includes(calls) ||
		calls === 'sandwich' && name < 0 ? usual() : calls, name);
	picked = calls === 'sandwich' ? -1 : name;
	halves[0].zoom = 0;
	for (const at of (get('z') || '').slice(0, 10000).split('_')) {
		const half = halves.find(h => h.key === at.replace(/[\d.]/g, ''));
		if (half)
			half.zoom = half.view.locate(at.slice(half.key.length));
	}
	if (query.has('x') && !String(hash))
		halves[0].zoom = placeOf(+query.get('x'), +query.get('y'));
	finding.case.setAttribute('aria-pressed', flag('c', !!look.find));
	input.value = get('s') ?? look.find;
	compile(input.value, matchCase());
	const zoomed = halves.find(h => h.zoom);
	selected = zoomed ? { half: zoomed, id: zoomed.zoom } : null;
	restoring = false;
}

function nameCalled(text) {
	const name = text === null ? -1 : model.strings.indexOf(text);
	return name < model.T ? name : -1;
}

/* The frame whose box in the static picture has its corner there; 0 when there is none. */
function placeOf(x, y) {
	const { view } = halves[0], scale = (look.width - 2 * PAD) / (extent(halves[0]) || 1);
	const level = look.icicle ? (y - look.top) / look.row
		: (look.top + look.height - y) / look.row - 1;
	let id = 0, left = PAD;
	for (let depth = 0; depth < Math.round(level); depth++) {
		const child = ordered(view, id, .5 / scale)
			.findLast(({ from }) => left + from * scale < x + .051);
		if (!child)
			return 0;
		id = child.id;
		left += child.from * scale;
	}
	return Math.abs(left - x) < .051 && Math.abs(level - Math.round(level)) < .01 ? id : 0;
}
