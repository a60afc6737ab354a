#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Files of Valgrind's tools other than DHAT, and of LeakSanitizer, read a second time by Perl: what
# --list-metrics says, and what folded stacks add up to.  The numbers that were written
# down for the files of ../shared/data hold as well.
use strict;
use warnings;
no warnings qw(once);
use File::Basename qw(basename);
use FindBin;
use JSON::PP ();
use Test::More;

require "$FindBin::Bin/lib.pm";

my $data = "$Fg::shared/mem";
my %xtree = (
	curB => 'leaked', curBk => 'leaked-blocks', totB => 'total', totBk => 'blocks',
	totFdB => 'freed', totFdBk => 'freed-blocks',
);
my %reader = (lsan => \&lsan_sums, massif => \&massif_sums, xtree => \&xtree_sums);
my $amount = qr/([\d,]+)(?: \(\+[\d,]+\))?/;
my $loss = qr/$amount(?: \($amount direct, $amount indirect\))? bytes in $amount blocks are (definite|indirect|possib|still reachable)(?:ly lost)? in loss/;

for my $format (sort keys %reader) {
	check_sums($format, $_->{in}) for grep { !$_->{again} && $_->{exit} == 0 } Fg::cases($format);
}
check_massif_trees();
check_timeline();
check_same_trees("$Fg::cases/xtree/memory.in", "$Fg::cases/massif/xtree.in");
check_leaks($_->{in}) for grep { !$_->{again} && $_->{exit} == 0 && $_->{name} !~ /broken|names|turns|mixed|again/ } Fg::cases('memcheck');
check_same_leaks();
check_suppressions('memcheck/xml.in', 'memcheck/text.in', 'lsan/clang.in');
check_nothing();

SKIP: {
	skip("no $data", 1) unless -r "$data/expected.md";
	check_sums('massif', $_) for glob("$data/massif/*.out $data/xtree/*xtmem.ms");
	check_leaks($_) for glob("$data/memcheck/*");
	check_memcheck_expected();
	check_sums('lsan', $_) for glob("$data/lsan/*");
	is_deeply(listed("$data/lsan/memdemo.lsan.txt"), { leaked => 10160, 'leaked-blocks' => 15,
		direct => 10032, 'direct-blocks' => 11, indirect => 128, 'indirect-blocks' => 4 },
		'lsan: as it was written down');
	check_sums('xtree', $_) for glob("$data/xtree/*.kcg $data/xtree/*xtleak.ms");
	check_massif_expected();
	check_xtree_expected();
}
done_testing();

sub collapse { return Fg::run({}, Fg::program('fg-collapse'), @_) }

sub listed {
	my ($file, @options) = @_;
	my %total = map { (split /\t/)[0, 2] } grep { !/^#/ } split /\n/,
		collapse('--list-metrics', @options, $file)->{out};
	return \%total;
}

sub folded_sum {
	my ($file, @options) = @_;
	my $ran = collapse('-q', '--no-header', @options, $file);
	my $sum = 0;
	$sum += $_ for $ran->{out} =~ / (\d+)$/mg;
	return $ran->{status} == 0 ? $sum : "exit status $ran->{status}";
}

sub check_sums {
	my ($format, $file) = @_;
	my $name = "$format/" . basename($file);
	my ($sum, $listed) = ($reader{$format}->($file), listed($file));
	is_deeply($listed, $sum, "$name: metrics and their totals");
	is(folded_sum($file, "--metric=$_"), $sum->{$_}, "$name: stacks add up to $_")
		for sort keys %$sum;
}

# The rows of a table of expected.md that begins with these columns.
sub expected_rows {
	my (@first) = @_;
	my (@columns, @rows);
	for my $line (split /\n/, Fg::slurp("$data/expected.md")) {
		my (undef, @cells) = map { s/^\s+|\s+$|\*\*//gr } split /\|/, $line;
		if (!@cells) {
			@columns = ();
		} elsif ("@cells[0 .. ($#first < $#cells ? $#first : $#cells)]" eq "@first") {
			@columns = @cells;
		} elsif (@columns && $cells[0] !~ /^-/) {
			my %row;
			@row{@columns} = map { s/(?<=\d),(?=\d)//gr } @cells;
			push @rows, \%row;
		}
	}
	return @rows;
}

# Massif

sub snapshots {
	my ($file) = @_;
	my @all;
	for my $line (split /\n/, Fg::slurp($file)) {
		push @all, { number => $1, tree => [] } if $line =~ /^snapshot=(\d+)$/;
		$all[-1]{$1} = $2 if @all && $line =~ /^(\w+)=(\w+)$/;
		push @{$all[-1]{tree}}, [length $1, $2, $3] if $line =~ /^( *)n\d+: (\d+) (.*)$/;
	}
	return @all;
}

# The peak, or what is largest of those with a tree.
sub peak {
	my (@all) = @_;
	my ($peak) = grep { $_->{heap_tree} eq 'peak' } @all;
	my ($largest) = sort { total($b) <=> total($a) || $a->{number} <=> $b->{number} }
		grep { $_->{heap_tree} ne 'empty' } @all;
	return $peak || $largest;
}

sub total { my ($s) = @_; return $s->{mem_heap_B} + $s->{mem_heap_extra_B} + $s->{mem_stacks_B} }

sub massif_sums {
	my ($file) = @_;
	my @all = snapshots($file);
	return { map { $xtree{$_->{tree}[0][2] =~ s/ :.*//r} => $_->{tree}[0][1] } @all }
		if Fg::slurp($file) =~ /^desc: xtree/;
	my $peak = peak(@all);
	return { peak => $peak ? $peak->{tree}[0][1] : 0 };
}

# Each node with what it has beside its children: functions of the callers and itself.
sub massif_stacks {
	my (@tree) = @_;
	my (%stacks, @path);
	for my $i (1 .. $#tree) {
		my ($depth, $bytes, $text) = @{$tree[$i]};
		$#path = $depth - 1;
		(my $name = $text) =~ s/^0x\w+: //;
		$name = '[below]' if $text =~ /below massif's threshold/;
		$name =~ s/ \((?:in .*|.*:\d+)\)$//;
		$path[$depth - 1] = $name;
		my $self = $bytes;
		for my $child (@tree[$i + 1 .. $#tree]) {
			last if $child->[0] <= $depth;
			$self -= $child->[1] if $child->[0] == $depth + 1;
		}
		$stacks{join ';', reverse @path} += $self if $self;
	}
	return \%stacks;
}

sub check_massif_trees {
	for my $file (map { "$Fg::cases/massif/$_.in" } qw(heap bytes depth threshold)) {
		my $wanted = massif_stacks(@{peak(snapshots($file))->{tree}});
		my %got = map { /^(.*) (\d+)$/ ? ($1 => $2) : () } split /\n/,
			collapse('-q', '--no-header', '--no-marks', $file)->{out} =~ s/\[below [\d.]+%\]/[below]/gr;
		is_deeply(\%got, $wanted, basename($file) . ': the stacks of the tree');
	}
}

# The heap at each snapshot, in steps of time; of one metric each there is none.
sub check_timeline {
	my $stats = "$Fg::temp/stats";
	for my $name (qw(bytes heap stacks)) {
		my $file = "$Fg::cases/massif/$name.in";
		collapse('-q', '--stats', $stats, $file);
		my $line = JSON::PP->new->decode(Fg::slurp($stats))->{timeline};
		my @all = snapshots($file);
		my %unit = (bytes => 'bytes', heap => 'instrs', stacks => 'ms');
		is($line->{unit}, $unit{$name}, "$name: the unit of time");
		my ($known) = sort { $b <=> $a } map { $_->{mem_heap_B} } @all;
		my ($most) = sort { $b <=> $a } map { $_->[1] // 0 } @{$line->{points}};
		is($most, $known, "$name: the largest heap of all times");
		is($line->{points}[-1][1], $all[-1]{mem_heap_B}, "$name: the last one");
	}
	collapse('-q', '--stats', $stats, "$Fg::cases/massif/xtree.in");
	ok(!JSON::PP->new->decode(Fg::slurp($stats))->{timeline}, 'xtree: no times');
}

sub check_massif_expected {
	my @rows = grep { $_->{file} =~ /^massif/ } expected_rows('file', 'unit', 'snapshots');
	ok(@rows == 5, 'expected.md: the table of Massif');
	for my $row (@rows) {
		my $file = "$data/$row->{file}";
		is(listed($file)->{peak}, $row->{'peak heap'}, "$row->{file}: the peak that was written down");
		is(folded_sum($file, "--snapshot=$row->{'peak #'}"), $row->{'sum of self in peak tree'},
			"$row->{file}: the same by number");
		my ($printed) = Fg::slurp("$data/logs/ms_print." . basename($file) . '.txt') =~
			/^ +\Q$row->{'peak #'}\E +[\d,]+ +[\d,]+ +([\d,]+) +[\d,]+ +[\d,]+$/m;
		is(listed($file)->{peak}, $printed =~ s/,//gr, "$row->{file}: the useful heap of ms_print");
		my @all = snapshots($file);
		my ($last) = grep { $_->{heap_tree} ne 'empty' } reverse @all;
		is(folded_sum($file, '--snapshot=last'), $last->{mem_heap_B}, "$row->{file}: the last one with a tree");
	}
}

# Execution trees

# The costs of a paragraph are those of its last line; sums by event.
sub xtree_events {
	my ($file) = @_;
	my (@events, %sum, $last, $calls);
	for my $line (split(/\n/, Fg::slurp($file)), '') {
		@events = split ' ', $1 if $line =~ /^events: (.*)/;
		if ($line =~ /^calls=/) {
			$calls = 1;
		} elsif ($line =~ /^\d+ (.*)/) {
			$last = $1 unless $calls;
			$calls = 0;
		} elsif ($line eq '') {
			my @costs = split ' ', $last // '';
			$sum{$events[$_]} += $costs[$_] // 0 for 0 .. $#events;
			$last = undef;
		}
	}
	return \%sum;
}

sub xtree_sums {
	my ($file) = @_;
	my $sum = xtree_events($file);
	return { map { $xtree{$_} => $sum->{$_} } keys %$sum } unless exists $sum->{DB};
	my %metric = (
		definite => $sum->{DB} - $sum->{DIB}, indirect => $sum->{IB},
		possible => $sum->{PB}, reachable => $sum->{RB},
		growth => $sum->{iDB} - $sum->{iDIB} + $sum->{iIB} + $sum->{iPB} + $sum->{iRB},
		'growth-blocks' => $sum->{iDBk} + $sum->{iIBk} + $sum->{iPBk} + $sum->{iRBk},
		'definite-blocks' => $sum->{DBk}, 'indirect-blocks' => $sum->{IBk},
		'possible-blocks' => $sum->{PBk}, 'reachable-blocks' => $sum->{RBk},
	);
	for my $kind (qw(definite indirect possible reachable)) {
		$metric{leaked} += $metric{$kind};
		$metric{'leaked-blocks'} += $metric{"$kind-blocks"};
	}
	return \%metric;
}

# "- `xtree/x.kcg`: curB=14768, curBk=17"
sub check_xtree_expected {
	my $found = 0;
	for my $line (grep { /^- `xtree/ } split /\n/, Fg::slurp("$data/expected.md")) {
		my ($file, $rest) = $line =~ /^- `(.*?)`: (.*)/;
		my $sum = xtree_events("$data/$file");
		my %told = $rest =~ /(\w+)=(\d+)/g;
		is($sum->{$_}, $told{$_}, "$file: $_ as it was written down") for sort keys %told;
		$found++;
	}
	is($found, 4, 'expected.md: the list of trees');
}

# The same run in both formats; the one of Massif has inlined functions in it.
sub check_same_trees {
	my ($kcg, $ms) = @_;
	for my $metric (qw(total blocks freed freed-blocks leaked)) {
		my @got = map { collapse('-q', '--no-header', '--no-inline', "--metric=$metric", $_)->{out} } $kcg, $ms;
		is($got[0], $got[1], "$metric is the same in xtree's formats");
	}
}

# Memcheck

# What is told behind the end, by all processes; bytes of the blocks alone.
sub memcheck_leaks {
	my ($file) = @_;
	my $text = Fg::slurp($file);
	my @lines = split /\n/, $text;
	my (%process, %sum);
	for my $line (@lines) {
		my ($pid) = $line =~ /^==(?:\S+ )?(\d+)==/;
		$process{$pid // 0} = [] if $line =~ /HEAP SUMMARY:|<state>FINISHED/;
		my ($all, $direct, undef, $blocks, $kind) = $line =~ $loss or next;
		push @{$process{$pid // 0}}, [$kind =~ s/^still //r =~ s/possib/possible/r,
			map { s/,//gr } $direct // $all, $blocks];
	}
	for my $leak (map { @$_ } values %process) {
		my ($kind, $bytes, $blocks) = @$leak;
		$sum{$kind} += $bytes;
		$sum{"$kind-blocks"} += $blocks;
		$sum{leaked} += $bytes;
		$sum{'leaked-blocks'} += $blocks;
	}
	return \%sum;
}

sub check_leaks {
	my ($file) = @_;
	my ($name, $sum, $listed) = (basename($file), memcheck_leaks($file), listed($file));
	is($listed->{$_}, $sum->{$_} // 0, "$name: $_ is what its sentences tell")
		for grep { !/^(?:errors)$/ } sort keys %$listed;
	is(folded_sum($file, "--metric=$_"), $sum->{$_} // 0, "$name: stacks add up to $_")
		for grep { !/^(?:errors)$/ } sort keys %$listed;
	my @missing = grep { !exists $listed->{$_} } sort keys %$sum;
	is("@missing", '', "$name: nothing of it is missing");
}

# What XML and text tell of the same program.
sub check_same_leaks {
	for my $metric ('definite', 'leaked', 'errors') {
		my @got = map { collapse('-q', '--granularity=lines', "--metric=$metric", "$Fg::cases/memcheck/$_-faults.in")->{out} } qw(xml text);
		is($got[0], $got[1], "XML and text tell the same: $metric");
		like($got[0], qr/^# total: [1-9]/m, '... and something');
	}
}

sub check_suppressions {
	for my $file (map { "$Fg::cases/$_" } @_) {
		my $name = basename($file);
		my ($before, $all) = (listed($file), listed($file, '--suppressions=' . Fg::spew("$Fg::temp/none.supp", "# nothing\n")));
		is_deeply($all, $before, "$name: a file without suppressions");
		my $run = sub { listed($file, '--suppressions=' . Fg::spew("$Fg::temp/a.supp", $_[0])) };
		my $after = $run->("leak:^known_l*k\$\n");
		is($after->{suppressed}, 77, "$name: what is known is suppressed");
		is($after->{leaked}, $before->{leaked} - 77, '... and the rest is left');
		is($run->("leak:leaks.c\n")->{leaked}, 0, "$name: all that is in a file");
	}
}

sub check_memcheck_expected {
	my $found = 0;
	my %name = (DefinitelyLost => 'definite', IndirectlyLost => 'indirect',
		PossiblyLost => 'possible', StillReachable => 'reachable', all => 'leaked');
	for my $row (expected_rows('file', 'kind', 'records')) {
		next unless $row->{file} =~ /^memcheck/;
		my $metric = $name{$row->{kind} =~ s/^Leak_//r};
		my $listed = listed("$data/$row->{file}");
		is($listed->{$metric}, $row->{"\x{ce}\x{a3} direct bytes"}, "$row->{file}: $metric as it was written down");
		is($listed->{"$metric-blocks"}, $row->{"\x{ce}\x{a3} leakedblocks"}, '... and blocks');
		$found++;
	}
	is($found, 10, 'expected.md: the table of Memcheck');
}

# LeakSanitizer: the last report of each process.

sub lsan_sums {
	my ($file) = @_;
	my (%reports, $pid, $patterns);
	for my $line (split /^/, Fg::slurp($file)) {
		last unless $line =~ /\n\z/;
		$reports{$pid = $1} = {} if $line =~ /==(\d+)==ERROR: LeakSanitizer/;
		$patterns = $line =~ /Suppressions used/ if $line =~ /Suppressions used|^---/;
		my $report = $reports{$pid // ''} //= {};
		my ($kind, $bytes, $blocks) = $line =~ /(Direct|Indirect) leak of (\d+) byte\(s\) in (\d+) object/;
		($kind, $blocks, $bytes) = ('suppressed', $1, $2) if $patterns && $line =~ /^ +(\d+) +(\d+) \S/;
		next if !defined $kind || $bytes > 1e18;
		for my $metric (lc $kind, $kind eq 'suppressed' ? () : 'leaked') {
			$report->{$metric} += $bytes;
			$report->{"$metric-blocks"} += $blocks;
		}
	}
	my %sum = map { $_ => 0, "$_-blocks" => 0 } qw(leaked direct indirect);
	for my $report (values %reports) {
		$sum{$_} += $report->{$_} for keys %$report;
	}
	return \%sum;
}

# A log that has nothing in it, when it is said to be one.
sub check_nothing {
	my $ran = collapse('--from=lsan', Fg::spew("$Fg::temp/calm.txt", "all is well\n"));
	is($ran->{status}, 0, 'nothing was leaked: exit status');
	like($ran->{err}, qr/nothing was leaked/, '... it says');
	my $svg = Fg::run({}, Fg::program('fg-svg'), '-q', "$Fg::cases/memcheck/xml-clean.in");
	is($svg->{status}, 0, 'nothing was lost: a picture of it');
	like($svg->{out}, qr/nothing was definitely lost, so there is nothing to draw/, '... that says so');
}
