#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# go tool pprof reads what fg-convert writes, without a word; what it knows of a file that
# was written again, it knows of the first one; and its sums are ours.
use strict;
use warnings;
no warnings qw(once);
use File::Basename qw(basename);
use FindBin;
use Test::More;

require "$FindBin::Bin/../lib.pm";

plan skip_all => 'no go' unless Fg::has_program('go')
	&& Fg::run({}, 'go', 'tool', 'pprof', '-h')->{err} =~ /pprof/;

# Lines without functions, which this reader refuses, and types without names; and what
# has no functions at all, of which pprof says that it has looked for them.
my %refused = map { $_ => 1 } qw(names types sparse);
my @files = grep { !$refused{basename($_->[1], '.in')} } cases_of('pprof');
push @files, map { ['pprof', $_] } glob("$Fg::shared/profiles/go.*.0 $Fg::shared/profiles/go.*.pb.gz $Fg::shared/mem/pprof/*.pb.gz");
my @others = map { cases_of($_) } qw(perf perfdata dhat memcheck);

check_same(@$_) for @files;
check_top(@$_) for @files, @others;
done_testing();

# [FORMAT, FILE] of each that is read.
sub cases_of {
	my ($format) = @_;
	return map { [$format, $_->{in}] } grep { !$_->{again} && $_->{exit} == 0 } Fg::cases($format);
}

sub pprof {
	my (@arguments) = @_;
	return Fg::run({ env => { HOME => $Fg::temp, PPROF_TMPDIR => $Fg::temp } }, 'go', 'tool', 'pprof', @arguments);
}

# Locations are the same, whatever their numbers.
sub raw {
	my ($file) = @_;
	my $ran = pprof('-raw', $file);
	my ($samples, $locations, $mappings) = $ran->{out} =~ /^(.*^Samples:\n.*?)^Locations\n(.*?)^Mappings\n(.*)/ms
		or return $ran->{err};
	my (%place, $id);
	for (split /\n/, $locations) {
		$id = $1 if s/^ *(\d+): //;
		$place{$id} .= "$_\n";
	}
	my $out = '';
	for my $line (split /^/, $samples) {
		my @ids = $line =~ s/^( *[-\d]+(?: +[-\d]+)*:)((?: \d+)*) *\n/$1\n/ ? split(' ', $2) : ();
		$out .= join '', $line, map { $place{$_} // die "no location $_\n" } @ids;
	}
	return $out . $mappings;
}

sub check_same {
	my ($format, $file) = @_;
	my $again = "$Fg::temp/again.pb.gz";
	unlink $again;
	my $ran = Fg::run({}, Fg::program('fg-convert'), '-q', '-f', $format, $file, '-o', $again);
	is($ran->{status}, 0, basename($file) . ' is written again') or return diag($ran->{err});
	my $want = raw($file);
	like($want, qr/^Samples:/m, '... go tool pprof reads it');
	is(raw($again), $want, '... and -raw knows all of it');
	check_decoded($again) if Fg::has_program('protoc');
}

# A field that the definition does not have is shown by its number.
sub check_decoded {
	my ($file) = @_;
	my $bytes = Fg::run({}, 'gzip', '-dc', $file)->{out};
	my $ran = Fg::run({ in => $bytes }, 'protoc', "-I$Fg::source/src/io", '--decode=pprof.Profile', 'pprof.proto');
	is($ran->{status}, 0, '... protoc reads it') or return diag($ran->{err});
	unlike($ran->{out}, qr/^ *\d+(?::| \{)/m, '... and knows all fields');
}

# Of each function what it had alone and in all, in the unit of the file.
sub top_of {
	my ($ran) = @_;
	my %top;
	for (split /\n/, $ran->{out}) {
		my ($flat, $cum, $name) = /^ *(-?[\d.]+)\w* +[-\d.]+% +[-\d.]+% +(-?[\d.]+)\w* +[-\d.]+%  (.*?)(?: \((?:partial-)?inline\))?$/
			or next;
		$top{$name} = [$flat, $cum];
	}
	return \%top;
}

sub check_top {
	my ($format, $file) = @_;
	my $written = "$Fg::temp/top.pb.gz";
	unlink $written;
	Fg::run({}, Fg::program('fg-convert'), '-q', '--names=short', '-f', $format, $file, '-o', $written);
	my $ran = pprof('-top', '-nodecount=100000', $written);
	my $words = join '', grep { !/nothing to show|^$/ } split /^/, $ran->{err};
	is($words, '', basename($file) . ' without a warning');
	is($ran->{status}, 0, '... and without an error') or return;
	my $ours = Fg::run({}, Fg::program('fg-collapse'), '-q', '--no-header', '--no-marks', '--group-by=none', $written);
	my $sum = 0;
	# Of profiles of its own it leaves out samples without a location.
	my $known = $format ne 'pprof' ? qr/./ : qr/(?!\[no stack\])./;
	$sum += $_ for $ours->{out} =~ /^$known.* (\d+)$/mg;
	$ran = pprof('-raw', $written);
	my ($default) = $ran->{out} =~ /^Samples:\n(.*)$/m;
	my @types = split ' ', $default // '';
	my ($index) = grep { $types[$_] =~ /\[dflt\]/ } 0 .. $#types;
	$index = $#types unless defined $index;
	my $theirs = 0;
	for ($ran->{out} =~ /^ *([-\d]+(?: +[-\d]+)*):(?: \d+)* *$/mg) {
		my @values = split ' ', $_;
		$theirs += $values[$index] if $values[$index] > 0;
	}
	is($theirs, $sum, '... and the same sum');
}
