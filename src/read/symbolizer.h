/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_SYMBOLIZER_H
#define READ_SYMBOLIZER_H

#include "io/input.h"
#include "model/location.h"

/*
 * Names for addresses, for readers of recordings that hold nothing else: from the
 * symbol tables and the debug information of the files that were mapped.
 *
 *	struct symbolizer *s = symbolizer_new(in, profile, want, true);
 *	uint32_t module = symbolizer_module(s, &(struct symbolizer_file){ path });
 *	uint32_t place = symbolizer_place(s, module, address - bias);
 *	frames = symbolizer_frames(s, place, &count);
 *	symbolizer_delete(s);
 *
 * Each distinct address is looked up once.  Where a file is not there, or is not the
 * one that was recorded, or tells nothing of the address, the frame is called
 * "[module]" or "[module+0x12]", and the input gets a warning that names the file.
 * Nothing is ever asked of a network.
 */
struct symbolizer;

struct symbolizer_file {
	struct str path;         /* as recorded; "[vdso]" and such have no file */
	struct str build_id;     /* its bytes; empty when not known */
	/* Where the parts that are loaded lie, as its headers tell: a file in which they
	   are elsewhere is another one.  NULL when not known. */
	const struct symbolizer_part {
		uint64_t address, size;
	} *parts;
	uint32_t part_count;
	bool is_kernel;          /* of the kernel: a module, which may be packed, or the vdso;
				    only to look for the file, see symbolizer_files.h */
};

enum { SYMBOLIZER_NONE = UINT32_MAX };

/* What came of the search for a file. */
enum symbolizer_found {
	SYMBOLIZER_FILE,
	SYMBOLIZER_NO_FILE,      /* the name is of no file: "[vdso]", "//anon" */
	SYMBOLIZER_MISSING,
	SYMBOLIZER_OTHER,        /* there is one, but with another build id */
	SYMBOLIZER_BROKEN,       /* there is one, but it cannot be read */
	SYMBOLIZER_NO_ELF,       /* there is one, but there are no elfutils */
};

/*
 * want->sysroot, maps, no_inline, granularity, addrs and names are looked at.  With
 * "offsets", or want->addrs, places without a name are told apart by their address
 * in the file.
 */
struct symbolizer *symbolizer_new(struct input *, struct profile *,
				  const struct want *, bool offsets);
void symbolizer_delete(struct symbolizer *);

/* The number of a file, made when new. */
uint32_t symbolizer_module(struct symbolizer *, const struct symbolizer_file *);

/*
 * A process that had the file: while it lives, its root folder is looked in, too, which
 * may be that of a container.  Only with a build id, as its number may have become
 * another's; and before anything else is asked of the module.
 */
void symbolizer_process(struct symbolizer *, uint32_t module, uint32_t pid);

/*
 * The address, as its ELF file tells it, of what lies at this offset of the file;
 * for recordings that know mappings, not biases.  The offset itself when the file is
 * not there.
 */
uint64_t symbolizer_address(struct symbolizer *, uint32_t module, uint64_t offset);

/*
 * The number of a place, made when new.  The address is the one of the ELF file, of
 * the instruction itself: for callers that is the return address - 1.  With
 * SYMBOLIZER_NONE for the module it is an address that belongs to no file.
 */
uint32_t symbolizer_place(struct symbolizer *, uint32_t module, uint64_t address);

/* Whether it has a name; and, for those that have none, what there is of its module. */
bool symbolizer_is_named(const struct symbolizer *, uint32_t place);
enum symbolizer_found symbolizer_found(struct symbolizer *, uint32_t module,
				       bool *has_symbols);

/* The frames of a place in the profile, leaf first, inlined ones among them; at least
 * one.  Valid until the next symbolizer_place(). */
const uint32_t *symbolizer_frames(const struct symbolizer *, uint32_t place,
				  uint32_t *count);

#endif
