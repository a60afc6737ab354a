/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_STABLE_H
#define MODEL_STABLE_H

#include "base/buf.h"
#include "base/intern.h"

/*
 * Names without what changes from one build or run to the next, so that functions
 * can be compared:
 *
 *	Work$$Lambda$14/0x00007f1a.run     Work$$Lambda.run
 *	lambda$main$3                      lambda$main$*
 *	store::{lambda(int)#2}::operator() store::{lambda(int)#*}::operator()
 *	core::ops::{closure#0}             core::ops::{closure#*}
 *	alloc::vec::push::h0123456789abcdef    alloc::vec::push
 *	parse.constprop.0.isra.3           parse       (also .llvm.N .part.N .cold.N)
 *	GeneratedMethodAccessor27.invoke   GeneratedMethodAccessor*.invoke
 *	com.sun.proxy.$Proxy12.get         com.sun.proxy.$Proxy*.get
 *	User$$EnhancerByCGLIB$$1a2b3c4d    User$$EnhancerByCGLIB$$*
 *	0x00007f2b3c                       0x...
 *	/lib/modules/6.1.0-13-amd64/kernel /lib/modules/ * /kernel  (no blanks)
 *	pool-2-thread-11                   pool-*-thread-*     of threads only
 */
struct stable {
	uint32_t changed;        /* different names that became others */
	uint32_t made;           /* different names that they became */
	/* private */
	struct intern before, after;
	struct buf text;
};

/*
 * The stable name of a function, or of a thread.  It may be the name itself; valid
 * until the next call.
 */
struct str stable_name(struct stable *, struct str name, bool is_thread);

/* Addresses alone: "0x1a2b" becomes "0x...", as difffolded.pl -s has it. */
struct str stable_hex(struct stable *, struct str name);

void stable_free(struct stable *);

#endif
