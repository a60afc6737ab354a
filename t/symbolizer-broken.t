#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# ELF files that were made to be slow, large or endless, or that are cut off or changed:
# names or none, but no crash, and not for long.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use Test::More;

require "$FindBin::Bin/lib.pm";

my $temp = $Fg::temp;
my $symbols_of = "$Fg::build/t/symbols_of";
my $memory = 400_000;	# KiB that looking up may take, with all that is mapped

plan skip_all => 'made without elfutils' unless -e "$Fg::build/src/io/elf.o";
my @missing = grep { !Fg::has_program($_) } qw(gcc nm);
plan skip_all => "not here: @missing" if @missing;

my %tag = (unit => 0x11, inlined => 0x1d, function => 0x2e, variable => 0x34, namespace => 0x39);
my $code = [[0x11, 0x01], [0x12, 0x07]];	# low_pc, and high_pc as a size
my $name = [[0x03, 0x08]];
my $all = '.quad main, 256';	# what low_pc and high_pc are in most of them
my $unit = [1, 'unit', 1, [@$code]];
my $ranges = '.section .debug_ranges,"",@progbits' . "\nranges: .rept 100000\n.quad 1, 3\n.endr\n.quad 0, 0\n";
my %file = (
	deep => {
		shapes => [$unit, [2, 'function', 1, $code], [3, 'inlined', 1, $code]],
		info => unit(".byte 1\n$all\n.byte 2\n$all", many(100_000, '.byte 3', '.quad main, 200'), many(100_002, '.byte 0')),
	},
	'many attributes' => {
		shapes => [$unit], fat => 2,
		info => unit(".byte 1\n$all", many(500_000, '.byte 2'), '.byte 0'),
	},
	'many attributes, inside' => {
		shapes => [$unit, [3, 'variable', 1, []]], fat => 2,
		info => unit(".byte 1\n$all\n.byte 3", many(500_000, '.byte 2'), '.byte 0, 0'),
	},
	'shared ranges' => {
		shapes => [$unit, [2, 'function', 0, [[0x55, 0x17]]]], more => $ranges,
		info => unit(".byte 1\n$all", many(100_000, '.byte 2', '.long ranges'), '.byte 0'),
	},
	'many units' => {
		shapes => [[1, 'unit', 1, [[0x11, 0x01], [0x55, 0x17]]]], more => $ranges,
		info => many(50_000, '.long 20', '.short 4', '.long shapes', '.byte 8, 1', '.quad main', '.long ranges'),
	},
	'units that may be anywhere' => {
		shapes => [[1, 'unit', 1, [[0x11, 0x01]]], [2, 'function', 0, [[0x55, 0x17]]]], more => $ranges,
		info => many(20_000, '.long 22', '.short 4', '.long shapes', '.byte 8, 1', '.quad main', '.byte 2',
			'.long ranges', '.byte 0'),
	},
	circles => {
		# abstract_origin, specification and sibling
		shapes => [$unit, [2, 'function', 1, [@$code, [0x31, 0x13], [0x47, 0x13]]],
			[3, 'inlined', 1, [@$code, [0x31, 0x13], [0x01, 0x13]]]],
		info => unit(".byte 1\n$all", "one: .byte 2\n$all\n.long two - info, one - info",
			"two: .byte 3\n.quad main, 100\n.long one - info, one - info",
			".byte 3\n.quad main, 50\n.long two - info, two - info", '.byte 0, 0, 0, 0'),
	},
	'long names' => {
		shapes => [$unit, [2, 'namespace', 1, [[0x03, 0x0e]]], [3, 'function', 0, [@$code, [0x03, 0x0e]]]],
		info => unit(".byte 1\n$all", many(900, '.byte 2', '.long 0'), '.set n, 0',
			many(250, '.byte 3', '.quad main + n, 1', '.long 0', '.set n, n + 1'), many(901, '.byte 0')),
		more => '.section .debug_str,"",@progbits' . "\n.fill 1000000, 1, 97\n.byte 0\n",
		fine => 1,
	},
);

for my $what (sort keys %file) {
	check($what, $file{$what});
}
check_names();
check_changed();
done_testing();

sub many {
	my ($times, @lines) = @_;
	return join "\n", ".rept $times", @lines, '.endr';
}

sub unit {
	return join "\n", 'info: .long end - start', 'start: .short 4', '.long shapes', '.byte 8', @_, 'end:';
}

# How DIEs look; the fat one has 100,000 flags.
sub shapes {
	my ($file) = @_;
	my @lines = '.section .debug_abbrev,"",@progbits' . "\nshapes:";
	for my $shape (@{$file->{shapes}}) {
		my ($number, $tag, $children, $attributes) = @$shape;
		push @lines, ".uleb128 $number, $tag{$tag}\n.byte $children",
			(map { ".uleb128 $_->[0], $_->[1]" } @$attributes), '.byte 0, 0';
	}
	push @lines, ".uleb128 $file->{fat}, $tag{variable}\n.byte 0", many(100_000, '.uleb128 0x3f, 0x19'), '.byte 0, 0'
		if $file->{fat};
	return join "\n", @lines, '.byte 0', '';
}

sub build {
	my ($text, $file, @flags) = @_;
	my $source = Fg::spew("$temp/made.s", $text . ".section .note.GNU-stack,\"\",\@progbits\n");
	my $ran = Fg::run({}, 'gcc', '-shared', '-nostdlib', @flags, '-o', $file, $source);
	return $ran->{status} == 0 || diag($ran->{err}) && 0;
}

# What it printed, and the memory it took, in KiB.
sub look_up {
	my ($file, @addresses) = @_;
	my $limit = $Fg::sanitize ? 'unlimited' : $memory;
	return Fg::run({ in => join "\n", @addresses, '' }, 'sh', '-c',
		"ulimit -v $limit && exec \"\$0\" -l \"\$1\"", $symbols_of, $file);
}

sub addresses_of {
	my ($file, $name) = @_;
	my ($from) = Fg::run({}, 'nm', $file)->{out} =~ /^([0-9a-f]+) [tT] \Q$name\E$/m;
	return map { sprintf '%x', hex($from) + $_ } 0 .. 255;
}

sub check {
	my ($what, $file) = @_;
	my $text = ".text\n.globl main\n.type main, \@function\nmain:\n.rept 256\nnop\n.endr\n.size main, 256\n" .
		shapes($file) . ".section .debug_info,\"\",\@progbits\n$file->{info}\n" . ($file->{more} || '');
	ok(build($text, "$temp/made.so"), "$what: built") or return;
	my $ran = look_up("$temp/made.so", addresses_of("$temp/made.so", 'main'));
	is($ran->{status}, 0, "$what: looked up") or diag($ran->{err});
	my @lines = split /\n/, $ran->{out};
	is(scalar(grep { /\tmain(?::\S*)?$/ } @lines), 256, "$what: the symbol has its name");
	my $told = $ran->{err} =~ /^1 files with debug information that is broken: /;
	ok($file->{fine} ? $ran->{err} eq '' : $told, "$what: told") or diag($ran->{err});
}

# Symbols that share a name of a mebibyte, and labels in each other.
sub check_names {
	my $long = 'x' x 1_000_000;
	my $text = ".text\n.rept 20000\nnop\n.endr\n.set n, 0\n" . join '', map {
		".set s$_, .text + $_\n.type s$_, \@function\n.size s$_, 20000 - $_\n" } 0 .. 9999;
	ok(build($text, "$temp/nested.so"), 'symbols in each other: built');
	my $ran = look_up("$temp/nested.so", map { sprintf '%x', 0x1000 + $_ * 40 } 0 .. 499);
	is($ran->{status}, 0, 'symbols in each other') or diag($ran->{err});
	ok(build(".text\n.globl $long\n.type $long, \@function\n$long:\n.rept 64\nnop\n.endr\n.size $long, 64\n",
		"$temp/long.so"), 'a name of a mebibyte: built');
	my $bytes = Fg::slurp("$temp/long.so");
	$ran = look_up("$temp/long.so", addresses_of("$temp/long.so", $long));
	ok($ran->{status} == 0 && $ran->{out} =~ /\txxxx/, 'a name of a mebibyte') or diag($ran->{err});
}

# Cut off at many places, and with bytes changed.
sub check_changed {
	my $source = Fg::spew("$temp/small.cc", <<'END');
extern "C" int imported(int), other(int);
namespace a {
namespace {
struct R {
	int k;
	int get(int x) const { return k * x + imported(x); }
};
template <int N> static inline __attribute__((always_inline)) int up(int x)
{
	R r{N};
	return r.get(x) + up<N - 1>(x + 1);
}
template <> inline int up<0>(int x) { return x; }
}
int run(int x)
{
	auto l = [&](int y) { return up<3>(y) + x; };
	return l(x) - l(x + 2);
}
}
extern "C" int entry(int x) { return a::run(x) + other(x); }
END
	my $times = $Fg::sanitize ? 40 : 150;
	for my $flags (['-gdwarf-5'], ['-gdwarf-4'], ['-gdwarf-5', '-gz'], ['-g0'], ['-g', '-s']) {
		my @flags = (@$flags, qw(-O2 -fno-exceptions -fno-rtti -fPIC -shared -nostdlib -x c++));
		my $built = Fg::run({}, 'gcc', @flags, '-o', "$temp/small.so", $source);
		SKIP: {
			skip "gcc @$flags does not work here", 1 if $built->{status};
			my $ran = Fg::run({}, "$Fg::build/fuzz/fuzz_elf", '-m', $times, "$temp/small.so");
			is($ran->{status}, 0, "@$flags: cut off and changed") or diag($ran->{err});
		}
	}
}
