#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Heap profiles and profiles of Go are the same to go tool pprof: the sums of all samples,
# but for the decimals that it drops of each.  It does not
# read jemalloc's, nor a stack without addresses.
use strict;
use warnings;
no warnings qw(once);
use File::Basename qw(basename);
use FindBin;
use Test::More;

BEGIN { require "$FindBin::Bin/../lib.pm" }

plan skip_all => 'no go' unless Fg::has_program('go');

# Its names of what a sample tells, and ours.
my %metric = (
	inuse_space => 'live', inuse_objects => 'live-blocks', alloc_space => 'total',
	alloc_objects => 'blocks', contentions => 'contentions', delay => 'delay',
	goroutine => 'goroutine', threadcreate => 'threadcreate',
	'main.connections' => 'main.connections',
);
my $data = "$Fg::shared/mem/pprof";
my @files = map { $_->{in} } grep { !$_->{again} && $_->{exit} == 0 && $_->{name} !~ /broken|cut|rate-0|text/ }
	Fg::cases('heapprofile'), Fg::cases('goprofile');
my $compared = 0;
compare($_) for @files, -d $data ? (glob("$data/tcmalloc.*"), glob("$data/go.*.txt")) : ();
ok($compared > 20, "$compared sums were compared");
done_testing();

# By name, the sum of all samples.
sub samples_of_go {
	my ($file) = @_;
	my $ran = Fg::run({ env => { HOME => $Fg::temp, PPROF_TMPDIR => $Fg::temp } },
		'go', 'tool', 'pprof', '-raw', $file);
	my ($names, $lines) = $ran->{out} =~ /^Samples:\n(.*?)\n(.*?)^Locations$/ms or return;
	my @names = map { s{/.*}{}r } split ' ', $names =~ s/\[dflt\]//gr;
	my %sum;
	@sum{@names} = (0) x @names;
	for my $line (grep { /^\s*\d+[\d\s]*:/ } split /\n/, $lines) {
		my @values = split ' ', $line =~ s/:.*//r;
		$sum{$names[$_]} += $values[$_] for 0 .. $#names;
	}
	return \%sum;
}

# Without columns of all allocations, pprof has names that do not say what is counted.
sub our_name {
	my ($name, $listed) = @_;
	return $metric{$name} if exists $metric{$name};
	my ($space) = grep { exists $listed->{$_} } qw(live growth fragmentation);
	return $name eq 'space' ? $space : "$space-blocks";
}

sub compare {
	my ($file) = @_;
	my $name = basename($file);
	my $sum = samples_of_go($file);
	my $samples = () = Fg::slurp($file) =~ /^[^#].*@/mg;
	return diag("$name: not read by go tool pprof") unless $sum;
	my $ran = Fg::run({}, Fg::program('fg-collapse'), '--list-metrics', $file);
	my %listed = map { (split /\t/)[0, 2] } grep { !/^#/ } split /\n/, $ran->{out};
	is(scalar(keys %listed), scalar(keys %$sum), "$name: as many metrics");
	for my $theirs (sort keys %$sum) {
		my $ours = our_name($theirs, \%listed);
		my $more = ($listed{$ours} // 'nan') - $sum->{$theirs};
		my $allowed = $ran->{out} =~ /ns$/m || is_scaled($file) ? $samples : 0;
		ok($more >= 0 && $more <= $allowed, "$name: $ours is that of go tool pprof")
			or diag("$listed{$ours} here, $sum->{$theirs} there, $samples samples");
		$compared++;
	}
}

sub is_scaled {
	my ($file) = @_;
	my $ran = Fg::run({}, Fg::program('fg-collapse'), $file);
	return $ran->{out} =~ /^# estimated: yes$/m;
}
