/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_FRAMETEXT_H
#define MODEL_FRAMETEXT_H

#include "base/str.h"

/*
 * A place in code as Valgrind's tools and dhat-rs write it, taken apart:
 *
 *	0x4841: malloc (in /usr/lib/x.so)      address, name, module
 *	0x1098: main (demo.c:169)              address, name, file, line
 *	0x55d0: Vec<T>::push (src/vec.rs:9:5)  the same; the column is left out
 *	0x4841: ??? (in ???)                   address alone
 *	main (demo.c:169)                      name, file, line
 *
 * Names hold blanks and brackets of all kinds, so what is in the last brackets
 * is a place only when it looks like one.
 */
struct frametext {
	uint64_t address;        /* 0 when it is not told */
	struct str name;         /* empty when it is not known */
	struct str module;       /* empty when it is not told */
	struct str line;         /* "demo.c:169", or empty */
};

/* Anything can be taken apart: at worst all of it is the name.  Borrows from s. */
struct frametext frametext_parse(struct str s);

/*
 * Whether it is malloc() or its like, or stands in for it while a program is
 * watched by Valgrind or a sanitizer; the program's own with source lines is not.
 */
bool frametext_is_allocator(const struct frametext *);

#endif
