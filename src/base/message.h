/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_MESSAGE_H
#define BASE_MESSAGE_H

#include <stdarg.h>
#include <stdbool.h>

#include "base/buf.h"

/*
 * Words for people, on standard error.  Only src/cmd says anything; the library
 * below hands its messages up, at most made of message_visible().  Bytes that
 * would act on a terminal are made visible.  The program's name stands in front
 * of every message.
 */

/* The name shown in front of messages; kept, not copied. */
void message_program(const char *name);

/* "fg-svg: error: …", "fg-svg: warning: …" and "fg-svg: …", each a line. */
void message_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The text as it is, "fg-svg: " in front. */
void message_line(struct str text);

/* Appends s with control bytes as \xNN, so that it can be shown on a terminal. */
void message_visible(struct buf *, struct str s);

#endif
