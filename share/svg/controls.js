/* SPDX-License-Identifier: Apache-2.0 */
/* The row of buttons, the keys, and the panel that explains them. */
const controls = [];

/* A group of buttons of which one is pressed. */
function choice(label, entries) {
	const set = html('div', head.tools, { class: 'fg-set', role: 'group', 'aria-label': label });
	for (const { words, title, act, is, can } of entries)
		controls.push({ is, can, b: button(set, words, title, act) });
}

function buildControls() {
	choice('drawing', [
		{ words: 'Flame', title: 'the root at the bottom (i)', is: () => halves[0].up &&
			!halves[1], can: () => !halves[1], act: () => state.icicle && turnUpsideDown() },
		{ words: 'Icicle', title: 'the root on top (i)', is: () => !halves[0].up,
			can: () => !halves[1], act: () => state.icicle || turnUpsideDown() },
	]);
	if (!model.chart) {
		choice('calls', [
			viewEntry('callees', 'what each function calls'),
			viewEntry('callers', 'who calls each function: stacks merged from the leaf'),
			{ words: 'Sandwich', title: 'callers and callees of one function: click it first, or point at it and press s',
				is: () => state.calls === 'sandwich', act: () => openView('sandwich'),
				can: () => meant() >= 0 || state.calls === 'sandwich' },
		]);
		choice('order', [orderEntry('Name', false), orderEntry('Weight', true)]);
	}
	choice('colours', colorsOffered().map(colors => ({
		words: colors === 'palette' && model.difference ? 'Change'
			: colors[0].toUpperCase() + colors.slice(1),
		title: 'colour by ' + colors, is: () => state.colors === colors,
		act: () => alter(() => { state.colors = colors; }),
	})));
	choice('more', [
		{ words: 'Table', title: 'all functions (t)', is: () => state.table, act: turnTable },
		{ words: '?', title: 'keys (?)', is: () => !!panel && panel.keys, act: showKeys },
	]);
}

const viewEntry = (calls, title) => ({ words: calls[0].toUpperCase() + calls.slice(1), title,
	is: () => state.calls === calls, act: () => openView(calls) });
const orderEntry = (words, weight) => ({ words, title: 'siblings by ' + words.toLowerCase(),
	is: () => state.weight === weight, act: () => alter(() => { state.weight = weight; }) });

/* The palette, and the two ways to colour everybody has, unless the palette is one of them; */
/* and which of them the picture came with. */
function colorsOffered() {
	const ways = model.moduleName.length ? ['palette', 'module', 'kind'] : ['palette', 'kind'];
	return ways.includes(look.colors) && look.colors !== 'palette' ? ways.slice(1) : ways;
}
const colorsGiven = () => colorsOffered().includes(look.colors) ? look.colors : 'palette';

function alter(act) {
	act();
	refresh();
	remember(true);
}

function turnTable() {
	alter(() => { state.table = !state.table; });
	if (alone && state.table && !table.right)
		scrollTo(0, foot.end - head.height);
}

/* How things stand, shown by the buttons. */
function showControls() {
	for (const { b, is, can } of controls) {
		b.setAttribute('aria-pressed', is());
		b.disabled = !!can && !can();
	}
}

/* A small window over the picture. */
let panel = null;

function openPanel(title, fill, note) {
	closePanel();
	panel = hold(head.g, 'fg-help');
	panel.setAttribute('role', 'dialog');
	panel.setAttribute('aria-label', title);
	html('div', panel, { class: 'fg-heading' }, title);
	button(panel, '×', 'close (Esc)', closePanel).className = 'fg-close';
	fill(panel);
	if (note)
		html('div', panel, {}, note);
	const w = Math.min(340, full - 2 * PAD);
	area(panel, full - PAD - w, head.height + 4, w, 600);
	area(panel, full - PAD - w, head.height + 4, w, panel.offsetHeight);
	showControls();
}

function closePanel() {
	if (panel)
		panel.parentNode.remove();
	panel = null;
	showControls();
}

const KEYS = [
	['← → ↑ ↓', 'walk from frame to frame'],
	['Enter', 'zoom to the selected frame'],
	['Esc  Backspace', 'one step out'],
	['0', 'all of it'],
	['/', 'search'],
	['n  N', 'next and previous match'],
	['s', 'sandwich: callers and callees'],
	['t', 'table of all functions'],
	['i', 'flame or icicle'],
	['c', 'copy the stack'],
	['?', 'these keys'],
];

function showKeys() {
	if (panel) {
		closePanel();
		return;
	}
	openPanel('Keys', box => {
		box.keys = true;
		const list = html('dl', box);
		for (const [key, words] of KEYS) {
			html('dt', list, {}, key);
			html('dd', list, {}, words);
		}
	});
}

/* What a key does; Ctrl-F and its like stay the browser's. */
const actions = {
	'/': () => { input.focus(); input.select(); },
	Escape: () => panel ? closePanel() : goUp(),
	Backspace: goUp,
	0: reset,
	n: () => step(1),
	N: () => step(-1),
	c: copyStack,
	s: () => openView('sandwich'),
	t: turnTable,
	i: turnUpsideDown,
	'?': showKeys,
};

function press(e) {
	if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || !model)
		return;
	const { key, target } = e;
	if (target === input)
		pressInField(e);
	else if (target.localName === 'textarea' && key !== 'Escape')
		return;
	else if (/^Arrow/.test(key) && !table.sheet.contains(target))
		act(e, () => walk(key));
	else if (key === 'Enter' && selected && group.contains(target))
		act(e, () => zoomTo(selected.half, selected.id));
	else if (Object.hasOwn(actions, key))
		act(e, actions[key]);
}

function act(e, what) {
	e.preventDefault();
	what();
}

function pressInField(e) {
	if (e.key === 'Enter')
		act(e, () => step(e.shiftKey ? -1 : 1));
	else if (e.key === 'Escape')
		act(e, () => input.value ? find('') : input.blur());
}
