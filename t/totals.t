#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# What fg-collapse writes adds up to what perf-totals.pl counts in the same text, for
# every event by itself. Cases that are meant to fail (NAME.exit) are left out.
use strict;
use warnings;
use File::Basename qw(basename dirname);
use File::Temp qw(tempfile);
use POSIX ();
use Test::More;

my $t = $ENV{srcdir} && -d "$ENV{srcdir}/t" ? "$ENV{srcdir}/t" : dirname($0);
my $data = $ENV{FGTOOLS_SHARED_DATA} // "$t/../../shared/data";
my @not_perf = qw(README.txt inl.inline-oracle.txt);

my @files = grep { !fails($_) } glob "$t/cases/perf/*.in";
die "no cases in $t/cases/perf\n" unless @files;
if (-d "$data/perf") {
	my %no = map { $_ => 1 } @not_perf;
	push @files, grep { !$no{basename($_)} } glob "$data/perf/*.txt";
} else {
	diag("no $data/perf: only our own cases are counted");
}

check_file($_) for @files;
done_testing();

sub fails {
	my ($in) = @_;
	(my $exit = $in) =~ s/\.in$/.exit/;
	return -e $exit && slurp($exit) !~ /^0\b/;
}

sub slurp {
	my ($name) = @_;
	open my $f, '<', $name or die "$name: $!\n";
	local $/;
	return scalar <$f>;
}

sub check_file {
	my ($file) = @_;
	my ($rows, $status) = run($^X, "$t/perf-totals.pl", $file);
	my @rows = split /\n/, $rows;
	ok($status == 0 && @rows, basename($file) . ' has samples') or return;
	for my $row (@rows) {
		my ($event, $samples, $sum) = split /\t/, $row;
		check_event($file, $event, $sum);
	}
}

sub check_event {
	my ($file, $event, $want) = @_;
	my @filter = length $event ? ("--event-filter=$event") : ();
	my ($folded, $status, $said) = run('fg-collapse', @filter, $file);
	my $name = join ' ', basename($file), $event;
	my ($got, $odd) = (0, 0);
	for my $line (split /\n/, $folded) {
		next if $line =~ /^# /;
		if ($line =~ /. (\d+)$/) {
			$got += $1;
		} else {
			$odd++;
		}
	}
	is("status $status, sum $got, $odd odd lines", "status 0, sum $want, 0 odd lines",
		$name)
		or diag($said);
}

# Output, exit status and what was said on standard error.
sub run {
	my @command = @_;
	my ($err, $err_name) = tempfile(UNLINK => 1);
	my $pid = open(my $out, '-|') // die "fork: $!\n";
	if ($pid == 0) {
		open STDERR, '>&', $err or die;
		open STDIN, '<', '/dev/null' or die;
		exec { $command[0] } @command or print STDERR "$command[0]: $!\n";
		POSIX::_exit(127);
	}
	my $text = do { local $/; <$out> } // '';
	close $out;
	return ($text, $? >> 8 || $? & 127, slurp($err_name));
}
