#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# The manuals: clean for mandoc, complete, and true.  Options are compared with
# what the programs accept (--completion=names), and what the EXAMPLES show
# after "$ " is run, lines after "> " being the rest of a command, other lines
# what it prints.
use strict;
use warnings;
no warnings qw(once);
use File::Basename qw(basename);
use File::Temp qw(tempdir);
use FindBin;
use Test::More;

require "$FindBin::Bin/lib.pm";

# Those of what was built: fg-png may be left out.
my @pages = grep { !/\.1$/ || -x "$Fg::build/" . basename($_, '.1') } glob("$Fg::source/man/*.[1-9]");
my @programs = map { basename($_, '.1') } grep { /\.1$/ } @pages;

# What the examples find in their folder.
my %fixtures = (
	'perf.txt' => Fg::slurp("$Fg::cases/perf/fp.in"),
	'dhat.out' => Fg::slurp("$Fg::cases/dhat/heap.in"),
	'go.pb.gz' => Fg::slurp("$Fg::cases/pprof/cpu.in"),
	'events.txt' => Fg::slurp("$Fg::cases/perf/multi-event.in"),
	'old.folded' => two_functions(300),
	'new.folded' => two_functions(500),
	'a.folded' => <<'END',
# event: cycles:u
# unit: cycles
# total: 13010 cycles in 13 samples
server;main;serve;parse 8008
server;main;serve;write;entry_SYSCALL_64_after_hwframe_[k] 5002
END
);

for my $page (@pages) {
	check_text($page);
	check_examples($page);
}
check_options($_) for @programs;
done_testing();

sub two_functions {
	my ($parse) = @_;
	my $total = $parse + 700;
	return "# event: cpu-clock\n# unit: samples\n# total: $total samples\n" .
		"main;serve;parse $parse\nmain;serve;write 300\nmain;idle 400\n";
}

# "-o" and "--output" of a line ".It Fl o Ar file , Fl -output Ns = Ns Ar file"
sub options_of_item {
	my ($in, @options) = (0);
	for my $word (split ' ', $_[0]) {
		if ($word eq 'Fl') {
			$in = 1;
		} elsif ($word eq ',') {
			next;
		} elsif ($word =~ /^(?:Ns|Ar|Cm|Op|Li)$/) {
			$in = 0;
		} elsif ($in) {
			push @options, "-$word";
		}
	}
	return @options;
}

sub options_of_page {
	return map { options_of_item($_) } grep { /^\.It Fl / } Fg::lines_of($_[0]);
}

# The literal displays of EXAMPLES, each a reference to its lines.
sub examples_of_page {
	my ($in_examples, $display, @displays) = (0);
	for (Fg::lines_of($_[0])) {
		$in_examples = /EXAMPLES/ if /^\.Sh /;
		next unless $in_examples;
		if (/^\.Bd -literal/) {
			push @displays, $display = [];
		} elsif (/^\.Ed/) {
			undef $display;
		} elsif ($display) {
			s/\\e/\\/g;
			s/\\&//g;
			s/\\-/-/g;
			push @$display, $_;
		}
	}
	return @displays;
}

# [command, what it prints] of a display.
sub commands_of_display {
	my @commands;
	for (@{ $_[0] }) {
		if (s/^\$ //) {
			push @commands, [ "$_\n", '' ];
		} elsif (@commands && s/^> ?//) {
			$commands[-1][0] .= "$_\n";
		} elsif (@commands) {
			$commands[-1][1] .= "$_\n";
		}
	}
	return @commands;
}

sub folder_with_fixtures {
	my $folder = tempdir(CLEANUP => 1);
	Fg::spew("$folder/$_", $fixtures{$_}) for keys %fixtures;
	return $folder;
}

sub check_text {
	my ($page) = @_;
	my $name = basename($page);
	SKIP: {
		skip 'no mandoc', 1 unless Fg::has_program('mandoc');
		is(`mandoc -Tlint -W warning '$page' 2>&1`, '', "$name is clean");
	}
	my %own = map { basename($_) => 1 } glob("$Fg::source/man/*");
	my @lost = grep { /^fg/ && !$own{$_} }
		map { /^\.Xr (\S+) (\d)/ ? "$1.$2" : () } Fg::lines_of($page);
	is("@lost", '', "$name refers to manuals that are there");
}

sub check_examples {
	my ($page) = @_;
	my $folder = folder_with_fixtures();
	for my $example (map { commands_of_display($_) } examples_of_page($page)) {
		my ($command, $prints) = @$example;
		my $ran = Fg::run({ dir => $folder }, 'sh', '-c', $command);
		my $title = basename($page) . ': ' . $command =~ s/\n.*//sr;
		$title =~ s/#/\\#/g;
		is($ran->{status}, 0, $title) or diag($ran->{err});
		unlike($ran->{err}, qr/error:|not found|No such/, '... and nothing failed on the way');
		is($ran->{out}, $prints, '... and prints that') if $prints ne '';
	}
}

sub check_options {
	my ($program) = @_;
	my @accepted = map { my ($long, $letter) = split /\t/; ($long, $letter || ()) }
		split /\n/, `$program --completion=names`;
	my %accepted = map { $_ => 1 } @accepted;
	my %told = map { $_ => 1 } options_of_page("$Fg::source/man/$program.1");
	cmp_ok(scalar @accepted, '>', 20, "$program tells its options");
	is(scalar @accepted, scalar keys %accepted, '... each once');
	is(join(' ', grep { !$told{$_} } sort keys %accepted), '', '... all in the manual');
	is(join(' ', grep { !$accepted{$_} } sort keys %told), '', '... and no others');
	like(`$program --help`, qr/^usage: \Q$program\E .*\n(?:.{0,80}\n)+$/,
		'... and help has lines of 80 columns');
	SKIP: {
		skip 'no bash', 1 unless Fg::has_program('bash');
		is(system("$program --completion=bash | bash -n"), 0,
			'... and bash takes the completion');
	}
}
