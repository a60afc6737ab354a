#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# What the viewer makes of the call tree in a picture (share/svg/data.js,
# views.js), where there is node to run it; see t/views/check.js.
use strict;
use warnings;
use FindBin;

my $node = qx(node -e 'console.log(typeof DecompressionStream)' 2>&1) // '';
if ($node !~ /^function/) {
	print "1..0 # SKIP needs node, 18 or newer\n";
	exit 0;
}
exec 'node', "$FindBin::Bin/views/check.js", "$FindBin::Bin/../share/svg"
	or die "cannot run node: $!\n";
