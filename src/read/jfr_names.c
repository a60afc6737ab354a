/* SPDX-License-Identifier: Apache-2.0 */

/*
 * https://docs.oracle.com/javase/specs/jvms/se21/html/jvms-4.html, 4.2 and 4.3.
 */
#include "read/jfr_names.h"

#include "base/num.h"

/* "+0x7f39/532430639" at the end, which hidden classes have; empty for others. */
static struct str hidden_part(struct str name)
{
	ptrdiff_t plus = str_find(name, STR("+0x"));
	if (plus <= 0)
		return STR("");
	struct str part = str_skip(name, (size_t)plus), rest = part;
	str_cut(&rest, '/');
	return num_is_digits(rest) || rest.p == NULL ? part : STR("");
}

static void add_dotted(struct buf *out, struct str name)
{
	struct str hidden = hidden_part(name);
	name = str_head(name, name.n - hidden.n);
	for (size_t i = 0; i < name.n; i++) {
		bool package = name.p[i] == '/' && i + 1 < name.n &&
			       !num_is_digit(name.p[i + 1]);
		buf_addc(out, package ? '.' : name.p[i]);
	}
	if (hidden.n == 0)
		return;
	buf_addc(out, '/');
	hidden = str_skip(hidden, 1);
	buf_add(out, str_cut(&hidden, '/'));
}

static struct str primitive(char c)
{
	switch (c) {
	case 'B': return STR("byte");
	case 'C': return STR("char");
	case 'D': return STR("double");
	case 'F': return STR("float");
	case 'I': return STR("int");
	case 'J': return STR("long");
	case 'S': return STR("short");
	case 'Z': return STR("boolean");
	default: return STR("");
	}
}

/* Takes a type such as "[I" or "Ljava/lang/String;"; false when there is none. */
static bool take_type(struct buf *out, struct str *descriptor)
{
	size_t dimensions = 0;
	while (dimensions < descriptor->n && descriptor->p[dimensions] == '[')
		dimensions++;
	struct str rest = str_skip(*descriptor, dimensions);
	if (rest.n == 0)
		return false;
	if (rest.p[0] == 'L') {
		ptrdiff_t end = str_chr(rest, ';');
		if (end < 2)
			return false;
		add_dotted(out, str_span(rest.p + 1, rest.p + end));
		rest = str_skip(rest, (size_t)end + 1);
	} else if (primitive(rest.p[0]).n > 0) {
		buf_add(out, primitive(rest.p[0]));
		rest = str_skip(rest, 1);
	} else {
		return false;
	}
	while (dimensions-- > 0)
		buf_add(out, STR("[]"));
	*descriptor = rest;
	return true;
}

void jfr_names_add_class(struct buf *out, struct str name)
{
	size_t before = out->n;
	struct str rest = name;
	if (str_starts(name, STR("["))) {
		if (take_type(out, &rest) && rest.n == 0)
			return;
		out->n = before;
	}
	add_dotted(out, name);
}

void jfr_names_add_arguments(struct buf *out, struct str descriptor)
{
	size_t before = out->n;
	if (!str_take(&descriptor, STR("(")))
		return;
	buf_addc(out, '(');
	while (!str_starts(descriptor, STR(")"))) {
		if (out->n > before + 1)
			buf_add(out, STR(", "));
		if (!take_type(out, &descriptor)) {
			out->n = before;
			return;
		}
	}
	buf_addc(out, ')');
}
