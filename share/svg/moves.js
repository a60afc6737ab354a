/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done: select, walk, zoom, turn to another view, copy. */

/* Draws anew; what is at the root's row stays where it is on the screen. */
function refresh() {
	const at = origin - scrollY;
	pointed = null;
	layPage();
	if (alone && origin - at !== scrollY)
		scrollTo(scrollX, origin - at);
	showWay();
	describe();
	recount();
	fillTable();
	showControls();
	reach();
}

/* Where one begins to read: at the root, or at the middle of a sandwich. */
function goHome() {
	if (alone)
		scrollTo(0, halves[1] ? origin - (head.height + innerHeight) / 2 :
			halves[0].up ? foot.end - innerHeight : 0);
}

function select(at, focus) {
	selected = at && { half: at.half, id: at.id };
	pointed = null;
	if (at)
		picked = -1;
	dress();
	settle(focus);
	describe();
	showControls();
	if (state.table)
		showRows();
}

/* Takes the keyboard and the page to the frame that is selected. */
function settle(focus) {
	const box = boxOf(selected);
	reach();
	if (focus && (box || !alone))
		reached.focus({ preventScroll: true });
	if (box && alone)
		bring(box.y);
}

/* Scrolls to a row that is out of sight, or under the head. */
function bring(y) {
	if (y - head.height < scrollY)
		scrollTo(scrollX, y - head.height - look.row);
	else if (y + 2 * look.row > scrollY + innerHeight)
		scrollTo(scrollX, y + 2 * look.row - innerHeight);
}

function zoomTo(half, id) {
	half.zoom = id;
	selected = id ? { half, id } : null;
	refresh();
	settle(document.activeElement !== input);
	remember(true);
}

/* One step back out: of the zoom, of the sandwich, of the search, of the selection. */
function goUp() {
	const zoomed = [current(), ...halves].find(half => half.zoom);
	if (zoomed)
		zoomTo(zoomed, zoomed.view.parent(zoomed.zoom));
	else if (state.calls === 'sandwich')
		openView(lastTree || usual());
	else if (finding.text)
		find('');
	else
		pick(-1);
}

function reset() {
	for (const half of halves)
		half.zoom = 0;
	zoomTo(halves[0], 0);
}

function openView(calls, name = meant()) {
	if (calls === 'sandwich' && (name < 0 || model.chart)) {
		tell(model.chart ? 'no sandwich of a flame chart' :
			'point at a frame, or select one');
		return;
	}
	picked = calls === 'sandwich' ? -1 : state.calls === 'sandwich' ? middle : meant();
	turnTo(calls, name);
	refresh();
	goHome();
	remember(true);
}

/* Marks all frames of a function. */
function pick(name) {
	picked = name;
	select(null);
	remember();
}

function turnUpsideDown() {
	if (halves.length > 1)
		return;
	state.icicle = !state.icicle;
	halves[0].up = !state.icicle;
	refresh();
	goHome();
	remember(true);
}

/* From the root to the widest child, back, and along the row. */
function walk(key) {
	const box = boxOf(selected) || drawn.find(b => b.half === current() && b.id === b.half.zoom) ||
		drawn[drawn.length - 1];
	const row = drawn.filter(b => b.y === box.y), i = row.indexOf(box);
	const to = key === 'ArrowLeft' ? row[i - 1] : key === 'ArrowRight' ? row[i + 1]
		: nextRow(box, key === 'ArrowUp');
	if (to)
		select(to, true);
}

/* Up or down on the screen; from the middle of a sandwich both lead to children. */
function nextRow(box, up) {
	const isMiddle = box.half.key && box.id === 0;
	const half = isMiddle ? halves[up ? 0 : 1] : box.half, y = box.y + (up ? -1 : 1) * look.row;
	if (up !== half.up && !isMiddle) {
		const parent = half.view.parent(box.id);
		return parent < 0 ? null : boxOf({ half: parent || !half.key ? half : halves[1], id: parent });
	}
	return drawn.reduce((best, b) => b.half === half && b.y === y &&
		half.view.parent(b.id) === box.id && !(best && best.w >= b.w) ? b : best, null);
}

/* The stack of a frame, the outermost caller first, a frame in a line. */
function stackOf({ half, id }) {
	const names = lineage(half.view, id).map(i => half.view.name(i));
	if (!half.key)
		names.pop();
	return (callersSide(half) ? names : names.reverse()).join('\n');
}

async function copyStack() {
	const at = pointed || selected;
	if (!at) {
		tell('point at a frame, or select one');
		return;
	}
	const text = stackOf(at), lines = text.split('\n').length;
	try {
		await navigator.clipboard.writeText(text);
		tell('copied the stack, ' + many(lines, 'frame') + ', outermost first');
	} catch {
		openPanel('Stack', box => {
			const area = html('textarea', box, { readonly: '', rows: 12, 'aria-label': 'stack' }, text);
			area.focus();
			area.select();
		}, 'press Ctrl-C to copy');
	}
}
