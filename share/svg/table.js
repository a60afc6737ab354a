/* SPDX-License-Identifier: Apache-2.0 */
/* All functions in a table, of which only the rows in sight exist. */
const ROW = 22;
const COLUMNS = [{ by: 'self', words: 'self %', title: 'in the function itself' },
	{ by: 'total', words: 'total %', title: 'in the function and what it calls' },
	{ by: 'name', words: 'function', title: '' }];
const CHANGE = { by: 'change', words: 'change', title: 'of the total, in points' };
const table = { by: 'self', down: true, names: [], top: null };

function buildTable() {
	table.g = svg.insertBefore(draw('g', null, { class: 'fg-table' }), head.g);
	table.back = draw('rect', table.g, { class: 'fg-back', fill: head.back.getAttribute('fill') });
	table.box = hold(table.g, 'fg-panel');
	table.sheet = html('div', table.box, { class: 'fg-sheet' });
	const t = html('table', table.sheet, { 'aria-label': 'functions' });
	const tr = html('tr', html('thead', t));
	if (model.difference)
		COLUMNS.splice(2, 0, CHANGE);
	table.heads = COLUMNS.map(({ by, title }) => {
		const th = html('th', tr, { scope: 'col', class: 'fg-in-' + by });
		button(th, '', title, () => sortBy(by));
		return th;
	});
	table.body = html('tbody', t);
	table.before = html('tr', table.body, { 'aria-hidden': true });
	table.after = html('tr', table.body, { 'aria-hidden': true });
	table.rows = [];
	table.note = html('div', table.box, { class: 'fg-note' });
	on(table.sheet, 'scroll', showRows);
	on(table.body, 'click', e => rowOf(e) && pick(rowOf(e).which));
	on(table.body, 'dblclick', e => rowOf(e) && openView('sandwich', rowOf(e).which));
	on(table.body, 'keydown', walkRows);
}

const rowOf = e => {
	const tr = e.target.closest('tr');
	return tr && tr.which >= 0 ? tr : null;
};

function sortBy(by) {
	table.down = table.by === by ? !table.down : by !== 'name';
	table.by = by;
	table.sheet.scrollTop = 0;
	fillTable();
}

function markHead(th, i) {
	const { by, words } = COLUMNS[i], on = by === table.by;
	th.setAttribute('aria-sort', !on ? 'none' : table.down ? 'descending' : 'ascending');
	th.firstChild.textContent = words + (!on ? '' : table.down ? ' ↓' : ' ↑');
}

/* What the numbers are of: the zoomed frame of the plain tree, else everything. */
function measured() {
	const { view, zoom } = halves[0];
	return view === views.tree ? zoom : 0;
}

/* Of what is measured, how much the share of a function has grown. */
function changeIn(total, before) {
	const of = table.at ? model.total[table.at] : whole;
	const then = table.at ? model.before[table.at] : model.before[0];
	return total / (of || 1) - before / (then || 1);
}

/* Chooses and sorts the functions that are listed. */
function fillTable() {
	if (!state.table)
		return;
	const at = measured();
	if (!table.top || table.at !== at)
		table.top = topTable(model, views.tree, table.at = at);
	const { self, total, totalBefore: was } = table.top, { hit } = finding, names = [];
	const key = table.by === 'self' ? self : table.by === 'total' ? total :
		total.map((value, name) => was ? changeIn(value, was[name]) : value);
	for (let name = 0; name < model.T; name++)
		if ((total[name] > 0 || was && was[name] > 0) && (!hit || hit[name]))
			names.push(name);
	const sign = table.down ? -1 : 1;
	if (table.by !== 'name')
		names.sort((a, b) => sign * (key[a] - key[b]) || a - b);
	else if (table.down)
		names.reverse();
	table.names = names;
	table.heads.forEach(markHead);
	table.sheet.firstChild.setAttribute('aria-rowcount', names.length + 1);
	table.note.textContent = many(names.length, 'function') + (at ? ' in ' +
		fitLabel(views.tree.name(at), 34, look.cut) : '') + (!at && !hit && model.otherNames ?
		' · ' + grouped(model.otherNames) + ' more are not in this file' : '');
	showRows();
}

function makeRow() {
	const tr = html('tr', null, { tabindex: table.rows.length ? -1 : 0 });
	tr.self = html('td', tr, { class: 'fg-in-self' });
	tr.total = html('td', tr, { class: 'fg-in-total' });
	tr.bar = html('i', tr.total);
	tr.share = html('span', tr.total);
	if (model.difference)
		tr.change = html('td', tr, { class: 'fg-in-change' });
	tr.label = html('span', html('td', tr, { class: 'fg-in-name' }));
	if (!model.chart)
		button(tr.lastChild, '⇅', 'callers and callees (s)', e => {
			e.stopPropagation();
			openView('sandwich', tr.which);
		}).tabIndex = -1;
	return tr;
}

/* Puts rows where the sheet is scrolled to. */
function showRows() {
	const { sheet, names, rows, top } = table, room = Math.ceil(table.height / ROW) + 2;
	const from = Math.max(0, Math.min(Math.floor(sheet.scrollTop / ROW), names.length - room));
	const to = Math.min(names.length, from + room), of = table.at ? model.total[table.at] : whole;
	while (rows.length < to - from)
		rows.push(table.body.insertBefore(makeRow(), table.after));
	table.before.style.height = from * ROW + 'px';
	table.after.style.height = (names.length - to) * ROW + 'px';
	rows.forEach((tr, i) => {
		const name = tr.which = from + i < to ? names[from + i] : -1;
		tr.hidden = name < 0;
		if (name < 0)
			return;
		tr.self.textContent = percent(top.self[name], of);
		tr.share.textContent = percent(top.total[name], of);
		if (tr.change)
			tr.change.textContent = points(changeIn(top.total[name], top.totalBefore[name]))
				.replace(' points', '');
		tr.bar.style.width = Math.min(100, top.total[name] / of * 100) + '%';
		tr.label.textContent = fitLabel(model.strings[name], table.columns, look.cut);
		tr.label.title = model.strings[name].slice(0, 2000);
		tr.setAttribute('aria-rowindex', from + i + 2);
		tr.setAttribute('aria-current', name === meant());
	});
}

/* Up and down through the rows, Enter for the sandwich. */
function walkRows(e) {
	const tr = rowOf(e), by = { ArrowUp: -1, ArrowDown: 1 }[e.key];
	if (!tr || !by && e.key !== 'Enter' || e.target !== tr)
		return;
	e.preventDefault();
	e.stopPropagation();
	if (!by) {
		openView('sandwich', tr.which);
		return;
	}
	const i = table.names.indexOf(tr.which) + by, { sheet } = table;
	if (i < 0 || i >= table.names.length)
		return;
	if (i * ROW < sheet.scrollTop)
		sheet.scrollTop = i * ROW;
	if ((i + 3) * ROW > sheet.scrollTop + table.height)
		sheet.scrollTop = (i + 3) * ROW - table.height;
	pick(table.names[i]);
	table.rows.find(row => row.which === table.names[i]).focus({ preventScroll: true });
}

/* Right of the graph and as high as the window, or below the graph. */
function layTable(full, below) {
	put(table.g, 'display', state.table ? 'inline' : 'none');
	if (!state.table)
		return 0;
	const right = full >= NARROW, y = right ? head.height : below;
	const room = alone ? innerHeight - head.height : Math.max(graph, 240);
	const w = right ? PANEL : full - 2 * PAD, h = right ? room : 420;
	table.right = right;
	table.height = h - 24;
	table.columns = Math.floor((w - (model.difference ? 254 : 190)) / 6.2);
	area(table.box, right ? full - PANEL - PAD : PAD, y, w, h);
	for (const [name, value] of [['x', right ? full - PANEL - PAD - 8 : 0], ['y', y - 2],
		['width', right ? PANEL + PAD + 8 : full], ['height', h + 2]])
		put(table.back, name, value);
	return h;
}
