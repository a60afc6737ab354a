#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# A C++ program with megabytes of debug information: frames of addresses all over it
# must be those of llvm-symbolizer, in number at 99 % of them, in name at 98 %.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use Test::More;

require "$FindBin::Bin/../lib.pm";

my $temp = $Fg::temp;
my $parts = 2;
my $step = 3;	# bytes between addresses

plan skip_all => 'made without elfutils' unless -e "$Fg::build/src/io/elf.o";
my @missing = grep { !Fg::has_program($_) } qw(nm c++filt llvm-symbolizer);
plan skip_all => "not here: @missing" if @missing;

$Fg::patience = 600;
for my $flags (['g++', '-g'], ['clang++', '-g'], ['clang++', '-gdwarf-4']) {
	SKIP: {
		skip "no $flags->[0]", 6 unless Fg::has_program($flags->[0]);
		check(@$flags);
	}
}
done_testing();

sub check {
	my ($cxx, @flags) = @_;
	my $what = "$cxx @flags";
	my $each = '-DEACH(F)=' . join ' ', map { "F($_)" } 1 .. $parts;
	my @objects;
	for my $part ($each, map { "-DPART=$_" } 1 .. $parts) {
		push @objects, "$temp/" . @objects . '.o';
		my $ran = Fg::run({}, $cxx, '-std=c++17', '-O2', @flags, $part, '-c', '-o', $objects[-1],
			"$Fg::source/t/programs/names.cc");
		is($ran->{status}, 0, "$what: $part") or diag($ran->{err});
	}
	Fg::run({}, $cxx, '-o', "$temp/large", @objects);
	compare($what, addresses());
}

# Inside of functions, as what lies between them belongs to nobody.
sub addresses {
	my @all;
	for (split /\n/, Fg::run({}, 'nm', '-S', "$temp/large")->{out}) {
		my ($from, $size) = /^([0-9a-f]+) ([0-9a-f]+) [tTwW] / or next;
		for (my $at = 0; $at < hex $size; $at += $step) {
			push @all, sprintf '%x', hex($from) + $at;
		}
	}
	return @all;
}

sub compare {
	my ($what, @addresses) = @_;
	my $ours = Fg::run({ in => join "\n", @addresses, '' }, "$Fg::build/t/symbols_of", '-f', "$temp/large");
	my $theirs = Fg::run({ in => join "\n", map { "0x$_" } @addresses, '' }, 'llvm-symbolizer',
		"--obj=$temp/large", '--inlines', '--functions=linkage', '--no-demangle');
	my @blocks = split /\n\n/, Fg::run({ in => $theirs->{out} }, 'c++filt')->{out};
	my ($all, $deep, $named, @odd) = (0, 0, 0);
	for my $line (split /\n/, $ours->{out}) {
		my (undef, @frames) = split /\t/, $line;
		my @lines = split /\n/, shift @blocks // '';
		my @names = @lines[grep { $_ % 2 == 0 } 0 .. $#lines];
		$all++;
		$deep += @frames == @names;
		my @wrong = grep { !is_same($frames[$_], $names[$_]) } 0 .. ($#frames > $#names ? $#frames : $#names);
		$named += !@wrong;
		push @odd, "$line\n  theirs @names" if @wrong && @odd < 5;
	}
	cmp_ok($all, '>', 10_000, "$what: addresses");
	cmp_ok($deep, '>=', .99 * $all, "$what: number of frames, $deep of $all");
	cmp_ok($named, '>=', .98 * $all, "$what: names, $named of $all") or diag(join "\n", @odd);
}

# Theirs may lack its scopes.
sub is_same {
	my ($ours, $theirs) = @_;
	return 0 unless defined $ours && defined $theirs;
	$ours =~ s/_\[i\]$//;
	return $ours eq $theirs || substr($ours, -length("::$theirs")) eq "::$theirs";
}
