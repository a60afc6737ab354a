#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Names of addresses of small programs, built here in many ways, compared with what
# addr2line of binutils tells of them.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use Test::More;

require "$FindBin::Bin/lib.pm";

my $symbols_of = "$Fg::build/t/symbols_of";
my $temp = $Fg::temp;
my $source = Fg::spew("$temp/chain.c", <<'END');
#include <stdio.h>
static volatile int sink;
static inline __attribute__((always_inline)) int leaf(int x)
{
	sink += x;
	return sink * 3;
}
static inline __attribute__((always_inline)) int middle(int x)
{
	return leaf(x) + leaf(x + 1);
}
__attribute__((noinline)) int outer(int x)
{
	return middle(x) - middle(x * 2);
}
int main(int argc, char **argv)
{
	printf("%d\n", outer(argc) + middle(argc));
	return argv == NULL;
}
END

plan skip_all => 'made without elfutils' unless -e "$Fg::build/src/io/elf.o";
plan skip_all => 'no gcc and addr2line here'
	unless Fg::has_program('gcc') && Fg::has_program('addr2line');
check('gcc', '-g');
done_testing();

sub check {
	my ($cc, @flags) = @_;
	my $name = "$cc @flags";
	my $built = Fg::run({}, $cc, '-O2', @flags, '-o', "$temp/chain", $source);
	is($built->{status}, 0, "$name: built") or diag($built->{err});
	my @addresses = addresses("$temp/chain");
	cmp_ok(scalar @addresses, '>', 20, "$name: addresses");
	my $ours = ours("$temp/chain", @addresses);
	my $theirs = theirs("$temp/chain", @addresses);
	is_deeply($ours, $theirs, "$name: as addr2line");
	cmp_ok((sort { $b <=> $a } map { scalar @$_ } values %$ours)[0], '>=', 3, "$name: deep");
}

# All of outer() and main().
sub addresses {
	my ($file) = @_;
	my @all;
	for (split /\n/, Fg::run({}, 'nm', '-S', $file)->{out}) {
		my ($from, $size) = /^([0-9a-f]+) ([0-9a-f]+) [tT] (?:outer|main)$/ or next;
		push @all, map { sprintf '%x', hex($from) + $_ } 0 .. hex($size) - 1;
	}
	return @all;
}

sub ours {
	my ($file, @addresses) = @_;
	my $ran = Fg::run({ in => join "\n", @addresses, '' }, $symbols_of, '-l', $file);
	return { map { my ($at, @f) = split /\t/; ($at => [map { s/_\[i\]$//r } @f]) } split /\n/, $ran->{out} };
}

sub theirs {
	my ($file, @addresses) = @_;
	my $ran = Fg::run({ in => join "\n", @addresses, '' }, 'addr2line', '-a', '-i', '-f', '-s', '-e', $file);
	my (%frames, $at, $name);
	for (split /\n/, $ran->{out}) {
		if (/^0x0*([0-9a-f]+)$/) {
			($at, $name) = ($1, undef);
		} elsif (!defined $name) {
			$name = $_;
		} else {
			push @{$frames{$at}}, "$name:" . s/ \(discriminator \d+\)$//r;
			$name = undef;
		}
	}
	return \%frames;
}
