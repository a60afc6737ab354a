#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# A CPU profile of gperftools, recorded here: samples of each function are those that go
# tool pprof and google-pprof know of.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use Test::More;

require "$FindBin::Bin/../lib.pm";

plan skip_all => 'made without elfutils' unless Fg::has_elfutils();
plan skip_all => 'no gcc' unless Fg::has_program('gcc');

my $temp = $Fg::temp;
my $program = "$temp/demo";
my $made = Fg::run({}, 'gcc', qw(-O1 -g -fno-omit-frame-pointer -o), $program, "$Fg::source/t/programs/cpuprofile.c",
	'-Wl,--no-as-needed', '-lprofiler');
plan skip_all => 'no libprofiler' if $made->{status} != 0;
my $profile = "$temp/cpu.prof";
Fg::run({ env => { CPUPROFILE => $profile } }, $program, 100);
plan skip_all => 'nothing was recorded' unless -s $profile;

cmp_ok(ours()->{main}[1], '>', 50, 'there are samples');
check('go', qw(go tool pprof -top -sample_index=samples -nodecount=1000), $program) if Fg::has_program('go')
	&& Fg::run({}, 'go', 'tool', 'pprof', '-h')->{err} =~ /pprof/;
check('google-pprof', qw(google-pprof --text), $program) if Fg::has_program('google-pprof');
done_testing();

# {function} = [its own, in all]; main is what all have in common, names of libc differ.
sub ours {
	my (@options) = @_;
	my $ran = Fg::run({}, Fg::program('fg-collapse'), '-q', '--no-header', '--no-marks', '--metric=samples',
		@options, $profile);
	my %top;
	while ($ran->{out} =~ /^(.*) (\d+)$/mg) {
		my ($samples, @frames, %seen) = ($2, split /;/, $1);
		$top{$frames[-1]}[0] += $samples;
		$top{$_}[1] += $samples for grep { !$seen{$_}++ } @frames;
	}
	return \%top;
}

sub check {
	my ($name, @command) = @_;
	my $ran = Fg::run({ env => { HOME => $temp, PPROF_TMPDIR => $temp } }, @command, $profile);
	my $found = 0;
	# What go makes of inlined functions depends on the program that it asks.
	my $ours = ours($ran->{out} =~ /taken_in/ ? () : '--no-inline');
	while ($ran->{out} =~ /^ *(\d+) +[\d.]+% +[\d.]+% +(\d+) +[\d.]+% +(\S+)/mg) {
		my ($own, $all, $function) = ($1, $2, $3);
		my $of = $ours->{$function} or next;
		next if $function =~ /^_/;
		$found++;
		is_deeply([$of->[0] // 0, $of->[1]], [$own, $all], "$name: $function");
	}
	cmp_ok($found, '>=', 3, "$name knows of the functions") or diag($ran->{out}, $ran->{err});
}
