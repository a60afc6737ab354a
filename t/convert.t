#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# fg-convert: what it writes is read by Perl and by us again, and compared with what
# fg-collapse makes of the input.  A case of each format is carried through all that it
# writes (through.pm; slow/through.t does it with every case); a profile of pprof that is
# written again has lost nothing.
use strict;
use warnings;
no warnings qw(once);
use File::Basename qw(basename);
use FindBin;
use IO::Uncompress::Gunzip qw(gunzip);
use JSON::PP ();
use Test::More;

require "$FindBin::Bin/lib.pm";
require "$FindBin::Bin/proto.pm";
require "$FindBin::Bin/through.pm";

my $pprof = "$Fg::cases/pprof";
# The names that are demangled on the way, as pprof itself does it.
my %demangled = ('_ZN3foo3barEi' => 'foo::bar(int)');

check_same($_->{in}) for grep { !$_->{again} && $_->{exit} == 0 } Fg::cases('pprof');
Through::check($_) for a_case_of_each_format();
check_metrics();
check_headers();
check_labels();
check_threads();
check_filters();
check_suffixes();
check_tree();
check_others();
check_wrong();
done_testing();

# The largest that is small.
sub a_case_of_each_format {
	my %chosen;
	for my $case (grep { Through::can_be_carried($_) } Fg::cases()) {
		my ($size, $before) = map { $_ ? -s $_->{in} : 0 } $case, $chosen{$case->{format}};
		$chosen{$case->{format}} = $case if !$before || ($size > $before ? $size < 16384 : $before >= 16384);
	}
	return map { $chosen{$_} } sort keys %chosen;
}

# What is no part of the values survives, too: command, event, units, what is estimated.
sub check_headers {
	for my $name (qw(dhat/ad-hoc dhat/callers-40 goprofile/block goprofile/connections goprofile/contentionz
		heaptrack/heap memcheck/text-again)) {
		my ($case) = Fg::cases($name) or die "no $name\n";
		my $head = sub { join '', grep { /^#/ } split /^/, $_[0] };
		my $want = $head->(Through::collapse('-f', $case->{format}, $case->{in})->{out});
		for my $to (qw(pprof otlp otlp-json)) {
			my $file = "$Fg::temp/headers.$to";
			Through::convert('-t', $to, '-f', $case->{format}, $case->{in}, '-o', $file);
			my $got = $head->(Through::collapse($file)->{out});
			$got =~ s/^# command: .*\n// unless $want =~ /^# command:/;     # what else is a program's name
			is($got, $want, "$name: header after $to");
		}
	}
	my $decimals = Fg::run({ in => "a;b 0.01\na;c 1.5\n" }, Fg::program('fg-convert'), '-t', 'pprof', '-o', '-');
	is($decimals->{err}, "fg-convert: warning: decimals of values are rounded: pprof has whole numbers only\n",
		'decimals are rounded with a warning');
	my ($jfr) = Fg::cases('jfr/chain');
	Through::convert('-f', 'jfr', $jfr->{in}, '-o', "$Fg::temp/jfr.pb.gz");
	like(Fg::run({}, Fg::program('fg-collapse'), "$Fg::temp/jfr.pb.gz")->{err},
		qr/: jdk\.ExecutionSample 8 samples in 7 stacks$/m, 'samples are samples');
}

sub unpacked {
	my ($bytes) = @_;
	gunzip(\(my $packed = $bytes), \my $plain) or die "no gzip\n";
	return $plain;
}

sub check_same {
	my ($file) = @_;
	my $name = basename($file);
	my $ran = Through::convert('-t', 'pprof', '-o', '-', $file);
	is($ran->{status}, 0, "$name can be written again") or return diag($ran->{err});
	my $want = Proto::same_pprof(Proto::read_pprof(Fg::slurp($file)));
	$want =~ s/< (\Q$_\E) \(/< $demangled{$_} (/g for keys %demangled;
	is(Proto::same_pprof(Proto::read_pprof(unpacked($ran->{out}))), $want, '... and is the same');
	check_form($ran->{out}, $name);
	is(Through::convert('-t', 'pprof', '-o', '-', $file)->{out}, $ran->{out}, '... each time');
}

# Ids without gaps, the empty text first, every text used once.
sub check_form {
	my ($packed, $name) = @_;
	my @top = Proto::fields(unpacked($packed));
	for my $table (3 .. 5) {
		my @ids = map { Proto::number(1, Proto::fields($_->[2])) } grep { $_->[0] == $table } @top;
		is_deeply(\@ids, [1 .. @ids], "... with ids 1, 2, 3 in field $table");
	}
	my @texts = map { $_->[2] } grep { $_->[0] == 6 } @top;
	my %seen;
	my @twice = grep { $seen{$_}++ } @texts;
	is($texts[0], '', '... the first text is empty');
	is("@twice", '', '... and none is there twice');
	my %lines;
	for my $f (grep { $_->[0] == 4 } @top) {
		my (undef, @rest) = Proto::fields($f->[2]);
		my $key = join ',', map { unpack 'H*', $_->[2] } @rest;
		fail("a location twice in $name") if $lines{$key}++;
	}
}

# All metrics of a file go along, whichever is chosen.
sub check_metrics {
	my $out = "$Fg::temp/metrics.pb.gz";
	for my $file ("$Fg::cases/dhat/heap.in", "$pprof/memory.in") {
		Through::convert($file, '-o', $out);
		my @metrics = map { (split /\t/)[0] } grep { !/^#/ } split /\n/, Through::collapse('--list-metrics', $file)->{out};
		ok(@metrics > 3, basename($file) . ' has metrics');
		is(Through::collapse('--list-metrics', $out)->{out}, Through::collapse('--list-metrics', $file)->{out}, '... that are kept');
		for my $m (@metrics) {
			is(Through::collapse('--no-header', "--metric=$m", $out)->{out},
				Through::collapse('--no-header', "--metric=$m", $file)->{out}, "... $m");
		}
	}
	my $ran = Through::convert('-t', 'speedscope', '--metric=leaked', "$Fg::cases/dhat/heap.in");
	my @names = map { $_->{name} } @{ JSON::PP->new->decode($ran->{out})->{profiles} };
	is($names[0], 'leaked', 'the chosen metric is shown first');
	ok((grep { $_ eq 'peak' } @names) == 1, '... and others after it');
	Through::convert('--metric=leaked', "$Fg::cases/dhat/heap.in", '-o', $out);
	like(Through::collapse('--list-metrics', $out)->{out}, qr/^leaked\t.*\tdefault$/m, '... and the default of pprof');
}

sub check_labels {
	my $out = "$Fg::temp/labels.pb.gz";
	Through::convert("$pprof/labels.in", '-o', $out);
	for my $how (['--tagroot=worker,bytes', '--tagleaf=request'], ['--group-by=tid']) {
		is(Through::collapse(@$how, $out)->{out}, Through::collapse(@$how, "$pprof/labels.in")->{out}, "labels: @$how");
	}
	Through::convert('--tagroot=worker', "$pprof/labels.in", '-o', $out);
	like(Through::collapse('--no-header', $out)->{out}, qr/^prog;b,c;main;work;fast_\[i\] 20$/m, 'frames of labels');
}

sub check_threads {
	my $file = Fg::spew("$Fg::temp/threads.txt", <<'END');
java  10/11    1.000001: 1000 cpu-clock:
	    5500 leaf+0x10 (/opt/java)
	    5600 main+0x20 (/opt/java)

java  10/12    1.000002: 2000 cpu-clock:
	    5500 leaf+0x10 (/opt/java)
	    5600 main+0x20 (/opt/java)

END
	my $ran = Through::convert('-t', 'speedscope', '-f', 'perf', $file);
	my $json = JSON::PP->new->decode($ran->{out});
	is_deeply([map { "$_->{name} $_->{unit} $_->{endValue}" } @{ $json->{profiles} }],
		['java-10/11: cpu-clock nanoseconds 1000', 'java-10/12: cpu-clock nanoseconds 2000',
		'java-10/11: samples none 1', 'java-10/12: samples none 1'], 'a profile for each thread');
	is_deeply($json->{shared}{frames}, [{ name => 'main', file => '/opt/java' }, { name => 'leaf', file => '/opt/java' }],
		'... of the same frames');
	my $p = Proto::read_pprof(unpacked(Through::convert('-t', 'pprof', '-o', '-', '-f', 'perf', $file)->{out}));
	is_deeply([map { join ' ', map { "$_->[0]=" . ($_->[1] // $_->[2]) } @{ $_->{labels} } } @{ $p->{samples} }],
		['comm=java pid=10 tid=11', 'comm=java pid=10 tid=12'], 'threads are labels of pprof');
	is_deeply([map { sprintf '%x', $_->{address} } @{ $p->{samples}[0]{stack} }], ['5500', '5600'], '... addresses are kept');
	is($p->{mappings}[0]{file}, '/opt/java', '... and the file');
	is_deeply($p->{types}, [['samples', 'count'], ['cpu-clock', 'nanoseconds']], '... and both values');
	is_deeply($p->{period_type}, ['cpu-clock', 'nanoseconds'], '... and what a period is');
}

sub check_filters {
	my $out = "$Fg::temp/filters.pb.gz";
	Through::convert('--show-from=^work$', "$pprof/plain.in", '-o', $out);
	is(Through::collapse('--no-header', $out)->{out}, "work 10000000\nwork;fast_[i] 30000000\n", '--show-from');
	Through::convert('--no-inline', "$pprof/plain.in", '-o', $out);
	is(Through::collapse('--no-header', $out)->{out}, "main;work 40000000\n", '--no-inline');
	Through::convert("$pprof/drop.in", '-o', $out);
	is(Through::collapse($out)->{out}, Through::collapse("$pprof/drop.in")->{out}, 'what is to be left out stays in the file');
	Through::convert("$pprof/plain.in", "$pprof/plain.in", '-o', $out);
	is(Through::collapse('--no-header', $out)->{out}, "main;work 20000000\nmain;work;fast_[i] 60000000\n", 'two files');
	Through::convert("$pprof/memory.in", "$pprof/memory.in", '-o', $out);
	like(Through::collapse('--list-metrics', $out)->{out}, qr/^live\t\t200\tbytes$/m, '... and all their metrics');
}

sub check_suffixes {
	my %begins = (
		'a.firefox.json' => qr/^\{"meta"/, 'a.profile.json' => qr/^\{"meta"/,
		'a.pb.gz' => qr/^\x1f\x8b/, 'a.pprof' => qr/^\x1f\x8b/, 'a.speedscope.json' => qr/^\{"\$schema"/,
		'a.callgrind' => qr/^# callgrind format/, 'callgrind.out.12' => qr/^# callgrind format/,
		'a.otlp' => qr/^\x12/, 'a.otlp.pb' => qr/^\x12/, 'a.otlp.json' => qr/^\{"dictionary"/,
		'a.folded' => qr/^# command/, 'a.svg' => qr/^<\?xml|^<svg/, 'a.tree' => qr/^# command/,
	);
	for my $name (sort keys %begins) {
		my $ran = Through::convert("$pprof/plain.in", '-o', "$Fg::temp/$name");
		is($ran->{status}, 0, $name) or diag($ran->{err});
		like(Fg::slurp("$Fg::temp/$name"), $begins{$name}, '... is what it says');
	}
	Through::convert('-t', 'folded', "$pprof/plain.in", '-o', "$Fg::temp/b.svg");
	is(Fg::slurp("$Fg::temp/b.svg"), Fg::run({}, Fg::program('fg-collapse'), '-q', "$pprof/plain.in")->{out}, '-t wins');
	my $svg = Fg::run({}, Fg::program('fg-svg'), '-q', "$pprof/plain.in")->{out};
	is(Through::convert('-t', 'svg', "$pprof/plain.in")->{out}, $svg, 'the picture is that of fg-svg');
}

sub check_tree {
	my $want = <<'END';
# command: prog
# metric: cpu
# unit: ns
       total         self  share
    40000000            0 100.0%  all
    40000000            0 100.0%    main
    40000000     10000000 100.0%      work
    30000000     30000000  75.0%        fast_[i]
END
	is(Through::convert('-t', 'tree', "$pprof/plain.in")->{out}, $want, 'the tree');
	my $ran = Fg::run({ in => "b 1\na 3\na;x 2\na;y 2\nc;z\x1b 5\n" }, Fg::program('fg-convert'), '-t', 'tree');
	is($ran->{out}, <<'END', 'the largest first');
       total         self  share
          13            0 100.0%  all
           7            3  53.8%    a
           2            2  15.4%      x
           2            2  15.4%      y
           5            0  38.5%    c
           5            5  38.5%      z\x1b
           1            1   7.7%    b
END
	my $deep = join(';', ('f') x 5000) . " 1\n";
	$ran = Fg::run({ in => $deep }, Fg::program('fg-convert'), '-t', 'tree');
	like($ran->{out}, qr/^ +1 +1 100\.0% {202}\(5000\) f$/m, 'five thousand levels');
	ok(length($ran->{out}) < 2_000_000, '... in few bytes');
}

# What folded text has and pprof has no words for.
sub check_others {
	my $out = "$Fg::temp/others.pb.gz";
	my $run = sub { Fg::run({ in => $_[0] }, Fg::program('fg-convert'), '-q', '-o', $out) };
	$run->("a;b_[k];c_[j];d_[i] 3\n");
	is(Through::collapse('--no-header', $out)->{out}, "a;b_[k];c_[j];d_[i] 3\n", 'kernel, run time, inlined');
	$run->("a 1.5\nb 2.4\nc 0.6\n");
	is(Through::collapse('--no-header', $out)->{out}, "a 2\nb 2\nc 1\n", 'decimals are rounded');
	$run->("# columns: before, after\na;b 1 3\na 5 2\n");
	my $p = Proto::read_pprof(unpacked(Fg::slurp($out)));
	is_deeply($p->{types}, [['before', 'count'], ['after', 'count']], 'before and after');
	is_deeply([sort map { "@{ $_->{values} }" } @{ $p->{samples} }], ['1 3', '5 2'], '... are two values');
}

sub check_wrong {
	my $ran = Through::convert("$pprof/plain.in");
	is($ran->{status}, 2, 'neither -t nor -o');
	like($ran->{err}, qr/say with -t what to write: callgrind, firefox, folded, otlp, otlp-json, pprof, speedscope, svg, tree; or let the name of -o tell/, '... asks');
	$ran = Through::convert('-t', 'perf', "$pprof/plain.in");
	is($ran->{status}, 2, 'what nobody writes');
	$ran = Through::convert('-t', 'pprof', "$pprof/broken-cut.in", '-o', "$Fg::temp/none.pb.gz");
	is($ran->{status}, 2, 'a broken file');
	ok(!-e "$Fg::temp/none.pb.gz", '... leaves none');
	SKIP: {
		skip 'no /dev/full', 1 unless -e '/dev/full';
		is(Through::convert('-t', 'pprof', "$pprof/plain.in", '-o', '/dev/full')->{status}, 2, 'a full disk');
	}
	is(Fg::run({}, Fg::program('fg-convert'), '--list-metrics', "$pprof/plain.in")->{status}, 0, '--list-metrics needs no -t');
}
