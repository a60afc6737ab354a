/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Features, tools/perf/Documentation/perf.data-file-format.txt in the Linux source.
 * Text is a u32 with the length of the field, then text that ends at a NUL:
 *
 *	HOSTNAME, OSRELEASE, VERSION, ARCH    one text
 *	CMDLINE       u32 count, texts
 *	EVENT_DESC    u32 count, u32 size of an attr; of each event: its attr, u32 number
 *	              of ids, text, ids of u64
 *	BUILD_ID      records: header, s32 pid, 20 bytes, u8 their number, 3 unused, path
 */
#include "read/perfdata_info.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/message.h"

enum { BUILD_ID_MAX = 20, BUILD_HEAD = 28, BUILD_HAS_LENGTH = 1 << 15 };

void perfdata_info_free(struct perfdata_info *info)
{
	free(info->builds);
	table_free(&info->build_table);
	arena_free(&info->arena);
}

static struct str before_nul(struct str s)
{
	ptrdiff_t end = str_chr(s, '\0');
	return end < 0 ? s : str_head(s, (size_t)end);
}

static bool take_u32(struct str *s, uint32_t *value)
{
	if (s->n < 4)
		return false;
	*value = perfdata_u32(s->p);
	*s = str_skip(*s, 4);
	return true;
}

static bool take_text(struct str *s, struct str *text)
{
	uint32_t n;
	if (!take_u32(s, &n) || n > s->n)
		return false;
	*text = before_nul(str_head(*s, n));
	*s = str_skip(*s, n);
	return true;
}

static void keep_text(struct perfdata_info *info, struct str *kept, struct str bytes)
{
	struct str text;
	if (take_text(&bytes, &text))
		*kept = arena_copy(&info->arena, text);
}

static void keep_command(struct perfdata_info *info, struct str bytes)
{
	struct buf command = { 0 };
	struct str text;
	uint32_t n;
	if (!take_u32(&bytes, &n))
		return;
	while (n-- > 0 && take_text(&bytes, &text)) {
		if (command.n)
			buf_addc(&command, ' ');
		buf_add(&command, text);
	}
	info->command = arena_copy(&info->arena, buf_str(&command));
	buf_free(&command);
}

static void name_events(struct perfdata_info *info, struct perfdata_events *events,
			struct str bytes)
{
	uint32_t n, attr_size, id_count;
	struct str name;
	if (!take_u32(&bytes, &n) || !take_u32(&bytes, &attr_size))
		return;
	for (uint32_t i = 0; i < n && i < events->count && bytes.n >= attr_size; i++) {
		bytes = str_skip(bytes, attr_size);
		if (!take_u32(&bytes, &id_count) || !take_text(&bytes, &name) ||
		    id_count > bytes.n / 8)
			return;
		bytes = str_skip(bytes, (size_t)id_count * 8);
		if (name.n)
			events->items[i].name = arena_copy(&info->arena, name);
	}
}

/* Build ids */

static uint32_t find_build(const struct perfdata_info *info, struct str path)
{
	uint32_t hash = (uint32_t)hash_hidden(path.p, path.n), found;
	uint32_t place = table_place(&info->build_table, hash);
	while ((found = table_next(&info->build_table, hash, &place)) != TABLE_END)
		if (str_eq(info->builds[found].path, path))
			return found;
	return TABLE_END;
}

void perfdata_info_build(struct perfdata_info *info, uint16_t misc, struct str body)
{
	if (body.n <= BUILD_HEAD)
		return;
	size_t size = misc & BUILD_HAS_LENGTH ? (unsigned char)body.p[24] : BUILD_ID_MAX;
	struct str path = before_nul(str_skip(body, BUILD_HEAD));
	if (size > BUILD_ID_MAX || path.n == 0 || find_build(info, path) != TABLE_END)
		return;
	ARRAY_RESERVE(info->builds, info->build_capacity, (size_t)info->build_count + 1);
	info->builds[info->build_count] = (struct perfdata_build){
		.path = arena_copy(&info->arena, path),
		.id = arena_copy(&info->arena, str_head(str_skip(body, 4), size)),
	};
	table_insert(&info->build_table, (uint32_t)hash_hidden(path.p, path.n),
		     info->build_count++);
}

static void keep_builds(struct perfdata_info *info, struct str bytes)
{
	while (bytes.n > 8) {
		uint16_t misc = perfdata_u16(bytes.p + 4), size = perfdata_u16(bytes.p + 6);
		if (size <= 8 || size > bytes.n)
			return;
		perfdata_info_build(info, misc, str_head(str_skip(bytes, 8), size - 8u));
		bytes = str_skip(bytes, size);
	}
}

struct str perfdata_info_find(const struct perfdata_info *info, struct str path)
{
	uint32_t found = find_build(info, path);
	return found == TABLE_END ? STR("") : info->builds[found].id;
}

void perfdata_info_feature(struct perfdata_info *info, struct perfdata_events *events,
			   uint64_t feature, struct str bytes)
{
	switch (feature) {
	case PERFDATA_FEATURE_BUILD_ID: keep_builds(info, bytes); break;
	case PERFDATA_FEATURE_HOSTNAME: keep_text(info, &info->hostname, bytes); break;
	case PERFDATA_FEATURE_RELEASE: keep_text(info, &info->release, bytes); break;
	case PERFDATA_FEATURE_VERSION: keep_text(info, &info->version, bytes); break;
	case PERFDATA_FEATURE_ARCH: keep_text(info, &info->arch, bytes); break;
	case PERFDATA_FEATURE_COMMAND: keep_command(info, bytes); break;
	case PERFDATA_FEATURE_EVENTS: name_events(info, events, bytes); break;
	default: break;
	}
}

/* For people */

struct str perfdata_info_title(const struct perfdata_info *info)
{
	ptrdiff_t dashes = str_find(info->command, STR(" -- "));
	return str_trim(dashes < 0 ? info->command :
				     str_skip(info->command, (size_t)dashes + 4));
}

static void describe(struct buf *out, const char *what, struct str text)
{
	if (text.n == 0)
		return;
	buf_addf(out, "  %-10s", what);
	message_visible(out, text);
	buf_addc(out, '\n');
}

void perfdata_info_describe(const struct perfdata_info *info,
			    struct perfdata_events *events, struct buf *out)
{
	struct arena scratch = { 0 };
	describe(out, "command", info->command);
	describe(out, "host", info->hostname);
	describe(out, "kernel", info->release);
	describe(out, "processor", info->arch);
	describe(out, "perf", info->version);
	for (uint32_t i = 0; i < events->count; i++) {
		struct str name = events->items[i].name;
		describe(out, "event", name.n ? name :
			 perfdata_events_name(&scratch, &events->items[i]));
	}
	arena_free(&scratch);
}
