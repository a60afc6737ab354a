#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# A format is a source file, a line in registry.c, one in Makefile.am, a section of
# fg-formats(7) and cases; none may be missing.  And every case through every probe:
# its own reader must win alone, whatever the order of the registry.  Where it
# cannot, NAME.probe says what is right: the word "none", or the name of a reader.
use strict;
use warnings;
no warnings qw(once);
use File::Basename qw(basename);
use FindBin;
use Test::More;

require "$FindBin::Bin/lib.pm";

my %level = (no => 0, maybe => 1, likely => 2, sure => 3);
my $feed = "$Fg::build/t/feed";
my @readers = split /\n/, Fg::run({}, $feed, 'readers')->{out};
ok(@readers > 1, 'there are readers') or BAIL_OUT("$feed does not run");

check_reader($_) for @readers;
check_strays();
my $claims = claims();
check_case($_) for Fg::cases();
check_identify();
check_long_beginnings();
done_testing();

sub check_reader {
	my ($name) = @_;
	my $file = "src/read/$name.c";
	my @missing;
	push @missing, "$file" unless -e "$Fg::source/$file";
	push @missing, "its line in Makefile.am"
		unless Fg::slurp("$Fg::source/Makefile.am") =~ m{^\s*\Q$file\E\b}m;
	push @missing, "'.Ss $name' in man/fg-formats.7"
		unless Fg::slurp("$Fg::source/man/fg-formats.7") =~ m{^\.Ss \Q$name\E$}m;
	push @missing, "a case in t/cases/$name" unless Fg::cases($name);
	push @missing, "t/cases/$name/README" unless -e "$Fg::cases/$name/README";
	ok(!@missing, "$name has all that a format needs")
		or diag("missing: " . join(', ', @missing));
}

# The other way round: nothing is there that the registry does not know.
sub check_strays {
	my %known = map { $_ => 1 } @readers;
	my @strays = grep { !$known{basename($_)} } glob("$Fg::cases/*");
	for my $file (glob("$Fg::source/src/read/*.c")) {
		(my $name = basename($file)) =~ s/\.c$//;
		# A reader of several files has NAME_PART.c beside NAME.c.
		next if $name =~ /^(?:reader|registry|advice|suppress|symbolizer(?:_\w+)?)$/;
		next if $name =~ /^(?:allocators|heaps|javanames|maps|traces|unsample|v8chunk|v8frames|v8profile|v8single|value_types)$/;
		next if $known{$name =~ s/_.*//r};
		push @strays, $file;
	}
	ok(!@strays, 'nothing without a reader') or diag(join "\n", @strays);
}

sub claims {
	my %files = map { $_->{in} => 1 } Fg::cases();
	my $ran = Fg::run({}, $feed, 'probes', sort keys %files);
	die $ran->{err} if $ran->{status};
	my %claims;
	for my $line (split /\n/, $ran->{out}) {
		my ($file, $reader, $sure) = split /\t/, $line;
		$claims{$file}{$reader} = $level{$sure};
	}
	return \%claims;
}

# The reader that claims most; 'none', or several names when they claim the same.
sub winner {
	my ($claim) = @_;
	my ($most) = sort { $b <=> $a } values %$claim;
	return 'none' if $most == 0;
	return join ' and ', sort grep { $claim->{$_} == $most } keys %$claim;
}

sub right_winner {
	my ($case) = @_;
	return $case->{format} unless -e "$case->{base}.probe";
	my ($word) = Fg::slurp("$case->{base}.probe") =~ /^(\S+)\s*$/;
	return $word;
}

sub check_case {
	my ($case) = @_;
	return if $case->{again};
	is(winner($claims->{$case->{in}}), right_winner($case), "$case->{name} is recognised");
}

# What comes before the first sample may fill all that a probe sees.
sub check_long_beginnings {
	my $samples = Fg::slurp("$Fg::cases/perf/fp.in");
	my %beginnings = (
		'a line for each processor' => join('', "# ========\n# captured on    : x\n",
			map { "# CPU $_: Core ID $_, Die ID 0, Socket ID 0\n" } 0 .. 2047),
		'a line for each mapped file' => join('', map {
			"a 1 0.$_: PERF_RECORD_MMAP2 1/1: [0x5000(0x1000) @ 0 fe:00 1 2]: r-xp /x/$_\n"
		} 100_000 .. 102_000),
		'the words of another program' => "one line of these\n" x 3000,
	);
	for my $what (sort keys %beginnings) {
		my $ran = Fg::run({ in => $beginnings{$what} . $samples }, Fg::program('fg-collapse'),
			'--identify', '-');
		like($ran->{out}, qr/: perf: /, $what) or diag($ran->{err});
	}
}

# The program says the same.
sub check_identify {
	my @cases = grep { !-e "$_->{base}.probe" && !$_->{again} } Fg::cases();
	my $ran = Fg::run({}, Fg::program('fg-collapse'), '--identify', map { $_->{in} } @cases);
	my %said = $ran->{out} =~ /^(.*?): (\w+): .*$/mg;
	my @wrong = grep { ($said{$_->{in}} || '') ne $_->{format} } @cases;
	ok(!@wrong, '--identify') or diag(map { "$_->{name}: $said{$_->{in}}\n" } @wrong);
}
