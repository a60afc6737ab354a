/* SPDX-License-Identifier: Apache-2.0 */
/* The picture as the writer made it, and what is needed to add to it. */
/* Text of a profile reaches the page as textContent or an attribute only. */
const svg = document.currentScript && document.currentScript.closest('svg.fg') ||
	document.documentElement;
const group = svg.querySelector('.fg-frames');
const alone = svg === document.documentElement;
const PAD = 16, INSET = 4, PANEL = 360, NARROW = 900, SLIM = 160;
const look = group && readLook(group.dataset);

/* What the writer tells about the frames; pixels are those of the static picture. */
function readLook(data) {
	const [advance, top, row, height] = (data.look || '').split(' ').map(Number);
	const box = svg.viewBox.baseVal, color = text => /^#[0-9a-f]{3,6}$/i.test(text) ? text : '';
	return {
		advance: advance || 7.015, top: top || 72, row: row || 18, height: height || 0,
		width: box && box.width || parseFloat(svg.getAttribute('width')) || 1200,
		tall: box && box.height || parseFloat(svg.getAttribute('height')) || 0,
		total: +data.total || 0, factor: +data.factor || 1,
		cut: data.label || 'smart', unit: data.unit || '',
		weight: data.order === 'weight', icicle: data.inverted === '1',
		nametype: data.nametype || '', find: data.find || '',
		colors: data.colors || 'palette', hit: color(data.hit),
		ends: (data.ends || '#5d9ed7 #e6e8eb #e8833a #74411d').split(' ').map(color),
	};
}

function add(namespace, tag, parent, attributes, text) {
	const e = document.createElementNS('http://www.w3.org/' + namespace, tag);
	for (const a in attributes)
		e.setAttribute(a, attributes[a]);
	if (text !== undefined)
		e.textContent = text;
	return parent ? parent.appendChild(e) : e;
}
const draw = (tag, parent, attributes, text) => add('2000/svg', tag, parent, attributes, text);
const html = (tag, parent, attributes, text) => add('1999/xhtml', tag, parent, attributes, text);

/* Sets an attribute of an element of ours unless it is that already. */
function put(e, name, value) {
	const was = e.was || (e.was = {});
	if (was[name] !== value)
		e.setAttribute(name, was[name] = value);
}

/* A place for HTML: the box, its foreignObject being the parent. */
function hold(parent, name) {
	return html('div', draw('foreignObject', parent), { class: 'fg-box ' + name });
}
function area(box, x, y, width, height) {
	const place = { x, y, width: Math.max(width, 0), height: Math.max(height, 0) };
	for (const a in place)
		put(box.parentNode, a, place[a]);
}

function button(parent, text, title, act) {
	const b = html('button', parent, { type: 'button', ...title && { title } }, text);
	b.addEventListener('click', act);
	return b;
}

const on = (target, type, act, how) => target.addEventListener(type, act, how);
