/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_JFR_NAMES_H
#define READ_JFR_NAMES_H

#include "base/buf.h"

/*
 * Names as the Java virtual machine has them, written as people do.
 */

/*
 * Appends the name of a class: "java.util.List" for "java/util/List", "byte[][]" for
 * "[[B".  Of a class that is hidden, as those of lambdas are, the address stays and the
 * hash behind it goes, as Java itself writes it: "A$$Lambda$1/0x7f39" for
 * "A$$Lambda$1+0x7f39/5324306".
 */
void jfr_names_add_class(struct buf *, struct str name);

/*
 * Appends the arguments that a descriptor tells: "(int, java.lang.String[])" for
 * "(I[Ljava/lang/String;)V".  Nothing when it is none.
 */
void jfr_names_add_arguments(struct buf *, struct str descriptor);

#endif
