/* SPDX-License-Identifier: Apache-2.0 */

/*
 *	0x00000003 com.example.Store.put (Store.java:103)
 *	0x00000004 com.example.Store.init (Store.java:-1)       no line
 *	0x00000005 JavaThread::run() (/usr/lib/jvm/libjvm.so)   native, and the library
 *	0x00000006 Interpreter generated stub/JIT               all such are "STUB"
 *	0x00000007 GC                                           what the machine did
 *
 * google/pprof, profile/legacy_java_profile.go.
 */
#include "read/javanames.h"

#include <inttypes.h>

#include "base/num.h"

/* What model/location.h knows code of a virtual machine by. */
static const struct str jit = STR("[JIT]");

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool javanames_is_line(struct str line)
{
	return str_starts(line, STR("0x"));
}

/* "Store.java:103", and where the line is not known "Store.java". */
static uint32_t line_text(const struct javanames *j, struct str file, struct str digits)
{
	struct buf text = { 0 };
	uint64_t line;
	buf_add(&text, file);
	if (num_u64(digits, &line) && line > 0 && line <= INT32_MAX)
		buf_addf(&text, ":%" PRIu64, line);
	uint32_t id = profile_text(j->profile, buf_str(&text));
	buf_free(&text);
	return id;
}

static bool is_line_number(struct str text)
{
	str_take(&text, STR("-"));
	return num_is_digits(text);
}

/* "Store.java:103" is of Java, "/usr/lib/jvm/libjvm.so" a library. */
static void set_origin(const struct javanames *j, struct str origin, struct location_key *key)
{
	ptrdiff_t colon = str_rchr(origin, ':');
	if (colon > 0 && is_line_number(str_skip(origin, (size_t)colon + 1))) {
		key->line = line_text(j, str_head(origin, (size_t)colon),
				      str_skip(origin, (size_t)colon + 1));
		key->module = profile_text(j->profile, jit);
	} else if (origin.n > 0) {
		key->module = profile_text(j->profile, origin);
	}
}

/* Where the parenthesis begins that ends the text, with a blank before it; or -1. */
static ptrdiff_t find_origin(struct str text)
{
	ptrdiff_t open = str_rchr(text, '(');
	return open > 0 && is_blank(text.p[open - 1]) && str_ends(text, STR(")")) ? open : -1;
}

/* "com.example.Store.put (Store.java:103)" */
static struct location_key key_of(const struct javanames *j, struct str name)
{
	struct location_key key = { .symbol = name, .module = ID_NONE, .line = ID_NONE };
	ptrdiff_t open = find_origin(name);
	if (open >= 0) {
		key.symbol = str_trim(str_head(name, (size_t)open));
		set_origin(j, str_span(name.p + open + 1, name.p + name.n - 1), &key);
	} else if (str_find(name, STR("generated stub/JIT")) >= 0) {
		key.symbol = STR("STUB");
		key.module = profile_text(j->profile, jit);
	}
	return key;
}

/* A name that is cut off is better than none. */
bool javanames_add(const struct javanames *j, struct str line)
{
	uint64_t address;
	size_t end = 0;
	while (end < line.n && !is_blank(line.p[end]))
		end++;
	if (!traces_parse(j->traces, str_head(line, end), &address))
		return false;
	traces_is_cut(j->traces);
	struct str name = str_trim(str_skip(line, end));
	if (name.n == 0) {
		input_warn(j->in, READER_NOT_UNDERSTOOD, line);
		return true;
	}
	struct location_key key = key_of(j, name);
	traces_name(j->traces, address, &key);
	return true;
}

void javanames_end(const struct javanames *j)
{
	traces_check_names(j->traces);
}

bool javanames_read(const struct javanames *j)
{
	struct str line;
	while (input_line(j->in, &line)) {
		line = str_trim(line);
		if (javanames_is_line(line)) {
			if (!javanames_add(j, line))
				return false;
		} else if (line.n > 0) {
			input_warn(j->in, READER_NOT_UNDERSTOOD, line);
		}
	}
	javanames_end(j);
	return !j->in->failed;
}
