/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SANITY_H
#define BASE_SANITY_H

/*
 * Tells AddressSanitizer which bytes of our own memory pools are in use;
 * nothing without it.
 */
#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif

#ifdef HAVE_ASAN
#include <sanitizer/asan_interface.h>
#define SANITY_POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define SANITY_UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#else
#define SANITY_POISON(p, n) ((void)(p), (void)(n))
#define SANITY_UNPOISON(p, n) ((void)(p), (void)(n))
#endif

#endif
