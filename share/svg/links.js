/* SPDX-License-Identifier: Apache-2.0 */
/* What --nameattr says of functions: a link, words.  A link is followed only when it leads */
/* to a page or a mailbox. */
function safeLink(text) {
	try {
		return /^(https?|mailto):$/.test(new URL(text).protocol) ? text : '';
	} catch {
		return text;    /* no scheme: relative */
	}
}

function extrasOf(view, id) {
	const f = view.func(id), at = model.link && f >= 0 ? model.link[f] : -1;
	if (at < 0)
		return null;
	const [target, href = '', ...title] = model.strings[at].split(' ');
	return { target, href: safeLink(href), title: title.join(' ') };
}

function linkOf(view, id) {
	const extras = extrasOf(view, id);
	return extras && extras.href ? extras : null;
}
