#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# The cases of other collapsers, run under the second name: same options, same stacks.
# Order is not compared. Where we differ on purpose, t/peers-differences has a rule and
# the reason; a rule that explains nothing fails the test.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use Test::More;
use Text::ParseWords qw(shellwords);

require "$FindBin::Bin/lib.pm";

my $peers = "$Fg::shared/peers";
my $shown = 6;	# lines of a difference, each way

plan skip_all => "no $peers" unless -r "$peers/cases.tsv";

my @rules = read_rules("$Fg::source/t/peers-differences");
for my $row (read_cases("$peers/cases.tsv")) {
	if ($row->{suite} eq 'collapse-perf-multithread') {
		check_threads($row);
	} elsif ($row->{compare} eq 'predicate') {
		check_skip_after($row);
	} elsif ($row->{compare} eq 'stderr-count') {
		check_survives($row);
	} else {
		check_stacks($row);
	}
}
ok($_->{used}, "peers-differences:$_->{line} explains something") for @rules;
done_testing();

sub read_cases {
	my ($head, @lines) = Fg::lines_of($_[0]);
	my @names = split /\t/, $head;
	my @rows;
	for my $line (@lines) {
		my %row;
		@row{@names} = split /\t/, $line, -1;
		push @rows, \%row if $row{suite} =~ /^(?:collapse-perf|perl-test\.sh)/;
	}
	return @rows;
}

# SIDE <TAB> CASES <TAB> PATTERN <TAB> REPLACEMENT <TAB> REASON; see the file itself.
sub read_rules {
	my ($name) = @_;
	my ($n, @rules) = (0);
	for my $line (Fg::lines_of($name)) {
		$n++;
		next if $line =~ /^(?:#|\s*$)/;
		my ($side, $cases, $from, $to, $reason) = split /\t/, $line, -1;
		die "$name:$n: five columns are needed\n" unless length($reason // '');
		die "$name:$n: side is not expected, actual, missing or extra\n"
			unless $side =~ /^(?:expected|actual|missing|extra)$/;
		push @rules, { line => $n, side => $side, cases => qr/$cases/,
			from => qr/$from/, to => $to, reason => $reason };
	}
	return @rules;
}

sub title {
	my ($row) = @_;
	return join ' ', grep { length } @$row{qw(suite case options input)};
}

sub check_stacks {
	my ($row) = @_;
	my $quotes = $row->{compare} =~ /deleting/ || $row->{suite} eq 'perl-test.sh';
	my $want = stacks($quotes, Fg::lines_of("$peers/$row->{expected}"));
	my $ran = collapse($row, shellwords($row->{options}));
	my $got = stacks($quotes, split /\n/, $ran->{out});
	if (%$want && $ran->{status} != 0) {
		fail(title($row));
		return diag("status $ran->{status}: $ran->{err}");
	}
	my @used = forgive($row, $want, $got);
	my @missing = grep { ($got->{$_} // -1) ne $want->{$_} } sort keys %$want;
	my @extra = grep { ($want->{$_} // -1) ne $got->{$_} } sort keys %$got;
	if (ok(!@missing && !@extra, title($row))) {
		$_->{used} = 1 for @used;
		return;
	}
	diag(@missing . ' expected, ' . @extra . ' got instead');
	diag(nearest("$_ $want->{$_}", map { "$_ $got->{$_}" } @extra))
		for splice @missing, 0, $shown;
	diag("  got $_ $got->{$_}") for splice @extra, 0, $shown;
}

# The end of an expected line from where the line of ours most like it goes another way.
sub nearest {
	my ($line, @ours) = @_;
	my ($best, $at) = ('', 0);
	for my $our (@ours) {
		($line ^ $our) =~ /^\0*/;
		($best, $at) = ($our, $+[0]) if $+[0] > $at;
	}
	$at = 1 + rindex substr($line, 0, $at), ';';
	return sprintf "  expected ...%s\n  not      ...%s",
		substr($line, $at), substr($best, $at);
}

# Stacks and their counts; the same stack twice is added up.
sub stacks {
	my ($quotes, @lines) = @_;
	my %count;
	for my $line (@lines) {
		$line =~ tr/'"//d if $quotes;
		my ($stack, $n) = $line =~ /^(.*) (\d+)\s*$/;
		($stack, $n) = ("not a stack: $line", 0) unless defined $n;
		$count{$stack} += $n;
	}
	return \%count;
}

# Applies the rules to the stacks that differ, one rule after the other and only while
# something differs. Returns the rules that changed anything.
sub forgive {
	my ($row, $want, $got) = @_;
	my @used;
	for my $rule (grep { title($row) =~ $_->{cases} } @rules) {
		my ($mine, $theirs) = $rule->{side} =~ /^(?:expected|missing)$/
			? ($want, $got) : ($got, $want);
		push @used, $rule if apply($rule, $mine, $theirs);
	}
	return @used;
}

sub apply {
	my ($rule, $mine, $theirs) = @_;
	my $changed = 0;
	for my $stack (sort keys %$mine) {
		next if ($theirs->{$stack} // -1) eq $mine->{$stack};
		next unless $stack =~ $rule->{from};
		my $n = delete $mine->{$stack};
		if ($rule->{side} =~ /^(?:expected|actual)$/) {
			my ($new, $to) = ($stack, $rule->{to});
			$new =~ s/$rule->{from}/fill($to, @{^CAPTURE})/ge;
			$mine->{$new} += $n;
			next if $new eq $stack;
		}
		$changed = 1;
	}
	return $changed;
}

sub fill {
	my ($to, @parts) = @_;
	$to =~ s/\$(\d)/$parts[$1 - 1] \/\/ ''/ge;
	return $to;
}

# --skip-after=F: where F is on a stack it is the first frame; the first option is tried
# last, as the rows say.
sub check_skip_after {
	my ($row) = @_;
	my @options = shellwords($row->{options});
	my @functions = reverse grep { !/^--/ } @options;
	my $ran = collapse($row, @options);
	my ($hits, @bad) = (0);
	for my $line (split /\n/, $ran->{out}) {
		my ($f) = grep { index($line, $_) >= 0 } @functions or next;
		$hits++;
		push @bad, $line unless $line =~ /^\Q$f\E[; ]/;
	}
	ok($ran->{status} == 0 && $hits && !@bad, title($row))
		or diag("status $ran->{status}, $hits hits, ", scalar(@bad),
			' that do not begin with it: ', $bad[0] // '', $ran->{err});
}

# Lines the others warn about: no sample is lost for them.
sub check_survives {
	my ($row) = @_;
	my ($want, $got) = (0, 0);
	$want += $_->[2] for Fg::perf_totals("$peers/$row->{input}");
	my $ran = collapse($row, shellwords($row->{options}));
	$got += $_ for values %{stacks(0, split /\n/, $ran->{out})};
	is("status $ran->{status}, sum $got", "status 0, sum $want", title($row))
		or diag($ran->{err});
	like($ran->{err}, qr/./, title($row) . ' is spoken of') if $row->{input} =~ /weird/;
}

sub check_threads {
	my ($row) = @_;
	my ($from, $to) = $row->{options} =~ /^-n (\d+)\.\.(\d+)$/
		or die title($row), "\n";
	my $one = collapse($row, '-n', 1);
	my @differ = grep { collapse($row, '-n', $_)->{out} ne $one->{out} } $from .. $to;
	ok($one->{status} == 0 && length $one->{out} && !@differ, title($row))
		or diag("status $one->{status}, differs with @differ threads: $one->{err}");
}

sub collapse {
	my ($row, @options) = @_;
	return Fg::run({}, Fg::program('stackcollapse-perf'), @options, "$peers/$row->{input}");
}
