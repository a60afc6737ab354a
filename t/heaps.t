#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Dumps of the heap as text (tcmalloc, Go, jemalloc, memleak), the other profiles of Go and
# those of Java, read a second time by Perl: --list-metrics gives the sums, scaled up where they are of
# samples, and folded stacks add up to them.  So do the numbers that were written down for
# the files of ../shared/data.  Addresses find their functions in a program built here.
use strict;
use warnings;
no warnings qw(once);
use File::Basename qw(basename);
use FindBin;
use Test::More;

require "$FindBin::Bin/lib.pm";

my @formats = qw(heapprofile jemalloc goprofile javaprofile memleak);
my %sums = (heapprofile => \&sums_of_heap, jemalloc => \&sums_of_jemalloc,
	goprofile => \&sums_of_go, javaprofile => \&sums_of_java, memleak => \&sums_of_memleak);
my $data = "$Fg::shared/mem";
my $number = qr/\s*(\d+)/;
my $numbers = qr/$number:$number\s*\[$number:$number\]/;

# For check_symbols().
my $program = <<'END';
__attribute__((noinline)) int je_malloc(int n) { return n + 1; }
static inline __attribute__((always_inline)) int grow(int n) { return je_malloc(n) * 3; }
__attribute__((noinline)) int fill(int n) { return grow(n) + 1; }
int main(int argc, char **argv) { return fill(argc) + (argv == 0); }
END

for my $format (@formats) {
	check_sums($format, $_->{in}) for grep { is_plain($_) } Fg::cases($format);
}
check_estimate();
check_files();
check_symbols();

SKIP: {
	skip("no $data", 1) unless -r "$data/expected.md";
	check_sums(/jemalloc/ ? 'jemalloc' : 'heapprofile', $_)
		for glob("$data/pprof/*.heap"), glob("$data/pprof/*.txt");
	check_sums('memleak', $_) for glob("$data/memleak/*.txt");
	check_expected();
}
done_testing();

# What is read as it is; sums of what was cut off, or is too large, are another matter.
sub is_plain {
	my ($case) = @_;
	return !$case->{again} && $case->{exit} == 0 && $case->{name} !~ m{/(?:cut|broken)};
}

sub unsampled {
	my ($rate, $blocks, $bytes) = @_;
	return ($blocks, $bytes) if $rate <= 1 || $blocks == 0 || $bytes == 0;
	my $factor = 1 / (1 - exp(-$bytes / $blocks / $rate));
	return ($blocks * $factor, $bytes * $factor);
}

sub add {
	my ($sum, $rate, $names, @numbers) = @_;
	my @all = (unsampled($rate, @numbers[0, 1]), unsampled($rate, @numbers[2, 3]));
	$sum->{$names->[$_]} += $all[$_] for 0 .. $#$names;
}

sub sums_of_heap {
	my ($file, $is_raw) = @_;
	my ($head, @lines) = Fg::lines_of($file);
	my ($all, $kind, $rate) = $head =~ m{\[(.*)\] @ (\w+)(?:/(\d+))?} or die "$file: $head";
	my ($used) = $head =~ /^heap profile:(.*?)\[/;
	s/\s//g for $all, $used;
	my @names = $kind =~ /^(growth|fragmentation)/ ? ("$1-blocks", $1) : ('live-blocks', 'live');
	push @names, 'blocks', 'total' if $kind =~ /^heap/ && $all ne $used && $all ne '0:0';
	$rate = $kind eq 'heap' ? int($rate / 2) : $kind =~ /_v2$/ ? $rate : 0;
	my %sum = map { $_ => 0 } @names;
	/^$numbers\s*@/ and add(\%sum, $is_raw ? 0 : $rate, \@names, $1, $2, $3, $4) for @lines;
	return \%sum;
}

sub sums_of_jemalloc {
	my ($file, $is_raw) = @_;
	my ($head, $all, @lines) = Fg::lines_of($file);
	my ($rate) = $head =~ m{^heap_v2/(\d+)$} or die "$file: $head";
	my @names = ('live-blocks', 'live', $all =~ /\[0: 0\]/ ? () : ('blocks', 'total'));
	my %sum = map { $_ => 0 } @names;
	/^  t\*:$numbers$/ and add(\%sum, $is_raw ? 0 : $rate, \@names, $1, $2, $3, $4) for @lines;
	return \%sum;
}

sub sums_of_go {
	my ($file, $is_raw) = @_;
	my $text = Fg::slurp($file);
	if ($text =~ /^(\S+) profile: total/) {
		my ($name, $sum) = ($1, 0);
		$sum += $_ for $text =~ /^(\d+) @/mg;
		return { $name => $sum };
	}
	my ($cycles) = $text =~ m{^cycles/second ?= ?(\d+)}m;
	my ($period) = $text =~ /^sampling period ?= ?(\d+)/m;
	$period = 1 if !$period || $is_raw;
	my %sum = (delay => 0, contentions => 0);
	while ($text =~ /^ *(\d+) +(\d+) @/mg) {
		$sum{delay} += $1 * $period / ($cycles ? $cycles / 1e9 : 1);
		$sum{contentions} += $2 * $period;
	}
	return \%sum;
}

sub sums_of_java {
	my ($file, $is_raw) = @_;
	my $text = Fg::slurp($file);
	my @names = $text =~ /^--- heapz/ ? ('live-blocks', 'live') : ('contentions', 'delay');
	my ($period) = $text =~ /^sampling period = (\d+)/m;
	$period = 1 if !$period || $is_raw;
	my $unit = $text =~ /^resolution = microseconds/m ? 1000 : 1;
	my %sum = map { $_ => 0 } @names;
	while ($text =~ /^ *(\d+) +(\d+) @/mg) {
		my @numbers = $names[1] eq 'live' ? unsampled($is_raw ? 0 : 524288, $2, $1) :
			($2 * $period, $1 * $period * $unit);
		$sum{$names[$_]} += $numbers[$_] for 0, 1;
	}
	return \%sum;
}

# The last report, and what has grown since the first one.
sub sums_of_memleak {
	my ($file) = @_;
	my (@reports, $stack);
	for (Fg::lines_of($file)) {
		push @reports, {} if /^\[[\d:]+\] Top/ || (!@reports && / bytes in /);
		if (/^\s*(\d+) bytes in (\d+) allocations/) {
			$stack = { bytes => $1, blocks => $2 };
			$reports[-1]{++$#{$reports[-1]{list}}} = $stack;
			push @{$reports[-1]{stacks}}, $stack;
		} elsif ($stack && /^\s/ && !/addr = /) {
			$stack->{frames} .= s/^\s+//r . "\n";
		}
	}
	my %before = map { ($_->{frames} // '') => $_ } @{$reports[0]{stacks}};
	my %sum = (live => 0, 'live-blocks' => 0);
	@sum{'growth', 'growth-blocks'} = (0, 0) if @reports > 1;
	for my $now (@{$reports[-1]{stacks}}) {
		my $then = $before{$now->{frames} // ''};
		for (['bytes', ''], ['blocks', '-blocks']) {
			my ($what, $suffix) = @$_;
			my $grown = $now->{$what} - ($then ? $then->{$what} : 0);
			$sum{"live$suffix"} += $now->{$what};
			$sum{"growth$suffix"} += $grown if @reports > 1 && $grown > 0;
		}
	}
	return \%sum;
}

sub listed {
	my ($file, @options) = @_;
	my $ran = Fg::run({}, Fg::program('fg-collapse'), '--list-metrics', @options, $file);
	my %total = map { (split /\t/)[0, 2] } grep { !/^#/ } split /\n/, $ran->{out};
	return \%total;
}

sub folded_sum {
	my ($file, $metric, @options) = @_;
	my $ran = Fg::run({}, Fg::program('fg-collapse'), '-q', '--no-header', @options,
		"--metric=$metric", $file);
	my $sum = 0;
	$sum += $_ for $ran->{out} =~ / (\d+)$/mg;
	return $ran->{status} == 0 ? $sum : "exit status $ran->{status}";
}

sub check_sums {
	my ($format, $file) = @_;
	for my $is_raw (0, 1) {
		next if $is_raw && $format eq 'memleak';
		my @options = $is_raw ? '--raw-counts' : ();
		my $name = join ' ', "$format/" . basename($file), @options;
		my ($sum, $listed) = ($sums{$format}->($file, $is_raw), listed($file, @options));
		is("@{[sort keys %$listed]}", "@{[sort keys %$sum]}", "$name has its metrics");
		for my $metric (sort keys %$sum) {
			my $wanted = int($sum->{$metric} + 0.5);
			is($listed->{$metric}, $wanted, "$name: $metric is the sum of all stacks");
			is(folded_sum($file, $metric, @options), $wanted, "$name: stacks add up to $metric");
		}
	}
}

sub subtitle {
	my ($svg) = @_;
	my ($line) = $svg =~ /<text[^>]*\bid="fg-subtitle"[^>]*>(.*?)<\/text>/s;
	($line) = $svg =~ /<text[^>]*\by="57"[^>]*>(.*?)<\/text>/s unless defined $line;
	return $line // '';
}

# Pictures say what was estimated, also behind a pipe; and so does --stats.
sub check_estimate {
	my $file = "$Fg::cases/heapprofile/go.in";
	my %words = (
		'' => 'live 71.3 KiB (estimated) · total 475 KiB · 184 blocks',
		'--metric=blocks' => '184 blocks (estimated) · live 71.3 KiB · total 475 KiB',
		'--raw-counts' => 'live 47.6 KiB · total 448 KiB · 43 blocks',
	);
	for my $option (sort keys %words) {
		my @options = $option ? $option : ();
		my $direct = Fg::run({}, Fg::program('fg-svg'), '-q', @options, $file);
		my $folded = Fg::run({}, Fg::program('fg-collapse'), '-q', @options, $file);
		my $piped = Fg::run({ in => $folded->{out} }, Fg::program('fg-svg'), '-q');
		is(subtitle($direct->{out}), $words{$option}, "the subtitle $option");
		is(subtitle($piped->{out}), $words{$option}, "the subtitle behind a pipe $option");
	}
	my $stats = "$Fg::temp/stats";
	Fg::run({}, Fg::program('fg-collapse'), '-q', '--stats', $stats, $file);
	like(Fg::slurp($stats), qr/"estimated": true/, '--stats tells it');
	Fg::run({}, Fg::program('fg-collapse'), '-q', '--raw-counts', '--stats', $stats, $file);
	unlike(Fg::slurp($stats), qr/estimated/, '--stats tells no more than that');
}

# One estimate makes the sum of two files an estimate.
sub check_files {
	my @files = map { "$Fg::cases/heapprofile/$_.in" } qw(tcmalloc go);
	my $ran = Fg::run({}, Fg::program('fg-collapse'), '-q', @files);
	like($ran->{out}, qr/^# total: 73292 bytes\n# estimated: yes$/m, 'an exact file and an estimate');
	my $folded = join '', map { Fg::slurp("$Fg::cases/heapprofile/$_.folded") } qw(tcmalloc go);
	$ran = Fg::run({ in => $folded }, Fg::program('fg-collapse'), '-q');
	like($ran->{out}, qr/^# total: 73292 bytes\n# estimated: yes$/m, 'the same as folded text');
}

# Symbols


sub build {
	my $source = Fg::spew("$Fg::temp/names.c", $program);
	my $file = "$Fg::temp/names";
	return unless Fg::has_program('nm') && Fg::has_program('cc');
	my $ran = Fg::run({}, 'cc', '-g', '-O1', '-o', $file, $source);
	return $ran->{status} == 0 ? $file : undef;
}

# Where the call returns to, as near as it matters.
sub addresses {
	my ($file) = @_;
	my %address;
	for (split /\n/, Fg::run({}, 'nm', $file)->{out}) {
		$address{$2} = hex $1 if /^([0-9a-f]+) [Tt] (\w+)$/;
	}
	return map { $_ => $address{$_} + 2 } keys %address;
}

# The program as one piece from its first byte on, whatever its addresses are.
sub check_symbols {
	my $file = build();
	SKIP: {
		skip('no cc or nm', 1) unless $file;
		skip('made without elfutils', 1) unless Fg::has_elfutils();
		my %address = addresses($file);
		my $start = $address{main} >= 0x400000 ? 0 : 0x10000000;
		my $map = sprintf "%x-%x r-xp 00000000 00:00 1   %s\n",
			$start + ($address{main} & ~0xfffff), $start + ($address{main} & ~0xfffff) + 0x100000, $file;
		my $stack = sub { join ' ', map { sprintf '0x%x', $start + $address{$_} } @_ };
		my ($all, $alone) = ($stack->(qw(je_malloc fill main)), $stack->('je_malloc'));
		my $tcmalloc = "heap profile: 3: 30 [3: 30] \@ heapprofile\n2: 20 [2: 20] \@ $all\n" .
			"1: 10 [1: 10] \@ $alone\n\nMAPPED_LIBRARIES:\n$map";
		my $jemalloc = "heap_v2/1\n  t*: 3: 30 [0: 0]\n\@ $all\n  t*: 2: 20 [0: 0]\n" .
			"\@ $alone\n  t*: 1: 10 [0: 0]\n\nMAPPED_LIBRARIES:\n$map";
		for my $text ($tcmalloc, $jemalloc) {
			my $ran = Fg::run({ in => $text }, Fg::program('fg-collapse'), '--no-header', '--no-inline');
			is($ran->{out}, "je_malloc 10\nmain;fill 20\n", 'addresses find their functions');
			unlike($ran->{err}, qr/not there/, 'nothing is missing');
			$ran = Fg::run({ in => $text }, Fg::program('fg-collapse'), '--no-header', '--no-inline',
				'--all-frames');
			is($ran->{out}, "je_malloc 10\nmain;fill;je_malloc 20\n", '--all-frames keeps the allocator');
		}
		(my $moved = $tcmalloc) =~ s{\Q$Fg::temp\E}{/nowhere/at/all};
		my @run = ({ in => $moved }, Fg::program('fg-collapse'), '--no-header', '--no-inline');
		like(Fg::run(@run)->{out}, qr/^\[names\+0x[0-9a-f]+\];\[names\+0x/m, 'a program that is not there');
		is(Fg::run(@run, "--map=/nowhere/at/all=$Fg::temp")->{out}, "je_malloc 10\nmain;fill 20\n",
			'--map tells where it is');
	}
}

# The table of expected.md
sub check_expected {
	my $checked = 0;
	for my $line (split /\n/, Fg::slurp("$data/expected.md")) {
		my (undef, @cells) = map { s/^\s+|\s+$|,//gr } split /\|/, $line;
		next unless ($cells[0] // '') =~ m{^pprof/} && @cells >= 12 && -r "$data/$cells[0]";
		my $listed = listed("$data/$cells[0]");
		my @names = $cells[1] eq 'growth' ? qw(growth-blocks growth) : qw(live-blocks live blocks total);
		for my $i (grep { exists $listed->{$names[$_]} } 0 .. $#names) {
			is($listed->{$names[$i]}, $cells[8 + $i], "$cells[0]: $names[$i] as it was written down");
			$checked++;
		}
	}
	ok($checked > 12, 'the table was found');
}
