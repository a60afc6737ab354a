/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_TASKS_H
#define READ_PERFDATA_TASKS_H

#include "base/intern.h"
#include "base/str.h"

/*
 * Who ran when a sample was taken: threads with their names, processes with what was
 * mapped into them, and the kernel.  Records change it in the order of time.
 */

/* Bytes of a file, at an address of a process. */
struct perfdata_map {
	uint64_t start, end;
	uint64_t offset;                 /* of start in the file */
	uint32_t file;                   /* number given by the caller */
};

/* Of what is mapped at an address, the last layer that has something there counts. */
enum perfdata_layer {
	PERFDATA_FILES,                  /* by the kernel */
	PERFDATA_CODE,                   /* made at run time, in memory that was mapped */
	PERFDATA_LAYERS
};

struct perfdata_space {
	struct perfdata_maps {
		struct perfdata_map *items;      /* ascending, disjoint */
		uint32_t count;
		size_t capacity;
	} layers[PERFDATA_LAYERS];
	uint32_t version;                /* of all spaces at any time, no two have the same */
	bool is_over;                    /* all goes when something is mapped */
};

struct perfdata_process {
	uint32_t pid;
	uint32_t threads;                /* that have not ended */
	struct perfdata_space space;
	uint32_t jit;                    /* of the caller; PERFDATA_NONE at first */
};

struct perfdata_thread {
	uint32_t tid;
	uint32_t process;                /* in processes */
	uint32_t comm;                   /* in names, ID_NONE: not known */
	bool has_ended;
};

enum { PERFDATA_ENDED = 64 };

struct perfdata_tasks {
	struct perfdata_thread *threads;
	struct perfdata_process *processes;
	uint32_t thread_count, process_count;
	size_t thread_capacity, process_capacity;
	struct table thread_table, process_table;
	struct perfdata_space kernel;
	uint32_t versions;
	size_t map_count;                /* of all spaces */
	uint32_t last_thread;            /* found last */
	uint32_t ended[PERFDATA_ENDED];  /* processes, a ring */
	uint64_t ended_count;
};

enum { PERFDATA_NONE = UINT32_MAX };

void perfdata_tasks_init(struct perfdata_tasks *);
void perfdata_tasks_free(struct perfdata_tasks *);

/* The thread, made when new; valid until the next call. */
struct perfdata_thread *perfdata_tasks_thread(struct perfdata_tasks *, uint32_t pid,
					      uint32_t tid);
struct perfdata_process *perfdata_tasks_process(struct perfdata_tasks *, uint32_t pid);

/*
 * A thread was begun by another one.  Made up: its maps are told apart.  False when all
 * processes together have more maps than a recording has.
 */
bool perfdata_tasks_fork(struct perfdata_tasks *, uint32_t pid, uint32_t tid,
			 uint32_t parent_pid, uint32_t parent_tid, bool made_up);

/*
 * The last thread of a process takes all maps with it, though not at once: there may be
 * samples of its end.
 */
void perfdata_tasks_exit(struct perfdata_tasks *, uint32_t pid, uint32_t tid);

/* A process begins another program: what was mapped goes when that maps something. */
void perfdata_tasks_exec(struct perfdata_tasks *, uint32_t pid);

/*
 * Puts something there in place of what was; false when it is too much to be a
 * recording.
 */
bool perfdata_tasks_map(struct perfdata_tasks *, struct perfdata_space *,
			enum perfdata_layer, const struct perfdata_map *);

/* What is mapped at the address; NULL: nothing. */
const struct perfdata_map *perfdata_tasks_find(const struct perfdata_space *,
					       uint64_t address);

#endif
