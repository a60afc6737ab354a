/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_PLACES_H
#define MODEL_PLACES_H

#include "base/str.h"
#include "base/table.h"

/*
 * Where frames are in files and in memory: kept beside the profile when
 * want->places asks for it, because what will be written can tell it.  Two frames of
 * one name and different places are then two frames.
 *
 * What was compiled into a function is at the address of that function: a frame of
 * the kind FRAME_INLINED and the one that stands behind it, towards the root, are one
 * location in the program.  Its address is that of the latter: some profilers tell of
 * each inlined function where it would return to.
 *
 * Texts are ids in profile->text, or ID_NONE.
 */
struct frame_place {
	uint32_t mapping;        /* in places->mappings, or ID_NONE */
	uint32_t file;           /* of the source */
	uint32_t system_name;    /* for linkers, where it is another one than the frame's */
	uint32_t flags;          /* enum place_flag */
	uint32_t home;           /* 1 + the file of the function, where the line is in
				    another one and nobody knows what was compiled into
				    the function from there; 0: they are the same */
	int64_t line, column;    /* in it, from 1; 0: not known */
	int64_t start_line;      /* where the function begins; 0: not known */
	uint64_t address;        /* as recorded; 0: not known */
};

enum place_flag {
	PLACE_NAMELESS = 1,      /* no function is known: the frame's name was made up */
	PLACE_FOLDED = 2,        /* several places that share their code */
	PLACE_IN_FILE = 4,       /* the address is that in the file, not in memory */
};

/* A file that was mapped into memory. */
struct mapping {
	uint32_t file, build_id;
	uint32_t flags;          /* enum mapping_flag */
	uint64_t start, limit;   /* in memory, limit not included; 0: not known */
	uint64_t offset;         /* of start in the file */
};

/* What somebody has looked up for all of its addresses. */
enum mapping_flag {
	MAPPING_FUNCTIONS = 1,
	MAPPING_FILES = 2,
	MAPPING_LINES = 4,
	MAPPING_INLINED = 8,
	MAPPING_TOLD = 16,       /* the recording tells which of these it is */
};

struct places {
	struct frame_place *items;
	uint32_t count;
	struct mapping *mappings;
	uint32_t mapping_count;
	uint32_t *of_frame;      /* by frame id: place, or ID_NONE */
	/* private */
	size_t capacity, mapping_capacity;
	struct table table, mapping_table;
};

void places_delete(struct places *);

/* The number of a place, or of a mapping, made when new. */
uint32_t places_add(struct places *, const struct frame_place *);
uint32_t places_mapping(struct places *, const struct mapping *);

#endif
