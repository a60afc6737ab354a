#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# What fg-collapse writes adds up to what perf-totals.pl counts in the same text, for
# every event by itself. Cases that are meant to fail (NAME.exit) are left out.
use strict;
use warnings;
no warnings qw(once);
use File::Basename qw(basename);
use FindBin;
use Test::More;

require "$FindBin::Bin/lib.pm";

my %no_perf = map { $_ => 1 } qw(README.txt inl.inline-oracle.txt);

my @files = map { $_->{in} } grep { !$_->{again} && $_->{exit} == 0 } Fg::cases('perf');
die "no cases in $Fg::cases/perf\n" unless @files;
if (-d "$Fg::shared/perf") {
	push @files, grep { !$no_perf{basename($_)} } glob "$Fg::shared/perf/*.txt";
} else {
	diag("no $Fg::shared/perf: only our own cases are counted");
}

check_file($_) for @files;
done_testing();

sub check_file {
	my ($file) = @_;
	my @events = Fg::perf_totals($file);
	ok(@events > 0, basename($file) . ' has samples');
	for my $row (@events) {
		my ($event, undef, $sum) = @$row;
		check_event($file, $event, $sum);
	}
}

sub check_event {
	my ($file, $event, $want) = @_;
	my @filter = length $event ? ("--event-filter=$event") : ();
	my $ran = Fg::run({}, Fg::program('fg-collapse'), @filter, $file);
	my ($got, $odd) = (0, 0);
	for my $line (split /\n/, $ran->{out}) {
		next if $line =~ /^# /;
		if ($line =~ /. (\d+)$/) {
			$got += $1;
		} else {
			$odd++;
		}
	}
	is("status $ran->{status}, sum $got, $odd odd lines", "status 0, sum $want, 0 odd lines",
		join ' ', basename($file), $event)
		or diag($ran->{err});
}
