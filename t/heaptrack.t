#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Recordings of heaptrack, read a second time by Perl, which keeps every block and adds
# up what was live at each moment: --list-metrics gives the same sums, folded stacks add
# up to them, and the joint peak of random recordings is that of brute force.  Then the
# numbers that were written down for the files of ../shared/data.
use strict;
use warnings;
no warnings qw(once portable);
use File::Basename qw(basename);
use FindBin;
use JSON::PP ();
use Test::More;

require "$FindBin::Bin/lib.pm";

my $data = "$Fg::shared/mem";
my $temp = $Fg::temp;
my $cases = "$Fg::cases/heaptrack";

check_recordings();
check_random($_) for 1 .. 25;
check_window();
check_pipe();
check_pieces();
check_compressed();
check_other_build();
check_suppressions();
check_timeline();
check_words();
check_many_modules();

SKIP: {
	skip("no $data", 1) unless -r "$data/expected.md";
	check_expected();
	check_same_stacks();
	check_awkward();
}
done_testing();

sub collapse {
	my ($how, @args) = @_;
	return Fg::run($how, Fg::program('fg-collapse'), @args);
}

sub listed {
	my ($file, @args) = @_;
	my $ran = collapse({}, '--list-metrics', @args, $file);
	return { map { (split /\t/)[0, 2] } grep { !/^#/ } split /\n/, $ran->{out} };
}

# Value by stack, without the marks of inlined frames.
sub folded {
	my ($file, @args) = @_;
	my $ran = collapse({}, '-q', '--no-header', '--no-marks', @args, $file);
	return $ran->{status} == 0 ? { $ran->{out} =~ /^(.*) (\d+)$/mg } : { status => $ran->{status} };
}

sub total {
	my ($stacks) = @_;
	my $sum = 0;
	$sum += $_ for values %$stacks;
	return $sum;
}

# --- the second reader ---

# Events of a recording: [kind, size, trace, address or info], ["c", ms].
sub events {
	my ($text) = @_;
	my ($program, $version) = $text =~ /^v (\S+)(?: (\S+))?$/m;
	$version //= hex $program == 0x10200 ? 1 : 0;
	my $by_address = $text =~ /^[xm] /m || $version == 0;
	my (@infos, @events);
	for (split /\n/, $text) {
		push @infos, [hex $1, hex $2] if /^a (\S+) (\S+)$/;
		push @events, ['c', hex $1] if /^c (\S+)$/;
		if ($by_address) {
			push @events, ['+', hex $1, hex $2, $3] if /^\+ (\S+) (\S+) (\S+)$/;
			push @events, ['-', 0, 0, $1] if /^- (\S+)$/;
		} else {
			push @events, [$1, @{$infos[hex $2]}, hex $2] if /^([+-]) (\S+)$/;
		}
	}
	return ($by_address, @events);
}

sub live_bytes {
	my ($blocks) = @_;
	my %bytes;
	$bytes{$_->[1]} += $_->[0] for map { @$_ } values %$blocks;
	return \%bytes;
}

# What all of it adds up to; the peak is found by adding up all that lives, each time.
sub count {
	my ($text) = @_;
	my ($by_address, @events) = events($text);
	my %sum = map { $_ => 0 } qw(total blocks peak peak-blocks temporary temporary-bytes lifetime
		live live-blocks);
	my ($now, $last, %blocks, $at_peak) = (0, $by_address ? '' : 0);
	for my $event (@events) {
		my ($kind, $size, $trace, $id) = @$event;
		if ($kind eq 'c') {
			$now = $size;
		} elsif ($kind eq '+') {
			@{$blocks{$id}} = () if $by_address;
			push @{$blocks{$id}}, [$size, $trace, $now];
			$last = $id;
			$sum{total} += $size;
			$sum{blocks}++;
		} else {
			my $block = shift @{$blocks{$id} || []};
			my $is_temporary = $last eq $id;
			$last = $by_address ? '' : 0;
			next unless $block;
			$sum{temporary}++ if $is_temporary;
			$sum{'temporary-bytes'} += $block->[0] if $is_temporary;
			$sum{lifetime} += $now - $block->[2];
		}
		my $live = 0;
		$live += $_->[0] for map { @$_ } values %blocks;
		next if $live <= $sum{peak};
		$sum{peak} = $live;
		$sum{'peak-blocks'} = map { @$_ } values %blocks;
		$at_peak = live_bytes(\%blocks);
	}
	for my $block (map { @$_ } values %blocks) {
		$sum{live} += $block->[0];
		$sum{'live-blocks'}++;
		$sum{lifetime} += $now - $block->[2];
	}
	return (\%sum, $at_peak);
}

sub check_sums {
	my ($name, $file, $text) = @_;
	my ($sum) = count($text);
	my $listed = listed($file);
	for my $metric (sort keys %$sum) {
		is($listed->{$metric}, $sum->{$metric}, "$name: $metric");
		is(total(folded($file, "--metric=$metric")), $sum->{$metric}, "$name: stacks add up to $metric");
	}
	is($listed->{leaked} + $listed->{suppressed}, $sum->{live}, "$name: leaked or suppressed");
	is(total(folded($file, '--metric=leaked')), $listed->{leaked}, "$name: stacks add up to leaked");
}

sub check_recordings {
	for my $name (qw(heap heap-raw news news-raw clean v0 v1 v2 v2-raw v2-sized times attached large
		times-interpreted suppressed)) {
		my $file = "$cases/$name.in";
		check_sums($name, $file, Fg::slurp($file));
	}
	my ($raw, $interpreted) = map { listed("$cases/$_.in") } qw(news-raw news);
	delete $interpreted->{$_} for qw(temporary temporary-bytes leaked leaked-blocks suppressed
		suppressed-blocks);
	is($raw->{$_}, $interpreted->{$_}, "raw and interpreted: $_") for sort keys %$interpreted;
	my $by_index = listed("$cases/news-raw.in")->{'temporary-by-index'};
	is($by_index, listed("$cases/news.in")->{temporary}, 'raw and interpreted: temporary by index');
	is_deeply(folded("$cases/$_.in", '--metric=total'), folded("$cases/heap.in", '--metric=total'),
		"$_ has the stacks of heap") for qw(v1 v2 v2-sized);
}

# --- random recordings ---

# Traces 1 to 8 are root;N; some frees are of unknown blocks.
sub random_recording {
	my ($seed) = @_;
	srand($seed);
	my $text = "v 10400 3\nx 5 /none\nX x\nI 1000 100\nm 1 -\nm 1 x 10000 0 1000\nt 10000 0\n";
	$text .= sprintf "t %x 1\n", 0x10000 + 16 * $_ for 1 .. 8;
	my ($time, @live) = (0);
	for (1 .. 300) {
		my $dice = rand;
		if ($dice < 0.05) {
			$text .= sprintf "c %x\nR 10\n", $time += 10;
		} elsif ($dice < 0.55 || !@live) {
			my $address = sprintf '%x', 0x1000 + 16 * int rand 4000;
			next if grep { $_ eq $address } @live;
			$text .= sprintf "+ %x %x %s\n", int rand($seed % 3 ? 40 : 5e9), 2 + int rand 8, $address;
			push @live, $address;
		} elsif ($dice < 0.57) {
			$text .= "- fffff0\n";
		} else {
			$text .= '- ' . splice(@live, int(rand 2) ? -1 : int rand @live, 1) . "\n";
		}
	}
	return $text;
}

sub check_random {
	my ($seed) = @_;
	my $text = random_recording($seed);
	my $file = Fg::spew("$temp/random", $text);
	check_sums("random $seed", $file, $text);
	my (undef, $peak) = count($text);
	my %wanted = map { (sprintf('[none];[none+0x%x]', 16 * ($_ - 1)) => $peak->{$_}) }
		grep { $peak->{$_} } keys %$peak;
	is_deeply({ map { s/\[none\+0x0\]/[none]/r => folded($file)->{$_} } keys %{folded($file)} },
		\%wanted, "random $seed: what each stack had at the peak");
}

# A window is what the recording without its beginning and end says.
sub check_window {
	my $text = random_recording(99);
	my $file = Fg::spew("$temp/random", $text);
	my ($from, $to) = (20, 60);
	my ($time, %counted) = (0);
	for (split /\n/, $text) {
		$time = hex $1 if /^c (\S+)/;
		next if $time < $from || $time >= $to || !/^\+ (\S+)/;
		$counted{total} += hex $1;
		$counted{blocks}++;
	}
	(my $until = $text) =~ s/^c 3c\n.*//ms;
	my ($sum) = count($until);
	my $listed = listed($file, "--time=${from}ms,${to}ms");
	is($listed->{$_}, $counted{$_}, "window: $_") for qw(total blocks);
	is($listed->{live}, $sum->{live}, 'window: live');
	is(total(folded($file, "--time=${from}ms,${to}ms", '--metric=growth')), $listed->{growth},
		'window: stacks add up to growth');
	is(listed($file, "--time=${to}ms")->{$_}, $sum->{$_}, "until a time: $_")
		for qw(peak peak-blocks total temporary);
	is(listed($file, '--time=0,')->{$_}, listed($file)->{$_}, "all of it: $_") for qw(peak lifetime live);
}

# --- how it is read and told ---

sub check_pipe {
	my $text = Fg::slurp("$cases/news.in");
	my $piped = collapse({ in => $text }, '-q');
	is($piped->{out}, Fg::slurp("$cases/news.folded"), 'from a pipe');
	my $svg = Fg::run({}, Fg::program('fg-svg'), '-q', "$cases/news.in")->{out};
	like($svg, qr/peak 75\.1 KiB · total 76 KiB · at end 460 B · suppressed 2\.25 KiB · 35 blocks/,
		'the subtitle');
	like($svg, qr/>[^<]*\.\/news</, 'the title is the command');
	my $again = Fg::run({ in => $piped->{out} }, Fg::program('fg-svg'), '-q')->{out};
	like($again, qr/peak 75\.1 KiB · total 76 KiB · at end 460 B · suppressed 2\.25 KiB · 35 blocks/,
		'the subtitle behind a pipe');
}

# Cut anywhere, it is read up to there or refused, and something is said.
sub check_pieces {
	my $text = Fg::slurp("$cases/heap-raw.in");
	my ($bad, $silent) = (0, 0);
	for (my $n = 1; $n < length $text; $n += 61) {
		my $ran = collapse({ in => substr $text, 0, $n }, '-f', 'heaptrack');
		$bad++ if $ran->{status} != 0 && $ran->{status} != 2;
		$silent++ if substr($text, $n - 1, 1) ne "\n" && $ran->{status} == 0
			&& $ran->{err} !~ /without its end|more kinds/;
	}
	is($bad, 0, 'cut anywhere: an exit status of ours');
	is($silent, 0, 'cut anywhere: never silent');
}

# A file whose parts lie elsewhere than they did is not asked for names.
sub check_other_build {
	SKIP: {
		skip('no readelf or elfutils', 2) unless Fg::has_elfutils() && Fg::has_program('readelf');
		my $file = Fg::program('fg-collapse');
		my @parts = map { /^ +LOAD +(?:0x\S+ ){1}0x(\S+) 0x\S+ 0x\S+ 0x(\S+)/ ? "$1 $2" : () }
			split /\n/, Fg::run({}, 'readelf', '-lW', $file)->{out};
		my $record = sub {
			my $text = sprintf "v 10400 3\nx %x %s\nX x\nI 1 1\nm 1 -\nm 1 x 10000000 %s\n"
				. "t 10001000 0\n+ 8 1 10\n", length $file, $file, join(' ', @_);
			return collapse({ in => $text }, '--no-header')->{err};
		};
		unlike($record->(@parts), qr/not the ones recorded|not there/, 'the parts of a file are those recorded');
		$parts[-1] =~ s/(\S+)$/sprintf '%x', 1 + hex $1/e;
		like($record->(@parts), qr/files that are not the ones recorded/, '... or it is another build');
	}
}

# A compressed file that was cut off is read as far as it goes.
sub check_compressed {
	my $text = "v 10400 3\nx 5 /none\nX x\nI 1 1\nm 1 -\nm 1 x 10000 0 1000\nt 10010 0\n"
		. join('', map { sprintf "+ 1 1 %x\n", 0x100 + $_ } 0 .. 199);
	for my $program (qw(gzip zstd)) {
		SKIP: {
			skip("no $program", 5) unless Fg::has_program($program);
			my $packed = Fg::run({ in => $text }, $program, '-qc')->{out};
			my $ran = collapse({ in => $packed }, '--no-header');
			is($ran->{out}, "[none+0x10] 200\n", "$program");
			unlike($ran->{err}, qr/ends early/, "$program: nothing is missing");
			my $second = Fg::run({ in => "+ 1 1 70000\n" x 2000 }, $program, '-qc')->{out};
			my $cut = collapse({ in => $packed . substr $second, 0, -5 }, '--no-header', '-v');
			is($cut->{status}, 0, "$program, cut off: it is read");
			like($cut->{err}, qr/compressed data that ends early, read up to there/,
				"$program, cut off: ... and said");
			$cut = collapse({ in => substr $packed, 0, 12 });
			is($cut->{status}, 2, "$program, next to nothing");
		}
	}
}

sub check_suppressions {
	my $file = "$cases/suppressed.in";
	my $supp = "$temp/known.supp";
	my $leaked = sub {
		Fg::spew($supp, $_[0]);
		my $listed = listed($file, "--suppressions=$supp", @_[1 .. $#_]);
		return join ' ', map { $_ // '' } @$listed{qw(leaked suppressed)};
	};
	is($leaked->("# all of main\nleak:^main\n"), '0 72', 'suppressions: a function');
	is($leaked->("leak:/opt/*\n"), '0 72', 'suppressions: a module');
	is($leaked->("leak:a.c\n"), '0 72', 'suppressions: a source file');
	is($leaked->("leak:nobody\n"), '8 64', 'suppressions: beside that of the recording');
	is($leaked->("leak:nobody\n", '--no-suppressions'), '72 0', 'suppressions: without that');
	is($leaked->("leak:^main\n", '--no-suppressions'), '0 72', 'suppressions: those of the file stay');
	Fg::spew($supp, "leak:a\nmain\n");
	my $ran = collapse({}, "--suppressions=$supp", $file);
	is($ran->{status}, 2, 'suppressions that are none');
	like($ran->{err}, qr/error: \Q$supp\E:2: suppressions are lines such as leak:name$/m, '... and where');
	$ran = collapse({}, "--suppressions=$temp/absent", $file);
	like($ran->{err}, qr/error: \Q$temp\E\/absent: cannot open: No such file/, 'no such file');
}

sub stats {
	my (@args) = @_;
	collapse({}, '-q', '--stats', "$temp/stats", @args);
	return JSON::PP->new->decode(Fg::slurp("$temp/stats"));
}

sub check_timeline {
	my $line = stats("$cases/times.in")->{timeline};
	is_deeply($line, { unit => 'ms', points => [[10, 272], [20, 784], [30, 1793], [40, 1537],
		[50, 1089]] }, '--stats: how much was live over time');
	ok(!exists stats("$cases/times.in", "$cases/times.in")->{timeline}, '... not of two files');
}

sub check_words {
	my $ran = collapse({}, '--metric=leaked', "$cases/clean.in");
	is($ran->{status}, 0, 'nothing leaked is a result');
	like($ran->{err}, qr/: nothing was leaked; peak 83 KiB/, '... and said');
	$ran = collapse({}, "$cases/heap.in", "$cases/heap.in");
	like($ran->{err}, qr/peak 166 KiB .* 262 blocks$/m, 'two files are added up');
	$ran = collapse({}, '--strict', "$cases/odd.in");
	is($ran->{status}, 2, 'odd, and --strict');
	$ran = collapse({}, '--snapshot=peak', "$cases/heap.in");
	like($ran->{err}, qr/--snapshot does nothing for recordings of heaptrack/, 'no snapshots');
}

# Files and addresses by turns, the files from the end of memory to its beginning.
sub many_modules {
	my ($n) = @_;
	my $text = "v 10400 3\nx 6 /bin/a\n";
	for my $i (reverse 1 .. $n) {
		$text .= sprintf "m 6 /bin/x %x 0 10\nt %x 0\n", $i * 4096, $i * 4096 + 5;
	}
	my $file = "$temp/modules";
	Fg::spew($file, $text . sprintf("+ 10 %x 1000\n", $n));
	my $before = (times)[2];
	my $ran = collapse({}, '--no-header', $file);
	return ($ran, (times)[2] - $before);
}

sub check_many_modules {
	my ($ran, $seconds) = many_modules(40_000);
	is($ran->{out}, "[x+0x5] 16\n", 'many files');
	cmp_ok($seconds, '<', 10, '... are not sorted for each address');
	($ran) = many_modules(65_531);
	is($ran->{status}, 2, 'more files than a process may have');
	like($ran->{err}, qr/modules:131063: error: more than 65530 parts of files/, '... are an error');
}

# --- what was written down ---

sub cells {
	return map { s/^\s+|\s+$//gr =~ s/,//gr } split /\|/, substr $_[0], 1;
}

# Column to metric, for files of both kinds.
sub check_expected {
	my %metric = ('Σ allocations' => 'blocks', 'Σ peak' => 'peak', 'leaked + suppressed' => 'live',
		'Σ leaked (after suppression)' => 'leaked', 'suppressed' => 'suppressed',
		'total bytes allocated' => 'total');
	my (@columns, $seen);
	for my $line (split /\n/, Fg::slurp("$data/expected.md")) {
		next unless $line =~ /^\|/;
		my @cells = cells($line);
		@columns = @cells if $cells[0] eq 'recording';
		next unless $columns[1] && $columns[1] eq 'Σ allocations' && $cells[0] =~ m{^heaptrack/};
		my %cell;
		@cell{@columns} = @cells;
		check_row(\%cell, \%metric);
		$seen++;
	}
	is($seen, 5, 'the table was found');
}

sub check_row {
	my ($cell, $metric) = @_;
	my @map = ("--map=/opt/dem/data=$Fg::shared");
	my $name = $cell->{recording};
	my ($raw, $interpreted) = map { listed("$data/$name$_", @map) } '.raw.zst', '.zst';
	for my $column (sort keys %$metric) {
		my $what = $metric->{$column};
		is($interpreted->{$what}, $cell->{$column}, "$name: $what");
		is($raw->{$what}, $cell->{$column}, "$name, raw: $what");
	}
	is($interpreted->{temporary}, $cell->{'Σ temporary'}, "$name: temporary");
	is($raw->{'temporary-by-index'}, $cell->{'Σ temporary'}, "$name, raw: temporary by index");
	my ($by_pointer) = grep { /^temporary by pointer/ } keys %$cell;
	is($raw->{temporary}, $cell->{$by_pointer}, "$name, raw: temporary");
	my $ran = collapse({}, '-v', "$data/$name.raw.zst");
	my ($unknown) = $ran->{err} =~ /allocation was not recorded: (\d+)/;
	is($unknown // 0, $cell->{'unknown frees (raw only)'}, "$name, raw: unknown frees");
}

# heaptrack_print begins stacks at main where that is no inlined frame's caller.
sub comparable {
	my ($text) = @_;
	my %sum;
	for (split /\n/, $text) {
		my ($stack, $value) = /^(.*) (\d+)$/;
		$stack =~ s/^\[truncated\];//;
		$stack =~ s/;operator new\(unsigned long, std::align_val_t\)$//;
		$stack =~ s/0x[0-9a-f]+|\[[^;]*\]/?/g;
		$stack =~ s/^_start;__libc_start_main_impl;__libc_start_call_main;//;
		$sum{$stack} += $value;
	}
	return \%sum;
}

sub check_same_stacks {
	my %metric = (allocations => 'blocks', bytes => 'total');
	for my $file (glob("$data/expected/heaptrack.*.folded")) {
		my ($from, $what) = basename($file) =~ /^heaptrack\.(\w+)\.(\w+)\.folded$/;
		my $ran = collapse({}, '-q', '--no-header', '--no-marks', '--names=full',
			'--metric=' . ($metric{$what} // $what), "$data/heaptrack/$from.zst");
		is_deeply(comparable($ran->{out}), comparable(Fg::slurp($file)), basename($file));
	}
}

sub check_awkward {
	my $same = listed("$data/heaptrack/memdemo.zst");
	for my $file (qw(memdemo.v0.txt memdemo.v2.raw.txt memdemo.v2-from-new-interpret.txt memdemo.gz
		memdemo.raw.gz memdemo.raw.txt memdemo.interpreted.txt)) {
		my $listed = listed("$data/heaptrack/$file");
		is_deeply([@$listed{qw(blocks peak leaked total lifetime)}],
			[@$same{qw(blocks peak leaked total lifetime)}], $file);
	}
	is(listed("$data/heaptrack/memdemo.v0.txt")->{temporary}, 1019, 'memdemo.v0.txt: temporary');
	my $mended = folded("$data/heaptrack/memdemo.v2-from-new-interpret.txt", '--show-from=^main$');
	is($mended->{'main;leak_definite'}, 10000, 'strings with a length in a file of version 2');
	is_deeply([grep { /(?:^|;)[0-9a-f]+ / } keys %$mended], [], '... which are not part of names');
	# Suppressions of a raw recording look at names.
	for my $file ('supp.zst', Fg::has_elfutils() ? 'supp.raw.zst' : ()) {
		my $listed = listed("$data/heaptrack/$file", "--map=/opt/dem/data=$Fg::shared");
		is_deeply([@$listed{qw(leaked suppressed blocks peak)}], [55, 200, 4, 72959], $file);
	}
	my $stacks = folded("$data/heaptrack/supp.zst", '--metric=suppressed');
	is_deeply([sort { $a <=> $b } values %$stacks], [77, 123], 'supp.zst: each pattern');
}
