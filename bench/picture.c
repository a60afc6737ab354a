/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A corpus as folded text, as fg-collapse would write it:
 *
 *	# event: cycles:P
 *	# unit: cycles
 *	# total: 108327364554 cycles in 433116 samples
 *	java;start_thread;io/netty/channel/PagePool:::readEntry_[j] 251934
 *
 * Stacks are taken in turn until their text is long enough.  A stack is a row
 * of ranks: the place of a frame's text among all texts in order of bytes, so
 * that comparing ranks sorts lines frame by frame.  Names lose parameters and
 * return types as with fg-collapse; stacks that are then alike become one.  A
 * few of the deep stacks have most of the samples.
 */

#include "gen.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PERIOD = 250000,		/* cycles of a sample, at least */
	DEEP = 20, HOT = 8, BURN = 1000, /* see samples_of() */
	LEFT = 14,
};

struct label {
	char *text;
	uint32_t of;			/* symbol, or their number + comm */
};

struct item {
	uint32_t *ranks;		/* root first */
	uint32_t n;
	uint64_t hash, met;
};

struct picture {
	const struct world *w;
	struct label *labels;		/* in order of text */
	uint32_t *rank;			/* of a symbol or a comm */
	const char **texts;		/* by rank */
	uint32_t labels_n;
	bool later;
	struct item *items;
	uint32_t items_n, items_room;
	uint32_t *slots, slots_n;	/* items by hash, numbered from 1 */
};

/* Texts */

/* Takes return type and parameters off. */
static char *strip(char *name)
{
	static const char nameless[] = "(anonymous namespace)";
	int depth = 0;
	for (char *p = name; *p; p++) {
		if (strncmp(p, nameless, sizeof(nameless) - 1) == 0) {
			p += sizeof(nameless) - 2;
			continue;
		}
		depth += (*p == '<') - (*p == '>');
		if (depth == 0 && *p == ' ')
			name = p + 1;
		if (depth == 0 && *p == '(')
			*p-- = '\0';
	}
	return name;
}

static char *label_text(const struct symbol *s)
{
	char copy[NAME_MAX_BYTES + 1] = "", *name = copy;
	memcpy(copy, s->name, s->name_n);
	if (s->style == STYLE_JAVA && strchr(copy, ';'))
		name++;
	else if (s->style == STYLE_CPP || s->style == STYLE_JAVA)
		name = strip(name);
	for (char *p = name; *p; p++)
		*p = *p == ';' ? ':' : *p;
	char *text = need(malloc(NAME_MAX_BYTES + 8));
	snprintf(text, NAME_MAX_BYTES + 8, "%s%s", name,
		 s->style == STYLE_KERNEL ? "_[k]" :
		 s->style == STYLE_JAVA ? "_[j]" : "");
	return text;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct label *)a)->text, ((const struct label *)b)->text);
}

static void rank_labels(struct picture *p)
{
	uint32_t symbols = p->w->symbols_n, n = symbols;
	while (comm_name(n - symbols))
		n++;
	p->labels_n = n;
	p->labels = need(calloc(n, sizeof(*p->labels)));
	p->rank = need(calloc(n, sizeof(*p->rank)));
	p->texts = need(calloc(n, sizeof(*p->texts)));
	for (uint32_t i = 0; i < n; i++)
		p->labels[i] = (struct label){ i < symbols
			? label_text(&p->w->symbols[i])
			: need(strdup(comm_name(i - symbols))), i };
	qsort(p->labels, n, sizeof(*p->labels), by_text);
	uint32_t rank = 0;
	for (uint32_t i = 0; i < n; i++) {
		rank += i > 0 && strcmp(p->texts[rank], p->labels[i].text) != 0;
		p->texts[rank] = p->labels[i].text;
		p->rank[p->labels[i].of] = rank;
	}
}

/* Stacks */

static void grow(struct picture *p)
{
	p->items_room = p->items_room ? 2 * p->items_room : 1 << 12;
	p->items = need(realloc(p->items, p->items_room * sizeof(*p->items)));
	free(p->slots);
	p->slots_n = 4 * p->items_room;
	p->slots = need(calloc(p->slots_n, sizeof(*p->slots)));
	for (uint32_t i = 0; i < p->items_n; i++) {
		uint64_t at = p->items[i].hash;
		while (p->slots[at % p->slots_n])
			at++;
		p->slots[at % p->slots_n] = i + 1;
	}
}

/* The item of these ranks; a new one was never met. */
static struct item *find(struct picture *p, const uint32_t *ranks, uint32_t n)
{
	if (p->items_n == p->items_room)
		grow(p);
	uint64_t hash = n;
	for (uint32_t i = 0; i < n; i++)
		hash = mix(hash ^ ranks[i]);
	uint64_t at = hash;
	for (; p->slots[at % p->slots_n]; at++) {
		struct item *item = &p->items[p->slots[at % p->slots_n] - 1];
		if (item->hash == hash && item->n == n &&
		    memcmp(item->ranks, ranks, n * sizeof(*ranks)) == 0)
			return item;
	}
	struct item *item = &p->items[p->items_n++];
	*item = (struct item){ .n = n, .hash = hash,
		.ranks = need(malloc(n * sizeof(*ranks))) };
	memcpy(item->ranks, ranks, n * sizeof(*ranks));
	p->slots[at % p->slots_n] = p->items_n;
	return item;
}

/*
 * As often as it was met; one in HOT of the deep ones burns much more.  That
 * gives as many frames wider than 1/12000 of all as recordings of this size have.
 */
static uint64_t samples_of(const struct item *item)
{
	bool hot = item->n >= DEEP && item->hash % HOT == 0;
	return item->met + (hot ? BURN + skewed(item->hash, 4 * BURN, 4) : 0);
}

static uint64_t value_of(const struct item *item)
{
	uint64_t samples = samples_of(item);
	return samples * PERIOD + item->hash % (samples * 90000);
}

/* Later one in LEFT is gone, and the others have 80 to 120 % of what they had. */
static bool is_gone(const struct picture *p, const struct item *item)
{
	return p->later && item->hash / 7 % LEFT == 0;
}

static uint64_t value_in(const struct picture *p, const struct item *item)
{
	uint64_t value = value_of(item);
	return p->later ? value * (800 + item->hash / 13 % 400) / 1000 : value;
}

static void collect(struct picture *p, uint64_t bytes)
{
	uint64_t sum = 0;
	struct stack s;
	for (uint32_t id = 0; sum < bytes; id++) {
		stack_make(p->w, id, &s);
		uint32_t ranks[MAX_DEPTH + 1] = { p->rank[p->w->symbols_n + s.comm] };
		for (uint32_t i = 0; i < s.n; i++)
			ranks[i + 1] = p->rank[s.frames[i].symbol];
		struct item *item = find(p, ranks, s.n + 1);
		for (uint32_t i = 0; i <= s.n && item->met == 0; i++)
			sum += strlen(p->texts[ranks[i]]) + 1;
		sum += item->met == 0 ? 7 : 0;
		item->met++;
	}
}

static int by_frames(const void *one, const void *other)
{
	const struct item *a = one, *b = other;
	for (uint32_t i = 0; i < a->n && i < b->n; i++)
		if (a->ranks[i] != b->ranks[i])
			return a->ranks[i] < b->ranks[i] ? -1 : 1;
	return (a->n > b->n) - (a->n < b->n);
}

static void print(const struct picture *p, const char *event)
{
	uint64_t value = 0, samples = 0;
	for (uint32_t i = 0; i < p->items_n; i++) {
		if (is_gone(p, &p->items[i]))
			continue;
		value += value_in(p, &p->items[i]);
		samples += samples_of(&p->items[i]);
	}
	printf("# event: %s\n# unit: cycles\n# total: %" PRIu64 " cycles in %" PRIu64
	       " samples\n", event, value, samples);
	for (uint32_t i = 0; i < p->items_n; i++) {
		const struct item *item = &p->items[i];
		for (uint32_t k = 0; k < item->n && !is_gone(p, item); k++) {
			if (k)
				putchar_unlocked(';');
			fputs(p->texts[item->ranks[k]], stdout);
		}
		if (!is_gone(p, item))
			printf(" %" PRIu64 "\n", value_in(p, item));
	}
}

bool picture_write(const struct world *w, const char *event, uint64_t bytes, bool later)
{
	struct picture p = { .w = w, .later = later };
	rank_labels(&p);
	collect(&p, bytes);
	qsort(p.items, p.items_n, sizeof(*p.items), by_frames);
	print(&p, event);
	for (uint32_t i = 0; i < p.items_n; i++)
		free(p.items[i].ranks);
	for (uint32_t i = 0; i < p.labels_n; i++)
		free(p.labels[i].text);
	free(p.items);
	free(p.slots);
	free(p.labels);
	free(p.rank);
	free(p.texts);
	return fflush(stdout) == 0 && !ferror(stdout);
}
