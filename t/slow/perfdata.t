#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# perf records here, and what is read of that is what perf script prints of it.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use Test::More;

require "$FindBin::Bin/../lib.pm";
require "$FindBin::Bin/../perfcompare.pm";

my $collapse = Fg::program('fg-collapse');
my $temp = $Fg::temp;

check_recordings();
done_testing();

sub check_recordings {
	SKIP: {
		my $why = cannot_record();
		skip($why, 1) if $why;
		my $source = "$Fg::source/t/programs/mill.cc";
		for (['fp', '-fno-omit-frame-pointer'], ['dwarf', '-fomit-frame-pointer']) {
			my ($name, $flag) = @$_;
			my $built = Fg::run({}, 'g++', '-O2', '-g', $flag, '-pthread', '-o', "$temp/$name", $source);
			skip("no C++ compiler: $built->{err}", 1) if $built->{status};
		}
		record('frame pointers', 'fp', qw(-g));
		record('several events', 'fp', '-g', '-e', 'cpu-clock,page-faults,context-switches');
		record('compressed', 'fp', qw(-g -z));
		record('a group', 'fp', '-g', '-e', '{cpu-clock,page-faults}:S');
		record('no call chains', 'fp');
		record('DWARF', 'dwarf', '--call-graph', 'dwarf,32768');
		record('DWARF, cut off', 'dwarf', '--call-graph', 'dwarf,1024');
		check_truncated();
		check_live_pipe();
	}
}

sub cannot_record {
	return 'no perf' unless Fg::has_program('perf');
	my $ran = Fg::run({}, 'perf', 'record', '-q', '-e', 'cpu-clock', '-g', '-o', "$temp/true.data", 'true');
	return $ran->{status} || !-s "$temp/true.data" ? "perf cannot record: $ran->{err}" : '';
}

sub record {
	my ($name, $program, @options) = @_;
	my @event = grep({ $_ eq '-e' } @options) ? () : ('-e', 'cpu-clock');
	my $ran = Fg::run({}, 'perf', 'record', '-q', '-F', 999, @event, @options, '-o', "$temp/live.data", "$temp/$program");
	my $text = Fg::run({}, 'perf', 'script', '--no-inline', '--max-stack', 1000, '-i', "$temp/live.data");
	SKIP: {
		skip("perf cannot do '$name': $ran->{err}$text->{err}", 1) if $ran->{status} || $text->{out} eq '';
		Fg::spew("$temp/live.txt", $text->{out});
		my $why = PerfCompare::compare($name, "$temp/live.data", "$temp/live.txt");
		diag("$name: stacks are not compared: $why") if $why;
	}
}

# Stacks that are longer than the copies of them have a mark at their root, and are counted.
sub check_truncated {
	my $ran = Fg::run({}, 'perf', 'record', '-q', '-F', 999, '-e', 'cpu-clock', '--call-graph', 'dwarf,512', '-o',
		"$temp/short.data", "$temp/dwarf");
	my ($out, $err) = PerfCompare::folded('--metric=samples', "$temp/short.data");
	SKIP: {
		skip("perf cannot record short copies: $ran->{err}", 2) if $ran->{status};
		skip('made without elfutils', 2) unless Fg::has_elfutils();
		my ($cut) = $err =~ /longer than what perf kept .*?: ([\d,]+)/;
		my $marked = 0;
		$marked += $1 while $out =~ /^[^;]+;\[truncated\];.* (\d+)$/mg;
		cmp_ok($marked, '>', 0, 'stacks that were cut are marked') or diag($err);
		is($marked, ($cut // 0) =~ s/,//gr, '... as many as are told');
	}
}

sub check_live_pipe {
	my $ran = Fg::run({ stdout => "$temp/pipe.data" }, 'perf', 'record', '-q', '-e', 'cpu-clock', '-g', '-o', '-', "$temp/fp");
	my $bytes = Fg::slurp("$temp/pipe.data");
	$bytes =~ s/^.*?(?=PERFILE2)//s;         # what the program prints
	my $out = Fg::run({ in => $bytes }, $collapse, '-q', '-')->{out};
	my $name = Fg::has_elfutils() ? qr/;main[;_ ]/ : qr/;\[fp\][; ]/;
	like($out, $name, 'perf record -o - through a pipe');
}
