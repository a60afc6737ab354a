#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# callgrind_annotate reads what fg-convert writes, without a word: its totals, and what it
# says functions cost with all that they have called, are those of fg-top.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use Test::More;

require "$FindBin::Bin/../lib.pm";

plan skip_all => 'no callgrind_annotate' unless Fg::has_program('callgrind_annotate');

for my $format (qw(callgrind dhat heaptrack memcheck perf perfdata pprof xtree)) {
	check_file($format, $_->{in})
		for grep { !$_->{again} && $_->{exit} == 0 && $_->{name} !~ /broken/ } Fg::cases($format);
}
check_file('callgrind', $_) for glob("$Fg::shared/profiles/callgrind*.out*");
done_testing();

# { name => [costs] } and the total, as callgrind_annotate says.
sub annotate {
	my (@arguments) = @_;
	my $ran = Fg::run({}, 'callgrind_annotate', '--threshold=100', '--auto=no', '--show-percs=no', @arguments);
	is($ran->{err}, '', "callgrind_annotate @arguments");
	my ($total, %cost);
	for (split /\n/, $ran->{out}) {
		$total = $1 if /^\s*([\d,]+)\s+PROGRAM TOTALS/;
		push @{ $cost{$2} }, $1 if /^\s*([\d,]+)\s+[^:]*:(.*?)(?: \[[^\]]*\])?$/;
	}
	return ($total =~ tr/,//dr, { map { $_ => [map { tr/,//dr } @{ $cost{$_} }] } keys %cost });
}

sub check_file {
	my ($format, $file) = @_;
	my $out = "$Fg::temp/out.callgrind";
	my $ran = Fg::run({}, Fg::program('fg-convert'), '-q', '-f', $format, $file, '-o', $out);
	is($ran->{status}, 0, $file) or return diag($ran->{err});
	return if Fg::slurp($out) !~ /^fn=/m;
	my ($event) = Fg::slurp($out) =~ /^events: (\S+)/m;
	my ($total, $cost) = annotate('--inclusive=yes', "--show=$event", $out);
	my $top = Fg::run({}, Fg::program('fg-top'), qw(-q --names=full --limit=0 -t tsv), '-f', $format, $file);
	is($top->{status}, 0, '... fg-top') or return diag($top->{err});
	my @rows = map { [split /\t/] } grep { !/^#/ } split /\n/, $top->{out};
	my %at = map { $rows[0][$_] => $_ } 0 .. $#{ $rows[0] };
	my ($sum, @wrong) = (0);
	$sum += $_->[$at{self}] for @rows[1 .. $#rows];
	is($total, $sum, '... the total');
	for my $row (@rows[1 .. $#rows]) {
		my ($name, $want) = @$row[@at{qw(function total)}];
		# What is there twice is a function in several files.
		my $got = $cost->{$name} or next;
		push @wrong, "$name @$got $want" if @$got == 1 && $got->[0] != $want;
	}
	is(join("\n", @wrong[0 .. ($#wrong > 3 ? 3 : $#wrong)]), '', '... all that functions have called');
}
