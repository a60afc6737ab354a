#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# perf-totals.pl FILE: what a perf script text adds up to, counted without fg-collapse.
# Prints one line per event, in the order met: EVENT <TAB> SAMPLES <TAB> SUM. A sample
# without a period counts 1. A text that names no event has one line with an empty EVENT.
#
# Only headers are looked at, stacks are not. The thread id of a header starts within the
# first 23 columns (the command has at most 15 bytes and is padded to 16 at most, the id
# is padded to 7 at most) and what follows it is a time, or an event at the end of the
# line. A command may look like anything, so the last place that fits is the right one.
use strict;
use warnings;

my $ids = qr{(?<![^ ])\d+(?:/\d+)?};
my $cpu = qr{\[\d{3,}\]};
my $day = qr{\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}};
my $time = qr{\d+\.(?:\d{9}|\d{6}): };
my $timed = qr{$ids +(?:$cpu +)?(?:[KUHGgMESp]+ +)?(?:$day +)?$time};
my $event = qr{\S+?};
my $last_column = 23;

die "usage: perf-totals.pl FILE\n" unless @ARGV == 1;
my $text = slurp($ARGV[0]);
$text =~ s/\r$//mg;
my @lines = split /\n/, $text;

my (@order, %samples, %sum);
strong($_) for @lines;
weak() unless @order;
print "$_\t$samples{$_}\t$sum{$_}\n" for @order;

sub slurp {
	my ($name) = @_;
	my @from = $name =~ m{\.gz$} ? ("-|", "gzip", "-dc", $name) : ("<", $name);
	my $mode = shift @from;
	open(my $f, $mode, @from) or die "$name: $!\n";
	binmode $f;
	local $/;
	my $all = <$f>;
	return $all // '';
}

sub count {
	my ($name, $weight) = @_;
	push @order, $name unless $samples{$name}++;
	$sum{$name} += $weight // 1;
}

# What follows the last thread id and time that fit, or undef.
sub after_time {
	my ($line) = @_;
	my $rest;
	while ($line =~ /(?=($timed))/g) {
		last if $-[0] > $last_column;
		$rest = substr $line, $-[0] + length $1;
	}
	return $rest;
}

# A header with a time, or with an event name at its end.
sub strong {
	my ($line) = @_;
	return if $line =~ /^\t/;
	$line =~ s/^VM:\d+ (?:VCPU:\d+ )?//;
	my $rest = after_time($line);
	if (defined $rest) {
		return if $rest =~ /^(?:PERF_RECORD_|DEFERRED CALLCHAIN)/;
		return count($2, $1) if $rest =~ /^ *(?:(\d+) +)?($event):(?: |$)/;
		my $bare = qr{^ *(?:(\d+) *)?(?:[0-9a-f]{4,16} .*)?$};
		return count('', $1) if $rest !~ /: *$/ && $rest =~ $bare;
	}
	# No time, or a command that looks like one. A period is ten columns wide, which
	# tells it from the id of a command that ends in a number.
	while ($line =~ /(?=($ids)( +)(?:$cpu +)?(.*)$)/g) {
		last if $-[0] > $last_column;
		my ($gap, $tail) = (length $2, $3);
		if ($tail =~ /^(\d+) +(\S+): *$/ && $gap + length $1 >= 11) {
			return count($2, $1);
		}
		return count($1) if $tail =~ /^([^\s()]+): *$/ && $tail !~ /^\d+ /;
	}
}

# No header says when or what: a run of frames is a sample, and so is a line that has a
# thread id and one frame.
sub weak {
	my $frame = qr{^\s+[0-9a-f]+(?: |$)};
	my $one = qr{$ids +(?:$cpu +)?[0-9a-f]{6,16} \S};
	my ($before, $inside) = ('', 0);
	for my $line (@lines) {
		if ($line =~ $frame && $line !~ /^ {0,16}\S.* +[0-9a-f]{6,} /) {
			next if $inside++;
			# A period alone is ten columns wide, behind a blank.
			my $period = $before =~ / (?=.{11,}$) *(\d+) $/ ? $1 : undef;
			count($before =~ /^ *(\S+): *$/ ? $1 : '', $period);
		} elsif ($line =~ /^ {2}\S/ && $inside) {
			next;	# a source line
		} else {
			count('') if !$inside && $line =~ /^.{0,$last_column}?$one/;
			($before, $inside) = ($line, 0);
		}
	}
}
