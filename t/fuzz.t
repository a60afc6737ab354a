#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# The input of every case through what the fuzzer drives, in all the ways of reading
# it knows; see fuzz/fuzz_read.c.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use Test::More;

require "$FindBin::Bin/lib.pm";

my $fuzz = "$Fg::build/fuzz/fuzz_read";
my %format = map { $_->{in} => $_->{format} } Fg::cases();
die "no cases in $Fg::cases\n" unless %format;

for my $in (sort keys %format) {
	my $run = Fg::run({}, $fuzz, '-f', $format{$in}, $in);
	is($run->{status}, 0, substr($in, length($Fg::cases) + 1)) or diag($run->{err});
}
my @folded = grep { $format{$_} eq 'folded' } sort keys %format;
my $run = Fg::run({}, "$Fg::build/fuzz/fuzz_diff", @folded);
is($run->{status}, 0, 'halves of folded texts compared; see fuzz/fuzz_diff.c') or diag($run->{err});
done_testing();
