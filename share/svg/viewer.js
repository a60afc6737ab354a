/* SPDX-License-Identifier: Apache-2.0
 * Zoom, search and details for a picture that is whole without them.  All it
 * knows it reads from the picture: data-f of a frame is "depth left width" in
 * values, data-view of the frames "total advance top height row inverted".
 * Text reaches the page through textContent only.
 */
(function () {
'use strict';
var SVG = 'http://www.w3.org/2000/svg', HTML = 'http://www.w3.org/1999/xhtml';
var script = document.currentScript;
var svg = script && script.closest && script.closest('svg.fg') || document.documentElement;
var group = svg.querySelector('.fg-frames');
if (!group || svg.querySelector('.fg-live'))
	return;
var alone = svg === document.documentElement;
var view = group.getAttribute('data-view').split(' ').map(Number);
var total = view[0], advance = view[1], top = view[2], inverted = view[5] === 1;
var height = svg.viewBox.baseVal.height, width = 0;
var nametype = group.getAttribute('data-nametype');
var PAD = 16, INSET = 4;

function make(ns, tag, parent, attributes) {
	var e = document.createElementNS(ns, tag);
	for (var a in attributes)
		e.setAttribute(a, attributes[a]);
	if (parent)
		parent.appendChild(e);
	return e;
}

/* Frames stand depth-first, parents before their children. */
var frames = [], byName = new Map();
(function () {
	var stack = [];
	for (var g = group.firstElementChild; g; g = g.nextElementSibling) {
		var data = g.getAttribute('data-f').split(' ').map(Number);
		var title = g.querySelector('title'), lines = title.textContent.split('\n');
		var parts = /^([^]*) \((.*), ([\d.]+%)\)$/.exec(lines[0]) || [0, lines[0], '', ''];
		var rects = g.getElementsByTagName('rect');
		var f = { index: frames.length, g: g, rect: rects[0], edge: rects[1],
			text: g.querySelector('text'), name: parts[1], exact: parts[2],
			percent: parts[3], more: lines.slice(1), tip: lines[0],
			depth: data[0], from: data[1], value: data[2], hit: false };
		f.label = f.depth || !f.text ? f.name : f.text.textContent;
		stack.length = f.depth;
		f.parent = stack[f.depth - 1] || null;
		stack[f.depth] = f;
		for (var up = f; up; up = up.parent)
			up.end = f.index + 1;
		g.frame = f;
		g.removeChild(title);
		frames.push(f);
		if (byName.has(f.name))
			byName.get(f.name).push(f);
		else
			byName.set(f.name, [f]);
	}
})();
if (!frames.length)
	return;
var root = frames[0], zoomed = root, selected = null, pointed = null;
group.classList.add('fg-live');

/* Labels: the same arithmetic as in the static picture. */
var WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6fc}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
var NONE = /[\p{Mn}\p{Me}\p{Cf}]/u, PLAIN = /^[ -~]*$/;

function fit(text, columns) {
	if (columns < 3)
		return '';
	if (PLAIN.test(text))
		return text.length <= columns ? text : text.slice(0, columns - 1) + '…';
	var used = 0, cut = 0, at = 0;
	for (var c of text) {
		used += NONE.test(c) ? 0 : WIDE.test(c) ? 2 : 1;
		at += c.length;
		if (used <= columns - 1)
			cut = at;
		if (used > columns)
			return text.slice(0, cut) + '…';
	}
	return text;
}

function number(v) {
	return Math.round(v * 10) / 10;
}

/* Puts every frame where it belongs in the current view. */
function draw() {
	var inner = width - 2 * PAD, scale = zoomed.value ? inner / zoomed.value : 0;
	var path = new Set();
	for (var up = zoomed.parent; up; up = up.parent)
		path.add(up);
	frames.forEach(function (f) {
		var above = path.has(f), inside = f.index >= zoomed.index && f.index < zoomed.end;
		f.shown = above || inside;
		if (!f.shown) {
			f.g.setAttribute('display', 'none');
			return;
		}
		f.g.removeAttribute('display');
		f.g.classList.toggle('fg-up', above);
		var full = above || f === zoomed;
		var x = PAD + (full ? 0 : (f.from - zoomed.from) * scale);
		var w = full ? inner : f.value * scale;
		w = w > 3 ? w - 1 : w * 2 / 3;
		f.rect.setAttribute('x', number(x));
		f.rect.setAttribute('width', Math.round(w * 100) / 100);
		if (f.edge) {
			f.edge.setAttribute('x', number(x));
			f.edge.setAttribute('width', w < 6 ? w / 3 : 2);
		}
		var label = fit(f.label, Math.floor((w - 2 * INSET) / advance + 1e-9));
		if (!label && !f.text)
			return;
		if (!f.text) {
			var y = +f.rect.getAttribute('y') + f.rect.getAttribute('height') / 2;
			f.text = make(SVG, 'text', f.g, { y: y + advance / .61 * .35 });
		}
		f.text.setAttribute('x', number(x + INSET));
		f.text.textContent = label;
	});
}

/* The head: kept in view while scrolling, so it lies over the frames. */
var head = svg.querySelector('.fg-head'), titleText = head.querySelector('.fg-title');
var sub = head.querySelector('.fg-sub'), subtitle = sub.textContent;
var title = svg.querySelector('title').textContent;
var back = svg.querySelector('.fg-back').cloneNode(false);
back.setAttribute('height', top - 2);
head.insertBefore(back, head.firstChild);
svg.insertBefore(head, group.nextSibling);

function box(kind) {
	var outer = make(SVG, 'foreignObject', head, {});
	return make(HTML, 'div', outer, { class: 'fg-box ' + kind });
}

var details = box('fg-details');
var nameLine = make(HTML, 'div', details, { class: 'fg-name' });
var infoLine = make(HTML, 'div', details, { class: 'fg-info' });
var searchBox = box('fg-search'), field = make(HTML, 'div', searchBox, { class: 'fg-field' });
var input = make(HTML, 'input', field, { type: 'text', placeholder: 'Search (regular expression)',
	'aria-label': 'search', spellcheck: 'false', autocomplete: 'off' });
var caseButton = button(field, 'Aa', 'match case');
var clearButton = button(field, '×', 'clear the search');
var statusBox = box('fg-status'), status = make(HTML, 'span', statusBox, { role: 'status' });
var previousButton = button(statusBox, '‹', 'previous match');
var nextButton = button(statusBox, '›', 'next match');

function button(parent, text, words) {
	var b = make(HTML, 'button', parent, { type: 'button', title: words, 'aria-label': words });
	b.textContent = text;
	return b;
}

function area(inside, x, y, w, h) {
	var o = inside.parentNode;
	o.setAttribute('x', x);
	o.setAttribute('y', y);
	o.setAttribute('width', Math.max(w, 0));
	o.setAttribute('height', h);
}

function headLayout() {
	var wide = Math.min(240, Math.max(120, width * .4));
	area(searchBox, width - PAD - wide, 16, wide, 28);
	area(statusBox, width - PAD - Math.min(width - 2 * PAD, 420), 46, Math.min(width - 2 * PAD, 420), 18);
	area(details, PAD, 67, width - 2 * PAD, 40);
	titleText.textContent = fit(title, Math.floor((width - 2 * PAD - wide - 24) / (18 * .68)));
	crumbs();
}

/* Where we are: the ancestors, in place of the subtitle. */
function crumbs() {
	var columns = Math.floor((width - 2 * PAD - (statusBox.hidden ? 0 : 330)) / (12 * .62));
	sub.textContent = '';
	if (zoomed === root) {
		sub.textContent = fit(subtitle, columns);
		return;
	}
	var path = [], used = 0;
	for (var f = zoomed; f; f = f.parent)
		path.unshift(f);
	var shown = [path.length - 1];
	used = Math.min(path[path.length - 1].name.length, 40) + 8;
	for (var i = path.length - 2; i > 0 && used < columns - 20; i--) {
		used += Math.min(path[i].name.length, 24) + 3;
		if (used < columns)
			shown.unshift(i);
	}
	if (shown[0] > 0)
		shown.unshift(0);
	shown.forEach(function (at, n) {
		if (n)
			make(SVG, 'tspan', sub, {}).textContent =
				at > shown[n - 1] + 1 ? ' › … › ' : ' › ';
		var crumb = make(SVG, 'tspan', sub, { class: 'fg-crumb' });
		crumb.textContent = fit(path[at].name, at === path.length - 1 ? 40 : 24);
		crumb.onclick = function () { zoom(path[at]); };
	});
}

function percent(part, whole) {
	var p = whole ? part / whole * 100 : 0;
	return (p < 9.995 ? p.toFixed(2) : p.toFixed(1)) + ' %';
}

function describe(f) {
	if (!f) {
		nameLine.textContent = '';
		infoLine.textContent = 'Point at a frame for details · click to zoom in, Esc to go back' +
			' · / to search';
		details.classList.remove('fg-long');
		return;
	}
	var words = ['total ' + f.percent.replace('%', ' %')];
	if (zoomed !== root && f.index >= zoomed.index)
		words.push(percent(f.value, zoomed.value) + ' of view');
	words = words.concat(f.exact, f.more);
	nameLine.textContent = (nametype ? nametype + ' ' : '') + f.name;
	infoLine.textContent = words.join(' · ');
	details.classList.toggle('fg-long', f.name.length * 7.4 > width - 2 * PAD);
}

function point(f) {
	if (f === pointed)
		return;
	mark(pointed, false);
	pointed = f;
	mark(f, true);
	describe(f || selected);
}

/* Other frames of the same function. */
function mark(f, on) {
	if (f)
		byName.get(f.name).forEach(function (other) {
			other.g.classList.toggle('fg-same', on && other !== f);
		});
}

function select(f, focus) {
	if (selected) {
		selected.g.classList.remove('fg-sel');
		selected.g.removeAttribute('tabindex');
	}
	selected = f;
	(f || root).g.setAttribute('tabindex', '0');
	if (f) {
		f.g.classList.add('fg-sel');
		f.g.setAttribute('aria-label', f.tip);
		if (focus)
			f.g.focus({ preventScroll: true });
		reveal(f);
	}
	describe(pointed || f);
}

/* Scrolls a frame out from under the head. */
function reveal(f) {
	if (!alone)
		return;
	var y = +f.rect.getAttribute('y'), row = view[4];
	if (y - top < scrollY)
		scrollTo(scrollX, y - top - row);
	else if (y + 2 * row > scrollY + innerHeight)
		scrollTo(scrollX, y + 2 * row - innerHeight);
}

function zoom(f, restoring) {
	zoomed = f;
	draw();
	search();
	crumbs();
	select(f === root ? null : f, !restoring);
	if (!restoring)
		remember(true);
}

/* Search: live, over what is in view; nested matches count once. */
var matches = [], current = -1, timer = 0;

function search() {
	var text = input.value, expression = null, wrong = '';
	try {
		expression = text && new RegExp(text, caseButton.getAttribute('aria-pressed') === 'true' ? 'u' : 'iu');
	} catch (e) {
		try {
			expression = new RegExp(text, caseButton.getAttribute('aria-pressed') === 'true' ? '' : 'i');
		} catch (again) {
			wrong = 'not a regular expression';
		}
	}
	var sum = 0, counted = 0, names = new Set();
	matches = [];
	current = -1;
	frames.forEach(function (f) {
		f.hit = !!expression && f.shown && expression.test(f.name);
		f.g.classList.toggle('fg-hit', f.hit);
		if (!f.hit || f.index < zoomed.index)
			return;
		matches.push(f);
		names.add(f.name);
		if (f.index >= counted) {
			sum += f.value;
			counted = f.end;
		}
	});
	group.classList.toggle('fg-find', !!expression);
	field.classList.toggle('fg-bad', !!wrong);
	status.className = wrong ? 'fg-wrong' : '';
	statusBox.hidden = !text;
	clearButton.style.visibility = text ? '' : 'hidden';
	previousButton.hidden = nextButton.hidden = matches.length < 2;
	statusText = wrong || (matches.length
		? percent(sum, zoomed.value) + (zoomed === root ? '' : ' of view') + ' · ' + names.size +
			(names.size === 1 ? ' function' : ' functions')
		: 'no match');
	report();
}

var statusText = '';

function report() {
	status.textContent = statusText + (matches.length
		? ' · ' + (current < 0 ? '' : current + 1 + '/') + matches.length +
			(current < 0 ? matches.length === 1 ? ' frame' : ' frames' : '') : '');
}

function step(by) {
	if (!matches.length)
		return;
	current = current < 0 && by < 0 ? matches.length - 1
		: (current + by + matches.length) % matches.length;
	select(matches[current], false);
	report();
}

function find(text) {
	input.value = text;
	search();
	crumbs();
	remember(false);
}

/* The address keeps the view: "#z=LEFT.DEPTH&s=EXPRESSION&c=1". */
var ours = '';

function remember(push) {
	if (!alone)
		return;
	var state = [];
	if (zoomed !== root)
		state.push('z=' + zoomed.from + '.' + zoomed.depth);
	if (input.value)
		state.push('s=' + encodeURIComponent(input.value));
	if (caseButton.getAttribute('aria-pressed') === 'true')
		state.push('c=1');
	var hash = state.length ? '#' + state.join('&') : '#';
	try {
		if (push && hash !== ours)
			history.pushState(null, '', hash);
		else
			history.replaceState(null, '', hash);
		ours = hash;
	} catch (e) {
		/* a place without history: the picture works all the same */
	}
}

function restore() {
	var state = {};
	(location.search.slice(1) + '&' + location.hash.slice(1)).split('&').forEach(function (part) {
		var at = part.indexOf('=');
		try {
			if (at > 0)
				state[part.slice(0, at)] = decodeURIComponent(part.slice(at + 1));
		} catch (e) {
			/* not ours */
		}
	});
	var to = frames.find(function (f) {
		return state.z === f.from + '.' + f.depth;
	}) || !state.z && state.x && frames.find(function (f) {
		return state.x === f.rect.getAttribute('x') && state.y === f.rect.getAttribute('y');
	}) || root;
	input.value = state.s || '';
	caseButton.setAttribute('aria-pressed', state.c === '1');
	ours = location.hash;
	zoom(to, true);
}

/* Walks: up is away from the root in a flame graph, towards it in an icicle. */
function walk(key) {
	var from = selected || zoomed, to = null;
	var outwards = inverted ? 'ArrowDown' : 'ArrowUp';
	var near = frames.filter(function (f) {
		return f.shown && f !== from && (key === 'ArrowLeft' || key === 'ArrowRight'
			? f.depth === from.depth
			: key === outwards && f.parent === from);
	});
	if (key === 'ArrowRight')
		to = near.find(function (f) { return f.from > from.from; });
	else if (key === 'ArrowLeft')
		to = near.reverse().find(function (f) { return f.from < from.from; });
	else if (key === outwards)
		to = near.sort(function (a, b) { return b.value - a.value; })[0];
	else
		to = from.parent;
	if (to)
		select(to, true);
}

function key(e) {
	if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing)
		return;
	if (e.target === input) {
		if (e.key === 'Enter')
			step(e.shiftKey ? -1 : 1);
		else if (e.key === 'Escape')
			input.value ? find('') : input.blur();
		else
			return;
	} else if (e.key === '/') {
		input.focus();
		input.select();
	} else if (e.key === 'Escape' || e.key === 'Backspace') {
		if (zoomed !== root)
			zoom(zoomed.parent);
		else if (input.value && e.key === 'Escape')
			find('');
		else
			select(null);
	} else if (e.key === '0') {
		zoom(root);
	} else if (e.key === 'n' || e.key === 'N') {
		step(e.key === 'n' ? 1 : -1);
	} else if (/^Arrow/.test(e.key)) {
		walk(e.key);
	} else if (e.key === 'Enter' && selected && e.target === selected.g) {
		zoom(selected);
	} else {
		return;
	}
	e.preventDefault();
}

function frameOf(e) {
	var g = e.target.closest && e.target.closest('.fg-frames > g');
	return g && g.frame || null;
}

function resize() {
	var wide = alone ? document.documentElement.clientWidth || innerWidth
		: svg.parentNode.clientWidth || svg.viewBox.baseVal.width;
	if (wide === width)
		return;
	width = Math.max(wide, 320);
	var tall = alone ? Math.max(height, innerHeight) : height;
	svg.setAttribute('width', width);
	svg.setAttribute('height', tall);
	svg.setAttribute('viewBox', '0 0 ' + width + ' ' + tall);
	draw();
	headLayout();
	describe(pointed || selected);
}

group.addEventListener('mouseover', function (e) { point(frameOf(e)); });
group.addEventListener('mouseleave', function () { point(null); });
group.addEventListener('click', function (e) {
	var f = frameOf(e);
	if (f)
		zoom(f);
});
group.addEventListener('focusin', function (e) {
	var f = frameOf(e);
	if (f && f !== selected)
		select(f, false);
});
input.addEventListener('input', function () {
	clearTimeout(timer);
	timer = setTimeout(function () { find(input.value); }, 80);
});
caseButton.addEventListener('click', function () {
	caseButton.setAttribute('aria-pressed', caseButton.getAttribute('aria-pressed') !== 'true');
	find(input.value);
});
clearButton.addEventListener('click', function () { find(''); input.focus(); });
previousButton.addEventListener('click', function () { step(-1); });
nextButton.addEventListener('click', function () { step(1); });
(alone ? window : svg).addEventListener('keydown', key);
window.addEventListener('resize', resize);
resize();
restore();
if (alone) {
	window.addEventListener('popstate', restore);
	window.addEventListener('scroll', function () {
		head.setAttribute('transform', 'translate(0,' + Math.max(scrollY, 0) + ')');
	});
	if (!inverted && zoomed === root && height > innerHeight)
		scrollTo(0, height);
}
})();
