/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_FIREFOX_FILE_H
#define READ_FIREFOX_FILE_H

#include "read/firefox_tables.h"

/*
 * All that is read of a file.  What refers to what is not checked here: tables come in
 * any order.  Texts live as long as the file.
 */

/* A mapped file.  Only Gecko's profiles tell where it was in memory. */
struct firefox_lib {
	struct str name, path, code_id;
	uint64_t start, end, offset;
};

/* The processed format has one list of libraries for all: then there is one of these. */
struct firefox_process {
	struct firefox_lib *libs;
	uint32_t lib_count;
	size_t lib_capacity;
	int64_t start;           /* what its times count from, in ns since 1970 */
	unsigned seen;           /* parts of it, each comes once */
};

/* Where frames are from: of a thread, or of all of them. */
struct firefox_code {
	struct firefox_table tables[FIREFOX_OF_CODE];
	struct firefox_texts strings;
};

enum { FIREFOX_SAMPLE_TABLES = FIREFOX_TABLES - FIREFOX_OF_CODE };

struct firefox_thread {
	struct str name, process_name;
	int64_t pid, tid;        /* -1: not told, or no number */
	uint32_t process;        /* in processes */
	struct firefox_code *own;        /* NULL: it has none */
	struct firefox_table
		*samples[FIREFOX_SAMPLE_TABLES]; /* NULL where there is none */
};

struct firefox_file {
	struct input *in;
	struct json *json;
	bool times;              /* those of samples are wanted */

	struct firefox_process *processes;
	uint32_t process_count;
	size_t process_capacity;
	struct firefox_thread *threads;
	uint32_t thread_count;
	size_t thread_capacity;
	struct firefox_code shared;

	/* Of the first process. */
	struct str *categories;
	uint32_t category_count;
	size_t category_capacity;
	struct str product, arguments, cpu_unit;
	int64_t interval;        /* in ns */
	int64_t begin, end; /* of the recording, in ns since the start; or FIREFOX_NONE */
	struct arena arena;
};

/* False after an error. */
bool firefox_file_read(struct firefox_file *, struct input *, bool times);
void firefox_file_free(struct firefox_file *);

#endif
