/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_FIREFOX_FRAMES_H
#define READ_FIREFOX_FRAMES_H

#include "model/location.h"
#include "read/firefox_file.h"
#include "read/symbolizer.h"

/*
 * What the frames of the file are in the profile.  References between its tables are
 * followed, and checked, as frames are asked for.
 */
struct firefox_frames {
	struct input *in;
	struct profile *profile;
	const struct want *want;
	const struct firefox_file *file;

	/* Of the thread whose frames are asked for. */
	const struct firefox_thread *thread;
	const struct firefox_table *tables[FIREFOX_OF_CODE];
	const struct firefox_texts *strings;
	const struct firefox_process *process;

	/* private */
	struct locations locations;
	struct symbolizer *symbolizer;
	struct firefox_made {
		uint32_t first;          /* in the pool */
		uint32_t count;
		uint32_t tables;         /* number of the tables that it is of; 0: none */
	} *made;                 /* by frame of the file, and whether it is a caller */
	uint32_t tables_number;  /* of those asked for, from 1 */
	size_t made_count, made_capacity;
	uint32_t *pool;
	uint32_t pool_count;
	size_t pool_capacity;
	const struct firefox_lib **libs; /* of the process, by address */
	uint32_t lib_count;
	size_t lib_capacity;
	struct buf text;
};

void firefox_frames_init(struct firefox_frames *, const struct firefox_file *,
			 struct input *, struct profile *, const struct want *);
void firefox_frames_free(struct firefox_frames *);

/* From now on those of this thread are asked for. */
void firefox_frames_use(struct firefox_frames *, const struct firefox_thread *);

/*
 * The number in a row of a table, which must be one of a table of so many rows, or less
 * than 0, or not there, which both give -1.  False after an error.
 */
bool firefox_frames_index(const struct firefox_frames *, enum firefox_table_id,
			  unsigned column, uint32_t row, uint32_t rows, int64_t *index);

/* The category of a row of frameTable, -1 for none.  False after an error. */
bool firefox_frames_category(const struct firefox_frames *, uint32_t frame,
			     int64_t *category);

/*
 * The frames of a row of frameTable, leaf first; there may be none.  "is_caller": it has
 * called another one in the stack.  False after an error.
 */
bool firefox_frames_of(struct firefox_frames *, uint32_t frame, bool is_caller,
		       struct firefox_made *);

#endif
