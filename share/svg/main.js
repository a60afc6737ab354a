/* SPDX-License-Identifier: Apache-2.0 */
/* Takes the static picture over: makes room for the head, reads the data, and draws. */
/* Without data, or without the means to read it, the picture stays as it is. */
let full = 0, stage = null;

/* Everything below the head, in a group that can be moved. */
function buildStage() {
	stage = draw('g', null, { class: 'fg-stage' });
	const parts = [...svg.children].filter(e =>
		!e.matches('title, desc, style, script, .fg-back, .fg-head, .fg-data'));
	svg.insertBefore(stage, parts[0] || null);
	stage.append(...parts);
}

/* How wide the picture may be: as the window, or as what it is in. */
function roomFor() {
	if (alone)
		return svg.clientWidth || innerWidth;
	const { paddingLeft, paddingRight } = getComputedStyle(svg.parentNode);
	return svg.parentNode.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
}

function measureWindow() {
	const room = roomFor();
	full = room > 0 ? Math.max(room, SLIM) : look.width;
	width = full - 2 * PAD - (state.table && full >= NARROW ? PANEL + PAD : 0);
}

function sizePage(height) {
	const tall = alone ? Math.max(height, innerHeight) : height;
	put(svg, 'width', full);
	put(svg, 'height', tall);
	put(svg, 'viewBox', '0 0 ' + full + ' ' + tall);
}

/* Draws the frames and lays out what is around them. */
function layPage(again) {
	measureWindow();
	layHead(full);
	drawFrames();
	foot.end = layFoot(head.height + graph);
	const below = layTable(full, foot.end);
	sizePage(foot.end + (table.right ? 0 : below));
	followScroll();
	if (alone && !again && Math.max(roomFor(), SLIM) !== full)
		layPage(true);    /* a scroll bar came or went */
}

/* The head and the table beside the graph stay in view, where there is room for that. */
function followScroll() {
	const y = alone && head.height < innerHeight / 2 ? scrollY : 0;
	put(head.g, 'transform', 'translate(0,' + y + ')');
	put(table.g, 'transform', 'translate(0,' + (table.right ? y : 0) + ')');
}

function listen() {
	const boxAt = e => {
		const g = e.target.closest && e.target.closest('.fg-frames > *');
		return g && g.box || null;
	};
	on(group, 'mouseover', e => point(boxAt(e)));
	on(group, 'mouseleave', () => point(null));
	on(group, 'click', e => click(e, boxAt(e)));
	/* Not on the group: what listens for focus can be tabbed to. */
	on(document, 'focusin', e => {
		const box = group.contains(e.target) && boxAt(e);
		if (box && !isSelected(box))
			select(box);
	});
	on(alone ? window : svg, 'keydown', press);
	on(window, 'resize', refresh);
	if (alone) {
		on(window, 'popstate', () => { recall(); refresh(); settle(); });
		on(window, 'scroll', followScroll);
	}
}

function point(box) {
	if (box === pointed)
		return;
	pointed = box;
	dress();
	describe();
}

/* A link is followed, unless Ctrl is held. */
function click(e, box) {
	if (!box || box.g.localName === 'a' && !e.ctrlKey && !e.metaKey)
		return;
	e.preventDefault();
	zoomTo(box.half, box.id);
}

function takeOver(data) {
	model = data;
	whole = Math.max(look.total, model.total[0]);
	learnColors();
	group.textContent = '';
	group.setAttribute('role', 'tree');
	if (look.hit)
		group.style.setProperty('--fg-hit', look.hit);
	group.classList.add('fg-live');
	stage.removeAttribute('transform');
	svg.querySelector('.fg-data').remove();
	buildTable();
	buildFoot();
	buildControls();
	head.full = 0;
	recall();
	refresh();
	listen();
	if (!selected)
		goHome();
	else if (alone)
		bring(boxOf(selected).y);
}

async function start() {
	const text = svg.querySelector('.fg-data').textContent.trim(), was = svg.cloneNode(false);
	buildStage();
	buildHead();
	measureWindow();
	layHead(full);
	stage.setAttribute('transform', 'translate(0,' + (head.height - look.top) + ')');
	sizePage(look.tall + head.height - look.top);
	try {
		takeOver(await readData(text));
	} catch (e) {
		if (model)
			throw e;
		head.g.remove();
		stage.removeAttribute('transform');
		for (const { name, value } of was.attributes)
			svg.setAttribute(name, value);
		svg.classList.remove('fg-running');
	}
}

if (group && !svg.classList.contains('fg-running') && window.DecompressionStream &&
	svg.querySelector('.fg-data')) {
	svg.classList.add('fg-running');
	start();
}
