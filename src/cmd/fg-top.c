/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fg-top: what functions cost, for people and programs.
 *
 *	options_parse()      options.c, options_top.c: the command line
 *	job_run()            job.c: from files to stacks
 *	top_views_write()    write/top_views.c, with model/top.c and model/peek.c
 *	top_flame_write()    write/top_flame.c
 */
#include <math.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/message.h"
#include "base/num.h"
#include "cmd/job.h"
#include "write/top_flame.h"
#include "write/top_views.h"

/* What is in a table of functions is functions, unless groups are asked for. */
static void choose_groups(struct settings *s)
{
	bool is_table = s->top.view == TOP_FUNCTIONS || s->top.view == TOP_PEEK;
	s->grouped = s->want.group_by != GROUP_UNSET && s->want.group_by != GROUP_NONE &&
		     s->top.view == TOP_FUNCTIONS;
	if (s->want.group_by == GROUP_UNSET)
		s->want.group_by = is_table ? GROUP_NONE : GROUP_COMM;
}

static bool check(struct settings *s)
{
	struct match_error error = { 0 };
	bool reversed = s->want.reverse || filter_has(s->want.filter, FILTER_REVERSE);
	if (s->grouped && reversed) {
		message_error("--reverse puts behind what --group-by puts in front");
		return false;
	}
	if (s->top.view == TOP_FLAME && s->top.form != TOP_TEXT) {
		message_error("--flame is text: for other programs there are --tree and "
			      "fg-svg(1)");
		return false;
	}
	if (s->top.view != TOP_PEEK)
		return true;
	s->top.peek = match_try(str_of(s->peek), false, &error);
	if (s->top.peek == NULL)
		options_say_wrong("peek", s->peek, &error);
	return s->top.peek != NULL;
}

/* " · 62 % of 21,000 cycles" */
static void add_share(struct buf *head, const struct stacks *s)
{
	if (s->columns > 1 || s->total_before <= s->total[0])
		return;
	buf_addf(head, " · %.1f %% of ",
		 (double)s->total[0] / (double)s->total_before * 100);
	num_add_quantity(head, (double)s->total_before / pow(10, s->scale), s->unit);
}

/* "make all · cycles:u · 13 k cycles in 13 samples", "peak 62.4 MiB · at end 0 B" */
static void make_head(struct buf *head, const struct job *job)
{
	const struct stacks *s = &job->stacks;
	struct buf others = { 0 };
	if (s->title.n) {
		buf_add(head, s->title);
		buf_addf(head, " · ");
	}
	if (s->event.n) {
		buf_add(head, s->event);
		buf_addf(head, " · ");
	}
	if (s->columns > 1) {
		num_add_quantity(head, (double)s->total[1] / pow(10, s->scale), s->unit);
		buf_addf(head, " after");
	} else {
		if (s->metric.n == 0 && s->unit.n == 0)
			buf_addf(head, "total ");
		stacks_add_metric(head, s);
	}
	if (s->samples && !str_eq(s->unit, STR("samples"))) {
		buf_addf(head, " in ");
		num_add_grouped(head, (int64_t)s->samples);
		buf_addf(head, " sample%s", s->samples == 1 ? "" : "s");
	}
	add_share(head, s);
	if (s->metric.n && stacks_is_whole(s))
		metrics_add_others(&others, &job->profile.metrics, STR(" · "),
				   s->samples == 0);
	if (others.n) {
		buf_addf(head, " · ");
		buf_add(head, buf_str(&others));
	}
	buf_free(&others);
}

static unsigned terminal_columns(void)
{
	enum { USUAL = 80, LEAST = 20, MOST = 10000 };
	struct winsize size = { 0 };
	uint64_t columns = 0;
	if (!num_u64(str_of(getenv("COLUMNS")), &columns) || columns == 0) {
		if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
			ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
		columns = size.ws_col ? size.ws_col : USUAL;
	}
	return columns < LEAST ? LEAST : columns > MOST ? MOST : (unsigned)columns;
}

static bool is_set(const char *variable, const char *word)
{
	const char *value = getenv(variable);
	return value && *value && (word == NULL || strstr(value, word));
}

/* Not by what standard output is: less -R shows colours, too. */
static enum top_flame_colors terminal_colors(void)
{
	if (is_set("NO_COLOR", NULL))
		return TOP_FLAME_PLAIN;
	if (is_set("COLORTERM", "truecolor") || is_set("COLORTERM", "24bit"))
		return TOP_FLAME_TRUE;
	return is_set("TERM", "256color") ? TOP_FLAME_256 : TOP_FLAME_PLAIN;
}

static bool write_flame(const struct job *job, struct str head, struct output *out,
			struct buf *message)
{
	struct top_flame_options options = {
		.columns = terminal_columns(), .colors = terminal_colors(), .head = head,
	};
	return top_flame_write(&job->stacks, &options, out, message);
}

/* First frames that --group-by has put there, or that stand there in folded text. */
static uint32_t group_frames(const struct job *job)
{
	const struct profile *p = &job->profile;
	bool named = false;
	for (uint32_t i = 0; i < p->group_count; i++)
		named |= p->groups[i].comm != ID_NONE;
	return job->settings->want.group_by == GROUP_CPU && named ? 2 : 1;
}

static bool write_view(const struct job *job, struct output *out, struct buf *message)
{
	enum { ROWS = 40 };
	static const char show_all[] = "--min=0 shows all";
	const struct settings *s = job->settings;
	struct top_views_options options = s->top;
	struct buf head = { 0 };
	bool for_people = options.form == TOP_TEXT || options.form == TOP_MARKDOWN;
	bool is_list = options.view == TOP_FUNCTIONS || options.view == TOP_PEEK;
	make_head(&head, job);
	options.head = buf_str(&head);
	options.relative = s->want.relative;
	options.limit = s->top_limit;
	if (s->top_limit == UINT32_MAX)
		options.limit = for_people && is_list ? ROWS : 0;
	if (!filter_has(s->want.filter, FILTER_MIN)) {
		options.min = .005;
		options.hint = show_all;
	}
	options.group = s->grouped ? group_frames(job) : 0;
	bool ok = options.view == TOP_FLAME ?
			  write_flame(job, options.head, out, message) :
			  top_views_write(&job->stacks, &options, out, message);
	buf_free(&head);
	return ok;
}

static int write_top(const struct job *job)
{
	static struct output out;
	struct buf message = { 0 };
	if (!job_open_output(job->settings, &out, JOB_TEXT))
		return 2;
	bool ok = write_view(job, &out, &message);
	if (!ok) {
		job_discard_output(&out);
		message_error("%s", buf_cstr(&message));
	}
	buf_free(&message);
	return ok ? job_close_output(&out) : 2;
}

int main(int argc, char **argv)
{
	struct settings settings;
	int status = options_parse(&face_top, &settings, argc, argv);
	if (status >= 0)
		return status;
	choose_groups(&settings);
	struct job job;
	status = check(&settings) ? -1 : 2;
	if (status < 0) {
		status = job_run(&job, &settings);
		if (status < 0)
			status = write_top(&job);
		job_free(&job);
	}
	match_free(settings.top.peek);
	options_free(&settings);
	return status;
}
