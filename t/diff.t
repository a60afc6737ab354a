#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# fg-diff: what it tells of two profiles, in all forms; what cannot be compared; and
# the gate.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use JSON::PP ();
use Test::More;
use Time::HiRes qw(time);

require "$FindBin::Bin/lib.pm";

my $temp = $Fg::temp;
my $samples = "# event: cpu-clock\n# unit: samples\n";

check_small();
check_normalize();
check_reports();
check_sides();
check_roots();
check_names();
check_folded();
check_second_name();
check_bad_input();
check_rules();
check_bad_rules();
check_outputs();
check_pictures();
check_exact();
check_telling();
check_columns();
check_program();
done_testing();

my $count;
sub file { my ($text) = @_; return Fg::spew("$temp/f" . ++$count, $text) }
sub diff { return Fg::run({}, Fg::program('fg-diff'), @_) }

sub shows {
	my ($ran, $pattern, $title, $status) = @_;
	ok($ran->{status} == ($status // 0) && "$ran->{out}$ran->{err}" =~ $pattern, $title)
		or diag("$ran->{command}\nstatus $ran->{status}\n$ran->{out}$ran->{err}");
	return;
}

# function => [self before, self after, total before, total after, points]
sub table {
	my ($ran) = @_;
	my %rows;
	for (grep { !/^#/ } split /\n/, $ran->{out}) {
		my ($name, @values) = split /\t/, $_, -1;
		$rows{$name} = \@values;
	}
	delete $rows{function};
	return \%rows;
}

sub folded {
	my ($ran) = @_;
	return join "\n", grep { !/^# / } split /\n/, $ran->{out};
}

# The three that other tools get wrong.
sub check_small {
	my $gone = diff('-q', '--report=tsv', file("a;gone 50\na;kept 10\n"), file("a;kept 10\n"));
	my $rows = table($gone);
	is_deeply([@{$rows->{gone}}[0 .. 4]], [50, 0, 50, 0, '-83.3333'],
		'a function that vanished is there');
	is_deeply([@{$rows->{a}}[0 .. 4]], [0, 0, 60, 10, 0], '... and its caller has less');
	my $parent = diff('-q', '--report=tsv', file("p;x 10\np;y 10\n"), file("p;x 30\np;y 30\n"));
	is_deeply([@{table($parent)->{p}}[0 .. 3]], [0, 0, 20, 60],
		'a parent of two that have 20 more has 40 more');
	my @two = (file("a 25\nb 75\n"), file("a 50\nb 83\n"));
	shows(diff('-q', '--unit=samples', '--fail-if', 'self(^a$) > +1%', @two),
		qr/a: 25 → 50 samples, ×2\.0 \(\+100\.0 %/, '25 and 50 are twice as much', 1);
	is(sprintf('%.2f', table(diff('-q', '--report=tsv', @two))->{a}[4]), '12.59',
		'... and so many points more of different totals');
}

sub check_normalize {
	my @two = (file("a 25\nb 75\n"), file("a 50\nb 150\n"));
	shows(diff(@two), qr/warning: the totals differ by 100 % and nothing is normalised/,
		'totals that differ');
	my $ran = diff('--normalize=total', @two);
	shows($ran, qr/values before are times 2, so that totals are the same\n/, 'by total');
	is($ran->{err}, '', '... without a warning');
	like($ran->{out}, qr/no function changed/, '... and nothing changed');
	my @thirds = (file("a 1\nb 1\nc 1\n"), file("a 5\nb 5\n"));
	is_deeply([@{table(diff('--normalize=total', '--report=tsv', @thirds))->{a}}[0, 1]],
		['3.333333', 5], 'reports have fractions');
	is(folded(diff('-n', '-t', 'folded', @thirds)), "a 4 5\nb 3 5\nc 3 0",
		'the largest remainder makes whole numbers that add up');
	my $deep = join '', map { "r;a;x$_ 1\nr;b;y$_ 1\n" } 1 .. 50;
	my $ran2 = diff('-n', '-t', 'folded', file($deep), file("r;a 31\nr;b 39\n"));
	my %sum;
	$sum{$1} += $2 while $ran2->{out} =~ /^r;([ab])\S* (\d+) /mg;
	is_deeply(\%sum, { a => 35, b => 35 }, '... on each level of calls');
	shows(diff('--normalize=b', file("a 10\nb 20\n"), file("a 30\nb 40\n")),
		qr/values before are times 2, so that b is the same/, 'by a function');
	shows(diff('--normalize=z', @two), qr/no function is called 'z'/, 'by one that is not there', 2);
	shows(diff('-n', file("a 0\n"), file("a 1\n")),
		qr/the total before is 0|no stack found|0 of/, 'by nothing', 2);
}

sub check_reports {
	my @two = (file($samples . "m;a 100\nm;b|`c 300\n"), file($samples . "m;a 200\nm;b|`c 300\nm;n;<&> 9\n"));
	my $json = diff('-q', '--report=json', '--fail-if', 'self(^a) > +5%', @two);
	my $data = eval { JSON::PP->new->utf8->decode($json->{out}) };
	is(ref $data, 'HASH', 'JSON') or diag($json->{out});
	is("$data->{before}{total} $data->{after}{total} $data->{unit}", '400 509 samples', '... totals');
	my ($a) = grep { $_->{name} eq 'a' } @{$data->{functions}};
	is("$a->{self_before} $a->{self_after} $a->{significant}", '100 200 1', '... a function');
	is($data->{rules}[0]{outcome}, 'failed', '... a rule');
	is_deeply($data->{rules}[0]{findings}, [{ function => 'a', before => 100, after => 200,
		p => $data->{rules}[0]{findings}[0]{p}, failed => JSON::PP::true }], '... and what it found');
	like($json->{out}, qr/"false_discovery_rate": 0\.05,/, '... numbers that people can read');
	my $text = diff('-q', '--limit=1', @two)->{out};
	like($text, qr/\n.* a\n[23] more functions changed \(--limit\)\n\z/, 'a limit');
	like(diff('-q', @two)->{out}, qr/<&>  \(not significant|<&>\n/, 'text has any name');
	my $markdown = diff('-q', '--report=markdown', @two)->{out};
	like($markdown, qr/^\| 200 \| \+100 \| 200 \| \+100 \| ×2\.0 \| \+14\.3 \| `a` \|$/m, 'Markdown');
	unlike($markdown, qr/^\|.*(?<!\\)\|`/m, '... without cells that names made');
	my $junit = diff('-q', '--report=junit', '--fail-if', 'self(^a$) > +5%',
		'--fail-if', 'self(<&>) > +500', @two)->{out};
	like($junit, qr{<testsuite name="fg-diff" tests="2" failures="1" skipped="0" errors="0">}, 'JUnit');
	like($junit, qr{<testcase classname="fg-diff" name="self\(&lt;&amp;&gt;\) &gt; \+500"></testcase>}, '... escaped');
	SKIP: {
		skip 'no xmllint', 1 unless Fg::has_program('xmllint');
		is(Fg::run({ in => $junit }, 'xmllint', '--noout', '-')->{status}, 0, '... is XML');
	}
	my $several = diff('-q', '--report=text', '--report=tsv', "--report=json=$temp/r.json", @two);
	like($several->{out}, qr/^before .*^function\t/ms, 'several reports');
	is(Fg::slurp("$temp/r.json"), diff('-q', '--report=json', @two)->{out}, '... and one in a file');
	shows(diff('--report=html', @two), qr/text, tsv, json, markdown or junit is needed/, 'no report', 2);
}

sub check_sides {
	my @f = map { file($samples . "a $_\nb 1000\n") } 100, 110, 200;
	my $rows = table(diff('-q', '--report=tsv', "--before=$f[0]", "--before=$f[1]", "--after=$f[2]"));
	is_deeply([@{$rows->{a}}[0, 1]], [105, 200], 'two files against one are halved');
	shows(diff('-q', "--before=$f[0]", "--before=$f[1]", "--after=$f[2]"),
		qr/values before are times 0\.5, for 1 against 2 files/, '... and that is told');
	check_several_files(@f);
	shows(diff("--before=$f[0]"), qr/both --before and --after/, 'one side', 2);
	shows(diff("--before=$f[0]", "--after=$f[1]", $f[2]), qr/is on neither side/, 'three sides', 2);
	shows(diff($f[0]), qr/two files are needed/, 'one file', 2);
	my $perf = diff('-q', "$Fg::cases/perf/fp.in", "$Fg::cases/perf/fp.in");
	shows($perf, qr/no function changed/, 'other formats');
	my $mixed = Fg::run({}, 'sh', '-c', "fg-collapse -q '$Fg::cases/perf/fp.in' | fg-diff -q '$Fg::cases/perf/fp.in' -");
	shows($mixed, qr/no function changed/, '... also two, and standard input');
	my $stats = diff('-q', "--stats=$temp/s", $f[0], $f[1]);
	is(scalar @{JSON::PP->new->decode(Fg::slurp("$temp/s"))}, 2, 'accounting of both');
}

sub check_several_files {
	my ($first, $second, $after) = @_;
	my @options = ('-q', "--before=$first", "--before=$second", "--after=$after",
		'--fail-if', 'self(^a$) > +5%', '--fail-if', 'self(^a$) > +150%');
	my ($name) = $first =~ m{([^/]+)\z};
	my $markdown = diff('--report=markdown', @options);
	like($markdown->{out}, qr/^\* before $name and 1 more: 2,210 samples\n\* after \S+: 1,200 samples, ×1\.09 per file\n\* values before are times 0\.5, for 1 against 2 files\n/,
		'Markdown of several files') or diag($markdown->{out});
	like($markdown->{out}, qr/^\| 200 \| \+95 \| 200 \| \+95 \| ×1\.9 \|/m, '... compares them as one');
	like($markdown->{err}, qr/(?:runs differ too much|p \S+\))/, '... and the rule tells why');
	my $json = JSON::PP->new->utf8->decode(diff('--report=json', @options)->{out});
	is_deeply([map { @$_{qw(files total samples)} } @$json{qw(before after)}], [2, 2210, 2210, 1, 1200, 1200],
		'JSON of several files');
	is_deeply([@{$json->{functions}[0]}{qw(name self_before self_after)}], ['a', 105, 200], '... compares them as one');
	is("$json->{ratio_num}/$json->{ratio_den}", '1/2', '... and says how');
	cmp_ok($json->{dispersion}, '>=', 1, '... and how much runs differ');
	return;
}

sub check_roots {
	my @two = (file($samples . "old;main;a 100\n"), file($samples . "server;main;a 90\nshell;b 20\n"));
	shows(diff(@two), qr/hint: stacks begin with 'old' before and with 'server' after, /, 'other roots');
	my $same = diff('--rename=s/^old$/server/', @two);
	unlike($same->{err}, qr/stacks begin/, '... or the same');
	unlike($same->{err}, qr/warning/, 'totals that differ by 10 %, and no more');
	unlike(diff('--reverse', @two)->{err}, qr/stacks begin/, '... or stacks turned around');
	return;
}

sub check_names {
	my @two = (file("w-1;a.isra.0;L\$\$Lambda\$3.x 1\nw-2;a 2\n"), file("w-7;a.part.1.cold 3\nw-7;a;L\$\$Lambda\$9/0x12.x 1\n"));
	my $ran = diff('-q', '-t', 'folded', @two);
	is(folded($ran), "w-*;a 2 3\nw-*;a;L\$\$Lambda.x 1 1", 'names that change');
	shows(diff('-q', @two), qr/\n7 names that change from build to build became 3 /, '... are counted');
	shows(diff('-q', map { file("f.part.$_ $_\n") } 1, 2), qr/\n2 names that change from build to build became 1 /, '... that become one');
	shows(diff('-q', map { file("f.isra.0 $_\n") } 1, 2), qr/\n1 name without what changes/, '... or stay apart') ;
	like(folded(diff('-q', '--no-stable-names', '-t', 'folded', @two)), qr/^w-7;a\.part\.1\.cold 0 3$/m, '... or kept');
	like(folded(diff('-q', '-s', '-t', 'folded', @two)), qr{^w-7;a;L\$\$Lambda\$9/0x\.\.\.\.x 0 1$}m, '... but for addresses');
}

sub check_folded {
	my @two = (file("# unit: ns\n# total: 3 ns in all\na;b 1\nc 2\n"), file("# unit: ns\n# total: 4 ns in all\na;b 2\nd_[k] 2\n"));
	my $ran = diff('-q', '-t', 'folded', @two);
	is($ran->{out}, "# unit: ns\n# columns: before, after\n# total: 4 ns\na;b 1 2\nc 2 0\nd_[k] 0 2\n", 'folded stacks');
	my $again = Fg::run({ in => $ran->{out} }, Fg::program('fg-collapse'));
	is($again->{out}, $ran->{out}, '... are read again');
	shows(diff("$temp/two", "$temp/two"), qr/is a difference itself/, '... and not compared', 2)
		if Fg::spew("$temp/two", $ran->{out});
	is(folded(diff('-q', '-t', 'folded', file("a 0.5\nb 1\n"), file("a 0.25\n"))), "a 0.5 0.25\nb 1 0", 'decimals');
	my @both = map { file($_) } "x;a 1\nx;a;b 2\nx;c 3\ny 4\n", "x 5\nx;a 6\nx;a;b;c 7\nx;b 8\nz 9\n";
	is(folded(diff('-q', '-t', 'folded', @both)),
		"x 0 5\nx;a 1 6\nx;a;b 2 0\nx;a;b;c 0 7\nx;b 0 8\nx;c 3 0\ny 4 0\nz 0 9", 'merged in order');
}

# What difffolded.pl does, by its description.
sub perl_diff {
	my ($option, @texts) = @_;
	my (%count, @total);
	for my $side (0, 1) {
		for (split /\n/, $texts[$side]) {
			my ($stack, $n) = /^(.*)\s+?(\d+(?:\.\d*)?)$/;
			$stack =~ s/0x[0-9a-fA-F]+/0x.../g if $option =~ /s/;
			$count{$stack}[$side] += $n;
			$total[$side] += $n;
		}
	}
	my @lines;
	for my $stack (keys %count) {
		my ($x, $y) = map { $_ || 0 } @{$count{$stack}}[0, 1];
		$x = int($x * $total[1] / $total[0]) if $option =~ /n/ && $total[0] != $total[1];
		push @lines, "$stack $x $y\n";
	}
	return join '', sort @lines;
}

sub check_second_name {
	my @texts = ("a;b_[k];0x1F 3\na;b.isra.0 7\nw-1;x 2.5\na;two 4 5\n", "a;b_[k];0x2f 4\na 9\nw-1;x 7\n");
	my @two = map { file($_) } @texts;
	for my $option ('', '-n', '-s', '-ns') {
		my $ran = Fg::run({}, Fg::program('difffolded'), $option || (), @two);
		is(join('', sort split /^/, $ran->{out}), perl_diff($option, @texts), "difffolded $option");
		is($ran->{err}, '', '... says nothing');
	}
	shows(Fg::run({}, Fg::program('difffolded'), '-h'), qr/^usage: difffolded/, 'difffolded -h');
}

sub check_bad_input {
	my ($ns, $bytes) = map { file("# unit: $_\na 1\n") } qw(ns bytes);
	shows(diff($ns, $bytes), qr/: is in bytes, what it is compared with is in ns: .*--force/, 'units', 2);
	shows(diff('-q', '--force', $ns, $bytes), qr/no function changed/, '... with force');
	shows(diff(file("# event: x\n# unit: samples\na 1\n"), file("# event: y\n# unit: samples\na 1\n")),
		qr/counts y, what it is compared with counts x/, 'events', 2);
	shows(diff(file("# metric: peak\n# unit: bytes\na 1\n"), file("# metric: leaked\n# unit: bytes\na 1\n")),
		qr/tells of leaked/, 'metrics', 2);
	shows(diff($ns, file('')), qr/is empty/, 'an empty side', 2);
	shows(diff(file(''), $ns), qr/is empty/, '... and the other one', 2);
	shows(diff(file("a -5\nb 2\n"), file("b 3\n")), qr/lines with a negative count: 1/, 'negative values are told');
	my @new = (file("m;a 5\n"), file("m;a 5\nm;fresh 3\n"));
	is_deeply([@{table(diff('-q', '--report=tsv', '--focus=fresh', @new))->{fresh}}[0, 1]], [0, 3],
		'a filter that leaves nothing of one side');
	shows(diff('--focus=absent', @new), qr/error: no stack of either side is left by --focus=absent/, '... or of both', 2);
	shows(diff($ns, "$temp/absent"), qr/absent.*No such file/, 'no file', 2);
	shows(diff(file("a 0\n"), file("a 5\n")), qr/warning: the total before is 0|0 of|no stack/, 'a total of 0');
	my $most = 9223372036854775807;
	shows(diff(file("a $most\n"), file("a $most\n")), qr/no function changed/, 'the largest total');
	shows(diff("--before=" . file("a $most\n"), "--before=" . file("b 1\n"), "--after=" . file("a 1\n")),
		qr/range of 64 bits/, '... and a larger one', 2);
	my @far = (file("x;f 1\nx;g 1000000000000\n"), file("x;f 1000000000000\nx;g 1\n"));
	shows(diff('--normalize=f', @far), qr/before times 1e\+12 leaves the range of 64 bits/, 'far apart', 2);
	shows(diff("--before=" . file("a $most\n"), ("--after=" . file("a 1\n")) x 2),
		qr/before times 2 leaves the range/, '... also by the number of files', 2);
	shows(diff(file("${samples}a 0\n"), file("${samples}a 5\n")), qr/off: a side has no samples/, 'no samples');
	my $deep = join(';', ('f') x 30000);
	shows(diff('-q', file("$deep 1\n"), file("$deep;g 2\n")), qr/function/, 'deep stacks');
}

sub check_rules {
	my @two = (file($samples . "m;a 1000\nm;op(x) 1000\nm;b 10\nm;same 500\n"),
		file($samples . "m;a 1050\nm;op(x) 1500\nm;b 13\nm;same 500\nm;new 400\n"));
	my $rule = sub { diff('-q', '--report=tsv', '--fail-if', $_[0], @two) };
	for (
		['total(^op) > +5%', 1], ['self(^op\(x\)) > +49.9%', 1], ['self(^op\(x\)) > +50%', 0],
		['self(op) > +3pp', 1], ['self(op) > +9pp', 0], ['total(same) < -1pp', 1], ['total(same) < -1%', 0],
		['total(op) > 40%', 1], ['total(op) > 50%', 0],
		['self(op) > +400', 1], ['self(op) > +500', 0], ['self(op) > 1400', 1], ['self(op) > 1500', 0],
		['new(.) > 1%', 1], ['new(.) > 20%', 0], ['new(op) > 0%', 0],
		['sum > +5%', 1], ['sum > +60%', 0], ['sum > +900', 1], ['sum > +953', 0],
	) {
		my ($text, $status) = @$_;
		my $ran = $rule->($text);
		is($ran->{status}, $status, "rule $text") or diag($ran->{out}, $ran->{err});
		like($ran->{err}, $status ? qr/^fg-diff: failed: \Q$text\E: \S+/ : qr/^\z/, '... is told');
	}
	shows($rule->('self(^b$) > +20%'), qr/inconclusive: self\(\^b\$\) > \+20%: b: 10 → 13 samples, ×1\.3 \(\+30\.0 %, p [\d.]+\); too few/, 'noise');
	is(diff('-q', '--strict', '--fail-if', 'self(^b$) > +20%', @two)->{status}, 2, '... is an error with --strict');
	is(diff('-q', '--no-significance', '--fail-if', 'self(^b$) > +20%', @two)->{status}, 1, '... or a failure');
	shows($rule->('self(absent) > +5%'), qr/inconclusive: .*no function matches/, 'a rule about nothing');
	my @rare = (file($samples . "m;x 100\n"), file($samples . "m;x 97\nm;q 3\n"));
	is(diff('-q', '--strict', '--fail-if', $_, @rare)->{status}, 2, "$_: 3 samples may have been missed before")
		for 'new(q) > 0%', 'new(q) > 1%', 'new(q) > +1';
	my $rules = file("# rules\n\n  total(op) > +5%  \nself(same) > +1%\n");
	shows(diff("--rules=$rules", '-q', @two), qr/^failed: total\(op\) > \+5%.*\npassed: self\(same\)/m, 'rules in a file', 1);
	my @bytes = map { file("# unit: bytes\na $_\n") } 1 << 20, 12 << 20;
	is(diff('-q', '--fail-if', "self(a) > +$_->[0]", @bytes)->{status}, $_->[1], "a limit of $_->[0]")
		for ['10MiB', 1], ['11MiB', 0], ['11.5 MB', 1], ['0.01GiB', 1], ['11534336', 0], ['11534335 bytes', 1];
	my @time = map { file("# unit: ns\na $_\n") } 1e9, 4e9;
	is(diff('-q', '--fail-if', "self(a) > +$_->[0]", @time)->{status}, $_->[1], "a limit of $_->[0]")
		for ['2s', 1], ['3s', 0], ['2999ms', 1], ['3000000us', 0];
}

sub check_bad_rules {
	my @two = (file("a 1\n"), file("a 2\n"));
	for (
		['total(a', qr/'\)' is missing/], ['total(a) +5%', qr/'>' is needed/],
		['a > 5', qr/self\(RE\), total\(RE\), new\(RE\) or sum is needed/],
		['total(() > +5%', qr/parenthesis/], ['total(a) > ', qr/a limit such as/],
		['total(a) > +5 MiB', qr/values are in an unknown unit, not in MiB/], ['sum > 1%', qr/always 100 %/],
		['', qr/is needed/],
	) {
		shows(diff('--fail-if', $_->[0], @two), qr/error: .*$_->[1]/, "no rule: $_->[0]", 2);
	}
	for (['total(a[) > 1%', 8], ['  self(a) = 1', 10], ['self(a) > x', 10], ['new(b', 5], ['all > 1', 0]) {
		my ($text, $at) = @$_;
		my $place = "  $text\nfg-diff: " . ' ' x (2 + $at) . "^\n";
		like(diff('--fail-if', $text, @two)->{err}, qr/^fg-diff: error: --fail-if: .+\nfg-diff: \Q$place\E\z/,
			"... and where: $text");
	}
	my $rules = file("# rules\n\ntotal(a) > 1\n total(( > 1\n");
	shows(diff("--rules=$rules", @two), qr/error: \Q$rules\E:4: rule: '\)' is missing\n.*\n.*\^/, '... in a file', 2);
	shows(diff("--rules=$temp/absent", @two), qr/No such file/, 'no file of rules', 2);
}

sub check_outputs {
	my @two = (file("a 1\nb 2\n"), file("a 2\nb 2\n"));
	for (['d.folded', qr/^# columns: before, after\n/], ['d.tsv', qr/^# before\t/], ['d.json', qr/^\{"before"/],
		['d.md', qr/^\* before/], ['d.xml', qr/^<\?xml.*<testsuite /s], ['d.txt', qr/^before /],
		['d.svg', qr/^<\?xml.*<svg /s], ['plain', qr/^before /]) {
		my ($name, $begins) = @$_;
		my $ran = diff('-q', '-o', "$temp/$name", @two);
		ok($ran->{status} == 0 && Fg::slurp("$temp/$name") =~ $begins && $ran->{out} eq '', "-o $name")
			or diag($ran->{err});
	}
	SKIP: {
		skip 'no fg-png', 4 unless -x "$Fg::build/fg-png";
		my $ran = diff('-q', '-o', "$temp/d.png", @two);
		skip 'no font', 4 if $ran->{err} =~ /no font/;
		is($ran->{err}, '', '-o d.png');
		like(Fg::slurp("$temp/d.png"), qr/^\x89PNG/, '... is one');
		diff('-q', '-o', "$temp/d.pdf", @two);
		like(Fg::slurp("$temp/d.pdf"), qr/^%PDF/, '-o d.pdf');
		is(diff('-q', '-o', "$temp/d.png", '--fail-if', 'sum > +1%', @two)->{status}, 1, '... and the gate');
	}
	shows(diff('-o', "$temp/d.gif", @two), qr/what is .* to be/, 'another name', 2);
	my $ran = diff('-t', 'folded', '--fail-if', 'sum > +90%', @two);
	unlike($ran->{out}, qr/^a 1 2$/m, 'no folded text beside reports');
	my $second = Fg::run({}, Fg::program('difffolded'), '--fail-if', 'sum > +90%', @two);
	like($second->{out}, qr/^passed: sum/m, '... also under the second name');
	diff('-q', '-o', "$temp/e.folded", '--report=text', @two);
	like(Fg::slurp("$temp/e.folded"), qr/^a 1 2$/m, '... but beside it in a file');
}

# name => { x, width, fill, new, gone, title }
sub boxes {
	my ($svg) = @_;
	my %boxes;
	for ($svg =~ m{<g role="treeitem"[^>]*>(.*?)</g>}gs) {
		my ($title, $rest) = m{<title>(.*?)</title>(.*)}s;
		my ($name) = $title =~ /^(.*?) \(/;
		my %box = (title => Fg::unescaped($title), new => $rest =~ /<rect[^>]* stroke=/ ? 1 : 0,
			gone => $rest =~ /<path class="fg-edge" d="M/ ? 1 : 0);
		@box{qw(x width fill)} = map { $rest =~ / $_="([^"]*)"/ } qw(x width fill);
		$boxes{$name} = \%box;
	}
	return \%boxes;
}

sub draw {
	my ($two, @options) = @_;
	my $ran = diff('-q', '-t', 'svg', '-o', "$temp/p.svg", @options, @$two);
	diag($ran->{err}) if $ran->{status};
	return Fg::slurp("$temp/p.svg");
}

sub check_pictures {
	my $head = "# event: cpu-clock\n# unit: samples\n";
	my @two = (file($head . "m;old;older 100\nm;p;x 200\nm;p;y 200\nm;same 300\nm;n 20\n"),
		file($head . "m;fresh 50\nm;p;x 400\nm;p;y 400\nm;same 300\nm;n 26\n"));
	my $svg = draw(\@two);
	my $is = boxes($svg);
	is(join(' ', map { $is->{$_}{gone} } qw(old older p fresh)), '1 1 0 0', 'what vanished is hatched');
	is(join(' ', map { $is->{$_}{new} } qw(old older p fresh)), '0 0 0 1', 'what is new has a line around it');
	my $pixel = 1168 / (1176 + 100);
	cmp_ok(abs($is->{old}{width} - 100 * $pixel), '<', 1.2, '... and is as wide as it was');
	cmp_ok(abs($is->{x}{width} - 400 * $pixel), '<', 1.2, '... others as they are');
	like($is->{p}{title}, qr/^p \(800 samples, 68\.03%\)\n.*\n400 → 800 samples, ×2\.0, \+19\.2 points of the total\nself 0 samples$/s,
		'a parent tells the change of all it calls');
	like($is->{old}{title}, qr/^old \(0 samples, 0\.00%\)\n.*gone: 100 samples, −12\.2 points/s, 'what vanished tells it');
	like($is->{fresh}{title}, qr/new: 50 samples, \+4\.25 points/, 'what is new, too');
	like($is->{n}{title}, qr/20 → 26 samples, ×1\.3.*\nnot significant$/s, 'what may be chance');
	is($is->{n}{fill}, '#e6e8eb', '... is grey');
	isnt(boxes(draw(\@two, '--no-significance'))->{n}{fill}, '#e6e8eb', '... where it is asked for');
	isnt($is->{$_}{fill}, '#e6e8eb', "$_ has a colour") for qw(m p x old fresh);
	like($svg, qr/>new<.*>gone<.*>not significant</s, 'and the legend tells');
	my $after = boxes(draw(\@two, '--shape=after'));
	ok(!$after->{old} && $after->{fresh}, '--shape=after');
	my $before = boxes(draw(\@two, '--shape=before'));
	ok($before->{old} && !$before->{fresh}, '--shape=before');
	cmp_ok(abs($before->{old}{width} - 100 * 1168 / 820), '<', 1.2, '... is as wide as it was');
	is(boxes(draw(\@two, '--colors=redblue', '--order=weight'))->{p}{fill}, '#ff6b6b', 'red and blue');
	is(boxes(draw(\@two, '--colors=redblue', '--negate'))->{p}{fill}, '#7a9cff', '... from the other side');
	my @ends = map { join ' ', /fill="(#\w{6})"/g } map { m{<g transform[^>]*><text[^>]*>▼.*?</g>} ? $& : '' }
		draw(\@two), draw(\@two, '--negate');
	is(join(' ', reverse((split / /, $ends[0])[1 .. 11])), join(' ', (split / /, $ends[1])[1 .. 11]), '... with a scale that says so');
	my $folded = diff('-q', '-t', 'folded', @two)->{out};
	my $piped = boxes(Fg::run({ in => $folded }, Fg::program('fg-svg'))->{out});
	is_deeply([map { "$_ $piped->{$_}{x} $piped->{$_}{width} $piped->{$_}{gone}" } sort keys %$piped],
		[map { "$_ $is->{$_}{x} $is->{$_}{width} $is->{$_}{gone}" } sort keys %$is],
		'the same boxes by way of folded stacks');
	like(draw([@two[0, 0]]), qr/#e6e8eb/, 'no change at all');
	my $gone = boxes(draw([file("a;b 5\n"), file("c 1\n")], '--reverse'));
	is($gone->{b}{gone}, 1, 'callers of what vanished');
	like($svg, qr{role="columnheader"[^>]*>change<}, 'the table has a column of change');
	ok($svg =~ m{>\+9\.62</text>}, '... in points');
	SKIP: {
		skip 'no xmllint', 1 unless Fg::has_program('xmllint');
		is(Fg::run({ in => $svg }, 'xmllint', '--noout', '-')->{status}, 0, 'it is XML');
	}
}

sub check_exact {
	my ($heap) = glob("$Fg::cases/dhat/heap.in");
	shows(diff('-q', $heap, $heap), qr/values are exact/, 'memory is exact');
	my ($calls, $times) = map { "$Fg::cases/callgrind/$_.in" } qw(calls xdebug);
	shows(diff('-q', $calls, $calls), qr/values are exact/, 'and so are instructions');
	shows(diff('-q', $times, $times), qr/significance is off: nobody knows how many samples/, 'times are not');
	my ($sampled) = "$Fg::cases/gperftools/cpu.in";
	shows(diff('-q', $sampled, $sampled), qr/46 samples\n.*functions with enough samples/s, 'samples beside times are known');
	shows(diff('-q', file("a 1\n"), file("a 2\n")), qr/significance is off: nobody knows how many samples/, 'or not known');
	shows(diff('-q', '--no-significance', map { file($samples . "a $_\n") } 1, 2), qr/significance is off: each/, 'or not asked for');
}

# What tells of files tells of both.
sub check_telling {
	my @files = ("$Fg::cases/dhat/heap.in", "$Fg::cases/callgrind/calls.in");
	my $ran = diff('--identify', @files);
	is($ran->{status}, 0, '--identify of two files');
	like($ran->{out}, qr/heap\.in: dhat: .*\n.*calls\.in: callgrind: /, '... tells of both') or diag($ran->{err});
	$ran = diff('--list-metrics', @files[0, 0]);
	is($ran->{status}, 0, '--list-metrics of two files');
	like($ran->{out}, qr/^peak\t/m, '... lists them') or diag($ran->{err});
}

sub check_columns {
	my ($before, $after) = map { file("# event: e\n# unit: furlongs\na;b $_\na;c 7654321\n") } 1234567, 7654321;
	my $ran = diff('-q', $before, $after);
	my ($row) = $ran->{out} =~ /^(.* b)$/m;
	is(scalar(split /  +/, ($row // '') =~ s/^ +//r), 7, 'cells do not touch each other') or diag($ran->{out});
}

sub check_program {
	my $start = time;
	diff('--version') for 1 .. 20;
	cmp_ok((time - $start) / 20, '<', $Fg::sanitize ? .5 : .05, 'it starts at once');
	SKIP: {
		my $libraries = Fg::has_program('ldd') ? `ldd '$Fg::build/fg-diff' 2>/dev/null` : '';
		skip 'no ldd', 1 unless $libraries;
		unlike($libraries, qr/cairo|pango|png16/, '... without cairo');
	}
}
