/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_TAGS_H
#define MODEL_TAGS_H

#include "model/samples.h"
#include "model/want.h"

/*
 * Frames made of labels, as --tagroot and --tagleaf ask for: the values of a key are
 * one frame, "a" or "512 bytes" or "a,b", and a sample without the key has none.
 * For readers that push frames leaf first, around the frames of the sample.
 */
void tags_push_leaf(struct samples *, const struct want *, uint32_t labels);
void tags_push_root(struct samples *, const struct want *, uint32_t labels);

#endif
