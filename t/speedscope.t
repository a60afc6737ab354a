#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Cases of speedscope and stackprof, read a second time by Perl: each stack of each thread
# has the same value, in every metric.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use JSON::PP ();
use Test::More;

require "$FindBin::Bin/lib.pm";

my %per_second = (seconds => 1, milliseconds => 1e3, microseconds => 1e6, nanoseconds => 1e9);
# What they say that names become.
my %shown = ('' => '[unknown]', '_ZN3foo3barEi' => 'foo::bar(int)');

# What is rounded there is told of.
for my $case (grep { !$_->{again} && $_->{exit} == 0 && $_->{name} ne 'speedscope/decimals' } map { Fg::cases($_) } qw(speedscope stackprof)) {
	my $json = JSON::PP->new->utf8->decode(Fg::slurp($case->{in}));
	my $sums = $case->{format} eq 'speedscope' ? speedscope($json) : stackprof($json);
	check($case, $_, $sums->{$_}) for sort keys %$sums;
	check_list($case, $sums);
}
done_testing();

sub check {
	my ($case, $metric, $want) = @_;
	my $ran = Fg::run({}, Fg::program('fg-collapse'), qw(-q --no-header --no-marks --names=full -f),
		$case->{format}, "--metric=$metric", $case->{in});
	my %got;
	$got{$1} += $2 while $ran->{out} =~ /^(.*) ([\d.]+)$/mg;
	delete @$want{grep { !$want->{$_} } keys %$want};
	is_deeply({ map { $_ => 0 + sprintf '%.9g', $got{$_} } keys %got },
		{ map { $_ => 0 + sprintf '%.9g', $want->{$_} } keys %$want }, "$case->{name}: $metric");
}

sub check_list {
	my ($case, $sums) = @_;
	my $ran = Fg::run({}, Fg::program('fg-collapse'), '-q', '-f', $case->{format}, '--list-metrics', $case->{in});
	my @names = $ran->{out} =~ /^([^#\t]+)\t/mg;
	is_deeply([sort @names], [sort keys %$sums], "$case->{name}: its metrics");
}

sub stack_of {
	return join(';', map { $shown{$_ // ''} // $_ } @_) || '[no stack]';
}

# {metric}{thread;stack}
sub speedscope {
	my ($j) = @_;
	my (%sums, %names, $most);
	my @frames = map { $_->{name} } @{ $j->{shared}{frames} };
	my @profiles = @{ $j->{profiles} };
	$names{$_->{name}} = 1 for @profiles;
	for (map { $per_second{$_->{unit}} // () } @profiles) {
		$most = $_ if !defined $most || $_ > $most;
	}
	for my $p (@profiles) {
		my $per = $per_second{$p->{unit}};
		my $metric = $p->{fgtools} ? $p->{fgtools}{series} : $per ? 'time' :
			$p->{unit} eq 'none' ? 'value' : $p->{unit};
		my $of = $sums{$metric} //= {};
		my $root = keys %names > 1 && !$p->{fgtools} ? $p->{name} : undef;
		my $factor = $per && !$p->{fgtools} ? $most / $per : 1;
		each_piece($p, sub {
			my ($weight, @stack) = @_;
			my $stack = @stack || !defined $root ? stack_of(@frames[@stack]) : '';
			$of->{join ';', grep { defined && length } $root, $stack} += $weight * $factor;
		});
	}
	return \%sums;
}

sub each_piece {
	my ($p, $do) = @_;
	if ($p->{type} eq 'sampled') {
		$do->($p->{weights}[$_], @{ $p->{samples}[$_] }) for 0 .. $#{ $p->{samples} };
		return;
	}
	my (@stack, $last);
	for my $e (@{ $p->{events} }) {
		$do->($e->{at} - $last, @stack) if @stack;
		$last = $e->{at};
		$e->{type} eq 'O' ? push @stack, $e->{frame} : pop @stack;
	}
}

sub stackprof {
	my ($j) = @_;
	my %sums = (samples => {});
	my @deltas = @{ $j->{raw_timestamp_deltas} // [] };
	my %metric = (wall => 'time', cpu => 'time', object => 'blocks');
	my $metric = $metric{$j->{mode}};
	$sums{$metric} = {} if $metric;
	my @raw = @{ $j->{raw} // [] };
	while (@raw) {
		my @ids = splice @raw, 0, shift @raw;
		my $count = shift @raw;
		my $stack = stack_of(map { $j->{frames}{$_}{name} } @ids);
		$sums{samples}{$stack} += $count;
		next unless $metric;
		my $cost = $count * ($j->{interval} // 0);
		if ($j->{mode} eq 'wall' && @deltas) {
			$cost = 0;
			$cost += $_ > 0 ? $_ : 0 for splice @deltas, 0, $count;
		}
		$sums{$metric}{$stack} += $cost;
	}
	return \%sums;
}
