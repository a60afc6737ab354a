/* SPDX-License-Identifier: Apache-2.0 */
/* Labels: what is shown of a name in so many columns of a fixed-width font.  The same */
/* texts as the static picture has: src/model/label.c and label_smart.c explain what is */
/* done here function by function, and t/labels.t compares. */
const LABEL_SMART_BYTES = 4096, LABEL_BYTES_PER_COLUMN = 16, LABEL_DEPTH = 64;

/* Ranges of characters of no column and of two: how far each begins behind the end of the */
/* one before, and how many more it has, in base 36 (t/unit/label.t --widths prints them). */
const LABEL_NONE =
	'lc:33 7o:6 7c:18 2 2:1 2:1 2 21:a 2 1b:k h 2u:6 3:5 3:1 2:3 10 v:q 2k:a 1n:8 a p:3' +
	' 2:8 2:2 2:4 18:2 1p:7 17:n 2:v 1k 2 5:7 5 4:6 b:1 u 1n 5:3 9 l:1 r:4 1m 5:g v:1 4' +
	' c:1 1m 5:7 5 l:1 n:7 1n 3 2:3 9:9 c:1 v 1q d 1f 4 1k 2:2 6:g c:1 u 1n 3 7 6:1 l:1' +
	' t:1 1m:1 5:3 9 l:1 u 21 8:4 2j 3:6 d:7 2r 3:8 c:5 23:1 s 2 2 1k:d 2:4 2:1 6:1b a' +
	' 2v:3 2:5 2:1 3:1 q:1 5:2 h:3 e 3:1 7 g 5f:4f 9q:2 qb:2 u:1 v:1 v:1 1t:1 2:6 9 3:a a' +
	' 1a:4 3a:1 z 3b:2 5:1 a 7:2 64:1 3 1n 2:8 2 3:7 7:c 1d:u 1e:3 1d 2:4 2 6 15:8 d:1' +
	' x:3 3:1 2:2 1l 2:1 4 2:2 1n:7 3:1 49:2 2:c 2:6 5 7 4:1 5j:1r ek:4 r:4 1e:f 2p:w' +
	' 2db:2 3y 2p:v ff:3 30:1 n9x:3 2:9 x:1 29:1 7l 4 5 q:1 6 48:1 r:h e 13:7 q:a 1b:2 1d' +
	' 3:3 3:1 14 1w:5 3:1 3:1 d 9 1c 1g 2:2 3:1 6:1 2 17:1 9 6n 3 5 fn5 ki:f h:f 5s 6y:2' +
	' ea 6b 46:4 1af:e 15:7 4m:1 fy:3 as:1 4a:a 1e:3 3g 1j:e 16 3:1 b:2 1e:3 3:1 8 1q:2' +
	' 11:4 2:7 1r d:1 1h:8 b:3 3 2o:2 3 2:1 7 4h 4:7 m:1 1m:1 4 12:e 5g:7 3:2 2 o 2d:5 2' +
	' 5:1 2:1 6n:3 7:1 2:1 s:1 2e:7 3 2:1 2z 2 3:5 2 2u:2 3:3 2:4 78:8 2:1 75:1 2 5 41:7' +
	' 5 x:9 15:5 3:3 9 a:5 3:2 1b:c 2:1 bb:d 2 2b:l 3:6 2:1 2:1 3f:k 2 21:1 4 2 9o:1' +
	' 470:8 at4:4 1o:6 t5 1s:3 2a f5l:1 2:3 3ml:1y f5:2 a:f 3:6 v:3 45:2 1j0:1i 5:1d 9 f' +
	' n:k 11t:16 7a:6 ag 1q:3 15t:6 32:6 gzav v:2n 3l:6n';
const LABEL_TWO =
	'3cw:2n 3i3:1 e:1 5b:3 4 3 ei:1 m:1 1f:b 18 k e 9:1 i:1 6:1 9 6 m 8:1 2 5 3 8 5:1 t' +
	' 10 2 5:2 2 1q:2 p f nw:1 1g 5 mj:bt 5:g 3:2d 5:bw 9:5f3 1t:h52 wq:s hw:8mb 6l9:d5' +
	' mv:9 n:1n 46:2n 3k:6 m4a:3 d:5qw 6w8:ln c21 5n 5b 3:9 2u:2t 4b:w d:8 2:1x 2:l d:16' +
	' 5:4 d:g 4 4:1y 2 2:56 3:1q e:3 2:n j r:1 e 2f:2c 1d:1x 7 4:2 3:a c:1 8:8 6c:g 7w:1a' +
	' 2:9 2:54 35:3q zu:2t4t';
let labelRanges = null;

function labelDecodeRanges() {
	const ranges = [];
	[LABEL_NONE, LABEL_TWO].forEach((words, index) => {
		let last = 0;
		for (const word of words.split(' ')) {
			const [gap, more = '0'] = word.split(':');
			const first = last + parseInt(gap, 36);
			last = first + parseInt(more, 36);
			ranges.push({ first, last, width: 2 * index });
		}
	});
	return ranges.sort((a, b) => a.first - b.first);
}

function labelWidth(code) {
	if (code < 0x300)
		return 1;
	labelRanges = labelRanges || labelDecodeRanges();
	let low = 0, high = labelRanges.length;
	while (low < high) {
		const middle = (low + high) >> 1, range = labelRanges[middle];
		if (code > range.last)
			low = middle + 1;
		else if (code < range.first)
			high = middle;
		else
			return range.width;
	}
	return 1;
}

const labelIsAscii = text => /^[\0-\x7f]*$/.test(text);
const labelBytes = code => code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

function columnsOf(text) {
	if (labelIsAscii(text))
		return text.length;
	let columns = 0;
	for (const c of text)
		columns += labelWidth(c.codePointAt(0));
	return columns;
}

function labelBytesOf(text) {
	let bytes = 0;
	for (const c of text)
		bytes += labelBytes(c.codePointAt(0));
	return bytes;
}

function labelFits(text, columns) {
	const most = LABEL_BYTES_PER_COLUMN * columns;
	if (text.length > most)
		return false;
	return labelIsAscii(text) ? text.length <= columns
		: labelBytesOf(text) <= most && columnsOf(text) <= columns;
}

function labelHead(text, columns) {
	let bytes = LABEL_BYTES_PER_COLUMN * columns, n = 0;
	const start = text.slice(0, bytes);
	if (labelIsAscii(start))
		return start.slice(0, columns);
	for (const c of start) {
		const code = c.codePointAt(0);
		bytes -= labelBytes(code);
		columns -= labelWidth(code);
		if (bytes < 0 || columns < 0)
			break;
		n += c.length;
	}
	return start.slice(0, n);
}

function labelTail(text, columns) {
	const most = LABEL_BYTES_PER_COLUMN * columns, end = text.slice(-most);
	if (labelIsAscii(end))
		return end.slice(-columns);
	let bytes = labelBytesOf(end), n = 0, left = null;
	for (const c of end) {
		const code = c.codePointAt(0), width = labelWidth(code);
		if (bytes <= most) {
			left = left === null ? columnsOf(end.slice(n)) : left;
			if (left <= columns && width > 0)
				break;
			left -= width;
		}
		bytes -= labelBytes(code);
		n += c.length;
	}
	return end.slice(n);
}

function labelCut(text, columns, cut) {
	const head = cut === 'left' ? '' :
		labelHead(text, cut === 'middle' ? columns >> 1 : columns - 1);
	return head + '…' + (cut === 'left' || cut === 'middle'
		? labelTail(text, columns - 1 - columnsOf(head)) : '');
}

/* The part of a name that fits, cut at "left", "right", in the "middle", or "smart"; '' */
/* when fewer than three columns are there. */
function fitLabel(text, columns, cut) {
	if (columns < 3)
		return '';
	if (labelFits(text, columns))
		return text;
	if (cut !== 'smart')
		return labelCut(text, columns, cut);
	const best = new LabelScan(text).choose(columns);
	return labelFits(best, columns) ? best : labelCut(best, columns, 'right');
}

const LABEL_RUN = {
	number: /(?:[$/.+]\d[\da-fx]*)*/y,
	word: /[^ \t:./\\!#`()[\]{}<>]+/y, blank: /[ \t]+/y, separator: /[:./\\!#`]+/y,
};
const LABEL_SUFFIX =
	/^(?:cold|part|isra|constprop|llvm|lto_priv|localalias|abi0|abiinternal)$/;
const LABEL_IDENTIFIER = /^[\w$\x80-\uffff]/;
const LABEL_PARTNER = { ')': '(', ']': '[', '}': '{' };
const labelOneOf = (c, set) => c !== '' && set.includes(c);
const labelIsDigit = c => c >= '0' && c <= '9';

/* A '<' or '>' of operator<, <<, > or >>, or the '>' of an arrow or of "<=>". */
function labelIsSign(text, at) {
	if (text[at] === '>' && at > 0 && '-='.includes(text[at - 1]))
		return true;
	const from = at - (at > 0 && text[at - 1] === text[at]);
	return text.endsWith('operator', from);
}

/* Behind the bracket that closes "first", whose inner text begins at "at"; or 0. */
function labelGroupEnd(text, at, first) {
	const open = [first];
	for (; at < text.length; at++) {
		const c = text[at];
		if (c === '(' || c === '[' || c === '{' || c === '<' && !labelIsSign(text, at)) {
			if (open.length === 4 * LABEL_DEPTH)
				return 0;
			open.push(c);
		} else if (c === '>') {
			if (open[open.length - 1] === '<' && !labelIsSign(text, at))
				open.pop();
		} else if (c === ')' || c === ']' || c === '}') {
			while (open[open.length - 1] === '<')
				open.pop();
			if (open.pop() !== LABEL_PARTNER[c])
				return 0;
		}
		if (open.length === 0)
			return at + 1;
	}
	return 0;
}

/* One pass over a name, which makes "plain", "bare" and "cuts" of it. */
class LabelScan {
	constructor(text) {
		this.text = text;
		this.at = 0;
		this.plain = this.bare = this.before = '';
		this.cuts = [];
		this.fresh = true;
		this.divided = this.dotted = this.quiet = this.isOperator = this.frozen = false;
		this.hasArguments = this.hasBlank = this.hasPlace = false;
		this.opened = [];
		this.separator = this.blank = this.words = this.result = [0, 0];
	}

	mark() {
		return [this.plain.length, this.bare.length];
	}

	goBack([plain, bare]) {
		this.plain = this.plain.slice(0, plain);
		this.bare = this.bare.slice(0, bare);
	}

	put(from, to, bareToo) {
		if (this.quiet)
			return;
		const piece = this.text.slice(from, to);
		this.plain += piece;
		if (bareToo)
			this.bare += piece;
	}

	has(text) {
		return this.text.startsWith(text, this.at);
	}

	charAt(at) {
		return this.text.charAt(at);
	}

	runEnd(kind) {
		const run = LABEL_RUN[kind];
		run.lastIndex = this.at;
		return run.test(this.text) ? run.lastIndex : this.at;
	}

	addCut(at, dotted) {
		if (this.frozen || this.quiet || at === 0)
			return;
		this.cuts.push(at);
		this.dotted = dotted;
	}

	beginPart(glued) {
		if (this.divided && !glued)
			this.addCut(this.bare.length, this.before === '.');
		this.divided = this.fresh = this.isOperator = false;
	}

	isGlued(word) {
		if (labelIsDigit(word[0]) || word[0] === '\'' || word.startsWith('$_'))
			return true;
		if (this.before === ':')
			return word === '_FUN' ||
				word === 'operator' && this.charAt(this.at) === '(';
		return this.before === '.' &&
			/^(?:so|js|py|rb|func|gowrap|deferwrap)(?:\d|$)/.test(word);
	}

	skipSign(sign) {
		const c = this.charAt(this.at);
		if (sign) {
			this.at += c === '>' && sign === '-';
		} else if (c === '<' || c === '>') {
			this.at++;
			this.at += this.charAt(this.at) === c;
			if (this.charAt(this.at) === '=')
				this.at += 1 + (c === '<' && this.charAt(this.at + 1) === '>');
		} else if (c === '/' || c === '!') {
			this.at += 1 + (this.charAt(this.at + 1) === '=');
		} else if (this.has('()') || this.has('[]')) {
			this.at += 2;
		}
		if (this.charAt(this.at - 1) === '>' && this.charAt(this.at) === '*')
			this.at++;
		this.isOperator = true;
		this.frozen = this.charAt(this.at) === ' ' &&
			LABEL_IDENTIFIER.test(this.charAt(this.at + 1));
	}

	isSuffix(word) {
		return this.before === '.' ? LABEL_SUFFIX.test(word) : this.before === ':' &&
			this.at === this.text.length && /^h[0-9a-f]{16}$/.test(word);
	}

	scanClass(from, word) {
		const lambda = word.indexOf('$$Lambda');
		if (lambda >= 0) {
			word = word.slice(0, lambda + '$$Lambda'.length);
			this.at = from + word.length;
			this.at = this.runEnd('number');
		}
		const behind = this.charAt(this.at);
		if (labelOneOf(behind, './') || behind === ':' && labelOneOf(this.before, './'))
			for (const { index } of word.matchAll(/\$[a-z]{3}/gi))
				if (index > 0 && word[0] !== '_')
					this.addCut(this.bare.length + index + 1, false);
		return word;
	}

	scanWord() {
		const from = this.at;
		this.at = this.runEnd('word');
		let word = this.text.slice(from, this.at);
		if (this.fresh && !this.opened.length && this.isSuffix(word)) {
			this.goBack(this.separator);
			this.at = this.text.length;
			return;
		}
		if (this.fresh) {
			this.beginPart(this.isGlued(word));
			if (word.startsWith('operator') && !this.quiet &&
			    !LABEL_IDENTIFIER.test(word.slice(8))) {
				this.skipSign(word.slice(8));
				word = this.text.slice(from, this.at);
			} else if (word.includes('$')) {
				word = this.scanClass(from, word);
			}
		}
		this.put(from, from + word.length, true);
	}

	scanSeparator() {
		const from = this.at, end = this.runEnd('separator'), scope = this.has('::');
		const run = this.text.slice(from, end), colon = run === ':';
		if (this.isPython && !scope && run[0] === ':') {
			this.at = this.text.length;
			return;
		}
		if (scope)
			this.quiet = false;
		if (!this.quiet) {
			if (this.dotted && (colon || '/!`'.includes(run[0])))
				this.cuts.pop();
			this.dotted = this.isOperator = false;
			if (this.hasBlank && (run.includes('/') ||
			    colon && labelIsDigit(this.charAt(end))))
				this.hasPlace = true;
			this.separator = this.mark();
			this.put(from, end, true);
			this.divided = this.fresh = true;
			this.before = scope ? ':' : colon ? ';' : run[run.length - 1];
		}
		this.at = end;
	}

	scanSelf() {
		const as = this.has(' as ');
		const end = as ? labelGroupEnd(this.text, this.at, '<') : this.at + ' for '.length;
		this.quiet = this.dotted = false;
		this.fresh = !as;
		this.before = '<';
		this.put(this.at, end, false);
		this.at = end;
		if (as)
			this.opened.pop();
		else
			this.bare = this.bare.slice(0, this.opened[this.opened.length - 1]);
		while (this.cuts[this.cuts.length - 1] > this.bare.length)
			this.cuts.pop();
		return end > 0;
	}

	scanBlank() {
		const inside = this.opened.length > 0, from = this.at;
		if (inside && (this.has(' as ') || this.has(' for ')))
			return this.scanSelf();
		this.at = this.runEnd('blank');
		if (this.quiet)
			return true;
		if (!this.hasPlace) {
			this.blank = this.mark();
			this.hasBlank = from > 0 && !inside && !this.frozen &&
				!'~*^+:'.includes(this.text[from - 1]);
		}
		this.put(from, this.at, true);
		if (!this.isOperator && !this.frozen && !inside) {
			this.result = this.mark();
			if (this.text.endsWith(' for', from) || this.text.endsWith(' to', from))
				this.words = this.result;
		}
		this.divided = this.dotted = false;
		this.fresh = true;
		this.before = ' ';
		return true;
	}

	opensSelf() {
		if (this.before === '' && this.fresh)
			return this.text.startsWith('::', labelGroupEnd(this.text, this.at + 1, '<'));
		return this.fresh && (this.before === '<' ||
			this.before === ':' && this.has('<impl '));
	}

	openSelf() {
		const n = this.has('<impl ') ? '<impl '.length : 1;
		if (this.opened.length === LABEL_DEPTH)
			return false;
		this.opened.push(this.bare.length);
		this.put(this.at, this.at + n, false);
		this.at += n;
		this.before = '<';
		return true;
	}

	angleGroup(end) {
		const name = this.fresh && this.before !== ':' && !this.isOperator;
		if (this.fresh && this.before === ':')
			this.bare = this.bare.slice(0, this.separator[1]);
		else if (this.fresh && this.isOperator)
			this.bare = this.bare.slice(0, this.blank[1]);
		if (name)
			this.beginPart(this.before !== '');
		this.put(this.at, end, name);
		this.divided = this.fresh = false;
	}

	isList() {
		const last = this.charAt(this.at - 1);
		if (this.fresh)
			return this.before === ' ' && !this.opened.length && !this.hasPlace &&
				!labelOneOf(this.charAt(this.at + 1), '*&') &&
				!this.has('(anonymous ');
		return this.text[this.at] === '(' && (this.isOperator ||
			!'*~^&+-'.includes(last) && !this.text.endsWith('decltype', this.at));
	}

	list() {
		if (this.fresh)
			this.goBack(this.blank);
		else
			this.hasArguments = true;
		this.quiet = true;
		this.fresh = this.divided = false;
	}

	namedGroup(end) {
		const open = this.text[this.at], next = this.charAt(this.at + 1);
		const last = this.charAt(this.at - 1), inner = open === '{' ? '(' : '[';
		const types = open === '(' ? next === '*'
			: !this.fresh && LABEL_IDENTIFIER.test(last) && last !== '_' && next !== ']';
		this.beginPart(open === '{');
		const found = types || open === '{'
			? this.text.slice(this.at, end).indexOf(inner) : -1;
		const from = found < 0 ? end : this.at + found;
		const to = found < 0 ? end : labelGroupEnd(this.text, from + 1, inner);
		this.put(this.at, from, true);
		if (open !== '{')
			this.put(from, to, false);
		this.put(to, end, true);
	}

	scanGroup() {
		const open = this.text[this.at];
		if (open === '<' && !this.quiet && this.opensSelf())
			return this.openSelf();
		const end = labelGroupEnd(this.text, this.at + 1, open);
		if (end === 0)
			return false;
		if (!this.quiet) {
			this.dotted = false;
			if (open === '<')
				this.angleGroup(end);
			else if (open !== '{' && this.isList())
				this.list();
			else
				this.namedGroup(end);
			this.isOperator = false;
		}
		this.at = end;
		return true;
	}

	scanClose() {
		if (this.text[this.at] !== '>')
			return false;
		const arrow = labelIsSign(this.text, this.at);
		this.at++;
		if (this.opened.length && !arrow) {
			this.opened.pop();
			this.quiet = this.divided = this.fresh = this.dotted = false;
			this.put(this.at - 1, this.at, false);
			return true;
		}
		this.put(this.at - 1, this.at, true);
		if (arrow && !this.opened.length) {
			this.divided = this.fresh = true;
			this.before = '>';
		}
		return arrow;
	}

	scanMessage() {
		const n = this.text.length;
		if (n < 5 || !/^[+-]\[/.test(this.text) || this.text[n - 1] !== ']')
			return false;
		this.put(2, n - 1, true);
		const blank = this.bare.indexOf(' ');
		if (blank >= 0)
			this.cuts.push(blank + 1);
		return true;
	}

	scanAll() {
		if (this.scanMessage())
			return true;
		this.isPython = this.divided = this.text.startsWith('py::');
		if (this.isPython)
			this.put(0, this.at = 4, true);
		while (this.at < this.text.length) {
			const c = this.text[this.at];
			let good = true;
			if (c === ' ' || c === '\t')
				good = this.scanBlank();
			else if (':./\\!#`'.includes(c))
				this.scanSeparator();
			else if ('([{<'.includes(c))
				good = this.scanGroup();
			else if (')]}>'.includes(c))
				good = this.scanClose();
			else
				this.scanWord();
			if (!good)
				return false;
		}
		return this.opened.length === 0;
	}

	bestFront(from, columns) {
		let need = columnsOf(this.bare.slice(from));
		for (const cut of this.cuts) {
			if (need <= columns)
				break;
			if (cut <= from || cut >= this.bare.length)
				continue;
			need -= columnsOf(this.bare.slice(from, cut));
			from = cut;
		}
		return this.bare.slice(from);
	}

	bestForm(words, columns) {
		const whole = this.plain.slice(this.result[0]);
		const plain = whole && this.plain.slice(0, words[0]) + whole;
		if (plain && columnsOf(plain) <= columns)
			return plain;
		const front = this.bare.slice(0, words[1]), left = columns - columnsOf(front);
		const end = this.bestFront(this.result[1], left);
		return front && columnsOf(end) > left ? '' : end && front + end;
	}

	choose(columns) {
		const n = this.text.length, most = LABEL_SMART_BYTES;
		if (n > most || 3 * n > most && labelBytesOf(this.text) > most || !this.scanAll())
			return this.text;
		if (this.hasPlace && !this.hasArguments)
			this.goBack(this.blank);
		if (this.words[1] >= this.bare.length)
			this.words = [0, 0];
		if (!this.hasArguments)
			this.result = this.words;
		return this.bestForm(this.words, columns) || this.bestForm([0, 0], columns) ||
			this.text;
	}
}
