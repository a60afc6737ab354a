#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# fg-convert: what it writes is read by Perl and by us again, and compared with what
# fg-collapse makes of the input.  Every case of every format is carried through pprof,
# callgrind, OpenTelemetry, speedscope and the Firefox Profiler's format; a profile of pprof
# that is written again has lost nothing.
use strict;
use warnings;
no warnings qw(once);
use Encode ();
use File::Basename qw(basename);
use FindBin;
use IO::Uncompress::Gunzip qw(gunzip);
use JSON::PP ();
use Test::More;

require "$FindBin::Bin/lib.pm";
require "$FindBin::Bin/proto.pm";
require "$FindBin::Bin/callgrind.pm";
require "$FindBin::Bin/firefox.pm";

my $pprof = "$Fg::cases/pprof";
# The names that are demangled on the way, as pprof itself does it.
my %demangled = ('_ZN3foo3barEi' => 'foo::bar(int)');
# What pprof cannot carry back: frames that woke others, what was inlined around a kernel
# function, decimals, names without a letter, and two columns, which become two values.
my $lost = qr/_\[w\]|\.\d+$|_\[i\](?:;.*)?_\[[kj]\]|^;|;;/m;
# Decimals, and frames without a name.
my $nameless = qr/\.\d+$|(?:^|;)(?:_\[\w\])?(?:;| \d+$)/m;
# Kinds of frames that are told of them, and not by the files they are from.
my %told_kinds = ('otlp/kinds' => 1);
# Others have the name of the process only where it is asked for.
my %named = map { $_ => 1 } qw(chrome firefox folded jfr otlp perf perfdata pprof);

check_same($_->{in}) for grep { !$_->{again} && $_->{exit} == 0 } Fg::cases('pprof');
check_through($_) for grep { !$_->{again} && $_->{exit} == 0 && !-e "$_->{base}.probe" } Fg::cases();
check_metrics();
check_labels();
check_threads();
check_filters();
check_suffixes();
check_tree();
check_others();
check_wrong();
done_testing();

sub convert { return Fg::run({}, Fg::program('fg-convert'), '-q', @_) }
sub collapse { return Fg::run({}, Fg::program('fg-collapse'), '-q', '--names=full', @_) }

sub unpacked {
	my ($bytes) = @_;
	gunzip(\(my $packed = $bytes), \my $plain) or die "no gzip\n";
	return $plain;
}

sub check_same {
	my ($file) = @_;
	my $name = basename($file);
	my $ran = convert('-t', 'pprof', '-o', '-', $file);
	is($ran->{status}, 0, "$name can be written again") or return diag($ran->{err});
	my $want = Proto::same_pprof(Proto::read_pprof(Fg::slurp($file)));
	$want =~ s/< (\Q$_\E) \(/< $demangled{$_} (/g for keys %demangled;
	is(Proto::same_pprof(Proto::read_pprof(unpacked($ran->{out}))), $want, '... and is the same');
	check_form($ran->{out}, $name);
	is(convert('-t', 'pprof', '-o', '-', $file)->{out}, $ran->{out}, '... each time');
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

# {stack} = value; functions without a name are files there, the offset is the address.
sub stacks {
	my ($text) = @_;
	my %sum;
	while ($text =~ /^([^#].*) (-?[\d.]+)$/mg) {
		my ($stack, $value) = ($1, $2);
		$sum{$stack =~ s/(\[[^];]+)\+0x[0-9a-f]+\]/$1]/gr} += $value;
	}
	return \%sum;
}

# How costs are divided among stacks depends on what frames are told apart.
sub is_exact {
	my ($case) = @_;
	return $case->{format} ne 'callgrind';
}

sub check_through {
	my ($case) = @_;
	my ($file, $name) = ($case->{in}, $case->{name});
	my @group = $named{$case->{format}} ? () : '--group-by=none';
	my $folded = collapse('--no-header', '-f', $case->{format}, @group, $file);
	return if $folded->{status} != 0 || $name =~ m{^folded/columns|/broken-sum$};
	my $out = "$Fg::temp/through.pb.gz";
	my $ran = convert('-f', $case->{format}, $file, '-o', $out);
	is($ran->{status}, 0, "$name to pprof") or return diag($ran->{err});
	my $back = collapse('--no-header', @group, $out);
	if (is_exact($case) && $folded->{out} !~ $lost && !$told_kinds{$name}) {
		is_deeply(stacks($back->{out}), stacks($folded->{out}), '... and back') or diag($back->{err});
	}
	check_speedscope($case, stacks($folded->{out}));
	check_callgrind($case, $folded->{out}, @group) if $folded->{out} !~ $nameless;
	check_otlp($case, $folded, @group);
	check_firefox($case);
}

# What each function costs, and all that it has called, by the names of functions; the
# way back keeps it, as far as there is no recursion.
sub check_callgrind {
	my ($case, $folded, @group) = @_;
	my $out = "$Fg::temp/through.callgrind";
	my $ran = convert('-f', $case->{format}, $case->{in}, '-o', $out);
	is($ran->{status}, 0, "$case->{name} to callgrind") or return diag($ran->{err});
	my $graph = Callgrind::read_text(Fg::slurp($out));
	my ($want, %self, %all) = (functions($folded));
	is_deeply($graph->{sum}, $graph->{totals}, '... adds up to its totals') if @{ $graph->{sum} };
	is($graph->{sum}[0] // 0, $want->{sum}, '... as the stacks do');
	for my $f (values %{ $graph->{functions} }) {
		$f->{name} =~ s/_\[[kijw]\]$//;
		$self{ $f->{name} } += $f->{self}[0] // 0;
		next if $f->{name} eq '(all)';
		push @{ $all{ $f->{name} } }, $f->{in}[0] // ($f->{self}[0] // 0) + ($f->{out}[0] // 0);
	}
	my @wrong = grep { ($self{$_} // 0) != ($want->{self}{$_} // 0) } keys %self;
	is("@wrong", '', '... with what functions cost');
	@wrong = grep { @{ $all{$_} } == 1 && $all{$_}[0] != ($want->{all}{$_} // $all{$_}[0]) } sort keys %all;
	is(join(' ', map { "$_ $all{$_}[0] $want->{all}{$_}" } @wrong), '', '... and all they have called');
	my $back = functions(collapse('--no-header', @group, $out)->{out});
	is($back->{sum}, $want->{sum}, '... and back');
	@wrong = grep { ($back->{self}{$_} // 0) != $want->{self}{$_} } sort keys %{ $want->{self} };
	is("@wrong", '', '... to what functions cost');
	my $cycles = Callgrind::in_cycles($graph);
	my %skip = map { $graph->{functions}{$_}{name} => 1 } keys %$cycles;
	return if %skip || $want->{recursive};
	@wrong = grep { ($back->{all}{$_} // 0) != $want->{all}{$_} } 
		grep { !/\\x|^\[no name\]$|^\(all\)$/ } sort keys %{ $want->{all} };
	is("@wrong", '', '... and all they have called');
}

# Of folded text, by names without marks; what has no frame is the root.
sub functions {
	my ($text) = @_;
	my %s = (sum => 0, self => {}, all => {}, recursive => 0);
	while ($text =~ /^([^#].*) (\d+)$/mg) {
		my ($stack, $value) = ($1, $2);
		$stack =~ s/(\[[^];]+)\+0x[0-9a-f]+\]/$1]/g;
		my @frames = map { s/_\[[kijw]\]$//r } $stack eq '[no stack]' ? '(all)' : split /;/, $stack;
		my %seen;
		$seen{$_}++ for @frames;
		$s{recursive} = 1 if grep { $_ > 1 } values %seen;
		$s{sum} += $value;
		$s{self}{ $frames[-1] } += $value;
		$s{all}{$_} += $value for keys %seen;
	}
	return \%s;
}

# Texts are UTF-8 there.
sub mended {
	my ($bytes) = @_;
	return Encode::encode('UTF-8', Encode::decode('UTF-8', $bytes, sub { "\x{fffd}" x @_ }));
}

# As pprof it has no frames that woke others.
sub check_otlp {
	my ($case, $folded, @group) = @_;
	# A sample without a thread has the name of the process there.
	if ($case->{format} eq 'jfr') {
		@group = '--group-by=none';
		$folded = collapse('--no-header', '-f', $case->{format}, @group, $case->{in});
	}
	for my $to (qw(otlp otlp-json)) {
		my $out = "$Fg::temp/through.$to";
		my $ran = convert('-t', $to, '-f', $case->{format}, $case->{in}, '-o', $out);
		is($ran->{status}, 0, "$case->{name} to $to") or return diag($ran->{err});
		my $back = collapse('--no-header', @group, $out);
		is_deeply(stacks($back->{out}), stacks(mended($folded->{out})), '... and back') or diag($back->{err})
			if $folded->{out} !~ $lost && is_exact($case);
	}
}

sub check_speedscope {
	my ($case, $want) = @_;
	my $ran = convert('-t', 'speedscope', '-f', $case->{format}, $case->{in});
	is($ran->{status}, 0, "$case->{name} to speedscope") or return diag($ran->{err});
	my $json = eval { JSON::PP->new->utf8->decode($ran->{out}) };
	ok($json, '... is JSON') or return diag($@);
	is(speedscope_wrong($json), '', '... as speedscope reads it');
	my ($total, $sum) = (0, 0);
	my $first = $json->{profiles}[0];
	my ($column) = $first->{name} =~ /(?:^|: )((?:(?!: ).)*)$/;
	for my $p (grep { $_->{name} =~ /(?:^|: )\Q$column\E$/ } @{ $json->{profiles} }) {
		$total += $_ for @{ $p->{weights} };
	}
	$sum += $_ for values %$want;
	cmp_ok(abs($total - $sum), '<', 1e-6 * ($sum || 1), '... with the same sum');
	my $again = convert('-t', 'speedscope', Fg::spew("$Fg::temp/again.json", $ran->{out}));
	is($again->{status}, 0, '... that we read') or return diag($again->{err});
	$again = JSON::PP->new->utf8->decode($again->{out});
	is_deeply(speedscope_sums($again), speedscope_sums($json), '... and write again');
}

# {thread and series}{stack} = value
sub speedscope_sums {
	my ($j) = @_;
	my %sum;
	my @frames = map { my $f = $_; join '|', map { $f->{$_} // '' } qw(name file line) } @{ $j->{shared}{frames} };
	for my $p (@{ $j->{profiles} }) {
		my $own = join ' ', map { "$_=$p->{fgtools}{$_}" } sort keys %{ $p->{fgtools} };
		my $of = $sum{"$p->{name}, $p->{unit}, $own"} //= {};
		for my $i (0 .. $#{ $p->{samples} }) {
			$of->{join ';', @frames[@{ $p->{samples}[$i] }]} += $p->{weights}[$i];
		}
		$_ = sprintf '%.12g', $_ for values %$of;
	}
	return \%sum;
}

# Without names of processes, which have to be there, and so are made of others.
sub check_firefox {
	my ($case) = @_;
	my @how = ('-f', $case->{format}, $case->{in});
	my $ran = convert('-t', 'firefox', @how);
	is($ran->{status}, 0, "$case->{name} to firefox") or return diag($ran->{err});
	my $json = eval { JSON::PP->new->utf8->decode($ran->{out}) };
	ok($json, '... is JSON') or return diag($@);
	is(Firefox::wrong($json), '', '... as the Firefox Profiler reads it');
	my $folded = collapse('--group-by=none', @how)->{out};
	# Times are nanoseconds there.
	my $factor = { us => 1000, ms => 1e6, s => 1e9 }->{ $folded =~ /^# unit: (\w+)/m ? $1 : '' } // 1;
	$folded =~ s/^#.*\n//mg;
	my $back = collapse('--no-header', '--group-by=none', Fg::spew("$Fg::temp/through.firefox.json", $ran->{out}));
	my ($want, $got) = map { my $s = stacks($_); delete @$s{''}; $s } $folded, $back->{out};
	return if $folded =~ $lost || $folded =~ /[^\x00-\x7f]/ || !is_exact($case);
	$_ *= $factor for values %$want;
	is_deeply($got, $want, '... and back') or diag($back->{err});
}

# By the words of its schema.
sub speedscope_wrong {
	my ($j) = @_;
	my %unit = map { $_ => 1 } qw(none nanoseconds microseconds milliseconds seconds bytes);
	return 'schema' if $j->{'$schema'} ne 'https://www.speedscope.app/file-format-schema.json';
	my $frames = $j->{shared}{frames};
	for my $f (@$frames) {
		return 'a frame without a name' if !defined $f->{name};
		return 'a member of a frame' if grep { !/^(?:name|file|line|col)$/ } keys %$f;
	}
	return 'no profile' unless @{ $j->{profiles} } && $j->{profiles}[$j->{activeProfileIndex}];
	for my $p (@{ $j->{profiles} }) {
		return "type $p->{type}" if $p->{type} ne 'sampled';
		return "unit $p->{unit}" if !$unit{$p->{unit}};
		return 'numbers of samples' if @{ $p->{samples} } != @{ $p->{weights} };
		my $sum = 0;
		for my $w (@{ $p->{weights} }) {
			return "weight $w" if $w <= 0;
			$sum += $w;
		}
		return 'endValue' if abs($p->{endValue} - $p->{startValue} - $sum) > 1e-6 * ($sum || 1);
		for my $stack (@{ $p->{samples} }) {
			return 'a frame that is not there' if grep { $_ < 0 || $_ >= @$frames } @$stack;
		}
	}
	return '';
}

# All metrics of a file go along, whichever is chosen.
sub check_metrics {
	my $out = "$Fg::temp/metrics.pb.gz";
	for my $file ("$Fg::cases/dhat/heap.in", "$pprof/memory.in") {
		convert($file, '-o', $out);
		my @metrics = map { (split /\t/)[0] } grep { !/^#/ } split /\n/, collapse('--list-metrics', $file)->{out};
		ok(@metrics > 3, basename($file) . ' has metrics');
		is(collapse('--list-metrics', $out)->{out}, collapse('--list-metrics', $file)->{out}, '... that are kept');
		for my $m (@metrics) {
			is(collapse('--no-header', "--metric=$m", $out)->{out},
				collapse('--no-header', "--metric=$m", $file)->{out}, "... $m");
		}
	}
	my $ran = convert('-t', 'speedscope', '--metric=leaked', "$Fg::cases/dhat/heap.in");
	my @names = map { $_->{name} } @{ JSON::PP->new->decode($ran->{out})->{profiles} };
	is($names[0], 'leaked', 'the chosen metric is shown first');
	ok((grep { $_ eq 'peak' } @names) == 1, '... and others after it');
	convert('--metric=leaked', "$Fg::cases/dhat/heap.in", '-o', $out);
	like(collapse('--list-metrics', $out)->{out}, qr/^leaked\t.*\tdefault$/m, '... and the default of pprof');
}

sub check_labels {
	my $out = "$Fg::temp/labels.pb.gz";
	convert("$pprof/labels.in", '-o', $out);
	for my $how (['--tagroot=worker,bytes', '--tagleaf=request'], ['--group-by=tid']) {
		is(collapse(@$how, $out)->{out}, collapse(@$how, "$pprof/labels.in")->{out}, "labels: @$how");
	}
	convert('--tagroot=worker', "$pprof/labels.in", '-o', $out);
	like(collapse('--no-header', $out)->{out}, qr/^prog;b,c;main;work;fast_\[i\] 20$/m, 'frames of labels');
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
	my $ran = convert('-t', 'speedscope', '-f', 'perf', $file);
	my $json = JSON::PP->new->decode($ran->{out});
	is_deeply([map { "$_->{name} $_->{unit} $_->{endValue}" } @{ $json->{profiles} }],
		['java-10/11: cpu-clock nanoseconds 1000', 'java-10/12: cpu-clock nanoseconds 2000',
		'java-10/11: samples none 1', 'java-10/12: samples none 1'], 'a profile for each thread');
	is_deeply($json->{shared}{frames}, [{ name => 'main', file => '/opt/java' }, { name => 'leaf', file => '/opt/java' }],
		'... of the same frames');
	my $p = Proto::read_pprof(unpacked(convert('-t', 'pprof', '-o', '-', '-f', 'perf', $file)->{out}));
	is_deeply([map { join ' ', map { "$_->[0]=" . ($_->[1] // $_->[2]) } @{ $_->{labels} } } @{ $p->{samples} }],
		['comm=java pid=10 tid=11', 'comm=java pid=10 tid=12'], 'threads are labels of pprof');
	is_deeply([map { sprintf '%x', $_->{address} } @{ $p->{samples}[0]{stack} }], ['5500', '5600'], '... addresses are kept');
	is($p->{mappings}[0]{file}, '/opt/java', '... and the file');
	is_deeply($p->{types}, [['samples', 'count'], ['cpu-clock', 'nanoseconds']], '... and both values');
	is_deeply($p->{period_type}, ['cpu-clock', 'nanoseconds'], '... and what a period is');
}

sub check_filters {
	my $out = "$Fg::temp/filters.pb.gz";
	convert('--show-from=^work$', "$pprof/plain.in", '-o', $out);
	is(collapse('--no-header', $out)->{out}, "work 10000000\nwork;fast_[i] 30000000\n", '--show-from');
	convert('--no-inline', "$pprof/plain.in", '-o', $out);
	is(collapse('--no-header', $out)->{out}, "main;work 40000000\n", '--no-inline');
	convert("$pprof/drop.in", '-o', $out);
	is(collapse($out)->{out}, collapse("$pprof/drop.in")->{out}, 'what is to be left out stays in the file');
	convert("$pprof/plain.in", "$pprof/plain.in", '-o', $out);
	is(collapse('--no-header', $out)->{out}, "main;work 20000000\nmain;work;fast_[i] 60000000\n", 'two files');
	convert("$pprof/memory.in", "$pprof/memory.in", '-o', $out);
	like(collapse('--list-metrics', $out)->{out}, qr/^live\t\t200\tbytes$/m, '... and all their metrics');
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
		my $ran = convert("$pprof/plain.in", '-o', "$Fg::temp/$name");
		is($ran->{status}, 0, $name) or diag($ran->{err});
		like(Fg::slurp("$Fg::temp/$name"), $begins{$name}, '... is what it says');
	}
	convert('-t', 'folded', "$pprof/plain.in", '-o', "$Fg::temp/b.svg");
	is(Fg::slurp("$Fg::temp/b.svg"), Fg::run({}, Fg::program('fg-collapse'), '-q', "$pprof/plain.in")->{out}, '-t wins');
	my $svg = Fg::run({}, Fg::program('fg-svg'), '-q', "$pprof/plain.in")->{out};
	is(convert('-t', 'svg', "$pprof/plain.in")->{out}, $svg, 'the picture is that of fg-svg');
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
	is(convert('-t', 'tree', "$pprof/plain.in")->{out}, $want, 'the tree');
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
	is(collapse('--no-header', $out)->{out}, "a;b_[k];c_[j];d_[i] 3\n", 'kernel, run time, inlined');
	$run->("a 1.5\nb 2.4\nc 0.6\n");
	is(collapse('--no-header', $out)->{out}, "a 2\nb 2\nc 1\n", 'decimals are rounded');
	$run->("# columns: before, after\na;b 1 3\na 5 2\n");
	my $p = Proto::read_pprof(unpacked(Fg::slurp($out)));
	is_deeply($p->{types}, [['before', 'count'], ['after', 'count']], 'before and after');
	is_deeply([sort map { "@{ $_->{values} }" } @{ $p->{samples} }], ['1 3', '5 2'], '... are two values');
}

sub check_wrong {
	my $ran = convert("$pprof/plain.in");
	is($ran->{status}, 2, 'neither -t nor -o');
	like($ran->{err}, qr/say with -t what to write: callgrind, firefox, folded, otlp, otlp-json, pprof, speedscope, svg, tree; or let the name of -o tell/, '... asks');
	$ran = convert('-t', 'perf', "$pprof/plain.in");
	is($ran->{status}, 2, 'what nobody writes');
	$ran = convert('-t', 'pprof', "$pprof/broken-cut.in", '-o', "$Fg::temp/none.pb.gz");
	is($ran->{status}, 2, 'a broken file');
	ok(!-e "$Fg::temp/none.pb.gz", '... leaves none');
	SKIP: {
		skip 'no /dev/full', 1 unless -e '/dev/full';
		is(convert('-t', 'pprof', "$pprof/plain.in", '-o', '/dev/full')->{status}, 2, 'a full disk');
	}
	is(Fg::run({}, Fg::program('fg-convert'), '--list-metrics', "$pprof/plain.in")->{status}, 0, '--list-metrics needs no -t');
}
