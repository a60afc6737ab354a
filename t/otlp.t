#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Profiles of OpenTelemetry: files of them, read a second time by Perl, have the same sums and
# stacks; what fg-convert writes is as its definition says, the same in both encodings and
# what was in the input; a profile of pprof that goes there and back is the same.
use strict;
use warnings;
no warnings qw(once);
use File::Basename qw(basename);
use FindBin;
use IO::Compress::Gzip qw(gzip);
use IO::Uncompress::Gunzip qw(gunzip);
use Test::More;

require "$FindBin::Bin/lib.pm";
require "$FindBin::Bin/proto.pm";
require "$FindBin::Bin/otlp.pm";

my %ours = (alloc_space => 'total', alloc_objects => 'blocks', inuse_space => 'live', inuse_objects => 'live-blocks');
my ($cases, $pprof) = ("$Fg::cases/otlp", "$Fg::cases/pprof");
# Those that Perl does not read, or that are not of the layout of today.
my $other = qr{otlp/(?:old-|lengths|lines|loose|negative|kinds)};

for my $case (grep { !$_->{again} && $_->{exit} == 0 && $_->{name} !~ $other } Fg::cases('otlp')) {
	check_sums($case->{in}) unless $case->{name} =~ /units/;
	check_again($case->{in});
}
check_pprof($_->{in}) for grep { !$_->{again} && $_->{exit} == 0 } Fg::cases('pprof');
check_times();
check_resources();
check_several();
check_gzip();
done_testing();

sub collapse { return Fg::run({}, Fg::program('fg-collapse'), '-q', @_) }
sub convert { return Fg::run({}, Fg::program('fg-convert'), '-q', @_) }

sub decoded {
	my ($bytes) = @_;
	return $bytes =~ /^\{/ ? Otlp::from_json($bytes) : Otlp::decode($bytes);
}

sub check_sums {
	my ($file) = @_;
	my $data = decoded(Fg::slurp($file));
	my %want = map { $data->{dictionary}{stringTable}[ $_->[2]{sampleType}{typeStrindex} ] => 0 } Otlp::profiles($data);
	$want{ $ours{$_} } = delete $want{$_} for grep { exists $want{$_} } keys %ours;
	my %got;
	for my $s (@{ Otlp::samples($data) }) {
		$want{ $ours{ $s->{type} } || $s->{type} } += $_ for 0, @{ $s->{values} };
	}
	%got = map { (split /\t/)[0, 2] } grep { !/^#/ } split /\n/, collapse('--list-metrics', $file)->{out};
	is_deeply(\%got, \%want, basename($file) . ': totals');
	for my $type (sort keys %want) {
		my $sum = 0;
		$sum += $_ for collapse("--metric=$type", '--no-header', $file)->{out} =~ / (\d+)$/mg;
		is($sum, $want{$type}, "... $type adds up");
	}
}

# What is told of each sample, without numbers of tables; those that are equal are added up.
sub words {
	my ($data) = @_;
	my %sum;
	for my $s (@{ Otlp::samples($data) }) {
		my %l = %{ $s->{labels} };
		my @stack = map {
			my $m = $_->{mapping};
			join ' ', $_->{address}, $m ? ($m->{file}, $m->{attributes}{'process.executable.build_id.gnu'} // '') : '-',
				map { join ':', @$_{qw(name file line column start)} } @{ $_->{lines} };
		} @{ $s->{stack} };
		my $unit = { By => 'bytes', 1 => 'count', us => 'microseconds', ms => 'milliseconds' }->{ $s->{unit} } // $s->{unit} =~ s/^\{(.*)\}$/$1/r;
		my $key = join "\n\t", "$s->{type} $unit", (map { "$_=" . (ref $l{$_} ? join ',', @{ $l{$_} } : $l{$_}) } sort keys %l), @stack;
		$sum{$key} += $_ for @{ $s->{values} };
	}
	delete $sum{$_} for grep { !$sum{$_} } keys %sum;
	return \%sum;
}

# Both encodings carry on what was there.
sub check_again {
	my ($file) = @_;
	my $name = basename($file);
	my $data = decoded(Fg::slurp($file));
	my %again = map { $_ => convert('-t', $_, '-o', '-', $file) } qw(otlp otlp-json);
	is($again{$_}{status}, 0, "$name to $_") or return diag($again{$_}{err}) for sort keys %again;
	my $made = Otlp::decode($again{otlp}{out});
	is(Otlp::wrong($made), '', '... is as it should be');
	is_deeply(Otlp::from_json($again{'otlp-json'}{out}), $made, '... in JSON, too');
	my ($got, $want) = (words($made), words($data));
	if ($name !~ /^labels/) {
		is(scalar keys %$got, scalar keys %$want, '... has as many samples');
		is_deeply($got, $want, '... and what was there');
	}
	for my $to (sort keys %again) {
		my $out = "$Fg::temp/again.$to";
		Fg::spew($out, $again{$to}{out});
		is(collapse('--no-header', $out)->{out}, collapse('--no-header', $file)->{out}, "... $to is read as before");
		is(convert('-t', $to, '-o', '-', $out)->{out}, $again{$to}{out}, '... and written as before');
	}
}

# There and back nothing is lost but what is told twice: which type is the usual one, when it is
# the last; and numbers without an order, as labels of a sample are.
sub check_pprof {
	my ($file) = @_;
	my $name = basename($file);
	my $direct = convert('-t', 'pprof', '-o', '-', $file);
	for my $to (qw(otlp otlp-json)) {
		my $out = "$Fg::temp/there.$to";
		my $ran = convert('-t', $to, '-o', $out, $file);
		is($ran->{status}, 0, "$name to $to") or return diag($ran->{err});
		my $data = decoded(Fg::slurp($out));
		is(Otlp::wrong($data), '', '... is as it should be');
		my $back = convert('-t', 'pprof', '-o', '-', $out);
		is($back->{status}, 0, '... and back') or return diag($back->{err});
		is(same($back->{out}), same($direct->{out}), '... is the same');
	}
}

sub same {
	my ($packed) = @_;
	gunzip(\$packed, \my $plain) or die "no gzip\n";
	my $p = Proto::read_pprof($plain);
	my $words = Proto::same_pprof($p);
	my $last = $p->{types}[-1][0];
	$words =~ s/^default \Q$last\E$/default /m;
	return $words;
}

# Moments of samples, where it is known when the recording began.
sub check_times {
	my $file = "$cases/jfr.in";
	my $want = Otlp::samples(decoded(Fg::slurp($file)));
	my $got = Otlp::samples(Otlp::decode(convert('-t', 'otlp', '-o', '-', $file)->{out}));
	my $times = sub { return join ' ', sort { $a <=> $b } map { @{ $_->{times} } } @{ $_[0] } };
	is($times->($got), $times->($want), 'times of samples are kept');
	ok(@{ $got->[0]{times} }, '... there are some');
	my $perf = "$Fg::temp/perf.txt";
	Fg::spew($perf, "a 1/2 10.000001: 5 cycles:\n\t 10 f (/x)\n\n");
	$got = Otlp::samples(Otlp::decode(convert('-t', 'otlp', '-o', '-', $perf)->{out}));
	is_deeply($got->[0]{times}, [], 'nobody knows when a text of perf script began');
}

# A resource for each process.
sub check_resources {
	my $perf = "$Fg::temp/perf.txt";
	Fg::spew($perf, join '', map { "$_ [003] 10.000001: 5 cycles:\n\t 10 f (/x)\n\n" } 'a 1/1', 'b 1/2', 'c 7/8');
	my $data = Otlp::decode(convert('-t', 'otlp', '-o', '-', $perf)->{out});
	my @resources = map { Otlp::attributes($data->{dictionary}, $_->{resource}{attributes}) } @{ $data->{resourceProfiles} };
	is_deeply(\@resources, [{ 'process.pid' => 1, 'process.executable.name' => 'a' }, { 'process.pid' => 7 }],
		'resources are processes');
	my $samples = Otlp::samples($data);
	my ($b) = grep { $_->{labels}{'thread.id'} == 2 } @$samples;
	is_deeply($b->{labels}, { 'process.pid' => 1, 'process.executable.name' => 'a', 'thread.name' => 'b', 'thread.id' => 2,
		'cpu.logical_number' => 3 }, 'threads and processors are attributes of samples');
	my $out = "$Fg::temp/resources.otlp";
	convert($perf, '-o', $out);
	for my $by (qw(comm pid tid cpu)) {
		is(collapse("--group-by=$by", $out)->{out} =~ s/^#.*\n//gmr, collapse("--group-by=$by", $perf)->{out} =~ s/^#.*\n//gmr,
			"... and read again: $by");
	}
}

# Messages one behind the other, as collectors write them into files.
sub check_several {
	my @files = map { "$cases/$_.in" } qw(ctimer plain);
	my @json = map { convert('-t', 'otlp-json', '-o', '-', $_)->{out} =~ s/\n//gr . "\n" } @files;
	my @bytes = map { convert('-t', 'otlp', '-o', '-', $_)->{out} } @files;
	my $lines = "$Fg::temp/two.jsonl";
	Fg::spew($lines, join '', @json);
	my $lengths = "$Fg::temp/two.binpb";
	Fg::spew($lengths, join '', map { pack('N', length) . $_ } @bytes);
	my $want = collapse('--list-metrics', $lines)->{out};
	like($want, qr/^ctimer\t.*\n(?:.*\n)*cpu\t/m, 'types of both messages');
	is(collapse('--list-metrics', $lengths)->{out}, $want, '... with lengths in front of them');
	is(collapse('--metric=cpu', '--no-header', $lines)->{out}, collapse('--metric=cpu', '--no-header', $files[1])->{out},
		'the second message has its own tables');
}

sub check_gzip {
	my $file = "$Fg::temp/a.otlp.gz";
	gzip("$cases/plain.in", $file) or die "gzip\n";
	is(collapse($file)->{out}, collapse("$cases/plain.in")->{out}, 'in gzip');
}
