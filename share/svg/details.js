/* SPDX-License-Identifier: Apache-2.0 */
/* The head, which stays in view: title and search, the way to what is zoomed, controls, */
/* and two lines about the frame pointed at.  It is laid out by the browser and measured. */
const head = { height: 0 };

function buildHead() {
	head.g = draw('g', svg, { class: 'fg-top-bar' });
	head.back = draw('rect', head.g, { class: 'fg-back',
		fill: (svg.querySelector('.fg-back') || svg).getAttribute('fill') || '#fff' });
	head.bar = hold(head.g, 'fg-bar');
	const first = html('div', head.bar, { class: 'fg-line' });
	const title = svg.querySelector('title');
	html('div', first, { class: 'fg-heading', role: 'heading', 'aria-level': 1 },
		title ? title.textContent : '');
	buildField(first);
	const second = html('div', head.bar, { class: 'fg-line fg-second' });
	head.way = html('div', second, { class: 'fg-way' });
	buildResult(second);
	head.tools = html('div', head.bar, { class: 'fg-tools', role: 'toolbar',
		'aria-label': 'views' });
	const details = html('div', head.bar, { class: 'fg-details' });
	head.name = html('div', details, { class: 'fg-name' });
	head.info = html('div', details, { class: 'fg-info' });
	head.sub = svg.querySelector('.fg-sub');
	head.muted = head.sub && head.sub.getAttribute('fill') || '#57606a';
	if (svg.classList.contains('fg-ui') && head.sub)
		for (const color of ['--fg-ink', '--fg-muted'])
			head.bar.style.setProperty(color, head.muted);
	head.words = head.sub ? head.sub.dataset.words || head.sub.textContent : '';
}

/* Fits the head to the width of the window and says how high it is. */
function layHead(full) {
	const { bar, back } = head;
	if (head.full === full)
		return;
	head.full = full;
	area(bar, 0, 0, full, 400);
	bar.classList.toggle('fg-small', full < 640);
	head.height = bar.offsetHeight;
	area(bar, 0, 0, full, head.height);
	put(back, 'width', full);
	put(back, 'height', head.height - 2);
}

/* The subtitle, or the ancestors of what is zoomed. */
function showWay() {
	const zoomed = halves.find(h => h.zoom);
	head.way.textContent = '';
	head.way.title = zoomed ? '' : head.words;
	if (state.calls === 'sandwich')
		crumb('all', () => openView(lastTree || usual()));
	if (!zoomed) {
		html('span', head.way, {}, state.calls !== 'sandwich' ? head.words :
			'\u00a0› callers above, callees below: ' + fitLabel(nameWords(middle), 60, look.cut));
		return;
	}
	const line = lineage(zoomed.view, zoomed.zoom).reverse();
	const most = Math.max(3, Math.floor(width / 160));
	line.forEach((id, i) => {
		if (i === 1 && line.length > most)
			html('i', head.way, {}, '› …');
		if (i === 0 || i > line.length - most)
			crumb(fitLabel(wordsOf(zoomed.view, id), i === line.length - 1 ? 40 : 24, look.cut),
				() => zoomTo(zoomed, id), i === line.length - 1);
	});
}

function crumb(text, act, last) {
	if (head.way.firstChild)
		html('i', head.way, {}, '›');
	const b = button(head.way, text, '', act);
	b.className = 'fg-crumb';
	if (last)
		b.setAttribute('aria-current', 'true');
}

const nameWords = name => name < 0 ? 'all' : model.strings[name];

/* The name of a frame as it is shown, with --nametype in front. */
function wordsOf(view, id) {
	const name = nameOf(view, id);
	return name < 0 ? view.name(id) : (look.nametype && look.nametype + ' ') + nameWords(name);
}

/* With --total the root has more than the profile. */
const valueOf = (half, id) => id || half.key ? half.view.total(id) : whole;

/* In trees merged from a part of the whole, values are the least that is known. */
const least = half => model.truncated && half.view !== views.tree ? '≥ ' : '';

/* What is known of a frame, part by part. */
function facts({ half, id }) {
	const { view } = half, total = valueOf(half, id), parts = [];
	parts.push('total ' + least(half) + percent(total, whole));
	if (id !== half.zoom && (half.key || half.zoom) && !isAbove(half, id))
		parts.push(percent(total, viewed(half)) + ' of view');
	if (!callersSide(half))
		parts.push('self ' + least(half) + percent(view.self(id), whole));
	parts.push(least(half) + quantity(total));
	if (model.difference)
		parts.push(...changeWords(total, view.before(id)), ...selfChange(half, id));
	return parts.concat(origins(view.func(id)));
}

/* "25 → 50 samples, ×2.0", "+12.5 points" */
const changeWords = (total, before) => [changeValues(total, before),
	points(share(total, before))];

/* What a frame has for itself is known in the plain tree. */
function selfChange(half, id) {
	const was = half.view.selfBefore(id);
	return [...was < 0 || callersSide(half) || !id ? [] :
		['self ' + changeValues(half.view.self(id), was)],
	...half.view.isNoise(id) ? ['not significant'] : []];
}

/* A half in which children are the callers of their parent. */
const callersSide = half => half.key ? half.key === 'u' : state.calls === 'callers';
const isAbove = (half, id) => lineage(half.view, half.zoom).includes(id);

/* Where a function comes from. */
function origins(f) {
	if (f < 0)
		return [];
	const m = model.module[f], parts = [];
	if (model.kind[f])
		parts.push(KINDS[model.kind[f]]);
	if (m !== -1)
		parts.push(m < 0 ? 'several modules' : moduleWords(m));
	if (model.full[f] >= 0 && model.full[f] !== model.nameOf[f])
		parts.push(model.strings[model.full[f]]);
	return parts;
}

/* For a screen reader: "main, 12.4 percent, 154 M cycles, self 3.10 percent". */
function sentence({ half, id }) {
	const total = valueOf(half, id), spoken = value => percent(value, whole).replace('%', 'percent');
	return half.view.name(id).slice(0, 1000) + ', ' + spoken(total) + ', ' + quantity(total) +
		(callersSide(half) ? '' : ', self ' + spoken(half.view.self(id)));
}

/* About what is pointed at, else what is selected. */
function describe(at = pointed || selected) {
	const chosen = picked < 0 && state.calls === 'sandwich' ? middle : picked;
	const name = at ? wordsOf(at.half.view, at.id) : chosen >= 0 ? nameWords(chosen) : '';
	const extras = at && extrasOf(at.half.view, at.id) || { href: '', title: '' };
	const room = Math.floor(width / 6.5) * 2 - 20;
	head.name.textContent = fitLabel(name, room, 'middle');
	head.info.textContent = at ? (extras.title && extras.title + ' · ') + facts(at).join(' · ') +
		(extras.href && ' · click opens ' + extras.href + ', Ctrl-click zooms') :
		chosen >= 0 ? functionFacts(chosen) : width < 460 ? 'Click to zoom, Esc to go back' :
		'Point at a frame for details · click to zoom, Esc to go back · / to search, ? for keys';
	head.bar.classList.toggle('fg-long', name.length * 7.4 > width);
}

function functionFacts(name) {
	const total = model.nameTotal[name];
	return ['total ' + percent(total, whole), 'self ' + percent(model.nameSelf[name], whole),
		quantity(total), ...model.difference ? changeOf(name, total) : [],
		...state.calls === 'sandwich' || model.chart ? [] : ['s for its callers and callees'],
	].join(' · ');
}

const changeOf = (name, total) => changeWords(total, model.nameTotalBefore[name]);

function tell(text) {
	head.info.textContent = text;
}
