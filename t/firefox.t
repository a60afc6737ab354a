#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Profiles of the Firefox Profiler: every case is read a second time by Perl; what one
# recording became in many versions of the format is the same; and times, threads and
# places survive fg-convert -t firefox.
use strict;
use warnings;
no warnings qw(portable);
no warnings qw(once);
use FindBin;
use JSON::PP ();
use Test::More;

require "$FindBin::Bin/lib.pm";
require "$FindBin::Bin/firefox.pm";

my $cases = "$Fg::cases/firefox";

check_case($_) for grep { !$_->{again} && $_->{exit} == 0 } Fg::cases('firefox');
check_versions();
check_made();
check_times();
check_threads();
check_places();
check_difference();
check_symbols();
done_testing();

sub json { return JSON::PP->new->utf8->decode($_[0]) }
sub collapse { return Fg::run({}, Fg::program('fg-collapse'), '-q', '--no-header', @_) }
sub convert { return json(Fg::run({}, Fg::program('fg-convert'), '-q', '-t', 'firefox', @_)->{out}) }

sub check_case {
	my ($case) = @_;
	my $want = Firefox::stacks(json(Fg::slurp($case->{in})), sub {
		my $v = Firefox::value(@_);
		return $v > 0 ? $v : 0;
	});
	my $ran = collapse('--names=full', '--group-by=none', '--no-marks', $case->{in});
	my %got = $ran->{out} =~ /^(.*) (\d+)$/mg;
	delete $_->{''}, delete $_->{'[no stack]'} for $want, \%got;
	is_deeply(\%got, $want, "$case->{name}: Perl reads the same");
}

sub check_versions {
	for my $how (['--group-by=tid'], ['--metric=cpu'], ['--tagroot=thread,category']) {
		my $want = collapse(@$how, "$cases/gecko.in")->{out};
		ok(length $want, "gecko.in @$how");
		is(collapse(@$how, "$cases/v$_.in")->{out}, $want, "... is the same in version $_") for 48, 56, 60, 66, 70;
	}
	is(collapse("$cases/other-order.in")->{out}, collapse("$cases/native.in")->{out}, 'the order of keys does not matter');
	for my $name (qw(other-order schema-last wrapped)) {
		is(collapse("$cases/gecko-$name.in")->{out}, collapse("$cases/gecko-texts.in")->{out}, "... nor in Gecko's format: $name");
	}
}

# The files that are made are those that are there.
sub check_made {
	my $ran = Fg::run({}, $^X, "$FindBin::Bin/firefox-cases", $Fg::temp);
	is($ran->{status}, 0, 'firefox-cases') or diag($ran->{err});
	my @differ = grep { Fg::slurp($_) ne Fg::slurp($cases . s{.*(/[^/]+)$}{$1}r) } glob "$Fg::temp/*.in";
	is("@differ", '', '... makes the cases');
}

sub check_times {
	my $perf = Fg::spew("$Fg::temp/times.txt", <<'END');
app 10/10 [000]    5.000250: 1000 cpu-clock:
	    5500 leaf+0x10 (/opt/app)
	    5600 main+0x20 (/opt/app)

app 10/11 [000]    5.000100: 2000 cpu-clock:
	    5500 leaf+0x10 (/opt/app)
	    5600 main+0x20 (/opt/app)

app 10/10 [000]    5.000350: 3000 cpu-clock:
	    5600 main+0x20 (/opt/app)

END
	my $j = convert('-f', 'perf', $perf);
	my ($main, $other) = @{ $j->{threads} };
	is_deeply($main->{samples}{time}, [0.15, 0.25], 'samples stand where they were');
	is_deeply($main->{samples}{weight}, [0.001, 0.003], '... for as long as they say');
	is($main->{samples}{weightType}, 'tracing-ms', '... in milliseconds');
	is_deeply($other->{samples}{time}, [0], '... from the first one on, of any thread');
	my $folded = Fg::spew("$Fg::temp/folded.txt", "a;b 30\na;c 20\na 0\nd 5\n");
	my $s = convert('-f', 'folded', $folded)->{threads}[0]{samples};
	is_deeply($s->{time}, [0, 30, 50], 'without times they follow each other');
	is_deeply($s->{weight}, [30, 20, 5], '... and what counts nothing is left out');
	$j = convert("$cases/sizes.in");
	is($j->{threads}[0]{samples}{weightType}, 'bytes', 'sizes are bytes');
	is_deeply($j->{threads}[0]{samples}{time}, [0, 1, 2, 2.25, 3.25, 4.25], '... at the times they had');
	$j = convert("$Fg::cases/dhat/heap.in");
	is($j->{meta}{sampleUnits}{time}, 'bytes', '... or laid out by size');
	$folded = Fg::spew("$Fg::temp/cycles.txt", "# unit: cycles\na 9000000000000000000\nb 1\n");
	my ($all) = map { $_->{samples}{time}[-1] } @{ convert('-f', 'folded', $folded)->{threads} };
	cmp_ok($all, '<=', 1e7, 'other units take some hours at most');
}

sub check_threads {
	my $file = Fg::spew("$Fg::temp/t.firefox.json", Fg::run({}, Fg::program('fg-convert'), '-q', '-t', 'firefox', "$cases/gecko-processes.in")->{out});
	my $j = json(Fg::slurp($file));
	is_deeply([sort map { join ' ', @$_{qw(name processName pid tid)}, $_->{isMainThread} ? 'main' : '' } @{ $j->{threads} }],
		['GeckoMain Parent Process 5 5 main', 'GeckoMain Web Content 6 6 main'], 'threads and processes have their names');
	is(collapse('--group-by=tid', '--names=full', $file)->{out}, collapse('--group-by=tid', '--names=full', "$cases/gecko-processes.in")->{out}, '... and come back');
	my @categories = map { $_->{name} } @{ $j->{meta}{categories} };
	is_deeply(\@categories, [qw(Other User Kernel JIT DOM)], 'categories are kept');
	$j = convert('-f', 'folded', Fg::spew("$Fg::temp/none.txt", "a;b 1\n"));
	is($j->{threads}[0]{pid}, 'thread 1', 'a process that is not known has no number');
}

sub check_places {
	my $j = convert("$cases/native.in");
	my ($of, $frames, $funcs) = map { $j->{shared}{$_} } qw(stringArray frameTable funcTable);
	my %row = map { $of->[$funcs->{name}[$frames->{func}[$_]]] => $_ } 0 .. $frames->{length} - 1;
	my ($work, $fast) = @row{qw(work fast)};
	is_deeply([map { $frames->{$_}[$fast] } qw(line column address inlineDepth)], [3, 9, 0x1180, 1], 'line, column, address and depth');
	is_deeply([map { $frames->{$_}[$work] } qw(line column address inlineDepth)], [7, undef, 0x1180, 0], '... of what it was compiled into');
	is($of->[$j->{shared}{sources}{filename}[$funcs->{source}[$frames->{func}[$fast]]]], '/src/b.h', '... and the file');
	is_deeply([sort map { "$_->{path} " . ($_->{codeId} // '') } @{ $j->{libs} }], ['/opt/demo/app abcdef0123', '/opt/demo/libc.so.6 ', '[kernel.kallsyms] '], 'libraries');
	my @kinds = map { $j->{meta}{categories}[$frames->{category}[$row{$_}]]{name} } qw(main fast do_syscall_64 compiled label);
	is_deeply(\@kinds, [qw(User User Kernel JIT Other)], 'kinds are categories');
}

# What is less than before weighs less than nothing.
sub check_difference {
	my $j = convert('-f', 'folded', Fg::spew("$Fg::temp/two.txt", "# columns: before, after\na;b 1 3\na 5 2\n"));
	is_deeply([sort { $a <=> $b } @{ $j->{threads}[0]{samples}{weight} }], [-3, 2], 'differences');
}

# Addresses that nobody has looked up, in both formats.
sub check_symbols {
	SKIP: {
		skip 'made without elfutils', 1 unless Fg::has_elfutils();
		my @missing = grep { !Fg::has_program($_) } qw(gcc nm readelf);
		skip "not here: @missing", 1 if @missing;
		my $program = "$Fg::temp/program";
		my $source = Fg::spew("$program.c", "int leaf(int x) { return x * 3; }\nint main(int c, char **v) { (void)v; return leaf(c); }\n");
		Fg::run({}, 'gcc', '-O0', '-Wl,--build-id', '-o', $program, $source)->{status} == 0 or skip 'gcc fails', 1;
		my %at = reverse map { /^(\S+) T (\S+)/ ? ($1 => $2) : () } split /\n/, Fg::run({}, 'nm', $program)->{out};
		my ($id) = Fg::run({}, 'readelf', '-n', $program)->{out} =~ /Build ID: (\S+)/;
		my $lib = { name => 'program', path => $program, codeId => $id, start => 0x7f0000000000, end => 0x7f0000100000, offset => 0 };
		check_gecko_symbols($lib, map { hex $at{$_} } qw(main leaf));
	}
}

sub check_gecko_symbols {
	my ($lib, $main, $leaf) = @_;
	my @texts = map { sprintf '0x%x', 0x7f0000000000 + $_ } $leaf, $leaf + 4;
	my $rows = sub { return { schema => { map { $_[0][$_] => $_ } 0 .. $#{ $_[0] } }, data => $_[1] } };
	my $thread = {
		name => 'main', pid => 1, tid => 1, stringTable => \@texts, samples => $rows->([qw(stack time)], [[1, 0]]),
		frameTable => $rows->(['location'], [[0], [1]]), stackTable => $rows->([qw(prefix frame)], [[undef, 0], [0, 1]]),
	};
	# The address to return to is the first one of leaf: what has called is before it.
	my $file = Fg::spew("$Fg::temp/gecko.json", JSON::PP->new->encode({ meta => { version => 30 }, libs => [$lib], threads => [$thread] }));
	my $ran = collapse('--group-by=none', $file);
	like($ran->{out}, qr/^(?!leaf;).*;leaf 1$/, 'an address of Gecko') or diag($ran->{err});
	@texts = map { sprintf '0x%x', $_ } $main, $leaf + 4;
	my $processed = {
		meta => { preprocessedProfileVersion => 60 }, libs => [$lib],
		shared => {
			stringArray => \@texts, stackTable => { length => 2, frame => [0, 1], prefix => [undef, 0] },
			frameTable => { length => 2, func => [0, 1], address => [$main, $leaf + 4] },
			funcTable => { length => 2, name => [0, 1], resource => [0, 0] }, resourceTable => { length => 1, lib => [0] },
		},
		threads => [{ name => 'main', pid => '1', tid => 1, samples => { length => 1, stack => [1], time => [0], weight => undef } }],
	};
	$file = Fg::spew("$Fg::temp/processed.json", JSON::PP->new->encode($processed));
	is(collapse('--group-by=none', $file)->{out}, "main;leaf 1\n", 'addresses in a library');
	$lib->{codeId} = 'ff' x 20;
	$file = Fg::spew("$Fg::temp/other.json", JSON::PP->new->encode($processed));
	is(collapse('--group-by=none', $file)->{out}, "[program];[program] 1\n", '... which is another one');
}
