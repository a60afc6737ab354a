#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Call graphs become stacks: what functions cost, and what they cost with all that they
# have called, is counted by Perl in the file and in the stacks.
use strict;
use warnings;
no warnings qw(once);
use File::Basename qw(basename);
use FindBin;
use Test::More;

require "$FindBin::Bin/lib.pm";
require "$FindBin::Bin/callgrind.pm";

my %metric = ('Time_(10ns)' => ['Time', 10], 'Memory_(bytes)' => ['Memory', 1], 'cpu(ms)' => ['cpu', 1]);

for my $case (Fg::cases('callgrind')) {
	next if $case->{again} || $case->{exit} != 0 || basename($case->{in}) =~ /^broken|^cat/;
	check_graph($case->{name}, $case->{in});
}
my $shared = $ENV{FGTOOLS_SHARED_DATA};
if (defined $shared && -d "$shared/profiles") {
	check_graph(basename($_), $_) for glob("$shared/profiles/ca*grind*.out*");
}
check_wide();
done_testing();

sub check_graph {
	my ($name, $file) = @_;
	my $graph = Callgrind::read_text(Fg::slurp($file));
	my $cycles = Callgrind::in_cycles($graph);
	for my $i (0 .. $#{ $graph->{events} }) {
		my ($metric, $factor) = @{ $metric{ $graph->{events}[$i] } // [$graph->{events}[$i], 1] };
		my $stacks = stacks($file, "--metric=$metric") or next;
		is($stacks->{sum}, ($graph->{sum}[$i] // 0) * $factor, "$name: the sum of $metric");
		check_functions($graph, $cycles, $stacks, $i, $factor);
	}
}

# What functions of a name cost, and all that they have called.
sub stacks {
	my ($file, @options) = @_;
	my $ran = Fg::run({}, Fg::program('fg-collapse'),
		qw(-q --no-header --no-marks --names=full --addrs), @options, $file);
	is($ran->{status}, 0, "$file @options") or return diag($ran->{err});
	my %s = (sum => 0, self => {}, all => {}, twice => 0);
	for (split /\n/, $ran->{out}) {
		my ($stack, $value) = /^(.*) (\d+)$/ or die "a line that is none: $_\n";
		my @frames = split /;/, $stack;
		my %seen = map { $_ => 1 } @frames;
		$s{sum} += $value;
		$s{self}{ $frames[-1] } += $value;
		$s{all}{$_} += $value for keys %seen;
	}
	return \%s;
}

sub shown {
	my ($graph, $f) = @_;
	my $name = $f->{name};
	my $object = $f->{object} eq '???' ? 'unknown' : basename($f->{object});
	$name =~ s/'.*// if $graph->{creator} =~ /^callgrind/;
	return "[$object <" . ($1 =~ s/^0+(?=.)//r) . '>]' if $name =~ /^0x([0-9a-f]+)$/;
	return $name eq '???' ? "[$object <0>]" : $name;
}

sub check_functions {
	my ($graph, $cycles, $stacks, $event, $factor) = @_;
	my (%self, %named, @wrong);
	for my $f (values %{ $graph->{functions} }) {
		my $shown = shown($graph, $f);
		$self{$shown} += ($f->{self}[$event] // 0) * $factor;
		push @{ $named{$shown} }, $f;
	}
	push @wrong, grep { ($stacks->{self}{$_} // 0) != $self{$_} } sort keys %self;
	is("@wrong[0 .. ($#wrong > 3 ? 3 : $#wrong)]", '', '... what functions cost');
	@wrong = ();
	# Clocks are rounded in each line, and what runs when the program ends is cut off.
	return if $graph->{creator} =~ /^xdebug/ || $graph->{excess}[$event];
	my $checked = 0;
	for my $name (sort keys %named) {
		my $f = $named{$name}[0];
		next if @{ $named{$name} } > 1 || $cycles->{ $f->{key} };
		my $want = Callgrind::inclusive($f, $event) * $factor;
		my $got = $stacks->{all}{$name} // 0;
		$checked++;
		push @wrong, "$name: $got, $want" if $got != $want;
	}
	is(join("\n", @wrong[0 .. ($#wrong > 3 ? 3 : $#wrong)]), '', "... with all they have called, $checked");
}

# More ways than anybody can store: the sums stay.
sub check_wide {
	my ($levels, $width) = (60, 8);
	my $text = "events: Ir\nfl=wide.c\nfn=main\n1 0\n";
	my $spent = 1_000_003;
	my @flow = map { [map { 0 } 1 .. $width] } 0 .. $levels;
	$flow[$levels] = [(0) x $width];
	my @calls;
	for my $level (reverse 0 .. $levels - 1) {
		for my $k (0 .. $width - 1) {
			my $all = $spent * ($k + 1);
			for my $to (0 .. $width - 1) {
				my $share = share($flow[$level + 1][$to], $k, $width);
				push @{ $calls[$level][$k] }, [$to, $share];
				$all += $share;
			}
			$flow[$level][$k] = $all;
		}
	}
	$text .= "cfn=f0_$_\ncalls=1 1\n1 $flow[0][$_]\n" for 0 .. $width - 1;
	for my $level (0 .. $levels - 1) {
		for my $k (0 .. $width - 1) {
			$text .= "fn=f${level}_$k\n2 " . $spent * ($k + 1) . "\n";
			next if $level + 1 == $levels;
			$text .= 'cfn=f' . ($level + 1) . "_$_->[0]\ncalls=1 1\n2 $_->[1]\n" for @{ $calls[$level][$k] };
		}
	}
	check_graph('wide', Fg::spew("$Fg::temp/wide", $text));
}

# Of a whole in n parts that add up to it, the larger ones first.
sub share {
	my ($whole, $k, $n) = @_;
	my $upto = sub { int($whole * $_[0] * (2 * $n + 1 - $_[0]) / ($n * ($n + 1))) };
	return $upto->($k + 1) - $upto->($k);
}
