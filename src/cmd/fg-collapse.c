/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fg-collapse: any profile to folded stacks.  fold() makes these calls:
 *
 *	options_parse()    options.c, options_collapse.c: the command line
 *	job_run()          job.c: opens each file (io/input.c), finds its reader
 *	                   (read/registry.c), which pushes samples into the profile
 *	                   (model/samples.c, model/profile.c); chooses, filters and
 *	                   sorts stacks (model/events.c, model/stacks.c); reports
 *	                   (report.c, stats.c)
 *	folded_write()     write/folded.c
 */
#include "cmd/fold.h"

int main(int argc, char **argv)
{
	return fold(&face_collapse, argc, argv);
}
