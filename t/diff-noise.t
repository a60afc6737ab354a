#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Whether significance means what it says, by simulation with fixed seeds: of identical
# distributions no more than the stated rate of comparisons finds anything, also where
# runs differ by more than samples do, and a planted change is found.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use Test::More;

require "$FindBin::Bin/lib.pm";

my $temp = $Fg::temp;
my ($functions, $trials) = (120, 60);
my $state;

check_identical('as they are');
check_identical('by their totals', '--normalize=total');
check_identical('of half as many samples', '--normalize=total', 'half');
check_planted();
check_runs();
check_samples_of_perf();
done_testing();

# 0 to 1, the same on every machine.
sub uniform {
	$state = ($state * 1103515245 + 12345) % 2147483648;
	my $high = $state;
	$state = ($state * 1103515245 + 12345) % 2147483648;
	return (int($high / 32768) * 65536 + int($state / 32768)) / 4294967296;
}

sub normal { return sqrt(-2 * log(uniform() || 1e-9)) * cos(6.283185307 * uniform()) }

# Shares of functions: a few are large, most are small.
sub shares {
	my @weight = map { 1 / $_ } 1 .. $functions;
	return @weight;
}

# Folded text of so many samples.
sub profile {
	my ($name, $samples, @weight) = @_;
	my ($sum, @end) = (0);
	push @end, $sum += $_ for @weight;
	my @count = (0) x @weight;
	for (1 .. $samples) {
		my ($at, $low, $high) = (uniform() * $sum, 0, $#end);
		while ($low < $high) {
			my $middle = int(($low + $high) / 2);
			$end[$middle] <= $at ? ($low = $middle + 1) : ($high = $middle);
		}
		$count[$low]++;
	}
	return Fg::spew("$temp/$name", "# event: cpu-clock\n# unit: samples\n" .
		join '', map { $count[$_] ? 'main;f' . $_ . " $count[$_]\n" : () } 0 .. $#count);
}

# Names of functions whose own change is significant.
sub found {
	my $ran = Fg::run({}, Fg::program('fg-diff'), '-q', '--no-stable-names', '--report=tsv', @_);
	die $ran->{err} if $ran->{status};
	my @found;
	for (split /\n/, $ran->{out}) {
		my @cell = split /\t/, $_, -1;
		push @found, $cell[0] if /^f\d/ && length $cell[8] && $cell[8] <= .05;
	}
	return @found;
}

# The rate is that of comparisons with a discovery, all of which are false.  At 5 % of 60
# there are 3, and more than 8 once in 250 times.
sub check_identical {
	my ($title, $option, $half) = @_;
	$state = 20261120;
	my @weight = shares();
	my $wrong = 0;
	for (1 .. $trials) {
		my $before = profile('a', 3000, @weight);
		my $after = profile('b', $half ? 1500 : 3000, @weight);
		$wrong++ if found($option || (), $before, $after);
	}
	cmp_ok($wrong, '<=', 8, "identical distributions $title: $wrong of $trials are wrong");
}

# A function of 4 % gets to 7 %, and the others stay.
sub check_planted {
	$state = 4711;
	my @weight = shares();
	my @more = @weight;
	$more[4] *= 1.75;
	my ($right, $others) = (0, 0);
	for (1 .. 20) {
		my @found = found('--normalize=total', profile('a', 5000, @weight), profile('b', 5000, @more));
		$right += grep { $_ eq 'f4' } @found;
		$others += grep { $_ ne 'f4' } @found;
	}
	cmp_ok($right, '>=', 18, "a planted change is found in $right of 20");
	cmp_ok($others, '<=', 5, "... and $others others");
}

# In each run every function has another share: 20 % up or down.
sub check_runs {
	$state = 99;
	my @weight = shares();
	my $run = sub { return profile($_[0], 3000, map { $_ * exp(.2 * normal()) } @{$_[1]}) };
	my ($wrong, $alone, $right) = (0, 0, 0);
	my @more = @weight;
	$more[4] *= 2.5;
	for (1 .. 30) {
		my @before = map { $run->("a$_", \@weight) } 1 .. 4;
		my @after = map { $run->("b$_", \@weight) } 1 .. 4;
		my @other = map { $run->("c$_", \@more) } 1 .. 4;
		my @files = map { "--before=$_" } @before;
		$wrong++ if found('--normalize=total', @files, map { "--after=$_" } @after);
		$alone++ if found('--normalize=total', $before[0], $after[0]);
		$right++ if grep { $_ eq 'f4' } found('--normalize=total', @files, map { "--after=$_" } @other);
	}
	cmp_ok($wrong, '<=', 5, "four runs against four: $wrong of 30 are wrong");
	cmp_ok($alone, '>', 15, "... where one against one finds something in $alone of 30");
	cmp_ok($right, '>=', 27, "... and a planted change is found in $right of 30");
}

# A period is worth many cycles, but one sample.
sub check_samples_of_perf {
	my $text = sub {
		my ($n) = @_;
		return join '', map {
			my ($f, $i) = @$_;
			"x 1 [000] $i.000000: 1000000 cycles: \n\t1000 $f+0x1 (/x)\n\t2000 main+0x1 (/x)\n\n"
		} map({ ['a', $_] } 1 .. $n), map({ ['b', $_] } 1 .. 200);
	};
	my @two = map { Fg::spew("$temp/p$_", $text->($_)) } 20, 26;
	my ($row) = grep { /^a\t/ } split /\n/, Fg::run({}, Fg::program('fg-diff'), '-q', '--report=tsv', @two)->{out};
	my @cell = split /\t/, $row || '';
	is($cell[6], 0, '20 and 26 samples of a million cycles each are noise');
	is("$cell[1] $cell[2]", '20000000 26000000', '... of these cycles');
}
