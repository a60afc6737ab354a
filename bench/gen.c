/* SPDX-License-Identifier: Apache-2.0 */

/*
 * gen CORPUS [MEGABYTES]   writes a corpus (narrow, wide, hard) as perf 6.12
 *                          prints it with its default fields
 * gen picture [MEGABYTES]  writes one as folded text: picture.c
 * gen later [MEGABYTES]    the same some time later, to be compared with it
 * gen --check FILE         measures the shape of any perf script text
 *
 *	rpc worker 7    4711 [003]  1000.004011:     251934 cycles:P:
 *	ffffffff8142f1c0 ext4_insert_block+0x30 ([kernel.kallsyms])
 *	    7f31c5a2b4d0 __write+0x10 (/usr/lib/x86_64-linux-gnu/libc.so.6)
 *	    55d5a1e02222 store::Page::flush(int)+0x9e (/opt/store/bin/store-server)
 *	(empty line)
 *
 * A corpus has modules with symbols (names.c), programs made of modules, and
 * a call graph that is never stored: call K of function F is a hash of both,
 * which gives the place in F and the function called.  A stack is a walk from
 * the program's entry.  Which call is taken and which function is called is
 * skewed, and in narrow and wide which stack is sampled, too: some are very
 * popular and most are rare.  Stacks are numbered, and the number alone
 * decides the walk; the sample adds process, thread, address of the leaf, time
 * and period.  In picture, numbers that stand together share a walk up to its
 * last frames, as the paths of long recordings of few programs do.
 * Processes have their own load addresses.  Everything is 64-bit integer
 * arithmetic, so that every machine writes the same bytes.
 */

#include "gen.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NARROW, WIDE, HARD, PICTURE, CORPORA };

enum {
	KERN, LIBC, STDCPP, CRYPTO, JVM, JIT, SERVER, RUSTC, GATEWAY, CC1, BASH,
	PYTHON, MODULES
};

enum {
	EXE = MODULES,		/* in roots[]: the program's own module */
	ROLES = 4,		/* kinds of threads in a program */
	LEAF_SPOTS = 24,	/* distinct places of a leaf */
	PAGE = 4096,
};

/* The first names of a module have a fixed meaning; roots[] relies on them. */
static const struct module {
	const char *path;		/* up to the pid for a JIT map */
	enum style style;
	uint64_t base;			/* 0: another one in each process */
	const char *const *fixed;
	uint32_t symbols[CORPORA];
} modules[MODULES] = {
	[KERN] = { "[kernel.kallsyms]", STYLE_KERNEL, 0xffffffff81000000,
		(const char *const[]){ "entry_SYSCALL_64_after_hwframe",
			"do_syscall_64", "secondary_startup_64_no_verify",
			"start_secondary", "cpu_startup_entry", "do_idle",
			"ret_from_fork_asm", "ret_from_fork", "kthread",
			"worker_thread", NULL },
		{ 86, 5500, 5000, 5500 } },
	[LIBC] = { "/usr/lib/x86_64-linux-gnu/libc.so.6", STYLE_C, 0,
		(const char *const[]){ "__libc_start_main_impl",
			"__libc_start_call_main", "__clone3", "start_thread",
			NULL },
		{ 22, 1500, 1500, 1500 } },
	[STDCPP] = { "/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.33", STYLE_CPP,
		0, NULL, { 0, 1500, 1200, 1500 } },
	[CRYPTO] = { "/usr/lib/x86_64-linux-gnu/libcrypto.so.3", STYLE_C, 0,
		NULL, { 0, 2000, 1000, 1000 } },
	[JVM] = { "/usr/lib/jvm/java-21-openjdk-amd64/lib/server/libjvm.so",
		STYLE_CPP, 0,
		(const char *const[]){ "thread_native_entry(Thread*)",
			"Thread::call_run()", "JavaThread::thread_main_inner()",
			"JavaCalls::call_helper(JavaValue*, methodHandle "
			"const&, JavaCallArguments*, JavaThread*)", NULL },
		{ 40, 3000, 2500, 3000 } },
	[JIT] = { "/tmp/perf-", STYLE_JAVA, 0,
		(const char *const[]){ "call_stub", "Interpreter", NULL },
		{ 116, 7500, 4000, 7500 } },
	[SERVER] = { "/opt/store/bin/store-server", STYLE_CPP, 0,
		(const char *const[]){ "_start", "main", NULL },
		{ 0, 11000, 0, 11000 } },
	[RUSTC] = { "/opt/rust/lib/librustc_driver-2ac8cc07d5f5e0ee.so",
		STYLE_RUST, 0,
		(const char *const[]){ "_start", "main", NULL },
		{ 0, 6500, 9000, 6500 } },
	[GATEWAY] = { "/usr/local/bin/gateway", STYLE_GO, 0x400000,
		(const char *const[]){ "runtime.goexit.abi0", "runtime.main",
			NULL },
		{ 0, 4000, 2000, 2000 } },
	[CC1] = { "/usr/libexec/gcc/x86_64-linux-gnu/14/cc1plus", STYLE_CPP, 0,
		(const char *const[]){ "_start", "main", NULL },
		{ 0, 0, 9000, 0 } },
	[BASH] = { "/usr/bin/bash", STYLE_C, 0,
		(const char *const[]){ "_start", "main", NULL },
		{ 0, 1000, 1500, 1000 } },
	[PYTHON] = { "/usr/bin/python3.13", STYLE_C, 0,
		(const char *const[]){ "_start", "Py_BytesMain", NULL },
		{ 0, 0, 3000, 0 } },
};

/* Where stacks begin, as pairs (module, fixed name); -1 ends a list. */
enum roots { ROOTS_MAIN, ROOTS_THREAD, ROOTS_GO, ROOTS_JAVA, ROOTS_IDLE,
	     ROOTS_WORKER };

static const int8_t roots[][11] = {
	[ROOTS_MAIN] = { EXE, 0, LIBC, 0, LIBC, 1, EXE, 1, -1 },
	[ROOTS_THREAD] = { LIBC, 2, LIBC, 3, -1 },
	[ROOTS_GO] = { EXE, 0, -1 },
	[ROOTS_JAVA] = { LIBC, 3, JVM, 0, JVM, 1, JVM, 3, JIT, 0, -1 },
	[ROOTS_IDLE] = { KERN, 2, KERN, 3, KERN, 4, KERN, 5, -1 },
	[ROOTS_WORKER] = { KERN, 6, KERN, 7, KERN, 8, KERN, 9, -1 },
};

/* Weights are parts of the samples; a short-lived program's processes come
 * one after the other, a few at a time. */
static const struct program {
	const char *comm[ROLES];
	int exe, lib;
	enum roots main, thread;
	bool short_lived;
	uint16_t weight[CORPORA], processes[CORPORA];
} programs[] = {
	{ { "java", "vert.x-eventloo", "C2 CompilerThre", "ForkJoinPool-1-" },
	  JIT, JVM, ROOTS_JAVA, ROOTS_JAVA, false, { 1, 20, 8, 28 },
	  { 1, 1, 60, 1 } },
	{ { "store-server", "rpc worker 7", "compaction", "flush:high" },
	  SERVER, STDCPP, ROOTS_MAIN, ROOTS_THREAD, false, { 0, 38, 0, 26 },
	  { 0, 1, 0, 1 } },
	{ { "rustc", "opt cgu.03", "coordinator", "LLVM lto" },
	  RUSTC, STDCPP, ROOTS_MAIN, ROOTS_THREAD, true, { 0, 16, 34, 10 },
	  { 0, 1, 1300, 1 } },
	{ { "gateway", "gateway", "gateway", "gateway" },
	  GATEWAY, GATEWAY, ROOTS_GO, ROOTS_GO, false, { 0, 14, 4, 6 },
	  { 0, 1, 20, 1 } },
	{ { "cc1plus", "cc1plus", "cc1plus", "lto1-wpa" },
	  CC1, STDCPP, ROOTS_MAIN, ROOTS_MAIN, true, { 0, 0, 34, 0 },
	  { 0, 0, 1550, 0 } },
	{ { "bash", "sh", "make", "git (x) [1]" },
	  BASH, CRYPTO, ROOTS_MAIN, ROOTS_MAIN, true, { 0, 4, 6, 18 },
	  { 0, 6, 1200, 1 } },
	{ { "python3", "python3", "pool 1/2", "asyncio_0" },
	  PYTHON, CRYPTO, ROOTS_MAIN, ROOTS_THREAD, true, { 0, 0, 8, 0 },
	  { 0, 0, 450, 0 } },
	{ { "swapper", "swapper", "swapper", "swapper" },
	  KERN, KERN, ROOTS_IDLE, ROOTS_IDLE, false, { 0, 3, 3, 4 },
	  { 0, 1, 1, 1 } },
	{ { "kworker/0:1-eve", "kworker/u8:3-wr", "kworker/3:2-mm_",
	    "kworker/1:0H-kb" },
	  KERN, KERN, ROOTS_WORKER, ROOTS_WORKER, false, { 0, 5, 3, 8 },
	  { 0, 1, 1, 1 } },
};

static const struct corpus {
	const char *name, *event;
	uint32_t stacks;		/* to choose from; 0: each in turn */
	uint32_t skew;			/* of that choice */
	uint32_t spine;			/* frames that a kind of thread shares */
	uint32_t depth, spread;		/* user frames: depth + 0 .. spread-1 */
	uint32_t kernel;		/* percent of stacks in a system call */
	uint32_t twigs;			/* stacks alike but for 1 to 3 user frames */
	uint32_t period;		/* 0: a varying one */
	uint32_t megabytes;
} corpora[CORPORA] = {
	[NARROW] = { "narrow", "cycles:P", 220, 2, 6, 8, 15, 75, 1, 0, 320 },
	[WIDE] = { "wide", "cpu-clock:ppp", 86000, 2, 5, 6, 24, 40, 1, 1001001, 320 },
	[HARD] = { "hard", "cycles:P", 2000000, 1, 2, 3, 12, 36, 1, 0, 360 },
	[PICTURE] = { "picture", "cycles:P", 0, 1, 2, 1, 9, 7, 12, 0, 111 },
};

_Static_assert(MODULES == (int)WORLD_MODULES, "one place for each module");

struct process {
	uint32_t pid, tid;
};

void *need(void *p)
{
	if (p)
		return p;
	fputs("gen: out of memory\n", stderr);
	exit(2);
}

static void module_fill(struct world *w, int m, char **text)
{
	const struct module *mod = &modules[m];
	uint32_t n = mod->symbols[w->id], at = PAGE;
	while (n && mod->fixed && mod->fixed[w->fixed[m]])
		w->fixed[m]++;
	w->first[m + 1] = w->first[m] + n;
	for (uint32_t i = 0; i < n; i++) {
		struct symbol *s = &w->symbols[w->first[m] + i];
		uint64_t h = mix((uint64_t)(m + 1) << 32 | i);
		bool fixed = i < w->fixed[m];
		s->name = *text;
		s->name_n = fixed ? name_copy(*text, mod->fixed[i])
				  : name_make(*text, mod->style, i, h);
		*text += s->name_n;
		s->known = fixed || s->name[0] != '[';
		s->start = at;
		s->size = 48 + skewed(mix(h), 6000, 3);
		s->module = (uint32_t)m;
		s->style = mod->style;
		at += (s->size + 15) & ~15u;
	}
}

static void world_init(struct world *w, int id)
{
	size_t n = 0;
	for (int m = 0; m < MODULES; m++)
		n += modules[m].symbols[id];
	*w = (struct world){ .c = &corpora[id], .id = id };
	w->symbols_n = (uint32_t)n;
	w->symbols = need(calloc(n, sizeof(*w->symbols)));
	char *text = w->names = need(malloc(n * NAME_MAX_BYTES));
	for (int m = 0; m < MODULES; m++)
		module_fill(w, m, &text);
}

static void world_free(struct world *w)
{
	free(w->symbols);
	free(w->names);
}

/* A function of module m, the same for the same hash. */
static uint32_t function_of(const struct world *w, int m, uint64_t h)
{
	uint32_t first = w->first[m] + w->fixed[m];
	return first + skewed(h, w->first[m + 1] - first, 2);
}

static void push(struct stack *s, uint32_t symbol)
{
	if (s->n < MAX_DEPTH)
		s->frames[s->n++] = (struct frame){ symbol, 0 };
}

/*
 * Takes one of the calls of the innermost function, into module "to" or,
 * when that is its own module, perhaps into itself.
 */
static void call(const struct world *w, struct stack *s, int to, struct rng *r)
{
	struct frame *f = &s->frames[s->n - 1];
	const struct symbol *from = &w->symbols[f->symbol];
	uint64_t self = mix(f->symbol * 64 + 7);
	uint32_t calls = self % 5 < 2 ? 1 : 2 + (self >> 8) % 7;
	uint32_t k = skewed(rng_next(r), calls, 2);
	uint64_t h = mix((uint64_t)f->symbol << 16 | k << 8 | (uint32_t)to);
	f->offset = 5 + (uint32_t)((h >> 7) % (from->size - 5));
	bool recursive = (self >> 20) % 23 == 0 && k == 1;
	push(s, recursive && from->module == (uint32_t)to
		? f->symbol : function_of(w, to, mix(h)));
}

static void call_roots(const struct world *w, struct stack *s)
{
	const struct program *p = s->program;
	const int8_t *root = roots[s->role == 0 ? p->main : p->thread];
	for (; root[0] >= 0; root += 2) {
		int m = root[0] == EXE ? p->exe : root[0];
		push(s, w->first[m] + (uint32_t)root[1]);
		const struct symbol *sym = &w->symbols[s->frames[s->n - 1].symbol];
		s->frames[s->n - 1].offset = sym->size / 2 + 3;
	}
}

static void call_kernel(const struct world *w, struct stack *s, struct rng *r)
{
	call(w, s, LIBC, r);
	s->frames[s->n - 1].offset = 0x17;
	for (uint32_t i = 0; i < 2; i++) {
		push(s, w->first[KERN] + i);
		s->frames[s->n - 1].offset = 0x6c + 10 * i;
	}
	for (uint32_t left = 2 + skewed(rng_next(r), 13, 1); left; left--)
		call(w, s, KERN, r);
}

static const struct program *choose_program(const struct world *w, uint64_t h)
{
	uint32_t sum = 0;
	for (size_t i = 0; i < COUNT(programs); i++)
		sum += programs[i].weight[w->id];
	uint32_t at = (uint32_t)(h % sum);
	const struct program *p = programs;
	for (; at >= p->weight[w->id]; p++)
		at -= p->weight[w->id];
	return p;
}

const char *comm_name(uint32_t i)
{
	return i < COUNT(programs) * ROLES ? programs[i / ROLES].comm[i % ROLES] : NULL;
}

/* Stack number id: roots, spine, walk through the program, library, kernel. */
void stack_make(const struct world *w, uint32_t id, struct stack *s)
{
	uint32_t twigs = w->c->twigs;
	struct rng r = { mix(id / twigs + 1) };
	s->program = choose_program(w, rng_next(&r));
	s->role = skewed(rng_next(&r), ROLES, 1);
	s->comm = (uint32_t)(s->program - programs) * ROLES + s->role;
	s->n = 0;
	int exe = s->program->exe;
	call_roots(w, s);

	struct rng spine = { mix(s->comm) };
	for (uint32_t i = 0; i < w->c->spine; i++)
		call(w, s, exe, &spine);

	uint32_t depth = w->c->depth + skewed(rng_next(&r), w->c->spread, 1);
	uint32_t tail = skewed(rng_next(&r), 7, 1);
	uint32_t twig = twigs > 1 ? 1 + skewed(mix(id), 3, 1) : 0;
	for (uint32_t left = depth; left; left--) {
		if (left == twig)
			r = (struct rng){ mix(~(uint64_t)id) };
		call(w, s, left > tail ? exe :
			   left > tail / 3 || exe == KERN ? s->program->lib :
							    LIBC, &r);
	}
	if (exe != KERN && rng_next(&r) % 100 < w->c->kernel)
		call_kernel(w, s, &r);
}

static void leaf_make(const struct world *w, struct stack *s, struct rng *r)
{
	struct frame *leaf = &s->frames[s->n - 1];
	uint32_t spot = skewed(rng_next(r), LEAF_SPOTS, 2);
	uint64_t h = mix((uint64_t)leaf->symbol << 8 | spot);
	leaf->offset = (uint32_t)(h % w->symbols[leaf->symbol].size);
}

/* done: how far the corpus is written, in 1/65536. */
static struct process process_make(const struct world *w, const struct stack *s,
				   uint32_t done, struct rng *r)
{
	uint32_t pid = 1200, n = s->program->processes[w->id];
	for (const struct program *p = programs; p < s->program; p++)
		pid += p->processes[w->id] * 40;
	uint32_t i = skewed(rng_next(r), n, 2);
	if (s->program->short_lived && n > 8) {
		i = (uint32_t)((uint64_t)done * n >> 16) + (uint32_t)rng_next(r) % 6;
		i = i < n ? i : n - 1;
	}
	if (s->program->main == ROOTS_IDLE)
		return (struct process){ 0, 0 };
	pid += i * 40;
	uint32_t thread = (uint32_t)rng_next(r) % 8;
	return (struct process){ pid, s->role == 0 ? pid :
				      pid + s->role * 9 + thread };
}

static uint64_t base_of(const struct program *p, uint32_t m, uint32_t pid)
{
	if (modules[m].base)
		return modules[m].base;
	uint64_t page = mix((uint64_t)pid << 8 | m) & 0xfffffff;
	bool pie = p->exe == (int)m && modules[m].style != STYLE_JAVA;
	return (pie ? 0x550000000000 : 0x7f0000000000) + page * PAGE;
}

static char *put(char *at, const char *s, size_t n)
{
	memcpy(at, s, n);
	return at + n;
}

static char *put_hex(char *at, uint64_t v, int width)
{
	int digits = v ? (67 - __builtin_clzll(v)) / 4 : 1;
	for (int i = digits; i < width; i++)
		*at++ = ' ';
	for (int i = digits - 1; i >= 0; i--)
		*at++ = "0123456789abcdef"[v >> (4 * i) & 15];
	return at;
}

static char *put_frame(char *at, const struct world *w, const struct stack *s,
		       uint32_t i, uint32_t pid)
{
	const struct frame *f = &s->frames[i];
	const struct symbol *sym = &w->symbols[f->symbol];
	const struct module *m = &modules[sym->module];
	uint64_t ip = base_of(s->program, sym->module, pid) + sym->start +
		      f->offset;
	*at++ = '\t';
	at = put_hex(at, ip, 16);
	*at++ = ' ';
	at = put(at, sym->name, sym->name_n);
	if (sym->known) {
		at = put(at, "+0x", 3);
		at = put_hex(at, f->offset, 1);
	}
	at = put(at, " (", 2);
	at = put(at, m->path, strlen(m->path));
	if (m->style == STYLE_JAVA)
		at += snprintf(at, 32, "%" PRIu32 ".map", pid);
	return put(at, ")\n", 2);
}

static bool corpus_write(const struct world *w, uint64_t bytes)
{
	static char block[1 << 18];
	struct rng r = { mix((uint64_t)w->id + 1000) };
	uint64_t clock = 1000000000, sent = 0;
	struct stack s;
	while (sent < bytes) {
		uint32_t id = skewed(rng_next(&r), w->c->stacks, w->c->skew);
		stack_make(w, id, &s);
		leaf_make(w, &s, &r);
		uint32_t done = (uint32_t)(sent * 65536 / bytes);
		struct process p = process_make(w, &s, done, &r);
		uint64_t jitter = rng_next(&r);
		clock += 3 + (jitter >> 20) % 700;
		char *at = block + snprintf(block, 256,
			"%s %7" PRIu32 " [%03u] %5" PRIu64 ".%06" PRIu64
			": %10" PRIu64 " %s: \n", comm_name(s.comm), p.tid,
			(unsigned)(jitter & 7), clock / 1000000, clock % 1000000,
			w->c->period ? w->c->period : 180000 + (jitter >> 8) % 90000,
			w->c->event);
		for (uint32_t i = s.n; i-- > 0;)
			at = put_frame(at, w, &s, i, p.pid);
		*at++ = '\n';
		size_t n = (size_t)(at - block);
		if (fwrite(block, 1, n, stdout) != n)
			return false;
		sent += n;
	}
	return fflush(stdout) == 0;
}

static int usage(void)
{
	fputs("usage: gen narrow|wide|hard|picture|later [MEGABYTES]\n"
	      "       gen --check FILE\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	if (argc < 2 || argc > 3)
		return usage();
	if (strcmp(argv[1], "--check") == 0)
		return argc == 3 && shape_print(argv[2]) ? 0 : 2;
	bool later = strcmp(argv[1], "later") == 0;
	const char *name = later ? "picture" : argv[1];
	for (int id = 0; id < CORPORA; id++) {
		if (strcmp(name, corpora[id].name) != 0)
			continue;
		uint64_t megabytes = argc == 3 ? strtoull(argv[2], NULL, 10)
					       : corpora[id].megabytes;
		if (megabytes == 0 || megabytes > 1000000)
			return usage();
		struct world w;
		world_init(&w, id);
		bool ok = corpora[id].stacks ? corpus_write(&w, megabytes * 1000000)
			: picture_write(&w, corpora[id].event, megabytes * 1000000, later);
		world_free(&w);
		if (ok)
			return 0;
		perror("gen: cannot write");
		return 2;
	}
	return usage();
}
