/* SPDX-License-Identifier: Apache-2.0 */
/* How drawn frames look and are spoken of: classes for what is above, found, selected or of */
/* the same function, the one that can be tabbed to, and words for a screen reader. */
const THIN = 8;    /* narrower boxes would vanish behind a thick outline */
let pointed = null;

function dressOf(box) {
	let names = 'fg-frame';
	if (box.above)
		names += ' fg-up';
	if (box.half.key && !box.id)
		names += ' fg-middle';
	if (finding.hit && box.name >= 0 && finding.hit[box.name])
		names += ' fg-hit';
	if (pointed && pointed !== box && box.name >= 0 && pointed.name === box.name)
		names += ' fg-same';
	if (isSelected(box))
		names += ' fg-sel';
	else if (!selected && picked >= 0 && box.name === picked)
		names += box.w < THIN ? ' fg-picked fg-thin' : ' fg-picked';
	return names;
}

const isSelected = box => !!selected && selected.half === box.half && selected.id === box.id;
const boxOf = at => at && drawn.find(box => box.half === at.half && box.id === at.id) || null;

function dress() {
	for (const box of drawn)
		put(box.g, 'class', dressOf(box));
	group.classList.toggle('fg-find', !!finding.hit);
}

/* One frame can be tabbed to.  The browser looks at the whole page when that changes, so */
/* this comes when everything has its place. */
let reached = null;

function reach() {
	const box = boxOf(selected) || drawn[0], g = box ? box.g : null;
	if (reached && reached !== g && reached.localName === 'a')
		reached.setAttribute('tabindex', -1);
	else if (reached && reached !== g)
		reached.removeAttribute('tabindex');
	if (g && reached !== g)
		g.setAttribute('tabindex', 0);
	reached = g;
}

/* For a screen reader, when the picture stands: it need not wait for the words. */
let saying = 0;

function saySoon() {
	clearTimeout(saying);
	saying = setTimeout(() => {
		for (const box of drawn) {
			put(box.g, 'aria-level', box.half.view.depth(box.id) + 1);
			put(box.g, 'aria-label', sentence(box));
		}
	}, 150);
}
