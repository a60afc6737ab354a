/* SPDX-License-Identifier: Apache-2.0 */
/* What colour a frame has, by the picture's palette, by module or by kind, and the words */
/* for the legend.  Differences are coloured by the change of a frame's share, diffusion */
/* by its share; the writer draws the static frames by the same formulas. */
const NEUTRAL = '#e6e8eb', OTHER = '#c8ccd0', LESS = '#5a9bd4', MORE = '#e8833a';
const KINDS = ['user code', 'kernel', 'inlined', 'generated at run time', 'waker', 'other'];
const KEPT = 8;
let modules = [], greatest = 0;

const hex = rgb => '#' + rgb.toString(16).padStart(6, '0');
const parts = color => [1, 3, 5].map(i => parseInt(color.slice(i, i + 2), 16));

function mix(from, to, share) {
	const a = parts(from), b = parts(to), at = Math.min(Math.max(share, 0), 1);
	return hex(a.reduce((sum, v, i) => sum * 256 + Math.round(v + (b[i] - v) * at), 0));
}

/* The heaviest modules, by what their functions do themselves. */
function heaviestModules() {
	const sums = new Float64Array(model.moduleName.length);
	for (let i = 1; i < model.n; i++) {
		const f = model.func[i];
		if (f >= 0 && model.module[f] >= 0)
			sums[model.module[f]] += model.self[i];
	}
	return [...sums.keys()].filter(m => sums[m] > 0).sort((a, b) => sums[b] - sums[a])
		.slice(0, KEPT);
}

const moduleWords = m => model.moduleName[m];
const change = (total, before) => total / (model.total[0] || 1) - before / (model.before[0] || 1);

/* The largest change of any frame: what has the full colour. */
function greatestChange() {
	let most = 1e-4;
	for (let i = 0; i < model.n; i++)
		most = Math.max(most, Math.abs(change(model.total[i], model.before[i])));
	return most;
}

function learnColors() {
	modules = heaviestModules();
	if (model.difference)
		greatest = greatestChange();
}

const painters = {
	palette(view, id, f) {
		if (model.difference) {
			const share = change(view.total(id), view.before(id)) / greatest;
			return mix(NEUTRAL, share < 0 ? LESS : MORE, Math.abs(share));
		}
		if (model.diffusion)
			return mix('#f3e5d8', '#e8552f', Math.sqrt(view.total(id) / (model.total[0] || 1)));
		return hex(model.color[f]);
	},
	module(view, id, f) {
		const m = model.module[f];
		return modules.includes(m) ? hex(model.moduleColor[m]) : OTHER;
	},
	kind: (view, id, f) => hex(model.kindColor[model.kind[f]]),
};

function colorOf(view, id) {
	const f = view.func(id);
	return f >= 0 ? painters[state.colors](view, id, f) : id ? OTHER : NEUTRAL;
}

/* Colours and words; null where the static picture has its own. */
function legendWords() {
	if (state.colors === 'module')
		return [...modules.map(m => [hex(model.moduleColor[m]),
			fitLabel(moduleWords(m), 40, 'left')]),
			[OTHER, 'other']];
	if (state.colors === 'kind')
		return KINDS.map((words, kind) => [hex(model.kindColor[kind]), words])
			.filter((entry, kind) => model.kind.includes(kind));
	return null;
}
