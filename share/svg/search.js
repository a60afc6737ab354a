/* SPDX-License-Identifier: Apache-2.0 */
/* Search, live, by function name over the whole tree, drawn or not; the share is of the */
/* union of all that matches. */
const finding = { text: '', hit: null, count: 0, wrong: '', words: '', at: -1, boxes: [] };
const PATIENCE = 1000, TOO_SLOW = 'takes too long';
let input, timer, aside = null, patience;

function buildField(parent) {
	const field = finding.field = html('div', parent, { class: 'fg-field' });
	input = html('input', field, { placeholder: 'Search (regular expression)', type: 'text',
		'aria-label': 'search', spellcheck: 'false', autocomplete: 'off' });
	finding.case = button(field, 'Aa', 'match case', () => find(input.value, !matchCase()));
	finding.clear = button(field, '×', 'clear', () => { find(''); input.focus(); });
	on(input, 'input', () => {
		clearTimeout(timer);
		timer = setTimeout(() => find(input.value), 80);
	});
}

function buildResult(parent) {
	const result = finding.result = html('div', parent, { class: 'fg-result' });
	finding.status = html('span', result, { class: 'fg-status', role: 'status' });
	finding.previous = button(result, '‹', 'previous match (N)', () => step(-1));
	finding.next = button(result, '›', 'next match (n)', () => step(1));
}

const matchCase = () => finding.case.getAttribute('aria-pressed') === 'true';

/* Marks the names that match; the expression is anybody's, and may be none.  What the */
/* picture was made to point out came with it, for its expression may be of another kind. */
function compile(text, exact) {
	let pattern;
	finding.text = text;
	judged(null, '');
	if (model.found && exact && text === look.find) {
		judged(model.found, '');
		return;
	}
	try {
		pattern = new RegExp(text, exact ? '' : 'i');
	} catch {
		finding.wrong = 'not a regular expression';
		return;
	}
	if (isRisky(text))
		judgeAside(pattern);
	else if (text)
		judgeNames(pattern);
}

/* What came out: which names match, or why nobody knows. */
function judged(hit, wrong) {
	if (aside)
		aside.terminate();
	clearTimeout(patience);
	aside = null;
	finding.hit = hit;
	finding.wrong = wrong;
	finding.count = hit ? hit.reduce((sum, one) => sum + one, 0) : 0;
}

/* An expression may take time that doubles with every letter of a name when it repeats */
/* groups or refers back, and a high power of it when it repeats often or has many ways. */
function isRisky(text) {
	const plain = text.replace(/\\[^\dk]/g, ''), most = (set, n) => plain.split(set).length > n + 1;
	return /\)[*+{]|\\/.test(plain) || most(/[*+{]/, 2) || most(/[|?]/, 9);
}

function judgeNames(pattern) {
	const hit = new Uint8Array(model.T), end = performance.now() + PATIENCE;
	for (let name = 0; name < model.T; name++) {
		hit[name] = pattern.test(model.strings[name]);
		if (name % 16 === 0 && performance.now() > end) {
			judged(null, TOO_SLOW);
			return;
		}
	}
	judged(hit, '');
}

/* Beside the page, where it can be stopped. */
function judgeAside(pattern) {
	const tell = (hit, wrong) => {
		judged(hit, wrong);
		dress();
		recount();
		fillTable();
	};
	try {
		aside = new Worker('data:text/javascript,onmessage=({data:[pattern,names]})=>' +
			'postMessage(Uint8Array.from(names,name=>pattern.test(name)))');
		aside.onmessage = ({ data }) => tell(data, '');
		aside.onerror = () => tell(null, TOO_SLOW);
		aside.postMessage([pattern, model.strings.slice(0, model.T)]);
		patience = setTimeout(() => tell(null, TOO_SLOW), PATIENCE);
	} catch {
		judged(null, TOO_SLOW);    /* a page that must not have workers */
	}
}

/* What matches in the halves as they are zoomed, in words. */
function weigh() {
	if (!finding.hit)
		return finding.wrong || 'searching …';
	if (!finding.count)
		return 'no match';
	let frames = 0, some = 0, all = true;
	const shares = halves.map(half => {
		const { value, frames: n, exact } = half.view.search(half.zoom, finding.hit);
		some += value;
		all = all && exact;
		frames += half.view === views.tree ? n : 0;
		return (exact ? '' : '≥ ') + percent(value, viewed(half)) +
			(half.key ? half.key === 'u' ? ' of callers' : ' of callees' :
			half.zoom ? ' of view' : '');
	});
	if (!some && !frames)
		return 'no match in view';
	const names = functionsIn(halves[0]), counted = (n, word) =>
		n ? [(all ? '' : '≥ ') + many(n, word)] : [];
	return [...shares, ...counted(names, 'function'), ...counted(frames, 'frame')].join(' · ');
}

/* How many functions match in a half as it is zoomed; 0 where that is not known. */
function functionsIn({ key, view, zoom }) {
	if (!zoom && !key)
		return finding.count;
	if (view !== views.tree)
		return 0;
	const seen = new Uint8Array(model.T);
	let count = 0;
	for (let i = zoom; i < model.end[zoom]; i++) {
		const name = nameOf(view, i);
		if (name >= 0 && finding.hit[name] && !seen[name])
			count += seen[name] = 1;
	}
	return count;
}

/* Counts anew: after a zoom, or when the expression changed. */
function recount() {
	finding.boxes = finding.hit ? drawn.filter(box => !box.above && finding.hit[box.name]) : [];
	finding.at = -1;
	finding.words = finding.text && weigh();
	finding.field.classList.toggle('fg-bad', !!finding.wrong);
	finding.status.classList.toggle('fg-wrong', !!finding.wrong);
	finding.result.hidden = !finding.text;
	head.bar.classList.toggle('fg-searching', !!finding.text);
	finding.clear.style.visibility = finding.text ? '' : 'hidden';
	finding.previous.hidden = finding.next.hidden = finding.boxes.length < 1;
	step(0);
}

function find(text, exact = matchCase()) {
	finding.case.setAttribute('aria-pressed', exact);
	if (input.value !== text)
		input.value = text;
	compile(text, exact);
	dress();
	recount();
	fillTable();
	remember();
}

/* Goes through what matches and is drawn. */
function step(by) {
	const n = finding.boxes.length;
	if (n && by) {
		finding.at = finding.at < 0 && by < 0 ? n - 1 : (finding.at + by + n) % n;
		select(finding.boxes[finding.at]);
	}
	finding.status.textContent = finding.words +
		(finding.at < 0 ? '' : ' · ' + grouped(finding.at + 1) + '/' + grouped(n));
}
