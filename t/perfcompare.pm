# SPDX-License-Identifier: Apache-2.0
#
# What fg-collapse tells of perf.data, compared with what perf script has printed of it:
# PerfCompare::compare(NAME, DATA, TEXT, ARGUMENTS...) tests it, and gives the reason when
# stacks cannot be compared.
package PerfCompare;
use strict;
use warnings;
use Test::More;

my $collapse = Fg::program('fg-collapse');

sub folded {
	my (@args) = @_;
	my $ran = Fg::run({}, $collapse, '--no-header', @args);
	return wantarray ? ($ran->{out}, $ran->{err}) : $ran->{out};
}

# Classes in which stacks may differ:
#	what jumps into another library has a name of perf's making, and none in libraries without symbols
#	where a copy of a stack ends, libunwind takes one more word for a caller, or misses the last one
#	callers are named by the call; what it returns to may belong to the next function
sub in_classes {
	my ($stack) = @_;
	$stack =~ s/(?:[^;]*\@plt|\[[^];]*\.so[^];]*\])$/[plt]/;
	$stack =~ s/\@plt(?=;|$)//g;
	$stack =~ s/\[\.plt\]/[plt]/g;
	$stack =~ s/^([^;]+(?:;[^;]+)?);\[unknown\](?=;)/$1/;
	$stack =~ s/(?<![^;])_dl_start_user(?![^;])/_start/g;
	return $stack;
}

sub stacks {
	my ($text, $classes) = @_;
	my %count;
	for (split /\n/, $text) {
		my ($stack, $n) = /^(.*) (\d+)$/ or next;
		# The mark of stacks that were cut is ours.
		$stack =~ s/^([^;]+(?:;[^;]+)?);\[truncated\](?=;)/$1/;
		$count{$classes ? in_classes($stack) : $stack} += $n;
	}
	return \%count;
}

# What we have of stacks that were cut, and perf has not, without their last caller.
sub without_last {
	my ($text, $want) = @_;
	my ($got, %short) = stacks($text, 1);
	for (split /\n/, $text) {
		my ($before, $rest) = /^([^;]+(?:;[^;]+)?);\[truncated\];(.*) \d+$/ or next;
		my $stack = in_classes("$before;$rest");
		my $more = ($got->{$stack} // 0) - ($want->{$stack} // 0);
		$short{in_classes($before . ';' . $rest =~ s/^[^;]*;//r)} += $more if $more > 0;
	}
	return \%short;
}

# The share of the second that is in the first, too, or else in the third.
sub share {
	my ($got, $want, $else) = @_;
	my ($all, $equal) = (0, 0);
	for my $stack (keys %$want) {
		my ($n, $m) = ($want->{$stack}, ($got->{$stack} // 0) + ($else->{$stack} // 0));
		$all += $n;
		$equal += $n < $m ? $n : $m;
	}
	return $all ? 100 * $equal / $all : 0;
}

sub sum { my ($stacks) = @_; my $n = 0; $n += $_ for values %$stacks; return $n }

# Totals of each event, as --list-metrics tells them.
sub totals {
	my ($file, @args) = @_;
	my $ran = Fg::run({}, $collapse, '--list-metrics', @args, $file);
	return join '', sort grep { !/^#/ && !/\t0\t/ } map { s/\tdefault$//r } split /^/, $ran->{out};
}

sub compare {
	my ($name, $data, $text, @args) = @_;
	is(totals($data, @args), totals($text), "$name: totals of each event");
	my ($got, $err) = folded('--no-inline', '--group-by=event', '--metric=samples', @args, $data);
	my $want = folded('--no-inline', '--group-by=event', '--metric=samples', $text);
	return $err if $err =~ /no names|without a name|without elfutils/;
	my $raw = share(stacks($got), stacks($want), {});
	my $classed = share(stacks($got, 1), stacks($want, 1), without_last($got, stacks($want, 1)));
	# A few samples more or less are no share.
	my $few = 100 * 2 / (sum(stacks($want)) || 1);
	# Of stacks that are longer than their copy perf has another root.
	cmp_ok($raw + $few, '>=', 97, "$name: stacks are equal ($raw %)") or show($got, $want) unless $name =~ /cut off/;
	cmp_ok($classed + $few, '>=', 99, "$name: ... with the named classes") or show($got, $want);
	return '';
}

sub show {
	my ($got, $want) = map { stacks($_, 1) } @_;
	diag(map { "- $_ $want->{$_}\n" } (grep { ($got->{$_} // 0) < $want->{$_} } sort keys %$want)[0 .. 2]);
	diag(map { "+ $_ $got->{$_}\n" } (grep { ($want->{$_} // 0) < $got->{$_} } sort keys %$got)[0 .. 2]);
}

1;
