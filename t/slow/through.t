#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Every case of every format, through all that fg-convert writes, and back.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use Test::More;

require "$FindBin::Bin/../lib.pm";
require "$FindBin::Bin/../through.pm";

Through::check($_) for grep { Through::can_be_carried($_) } Fg::cases();
done_testing();
