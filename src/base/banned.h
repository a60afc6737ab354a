/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

/*
 * Functions that know no bounds or keep hidden state: using one is a compile
 * error everywhere.  config.h ends by including this, so it comes before all
 * else; the headers that declare the functions must come before the ban, and
 * the macros that some C libraries make of them must go.
 */
#include <stdio.h>
#include <string.h>

#undef gets
#undef sprintf
#undef strcat
#undef strcpy
#undef strtok
#undef vsprintf
#pragma GCC poison gets sprintf strcat strcpy strtok vsprintf

#endif
