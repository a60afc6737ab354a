/* SPDX-License-Identifier: Apache-2.0 */
/* Which frames are drawn, and where.  A child is never wider than its parent, so boxes */
/* are taken off a heap, widest first, each putting its children on: what is left out */
/* when there are too many are the narrowest, and a zoom costs what it shows, not what */
/* the profile holds. */
const MOST = 3000, LEAST = .5, ABOVE = 500;

const wider = (a, b) => a.w > b.w || a.w === b.w && a.nth < b.nth;

function heapPush(heap, box) {
	let i = heap.length;
	for (let up; i && wider(box, heap[up = i - 1 >> 1]); i = up)
		heap[i] = heap[up];
	heap[i] = box;
}

function heapPop(heap) {
	const top = heap[0], last = heap.pop();
	let i = 0;
	for (let child; (child = 2 * i + 1) < heap.length; i = child) {
		if (child + 1 < heap.length && wider(heap[child + 1], heap[child]))
			child++;
		if (!wider(heap[child], last))
			break;
		heap[i] = heap[child];
	}
	if (heap.length)
		heap[i] = last;
	return top;
}

/* Ancestors of what is zoomed stand below it in full width, the nearest of them. */
function trunk(half, width) {
	const line = lineage(half.view, half.zoom).slice(0, ABOVE).reverse();
	return line.map((id, i) => ({ half, id, x: PAD, w: width, row: i, nth: 0, kids: [],
		above: i < line.length - 1 }));
}

/* All boxes of the picture in the order of the tree, for a graph of that many pixels. */
function chooseBoxes(width) {
	const heap = [], stems = [];
	let taken = 0, nth = 0;
	const spread = (box, scale) => {
		const { half, id } = box;
		for (const child of ordered(half.view, id, LEAST / scale)) {
			const w = half.view.width(child.id) * scale;
			if (w >= LEAST - 1e-9)
				heapPush(heap, { half, id: child.id, x: box.x + child.from * scale, w,
					row: box.row + 1, nth: ++nth, kids: [], above: false, box, scale });
		}
	};
	for (const half of halves) {
		const stem = trunk(half, width), scale = width / (extent(half) || 1);
		taken += stem.length;
		stems.push(stem);
		spread(stem[stem.length - 1], scale);
	}
	for (; heap.length && taken < MOST; taken++) {
		const next = heapPop(heap);
		next.box.kids.push(next);
		spread(next, next.scale);
	}
	return stems.flatMap(inOrder);
}

/* Depth first, from left to right; also notes how many rows the half needs. */
function inOrder(stem) {
	const { half } = stem[0], list = stem.slice(0, -1), stack = stem.slice(-1);
	let rows = 0;
	while (stack.length) {
		const box = stack.pop();
		list.push(box);
		rows = Math.max(rows, box.row + 1);
		box.kids.sort((a, b) => b.x - a.x);
		for (const kid of box.kids)
			stack.push(kid);
	}
	half.rows = Math.max(half.rows, rows);
	/* The middle of a sandwich is drawn once. */
	return half.key === 'u' ? list.slice(1) : list;
}
