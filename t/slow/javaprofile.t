#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Old profiles of Java are the same to go tool pprof: every stack, with its functions, files
# and lines, and what was counted, but for the decimals that it drops of each sample.
use strict;
use warnings;
no warnings qw(once);
use File::Basename qw(basename);
use FindBin;
use Test::More;

require "$FindBin::Bin/../lib.pm";

plan skip_all => 'no go' unless Fg::has_program('go');

my %metric = (
	'inuse_space/bytes' => ['live', 1], 'inuse_objects/count' => ['live-blocks', 1],
	'contentions/count' => ['contentions', 1], 'delay/microseconds' => ['delay', 1000],
	'delay/nanoseconds' => ['delay', 1], 'samples/count' => ['samples', 1], 'cpu/nanoseconds' => ['cpu', 1],
);
# What pprof refuses, or writes so that blanks and semicolons cannot be told apart.
my $odd = qr{/(?:broken|cut|java-cut|names|nothing|odd|zeros)};
my @files = map { $_->{in} } grep { !$_->{again} && $_->{name} !~ $odd }
	Fg::cases('javaprofile'), grep { $_->{name} =~ m{/java} } Fg::cases('gperftools');
my $data = "$Fg::shared/peers/pprof/profile";
my $compared = 0;
compare($_) for @files, grep { -e } map { "$data/java.$_" } qw(heap contention cpu);
cmp_ok($compared, '>', 60, "$compared values were compared");
done_testing();

# "com.example.Store.put Store.java:103 s=0" as we write it with lines.
sub frame {
	my ($text) = @_;
	my ($name, $file, $line) = $text =~ /^(.*) (\S*):(\d+)(?::\d+)? s=\d+(?:\(.*\))?$/ or return '[unknown]';
	$name =~ s/\(.*//;
	return $file eq '' || $file =~ /\.so/ ? $name : $line ? "$name:$file:$line" : "$name:$file";
}

# By metric and stack the sum of all samples, and how many there are.
sub stacks_of_go {
	my ($file) = @_;
	my $ran = Fg::run({ env => { HOME => $Fg::temp, PPROF_TMPDIR => $Fg::temp } }, 'go', 'tool', 'pprof', '-raw', $file);
	my ($types, $samples, $locations) =
		$ran->{out} =~ /^Samples:\n(.*?)\n(.*?)^Locations\n(.*?)^Mappings/ms or return;
	my @types = split ' ', $types =~ s/\[dflt\]//gr;
	my %frame = map { /^\s*(\d+): 0x\w+(?: M=\d+)? ?(.*)$/ ? ($1 => frame($2)) : () } split /\n/, $locations;
	my %sum;
	while ($samples =~ /^\s*(\d+)\s+(\d+):([ \d]*)$/mg) {
		my ($first, $second, $ids) = ($1, $2, $3);
		my $stack = join(';', map { $frame{$_} } reverse split ' ', $ids);
		$sum{$types[0]}{$stack} += $first;
		$sum{$types[1]}{$stack} += $second;
	}
	return \%sum;
}

sub our_stacks {
	my ($file, $metric) = @_;
	my $ran = Fg::run({}, Fg::program('fg-collapse'), '-q', '--no-header', '--no-marks', '--granularity=lines',
		"--metric=$metric", $file);
	return { $ran->{out} =~ /^(.*) (\d+)$/mg };
}

# Of each sample it drops less than one.
sub compare {
	my ($file) = @_;
	my $name = basename($file);
	my $samples = () = Fg::slurp($file) =~ /@/g;
	my $theirs = stacks_of_go($file);
	is(scalar keys %{ $theirs || {} }, 2, "$name is read by go tool pprof") or return;
	for my $type (sort keys %$theirs) {
		my ($metric, $unit) = @{ $metric{$type} };
		my $values = $theirs->{$type};
		my %expected = map { $_ => $values->{$_} * $unit } grep { $values->{$_} } keys %$values;
		my $ours = our_stacks($file, $metric);
		is_deeply([sort keys %$ours], [sort keys %expected], "$name: $metric has the same stacks");
		my $allowed = $metric =~ /^live/ ? $samples : 0;
		my %more = map { $_ => ($ours->{$_} // 0) - $expected{$_} } keys %expected;
		my @wrong = grep { $more{$_} < 0 || $more{$_} > $allowed } sort keys %more;
		ok(!@wrong, "$name: ... and the same values") or diag(map { "$_ $expected{$_}\n" } @wrong);
		$compared += keys %expected;
	}
}
