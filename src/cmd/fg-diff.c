/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fg-diff: two profiles to what differs.
 *
 *	options_parse()    options.c, options_diff.c: the command line
 *	compare_main()     compare.c: reads both sides (job.c), aligns them
 *	                   (model/diff.c), judges what is noise (model/diff_noise.c) and
 *	                   what must not be (model/diff_rules.c), and writes
 *
 * Images are drawn by fg-png, see there.
 */
#include "cmd/compare.h"

int main(int argc, char **argv)
{
	return compare_main(argc, argv, NULL);
}
