#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Files of pprof, read a second time by Perl: --list-metrics gives the sum of every type
# of values, folded stacks are the same, stack by stack; gzip and what is cut off.
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

my %ours = (alloc_space => 'total', alloc_objects => 'blocks', inuse_space => 'live', inuse_objects => 'live-blocks');
my $pprof = "$Fg::cases/pprof";

for my $case (grep { !$_->{again} && $_->{exit} == 0 && $_->{name} !~ /types|negative/ } Fg::cases('pprof')) {
	check_sums($case->{in});
	check_stacks($case->{in});
}
check_name();
check_gzip();
check_negative();
check_two_files();

SKIP: {
	my @files = glob("$Fg::shared/profiles/go.*.0 $Fg::shared/profiles/go.*.pb.gz $Fg::shared/mem/pprof/*.pb.gz $Fg::shared/peers/speedscope/pprof/*");
	skip("no files in $Fg::shared", 1) unless @files;
	for (@files) {
		check_sums($_);
		check_stacks($_);
	}
}
done_testing();

sub decoded {
	my ($file) = @_;
	my $bytes = Fg::slurp($file);
	if ($bytes =~ /^\x1f\x8b/) {
		gunzip(\(my $packed = $bytes), \$bytes, MultiStream => 1) or die "$file: gzip\n";
	}
	return Proto::read_pprof($bytes);
}

sub collapse { return Fg::run({}, Fg::program('fg-collapse'), '-q', @_) }

sub check_sums {
	my ($file) = @_;
	my $p = decoded($file);
	my (%want, %got);
	for my $i (0 .. $#{ $p->{types} }) {
		my $type = $p->{types}[$i][0];
		my $sum = 0;
		$sum += $_->{values}[$i] for @{ $p->{samples} };
		$want{$ours{$type} || $type} = $sum;
		my $ran = collapse("--metric=$type", '--no-header', $file);
		my $folded = 0;
		$folded += $_ for $ran->{out} =~ / (\d+)$/mg;
		is($folded, $sum, basename($file) . ": $type adds up") or diag($ran->{err});
	}
	my $ran = collapse('--list-metrics', $file);
	%got = map { (split /\t/)[0, 2] } grep { !/^#/ } split /\n/, $ran->{out};
	is_deeply(\%got, \%want, basename($file) . ': totals');
}

# As folded text writes a name.
sub shown {
	my ($name) = @_;
	$name =~ tr/;/:/;
	return $name =~ s/([\x00-\x1f\x7f])/sprintf '\\x%02x', ord $1/ger;
}

sub frame {
	my ($location, $line, $inlined) = @_;
	my $name = $line ? $line->{name} || $line->{system} : '';
	my $file = $location->{mapping} ? $location->{mapping}{file} : '';
	my $kernel = $file =~ /^\[kernel/ && !$inlined ? '_[k]' : '';
	$name = '' if $name eq '[unknown]';
	return shown($name) . ($inlined ? '_[i]' : $kernel) if $name ne '';
	$file =~ s/.*\///;
	my $mapping = $location->{mapping};
	my $offset = $line && $line->{name} || !$mapping || !$mapping->{limit} || !$location->{address} ? ''
		: sprintf '+0x%x', $location->{address} - $mapping->{start} + $mapping->{offset};
	return '[' . ($file =~ s/^\[|\]$//gr || 'unknown') . "$offset]$kernel";
}

sub check_stacks {
	my ($file) = @_;
	my $p = decoded($file);
	my %want;
	for my $s (@{ $p->{samples} }) {
		my @frames;
		for my $l (@{ $s->{stack} }) {
			my @lines = @{ $l->{lines} };
			push @frames, frame($l, $lines[$_], $_ < $#lines) for 0 .. $#lines;
			push @frames, frame($l) unless @lines;
		}
		@frames = ('[no stack]') unless @frames;
		$want{join ';', reverse @frames} += $s->{values}[-1];
	}
	delete @want{grep { $want{$_} == 0 } keys %want};
	my $ran = collapse('--names=full', '--no-header', '--group-by=none', '--all-frames',
		'--metric=' . $#{ $p->{types} }, $file);
	my %got = $ran->{out} =~ /^(.*) (\d+)$/mg;
	# Mangled names are what c++filt makes of them; one is there.
	my %names = ('_ZN3foo3barEi' => 'foo::bar(int)');
	my $mangled = join '|', keys %names;
	$want{s/($mangled)/$names{$1}/r} = delete $want{$_} for grep { /$mangled/ } keys %want;
	is_deeply(\%got, \%want, basename($file) . ': stacks') or diag($ran->{err});
}

sub check_name {
	my $link = "$Fg::temp/pprof2folded";
	symlink Fg::program('fg-collapse'), $link or die "$link: $!\n";
	my $ran = Fg::run({ stdin => "$pprof/cpu.in" }, $link);
	like($ran->{out}, qr/^main.work;.* \d+$/m, 'pprof2folded reads pprof');
	$ran = Fg::run({ in => "a;b 1\n" }, $link);
	is($ran->{status}, 2, '... and nothing else');
	like($ran->{err}, qr/^pprof2folded: /, '... under its name');
}

# Go unpacks members that follow each other; a file of two halves is one profile.
sub check_gzip {
	my $bytes = Fg::slurp("$pprof/heap.in");
	my @packed;
	for my $half (substr($bytes, 0, 1000), substr($bytes, 1000)) {
		my $one = $half;
		gzip(\$one, \(my $packed = '')) or die "gzip\n";
		push @packed, $packed;
	}
	my $file = Fg::spew("$Fg::temp/heap.pb.gz", join '', @packed);
	is(collapse($file)->{out}, collapse("$pprof/heap.in")->{out}, 'two members of gzip');
	like(Fg::run({}, Fg::program('fg-collapse'), '--identify', $file)->{out}, qr/: pprof: /, '... are recognised');
	Fg::spew($file, substr(join('', @packed), 0, -9));
	my $ran = collapse($file);
	is($ran->{status}, 2, 'gzip that is cut off');
	like($ran->{err}, qr/heap\.pb\.gz: error: cannot read: gzip data ends early/, '... and said');
}

sub check_negative {
	my $ran = collapse('--strict', "$pprof/negative.in");
	is($ran->{status}, 2, 'values below 0 and --strict');
}

# Sums of both; types that only one has are not told.
sub check_two_files {
	my $ran = collapse('--list-metrics', "$pprof/plain.in", "$pprof/sparse.in");
	like($ran->{out}, qr/^cpu\t\t40000040\tns\tdefault$/m, 'two files are added up');
	$ran = collapse("$pprof/plain.in", "$pprof/heap.in");
	is($ran->{status}, 2, 'files of different things');
	like($ran->{err}, qr/counts 'live', the file before 'cpu'; choose with --metric/, '... are refused');
}
