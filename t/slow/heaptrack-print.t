#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# A program is recorded by heaptrack here and now; what heaptrack_print says of it, and
# what we say of the raw recording and of the interpreted one, are the same sums, and
# the functions found by us are those that heaptrack_interpret finds.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use Test::More;

require "$FindBin::Bin/../lib.pm";

my $interpret = '/usr/lib/heaptrack/libexec/heaptrack_interpret';
my $temp = $Fg::temp;
for my $program (qw(heaptrack heaptrack_print zstd c++)) {
	plan(skip_all => "no $program") unless Fg::has_program($program);
}
plan(skip_all => "no $interpret") unless -x $interpret;

check_program('news', qw(-O1 -g -pthread));
check_program('inline', qw(-O2 -g));
done_testing();

sub folded {
	my ($file, @args) = @_;
	my $ran = Fg::run({}, Fg::program('fg-collapse'), '-q', '--no-header', @args, $file);
	return $ran->{status} == 0 ? { $ran->{out} =~ /^(.*) (\d+)$/mg } : {};
}

sub total {
	my ($stacks) = @_;
	my $sum = 0;
	$sum += $_ for values %$stacks;
	return $sum;
}

sub printed {
	my ($file, $cost) = @_;
	Fg::run({}, 'heaptrack_print', '-f', $file, '-F', "$temp/stacks", '--flamegraph-cost-type',
		$cost, '--disable-builtin-suppressions');
	my $sum = 0;
	$sum += $_ for Fg::slurp("$temp/stacks") =~ / (-?\d+)$/mg;
	return $sum;
}

# Those of the program: in libraries a symbol has several names.
sub functions {
	my ($stacks) = @_;
	my %seen = map { s/_\[\w\]$//r => 1 } map { split /;/ } keys %$stacks;
	return join "\n", sort grep { /^(?:main|std::vector.*|.*leak|library|names|worker)$/ } keys %seen;
}

sub check_program {
	my ($name, @flags) = @_;
	Fg::run({}, 'c++', @flags, '-o', "$temp/$name", "$Fg::source/t/programs/$name.cc");
	Fg::run({ dir => $temp }, 'heaptrack', '-r', '-o', "$temp/$name", "$temp/$name");
	my $raw = "$temp/$name.raw.zst";
	my $text = Fg::run({ stdin => $raw }, 'zstd', '-dc')->{out};
	Fg::spew("$temp/$name.txt", Fg::run({ in => $text }, $interpret)->{out});
	Fg::run({}, 'zstd', '-qf', "$temp/$name.txt", '-o', "$temp/$name.zst");
	my $file = "$temp/$name.zst";
	for (['allocations', 'blocks'], ['peak', 'peak'], ['temporary', 'temporary']) {
		my ($cost, $metric) = @$_;
		is(total(folded($file, "--metric=$metric")), printed($file, $cost), "$name: $metric");
	}
	# It does not understand what the program itself suppresses.
	is(total(folded($file, '--metric=live')), printed($file, 'leaked'), "$name: live");
	for my $metric (qw(total blocks peak peak-blocks lifetime)) {
		is(total(folded($raw, "--metric=$metric")), total(folded($file, "--metric=$metric")),
			"$name, raw: $metric");
	}
	is(functions(folded($raw, '--metric=blocks')), functions(folded($file, '--metric=blocks')),
		"$name: functions and what was inlined");
}
