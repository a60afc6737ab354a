/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fg-filter: folded stacks, or any profile, to fewer or other folded stacks.  It is
 * fg-collapse with the filters in front: a name that reads well in a pipe.
 */
#include "cmd/fold.h"

int main(int argc, char **argv)
{
	return fold(&face_filter, argc, argv);
}
