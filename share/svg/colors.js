/* SPDX-License-Identifier: Apache-2.0 */
/* What colour a frame has, by the picture's palette, by module or by kind, and the words */
/* for the legend.  Differences are coloured by the change of a frame's share, diffusion */
/* by its share; the writer draws the static frames by the same formulas. */
const NEUTRAL = '#e6e8eb', NOISE = '#c8ccd0', REST = 1 / 3;
const LITTLE = '#f3e5d8', MUCH = '#f0764f';
const NO_FRAME = '#c8ccd0', NO_MODULE = '#d9dcdf', SEVERAL = '#bcc3ca', PALE = '#e4e3ea';
const KINDS = ['user code', 'kernel', 'inlined', 'generated at run time', 'waker', 'no symbol'];
const HUES = 8;
let modules = [], greatest = 0;

const hex = rgb => '#' + rgb.toString(16).padStart(6, '0');
const parts = color => [1, 3, 5].map(i => parseInt(color.slice(i, i + 2), 16));

function mix(from, to, share) {
	const a = parts(from), b = parts(to), at = Math.min(share, 1);
	return hex(a.reduce((sum, v, i) => sum * 256 + Math.floor(v + (b[i] - v) * at + .5), 0));
}

const moduleWords = m => model.moduleName[m];
function fileOf(m) {
	const name = moduleWords(m).replace(/^.*\/(?=.)/, '');
	return /^perf-.*\.map$|^jitted-.*\.so$|^\[JIT\]/.test(name) ? 'generated at run time (JIT)' :
		name;
}

/* The files that have the most of their own, each once; the others are pale. */
function heaviestModules() {
	const sums = new Map(), own = new Float64Array(model.moduleName.length);
	for (let i = 1; i < model.n; i++) {
		const f = model.func[i];
		if (f >= 0 && model.module[f] >= 0)
			own[model.module[f]] += ownOf(model, i);
	}
	own.forEach((value, m) => {
		const sum = sums.get(fileOf(m)) || { m, value: 0 };
		sum.value += value;
		sums.set(fileOf(m), sum);
	});
	return [...sums.values()].filter(({ value }) => value > 0)
		.sort((a, b) => b.value - a.value).slice(0, HUES).map(({ m }) => m);
}

/* How much something has grown, in parts of the larger whole; and its share of its own. */
const change = (total, before) => (total - before) /
	(Math.max(model.total[0], model.before[0]) || 1);
const share = (total, before) => total / (model.total[0] || 1) - before / (model.before[0] || 1);

const isGone = (view, id) => model.difference && view.total(id) <= 0 && view.before(id) > 0;
const isNew = (view, id) => model.difference && view.before(id) <= 0 && view.total(id) > 0;

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

function changeColor(view, id) {
	const part = change(view.total(id), view.before(id)) / greatest;
	const [less, same, more] = look.ends, rest = isGone(view, id) ? REST : 1;
	return view.isNoise(id) ? same :
		mix(same, part < 0 === !model.negated ? less : more, Math.min(Math.abs(part), 1) * rest);
}

const painters = {
	palette: (view, id, f) => model.diffusion
		? mix(LITTLE, MUCH, Math.sqrt(view.total(id) / (model.total[0] || 1)))
		: model.difference ? changeColor(view, id) : hex(model.color[f]),
	module(view, id, f) {
		const m = model.module[f];
		return m >= 0 ? hex(model.moduleColor[m]) : m === -1 ? NO_MODULE : SEVERAL;
	},
	kind: (view, id, f) => hex(model.kindColor[model.kind[f]]),
};

function colorOf(view, id) {
	const f = view.func(id);
	return f >= 0 ? painters[state.colors](view, id, f) : id ? NO_FRAME : NEUTRAL;
}

/* The lines through what is gone. */
const hatchColor = (view, id) => view.isNoise(id) ? NOISE : look.ends[model.negated ? 2 : 0];

/* Inlined frames have a darker edge where the picture had them so. */
const hasEdge = f => f >= 0 && model.edge[f] && state.colors === look.colors &&
	!model.difference && !model.diffusion;

/* Colours and words for the legend; null where the picture came with one. */
function legendWords() {
	if (state.colors === look.colors)
		return null;
	if (state.colors === 'kind')
		return KINDS.map((words, kind) => [hex(model.kindColor[kind]), words])
			.filter((entry, kind) => model.kind.includes(kind));
	const tops = modules.map(fileOf), has = m => model.module.includes(m);
	return [...modules.map(m => [hex(model.moduleColor[m]), fitLabel(fileOf(m), 40, 'left')]),
		...model.moduleName.some((name, m) => !tops.includes(fileOf(m)))
			? [[PALE, 'other files, pale']] : [],
		...has(-1) ? [[NO_MODULE, 'file not known']] : [],
		...has(-2) ? [[SEVERAL, 'several files']] : []];
}
