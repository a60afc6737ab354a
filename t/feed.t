#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Every case through the library in every way that bytes can come; see t/feed.c.
use strict;
use warnings;
no warnings qw(once);
use FindBin;

require "$FindBin::Bin/lib.pm";

my $feed = "$Fg::build/t/feed";
die "$feed: not built\n" unless -x $feed;
my @cases = Fg::cases() or die "no cases in $Fg::cases\n";

# --strict belongs to what is done after reading.
sub line {
	my ($case) = @_;
	my $folded = $case->{exit} == 0 && -e "$case->{base}.folded" ? "$case->{base}.folded" : '';
	my @args = grep { $_ ne '--strict' } @{$case->{args}};
	return join("\t", $case->{name}, $case->{format}, $case->{in}, $folded, @args) . "\n";
}

my $list = Fg::spew("$Fg::temp/list", join '', map { line($_) } @cases);
open STDIN, '<', $list or die "$list: $!\n";
alarm $Fg::patience * 10;
exit Fg::exit_status(system $feed);
