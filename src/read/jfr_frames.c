/* SPDX-License-Identifier: Apache-2.0 */

/*
 *	StackTrace   truncated, frames: method, lineNumber, bytecodeIndex, type
 *	Method       type (a class), name, descriptor
 *	Class        name, package -> Package -> Module
 *	Thread       osName, osThreadId, javaName, javaThreadId
 *
 * Names are Symbols, which stand for texts.  A frame's type is a text, too:
 * "Interpreted", "JIT compiled", "Inlined", "Native"; async-profiler has "C++", "Kernel"
 * and "C1 compiled" as well, and its native functions are of a class without a name.
 */
#include "read/jfr_frames.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "model/samples.h"
#include "read/jfr_names.h"

enum known {
	OF_STACK, OF_METHOD, OF_CLASS, OF_PACKAGE, OF_MODULE, OF_THREAD, OF_SYMBOL,
	OF_FRAME_TYPE, KNOWN_TYPES
};

/* Slots of their layouts. */
enum {
	STACK_TRUNCATED, STACK_FRAMES, STACK_METHOD, STACK_LINE, STACK_BYTECODE, STACK_TYPE
};
enum { METHOD_CLASS, METHOD_NAME, METHOD_DESCRIPTOR };
enum { CLASS_NAME, CLASS_PACKAGE };
enum { THREAD_OS_NAME, THREAD_OS_ID, THREAD_JAVA_NAME, THREAD_JAVA_ID };

/* Bytes of a name.  A file can make many long names of few bytes. */
enum { NAME_MAX_BYTES = 1024 };

#define NAME_CUT "names of more than 1,024 bytes, which were cut"

static const struct {
	struct str name;
	struct str fields[6];
} known_types[KNOWN_TYPES] = {
	[OF_STACK] = { STR("jdk.types.StackTrace"),
		    { STR("truncated"), STR("frames"), STR("method"), STR("lineNumber"),
		      STR("bytecodeIndex"), STR("type") } },
	[OF_METHOD] = { STR("jdk.types.Method"),
		     { STR("type"), STR("name"), STR("descriptor") } },
	[OF_CLASS] = { STR("java.lang.Class"), { STR("name"), STR("package") } },
	[OF_PACKAGE] = { STR("jdk.types.Package"), { STR("module") } },
	[OF_MODULE] = { STR("jdk.types.Module"), { STR("name") } },
	[OF_THREAD] = { STR("java.lang.Thread"),
		     { STR("osName"), STR("osThreadId"), STR("javaName"),
		       STR("javaThreadId") } },
	[OF_SYMBOL] = { STR("jdk.types.Symbol"), { STR("string") } },
	[OF_FRAME_TYPE] = { STR("jdk.types.FrameType"), { STR("description") } },
};

void jfr_frames_init(struct jfr_frames *f, struct input *in, struct profile *profile,
		     const struct want *want)
{
	static_assert(sizeof(f->known) / sizeof(f->known[0]) == KNOWN_TYPES,
		      "room for what is known");
	*f = (struct jfr_frames){ .in = in, .profile = profile, .want = want };
	locations_init(&f->locations, profile, want);
}

static void forget_layouts(struct jfr_frames *f)
{
	for (unsigned i = 0; i < KNOWN_TYPES; i++)
		jfr_layout_free(&f->known[i].layout);
}

void jfr_frames_free(struct jfr_frames *f)
{
	forget_layouts(f);
	locations_free(&f->locations);
	free(f->frames);
	free(f->methods);
	free(f->stacks);
	free(f->threads);
	buf_free(&f->symbol);
	buf_free(&f->line);
	buf_free(&f->text);
}

bool jfr_frames_begin(struct jfr_frames *f, struct jfr_pools *pools, uint64_t offset)
{
	forget_layouts(f);
	f->pools = pools;
	f->chunk_offset = offset;
	f->frame_count = f->method_count = f->stack_count = f->thread_count = 0;
	for (unsigned i = 0; i < KNOWN_TYPES; i++) {
		struct jfr_known *k = &f->known[i];
		const char *why;
		unsigned fields = 0;
		while (fields < ARRAY_SIZE(known_types[i].fields) &&
		       known_types[i].fields[fields].n > 0)
			fields++;
		k->type = jfr_metadata_find_name(pools->metadata, known_types[i].name);
		if (k->type != UINT32_MAX &&
		    !jfr_layout_make(&k->layout, pools->metadata, k->type,
				     known_types[i].fields, fields, &why))
			return input_error_at(f->in, offset, "the class '%s' cannot be "
					      "read: %s", known_types[i].name.p, why);
	}
	return true;
}

/* Constants */

static uint64_t offset_of(const struct jfr_frames *f, const struct jfr_constant *c)
{
	return f->chunk_offset + c->at;
}

/* The values of a constant; all are 0 when there is none. */
static bool take(struct jfr_frames *f, enum known known, uint64_t key,
		 struct jfr_value values[JFR_SLOTS_MAX])
{
	const struct jfr_known *k = &f->known[known];
	memset(values, 0, JFR_SLOTS_MAX * sizeof(*values));
	const struct jfr_constant *c = jfr_pools_find(f->pools, k->type, key);
	return c && jfr_pools_take(f->pools, c, &k->layout, values);
}

static struct str cut_name(struct jfr_frames *f, struct str name)
{
	if (name.n <= NAME_MAX_BYTES)
		return name;
	input_warn_at(f->in, f->chunk_offset, NAME_CUT, STR(""));
	return str_head(name, NAME_MAX_BYTES);
}

static struct str symbol_text(struct jfr_frames *f, uint64_t key)
{
	struct jfr_value values[JFR_SLOTS_MAX];
	if (!take(f, OF_SYMBOL, key, values))
		return STR("");
	return cut_name(f, jfr_pools_text(f->pools, &values[0].text, &f->text));
}

struct str jfr_frames_word(struct jfr_frames *f, uint32_t type, uint64_t key)
{
	const struct jfr_constant *c = jfr_pools_find(f->pools, type, key);
	if (c == NULL)
		return STR("");
	struct jfr_bytes b = jfr_pools_bytes(f->pools, c);
	struct jfr_text text = jfr_bytes_text(&b);
	return cut_name(f, jfr_pools_text(f->pools, &text, &f->text));
}

struct str jfr_frames_class(struct jfr_frames *f, uint64_t key)
{
	struct jfr_value values[JFR_SLOTS_MAX];
	if (!take(f, OF_CLASS, key, values))
		return STR("");
	struct str name = symbol_text(f, values[CLASS_NAME].number);
	buf_clear(&f->symbol);
	jfr_names_add_class(&f->symbol, name);
	return buf_str(&f->symbol);
}

/* Methods */

static enum frame_kind kind_of(struct jfr_frames *f, uint64_t type)
{
	static const struct { struct str name; enum frame_kind kind; } kinds[] = {
		{ STR("Interpreted"), FRAME_JIT }, { STR("JIT compiled"), FRAME_JIT },
		{ STR("C1 compiled"), FRAME_JIT }, { STR("Inlined"), FRAME_INLINED },
		{ STR("Kernel"), FRAME_KERNEL },
	};
	struct str name = jfr_frames_word(f, f->known[OF_FRAME_TYPE].type, type);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (str_eq(kinds[i].name, name))
			return kinds[i].kind;
	return FRAME_USER;
}

static uint32_t module_of(struct jfr_frames *f, uint64_t package)
{
	struct jfr_value values[JFR_SLOTS_MAX];
	if (package == 0 || !take(f, OF_PACKAGE, package, values) ||
	    !take(f, OF_MODULE, values[0].number, values))
		return ID_NONE;
	return location_module(&f->locations, symbol_text(f, values[0].number));
}

/* "java.util.List.add(int)" into f->symbol; *class_length is 0 when there is no class. */
static void spell_method(struct jfr_frames *f, const struct jfr_value method[JFR_SLOTS_MAX],
			 const struct jfr_value of_class[JFR_SLOTS_MAX],
			 size_t *class_length)
{
	buf_clear(&f->symbol);
	jfr_names_add_class(&f->symbol, symbol_text(f, of_class[CLASS_NAME].number));
	*class_length = f->symbol.n;
	struct str name = symbol_text(f, method[METHOD_NAME].number);
	if (f->symbol.n > 0 && name.n > 0)
		buf_addc(&f->symbol, '.');
	buf_add(&f->symbol, name);
	if (*class_length > 0)
		jfr_names_add_arguments(&f->symbol,
					symbol_text(f, method[METHOD_DESCRIPTOR].number));
}

/*
 * There are no files: the class stands for one, and a line is a line of it.
 */
static uint32_t line_text(struct jfr_frames *f, size_t class_length, int32_t line)
{
	buf_clear(&f->line);
	switch (f->want->granularity) {
	case GRANULARITY_FILES:
		buf_add(&f->line, str_head(buf_str(&f->symbol), class_length));
		break;
	case GRANULARITY_LINES:
		if (line > 0)
			buf_addf(&f->line, "%" PRId32, line);
		break;
	default:
		break;
	}
	return f->line.n ? profile_text(f->profile, buf_str(&f->line)) : ID_NONE;
}

/* Other formats tell by the mapping what kind of frame it is. */
static uint32_t mapping_of(struct jfr_frames *f, enum frame_kind kind)
{
	if (kind == FRAME_USER)
		return ID_NONE;
	struct str name = kind == FRAME_KERNEL ? STR("[kernel.kallsyms]") : STR("[JIT]");
	return places_mapping(f->profile->places, &(struct mapping){
		.file = profile_text(f->profile, name), .build_id = ID_NONE,
	});
}

static uint32_t place_of(struct jfr_frames *f, int32_t line, enum frame_kind kind)
{
	struct frame_place place = {
		.mapping = mapping_of(f, kind), .file = ID_NONE, .system_name = ID_NONE,
		.line = line > 0 ? line : 0,
		.flags = f->symbol.n == 0 ? PLACE_NAMELESS : 0,
	};
	return 1 + places_add(f->profile->places, &place);
}

static uint32_t find_location(struct jfr_frames *f,
			      const struct jfr_value frame[JFR_SLOTS_MAX],
			      enum frame_kind kind)
{
	int32_t line = (int32_t)frame[STACK_LINE].number;
	struct jfr_value values[JFR_SLOTS_MAX], of_class[JFR_SLOTS_MAX];
	size_t class_length;
	take(f, OF_METHOD, frame[STACK_METHOD].number, values);
	take(f, OF_CLASS, values[METHOD_CLASS].number, of_class);
	uint32_t module = module_of(f, of_class[CLASS_PACKAGE].number);
	spell_method(f, values, of_class, &class_length);
	if (f->symbol.n == 0)
		kind = FRAME_USER;
	/* -1 where it is not known */
	uint32_t bytecode = (uint32_t)frame[STACK_BYTECODE].number;
	struct location_key key = {
		.symbol = buf_str(&f->symbol), .module = module,
		.line = line_text(f, class_length, line),
		.offset = bytecode > INT32_MAX ? 0 : bytecode,
		.kind = kind == FRAME_INLINED ? FRAME_JIT : kind,
		.inlined = kind == FRAME_INLINED,
	};
	if (f->want->places)
		key.place = place_of(f, line, kind);
	return location_find(&f->locations, &key);
}

/* What the method has made already, for each kind; NULL when it is not described. */
static struct jfr_method *known_method(struct jfr_frames *f, uint64_t key)
{
	struct jfr_constant *c = jfr_pools_find(f->pools, f->known[OF_METHOD].type, key);
	if (c == NULL)
		return NULL;
	if (c->made == 0) {
		ARRAY_RESERVE(f->methods, f->method_capacity, f->method_count + 1ull);
		f->methods[f->method_count++] = (struct jfr_method){ 0 };
		c->made = f->method_count;
	}
	return &f->methods[c->made - 1];
}

static uint32_t location_of_frame(struct jfr_frames *f,
				  const struct jfr_value frame[JFR_SLOTS_MAX])
{
	uint64_t key = frame[STACK_METHOD].number;
	enum frame_kind kind = kind_of(f, frame[STACK_TYPE].number);
	bool by_line = f->want->places || f->want->granularity == GRANULARITY_LINES ||
		       f->want->granularity == GRANULARITY_ADDRESSES;
	struct jfr_method *method = known_method(f, key);
	if (method && !by_line && method->locations[kind])
		return method->locations[kind] - 1;
	uint32_t location = find_location(f, frame, kind);
	if (method)
		method->locations[kind] = location + 1;
	return location;
}

/* Stacks */

/*
 * All stacks of a chunk have fewer frames than it has bytes; names that look like a chain
 * of inlined functions could make more of them.
 */
static bool add_frame(struct jfr_frames *f, const struct jfr_value frame[JFR_SLOTS_MAX])
{
	uint32_t n, location = location_of_frame(f, frame);
	const uint32_t *frames = location_frames(&f->locations, location, &n);
	if (n > f->pools->chunk.n - f->frame_count)
		return false;
	ARRAY_RESERVE(f->frames, f->frame_capacity, (size_t)f->frame_count + n);
	for (uint32_t i = 0; i < n; i++)
		f->frames[f->frame_count++] = frames[i];
	return true;
}

/* The step of the array of frames; layout->count when there is none. */
static uint32_t find_array(const struct jfr_layout *layout)
{
	uint32_t i = 0;
	while (i < layout->count && (layout->steps[i].kind != JFR_STEP_ARRAY ||
				     layout->steps[i].slot != STACK_FRAMES))
		i++;
	return i;
}

static bool add_frames(struct jfr_frames *f, struct jfr_bytes *b, const struct jfr_step *array)
{
	struct jfr_value frame[JFR_SLOTS_MAX] = { 0 };
	uint32_t count = jfr_bytes_count(b);
	if (count > SAMPLES_DEPTH_MAX)
		return false;
	for (uint32_t i = 0; i < count && array->body > 0; i++) {
		jfr_layout_take(array + 1, array->body, b, frame);
		if (b->is_bad || !add_frame(f, frame))
			return false;
	}
	return !b->is_bad;
}

static bool make_stack(struct jfr_frames *f, const struct jfr_constant *c,
		       struct jfr_stack *stack)
{
	const struct jfr_layout *layout = &f->known[OF_STACK].layout;
	struct jfr_bytes b = jfr_pools_bytes(f->pools, c);
	struct jfr_value values[JFR_SLOTS_MAX] = { 0 };
	uint32_t array = find_array(layout);
	stack->first = f->frame_count;
	jfr_layout_take(layout->steps, array, &b, values);
	if (b.is_bad || array == layout->count ||
	    !add_frames(f, &b, &layout->steps[array]))
		return input_error_at(f->in, offset_of(f, c), "this is no stack");
	array += 1 + layout->steps[array].body;
	jfr_layout_take(layout->steps + array, layout->count - array, &b, values);
	stack->is_truncated = values[STACK_TRUNCATED].number != 0;
	stack->count = f->frame_count - stack->first;
	return true;
}

const struct jfr_stack *jfr_frames_stack(struct jfr_frames *f, uint64_t key)
{
	struct jfr_constant *c = jfr_pools_find(f->pools, f->known[OF_STACK].type, key);
	struct jfr_stack stack;
	if (c == NULL)
		return NULL;
	if (c->made == 0) {
		if (!make_stack(f, c, &stack))
			return NULL;
		ARRAY_RESERVE(f->stacks, f->stack_capacity, f->stack_count + 1ull);
		f->stacks[f->stack_count++] = stack;
		c->made = f->stack_count;
	}
	return &f->stacks[c->made - 1];
}

/* Threads */

static struct jfr_thread make_thread(struct jfr_frames *f, uint64_t key)
{
	struct jfr_value values[JFR_SLOTS_MAX];
	struct jfr_thread thread = { ID_NONE, -1 };
	if (!take(f, OF_THREAD, key, values))
		return thread;
	struct str name = jfr_pools_text(f->pools, &values[THREAD_JAVA_NAME].text, &f->text);
	if (name.n == 0)
		name = jfr_pools_text(f->pools, &values[THREAD_OS_NAME].text, &f->text);
	if (name.n > 0)
		thread.name = profile_text(f->profile, cut_name(f, name));
	int64_t os = (int64_t)values[THREAD_OS_ID].number,
		java = (int64_t)values[THREAD_JAVA_ID].number;
	thread.id = os > 0 ? os : java > 0 ? java : -1;
	return thread;
}

struct jfr_thread jfr_frames_thread(struct jfr_frames *f, uint64_t key)
{
	struct jfr_constant *c = jfr_pools_find(f->pools, f->known[OF_THREAD].type, key);
	if (c == NULL)
		return (struct jfr_thread){ ID_NONE, -1 };
	if (c->made == 0) {
		struct jfr_thread thread = make_thread(f, key);
		ARRAY_RESERVE(f->threads, f->thread_capacity, f->thread_count + 1ull);
		f->threads[f->thread_count++] = thread;
		c->made = f->thread_count;
	}
	return f->threads[c->made - 1];
}
