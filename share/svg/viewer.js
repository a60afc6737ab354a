/* SPDX-License-Identifier: Apache-2.0 */
/* Zoom, search and details for a picture that is whole without them.  What it knows it */
/* reads from the picture: data-f of a frame is "depth left width" in values, data-view of */
/* all frames "total advance top height row inverted".  Text reaches the page as */
/* textContent only. */
(() => {
'use strict';
const script = document.currentScript;
const svg = script && script.closest('svg.fg') || document.documentElement;
const group = svg.querySelector('.fg-frames');
if (!group || group.classList.contains('fg-live'))
	return;
group.classList.add('fg-live');
const alone = svg === document.documentElement, PAD = 16, INSET = 4;
const [, advance, top, , row, inverted] = group.dataset.view.split(' ').map(Number);
const nametype = group.dataset.nametype, fixed = svg.viewBox.baseVal.height;
let width = 0, height = fixed;

function make(tag, parent, attributes, html) {
	const e = document.createElementNS('http://www.w3.org/' +
		(html ? '1999/xhtml' : '2000/svg'), tag);
	for (const a in attributes)
		e.setAttribute(a, attributes[a]);
	return parent.appendChild(e);
}

/* Frames stand depth-first; a subtree is frames[index] to frames[end - 1]. */
const frames = [], byName = new Map(), path = [];
for (const g of group.children) {
	const [depth, from, value] = g.dataset.f.split(' ').map(Number);
	const title = g.querySelector('title'), lines = title.textContent.split('\n');
	const [, name, exact, share] = /^(.*) \((.*), (.*)%\)$/s.exec(lines[0]);
	const [rect, edge] = g.querySelectorAll('rect'), text = g.querySelector('text');
	const self = lines[1].replace(/(\d)%/, '$1 %');
	const f = { g, rect, edge, text, name, depth, from, value, index: frames.length,
		tip: lines[0], share: share + ' %', more: [...self.startsWith('self ')
			? [exact, self] : [self, exact], ...lines.slice(2)],
		label: depth || !text ? name : text.textContent, parent: path[depth - 1] };
	path.length = depth;
	path.push(f);
	for (const up of path)
		up.end = f.index + 1;
	g.frame = f;
	title.remove();
	frames.push(f);
	if (!byName.has(name))
		byName.set(name, []);
	byName.get(name).push(f);
}
const root = frames[0];
let zoomed = root, selected = null, pointed = null;

/* Labels: the same arithmetic as in the static picture. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6b\uff01-\uff60\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

function fit(text, columns) {
	if (columns < 3)
		return '';
	if (/^[ -~]*$/.test(text))
		return text.length <= columns ? text : text.slice(0, columns - 1) + '…';
	let used = 0, cut = 0, at = 0;
	for (const c of text) {
		used += WIDE.test(c) ? 2 : /[\p{Mn}\p{Me}\p{Cf}]/u.test(c) ? 0 : 1;
		at += c.length;
		if (used < columns)
			cut = at;
		if (used > columns)
			return text.slice(0, cut) + '…';
	}
	return text;
}

const inView = f => f.index >= zoomed.index && f.index < zoomed.end;

/* Puts every frame where it belongs in the current view. */
function draw() {
	const inner = width - 2 * PAD, scale = zoomed.value ? inner / zoomed.value : 0;
	for (const f of frames) {
		const above = f.index < zoomed.index && f.end > zoomed.index;
		f.shown = above || inView(f);
		f.g.setAttribute('display', f.shown ? 'inline' : 'none');
		if (!f.shown)
			continue;
		f.g.classList.toggle('fg-up', above);
		const full = above || f === zoomed;
		const x = Math.round((PAD + (full ? 0 : f.from - zoomed.from) * scale) * 10) / 10;
		let w = full ? inner : f.value * scale;
		w = Math.round((w > 3 ? w - 1 : w * 2 / 3) * 100) / 100;
		f.rect.setAttribute('x', x);
		f.rect.setAttribute('width', w);
		if (f.edge) {
			f.edge.setAttribute('x', x);
			f.edge.setAttribute('width', w < 6 ? w / 3 : 2);
		}
		const label = fit(f.label, Math.floor((w - 2 * INSET) / advance + 1e-9));
		if (label && !f.text)
			f.text = make('text', f.g, { y: +f.rect.getAttribute('y') +
				(row - 1) / 2 + advance / .61 * .35 });
		if (f.text) {
			f.text.setAttribute('x', x + INSET);
			f.text.textContent = label;
		}
	}
}

/* The head lies over the frames, as it stays in view while they are scrolled. */
const head = svg.querySelector('.fg-head'), subtitle = head.querySelector('.fg-sub');
const words = subtitle.dataset.words || subtitle.textContent;
const title = svg.querySelector('title').textContent;
const back = head.insertBefore(svg.querySelector('.fg-back').cloneNode(), head.firstChild);
back.setAttribute('height', top - 2);
svg.insertBefore(head, group.nextSibling);

const box = name => make('div', make('foreignObject', head), { class: 'fg-box ' + name }, true);
function button(parent, text, title) {
	const b = make('button', parent, { type: 'button', title }, true);
	b.textContent = text;
	return b;
}
function area(box, x, y, w, h) {
	const at = { x, y, width: w, height: h };
	for (const a in at)
		box.parentNode.setAttribute(a, at[a]);
}

const details = box('fg-details'), nameLine = make('div', details, { class: 'fg-name' }, true);
const infoLine = make('div', details, { class: 'fg-info' }, true);
const searchBox = box('fg-search'), field = make('div', searchBox, { class: 'fg-field' }, true);
const input = make('input', field, { placeholder: 'Search (regular expression)',
	'aria-label': 'search', spellcheck: 'false' }, true);
const caseButton = button(field, 'Aa', 'match case'), clear = button(field, '×', 'clear');
const result = box('fg-status'), status = make('span', result, { role: 'status' }, true);
const previous = button(result, '‹', 'previous match'), next = button(result, '›', 'next match');

function layHead() {
	const wide = Math.min(240, width * .4), inner = width - 2 * PAD, most = Math.min(inner, 420);
	area(searchBox, width - PAD - wide, 16, wide, 28);
	area(result, width - PAD - most, 46, most, 18);
	area(details, PAD, 67, inner, 40);
	head.querySelector('.fg-title').textContent = fit(title, Math.floor((inner - wide - 24) / 12.3));
	where();
}

/* Where we are: the ancestors, in place of the subtitle. */
function where() {
	let room = Math.floor((width - 2 * PAD - (input.value ? 330 : 0)) / 7.5);
	if (zoomed === root) {
		subtitle.textContent = fit(words, room < 12 ? 0 : room);
		return;
	}
	const crumbs = [];
	for (let f = zoomed; f; f = f.parent) {
		const text = fit(f.name, f === zoomed ? 40 : 24);
		room -= text.length + 3;
		if (f !== zoomed && f !== root && room < 10)
			continue;
		if (crumbs.length && crumbs[0].f.parent !== f)
			crumbs.unshift({ text: '…' , f: { parent: f } });
		crumbs.unshift({ text, f });
	}
	subtitle.textContent = '';
	crumbs.forEach(({ text, f }, i) => {
		if (i)
			make('tspan', subtitle).textContent = ' › ';
		const crumb = make('tspan', subtitle, f.g ? { class: 'fg-crumb' } : {});
		crumb.textContent = text;
		if (f.g)
			crumb.onclick = () => zoom(f);
	});
}

function percent(part, whole) {
	const p = whole ? part / whole * 100 : 0;
	return p.toFixed(p < 9.995 ? 2 : 1) + ' %';
}

function describe(f = pointed || selected) {
	const name = f ? (nametype ? nametype + ' ' : '') + f.name : '', inner = width - 2 * PAD;
	const most = Math.floor(inner / 6.5) * 2 - 20;
	nameLine.textContent = name.length <= most ? name
		: name.slice(0, most / 2) + ' … ' + name.slice(-most / 2);
	infoLine.textContent = !f
		? inner < 460 ? 'Click to zoom, Esc to go back'
			: 'Point at a frame for details · click to zoom, Esc to go back · / to search'
		: ['total ' + f.share, ...zoomed !== root && inView(f)
			? [percent(f.value, zoomed.value) + ' of view'] : [], ...f.more].join(' · ');
	details.classList.toggle('fg-long', name.length * 7.4 > inner);
}

/* Also outlines the other frames of the function. */
function point(f) {
	if (f === pointed)
		return;
	const mark = on => pointed && byName.get(pointed.name).forEach(
		other => other.g.classList.toggle('fg-same', on && other !== pointed));
	mark(false);
	pointed = f;
	mark(true);
	describe();
}

function select(f, focus) {
	const old = (selected || root).g, g = (f || root).g;
	old.classList.remove('fg-sel');
	old.removeAttribute('tabindex');
	g.setAttribute('tabindex', 0);
	selected = f;
	if (f) {
		g.classList.add('fg-sel');
		g.setAttribute('role', 'img');
		g.setAttribute('aria-label', f.tip);
		if (focus)
			g.focus({ preventScroll: true });
		const y = +f.rect.getAttribute('y');
		if (alone && y - top < scrollY)
			scrollTo(scrollX, y - top - row);
		else if (alone && y + 2 * row > scrollY + innerHeight)
			scrollTo(scrollX, y + 2 * row - innerHeight);
	}
	describe(f || pointed);
}

function zoom(f, restoring) {
	zoomed = f;
	draw();
	search();
	select(f === root ? null : f, !restoring);
	if (!restoring)
		remember(true);
}

/* Live, over what is in view; what matches inside of a match is not counted twice. */
let matches = [], current = -1, found = '', timer;
const matchCase = () => caseButton.getAttribute('aria-pressed') === 'true';

function search() {
	let pattern = null, wrong = '', sum = 0, counted = 0;
	const names = new Set();
	try {
		pattern = input.value && new RegExp(input.value, matchCase() ? '' : 'i');
	} catch {
		wrong = 'not a regular expression';
	}
	matches = [];
	current = -1;
	for (const f of frames) {
		const hit = pattern && f.shown && pattern.test(f.name);
		f.g.classList.toggle('fg-hit', !!hit);
		if (!hit || !inView(f))
			continue;
		matches.push(f);
		names.add(f.name);
		if (f.index >= counted) {
			sum += f.value;
			counted = f.end;
		}
	}
	found = wrong || (!matches.length ? 'no match' : percent(sum, zoomed.value) +
		(zoomed === root ? '' : ' of view') + ' · ' + names.size + ' function' +
		(names.size === 1 ? '' : 's') + ' · ');
	group.classList.toggle('fg-find', !!pattern);
	field.classList.toggle('fg-bad', !!wrong);
	status.className = wrong ? 'fg-wrong' : '';
	result.hidden = !input.value;
	clear.style.visibility = input.value ? '' : 'hidden';
	previous.hidden = next.hidden = matches.length < 2;
	step(0);
	where();
}

function step(by) {
	const n = matches.length;
	if (n && by) {
		current = current < 0 && by < 0 ? n - 1 : (current + by + n) % n;
		select(matches[current]);
	}
	status.textContent = found + (!n ? '' : current < 0 ? n + ' frame' + (n === 1 ? '' : 's')
		: current + 1 + '/' + n);
}

function find(text) {
	input.value = text;
	search();
	remember();
}

/* The address keeps the view: "#z=LEFT.DEPTH&s=EXPRESSION&c=1". */
function remember(push) {
	if (!alone)
		return;
	const hash = '#' + [zoomed === root ? '' : 'z=' + zoomed.from + '.' + zoomed.depth,
		input.value && 's=' + encodeURIComponent(input.value),
		matchCase() ? 'c=1' : ''].filter(part => part).join('&');
	try {
		history[push && hash !== (location.hash || '#') ? 'pushState' : 'replaceState'](
			null, '', hash);
	} catch {
		/* a place without history */
	}
}

/* Also the older "?x=&y=&s=", x and y being those of a rectangle. */
function restore() {
	const state = new URLSearchParams(location.hash.slice(1) + '&' + location.search.slice(1));
	const at = f => f.rect.getAttribute('x') === state.get('x') &&
		f.rect.getAttribute('y') === state.get('y');
	input.value = alone && state.get('s') || '';
	caseButton.setAttribute('aria-pressed', alone && state.get('c') === '1');
	zoom(alone && frames.find(f => f.from + '.' + f.depth === state.get('z') || at(f)) || root, true);
}

/* Arrows: away from the root to the widest child, back, and along the row. */
function walk(key) {
	const from = selected || zoomed, row = frames.filter(f => f.shown && f.depth === from.depth);
	const i = row.indexOf(from);
	const to = key === 'ArrowLeft' ? row[i - 1] : key === 'ArrowRight' ? row[i + 1]
		: key !== (inverted ? 'ArrowDown' : 'ArrowUp') ? from.parent
		: frames.reduce((best, f) => f.shown && f.parent === from &&
			!(best && best.value >= f.value) ? f : best, null);
	if (to)
		select(to, true);
}

function press(e) {
	const key = e.key;
	if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing)
		return;
	if (e.target === input) {
		if (key === 'Enter')
			step(e.shiftKey ? -1 : 1);
		else if (key !== 'Escape')
			return;
		else if (input.value)
			find('');
		else
			input.blur();
	} else if (key === '/') {
		input.focus();
		input.select();
	} else if (key === 'Escape' || key === 'Backspace') {
		if (zoomed !== root)
			zoom(zoomed.parent);
		else if (input.value)
			find('');
		else
			select(null);
	} else if (key === '0') {
		zoom(root);
	} else if (key === 'n' || key === 'N') {
		step(key === 'n' ? 1 : -1);
	} else if (/^Arrow/.test(key)) {
		walk(key);
	} else if (key === 'Enter' && selected && e.target === selected.g) {
		zoom(selected);
	} else {
		return;
	}
	e.preventDefault();
}

/* The legend, in as many rows as it needs; the rest of the foot moves with it. */
const legend = [...svg.querySelectorAll('.fg-legend > g')];
const foot = svg.querySelector('.fg-foot'), shift = g => g.transform.baseVal[0].matrix;
const [first, last] = legend.length ? [shift(legend[0]).f, shift(legend.at(-1)).f] : [0, 0];

function layFoot() {
	let x = PAD, y = first;
	for (const g of legend) {
		const w = g.getBBox().width;
		if (x > PAD && x + w > width - PAD) {
			x = PAD;
			y += 18;
		}
		g.setAttribute('transform', 'translate(' + x + ',' + y + ')');
		x += w + 18;
	}
	height = fixed + y - last;
	if (foot)
		foot.setAttribute('transform', 'translate(0,' + (y - last) + ')');
}

function resize() {
	const room = alone ? svg.clientWidth || innerWidth
		: svg.parentNode.clientWidth || svg.viewBox.baseVal.width;
	width = Math.max(room, 320);
	layFoot();
	const tall = alone ? Math.max(height, innerHeight) : height;
	svg.setAttribute('width', width);
	svg.setAttribute('height', tall);
	svg.setAttribute('viewBox', '0 0 ' + width + ' ' + tall);
	layHead();
}

const frameOf = e => (e.target.closest('.fg-frames > g') || {}).frame || null;
const on = (target, type, act) => target.addEventListener(type, act);
on(group, 'mouseover', e => point(frameOf(e)));
on(group, 'mouseleave', () => point(null));
on(group, 'click', e => frameOf(e) && zoom(frameOf(e)));
/* Not on the group: what listens for focus can be tabbed to. */
on(document, 'focusin', e => {
	const f = group.contains(e.target) && frameOf(e);
	if (f && f !== selected)
		select(f);
});
on(input, 'input', () => {
	clearTimeout(timer);
	timer = setTimeout(() => find(input.value), 80);
});
on(caseButton, 'click', () => {
	caseButton.setAttribute('aria-pressed', !matchCase());
	find(input.value);
});
on(clear, 'click', () => { find(''); input.focus(); });
on(previous, 'click', () => step(-1));
on(next, 'click', () => step(1));
on(alone ? window : svg, 'keydown', press);
on(window, 'resize', () => { resize(); draw(); describe(); });
resize();
restore();
if (alone) {
	on(window, 'popstate', restore);
	on(window, 'scroll', () =>
		head.setAttribute('transform', 'translate(0,' + scrollY + ')'));
	if (!inverted && zoomed === root && height > innerHeight)
		scrollTo(0, height);
}
})();
