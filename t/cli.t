#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# What programs do that is no format: options, errors, exit status, where output
# goes, and what stands on standard error.
use strict;
use warnings;
no warnings qw(once);
use Fcntl qw(:mode);
use FindBin;
use JSON::PP ();
use List::Util qw(min);
use POSIX ();
use Test::More;
use Time::HiRes qw(time);

require "$FindBin::Bin/lib.pm";

my @programs = grep { $_ ne 'fg-png' || -x "$Fg::build/fg-png" } qw(fg-collapse fg-filter fg-svg fg-png fg-top);
my $temp = $Fg::temp;
my $perf = "$Fg::cases/perf/fp.in";
my $events = "$Fg::cases/perf/multi-event.in";
my $folded = "$Fg::cases/folded/plain.in";
my $headed = "$Fg::cases/folded/header.in";

for my $program (@programs) {
	check_help($program);
	check_wrong_options($program);
	check_unreadable($program);
	check_advice($program);
	check_standard_output($program);
	check_output_file($program);
	check_start($program);
	check_terminal($program);
}
check_words();
check_visible();
check_several_files();
check_stats();
check_lists();
check_sums();
check_large();
check_same_hash();
check_second_names();
check_headers();
check_pipe();
done_testing();

sub program {
	my ($how, $name, @args) = @_;
	return Fg::run($how, Fg::program($name), @args);
}

# What a run gave, when it is not what was wanted.
sub told {
	my ($ran) = @_;
	my ($out, $err) = map { length $_ > 300 ? substr($_, 0, 300) . '…' : $_ } @$ran{qw(out err)};
	return diag("$ran->{command}\nstatus $ran->{status}\n$out$err");
}

sub runs {
	my ($ran, $what) = @_;
	ok($ran->{status} == 0, $what) or told($ran);
}

# A failure: status 2, nothing written, and one line of words that match.
sub fails {
	my ($ran, $words, $what) = @_;
	ok($ran->{status} == 2 && $ran->{out} eq '' && $ran->{err} =~ $words, $what) or told($ran);
}

# For long texts: where they part.
sub same {
	my ($got, $want, $what) = @_;
	my $at = 0;
	$at++ while $at < length $got && substr($got, $at, 1) eq substr($want, $at, 1);
	ok($got eq $want, $what)
		or diag("got '" . substr($got, $at, 100) . "', not '" . substr($want, $at, 100) . "'");
}

sub make {
	my ($name, $text) = @_;
	return Fg::spew("$temp/$name", $text);
}

sub check_help {
	my ($name) = @_;
	for my $option (qw(--help -h)) {
		my $ran = program({}, $name, $option);
		ok($ran->{status} == 0 && $ran->{err} eq '' && $ran->{out} =~ /^usage: \Q$name\E /i &&
			$ran->{out} =~ /--output/ && $ran->{out} =~ /\Q$name\E\(1\)/, "$name $option")
			or told($ran);
	}
	my $ran = program({}, $name, '--version');
	ok($ran->{status} == 0 && $ran->{out} =~ /^\Q$name\E \(fgtools\) \d+\.\d+/ &&
		$ran->{err} eq '', "$name --version") or told($ran);
}

sub check_wrong_options {
	my ($name) = @_;
	fails(program({}, $name, '--metrc=x', $perf), qr/^\Q$name\E: error: .*--metrc.*--metric/,
		"$name: an unknown option, and what could be meant");
	fails(program({}, $name, '--metric'), qr/--metric/, "$name: an option without its value");
	fails(program({}, $name, '--group-by=comn', $perf), qr/comn.*comm/s,
		"$name: a wrong value, and the right ones");
	fails(program({}, $name, '--from=perv', $perf), qr/perv.*perf/s, "$name: an unknown format");
	fails(program({}, $name, '--show-from=a(', $perf), qr/show-from/, "$name: a wrong pattern");
	fails(program({}, $name, '--quiet=1', $perf), qr/--quiet/, "$name: a value too many");
}

sub check_unreadable {
	my ($name) = @_;
	fails(program({}, $name, "$temp/not-there"), qr/not-there: .*No such file/,
		"$name: a file that is not there");
	fails(program({}, $name, $temp), qr/\Q$temp\E: .*is a directory/, "$name: a folder");
	fails(program({}, $name, make('empty', '')), qr/empty: .*is empty/, "$name: an empty file");
	fails(program({}, $name), qr/standard input: .*is empty/, "$name: an empty pipe");
	fails(program({}, $name, make('words', "to whom it may concern\nno profile\n")),
		qr/words: .*no known .*'to whom it may concern'/, "$name: text of no known kind");
	fails(program({}, $name, make('gone.gz', "\x1f\x8b\x08\0\0\0\0\0\0\3abc")), qr/gone\.gz: .*gzip/,
		"$name: damaged gzip");
}

# Files people have at hand when they meant another one.
sub check_advice {
	my ($name) = @_;
	srand 7;
	my %advice = (
		'x.svg' => [qq(<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">\n</svg>\n), qr/SVG/],
		'v8.log' => [qq(v8-version,11,3,244,8,-node.30,0\nshared-library,/usr/bin/node,0x1,0x2\n), qr/--preprocess/],
		'gmon.out' => ["gmon\1\0\0\0" . "\0" x 100, qr/gmon\.out|gprof/],
		'wide.txt' => ["\xff\xfea\0;\0b\0 \0001\0\n\0", qr/UTF-16/],
		'program' => ["\x7fELF\2\1\1" . "\0" x 100, qr/program|library/],
		'annotate.txt' => [" Percent |\tSource code & Disassembly of app for cycles (9 samples)\n" .
			"---------------\n         :\n         : 3    00000000000011e0 <main>:\n" .
			"         : 5    main():\n    0.00 :   11e0:  push   %rbp\n", qr/perf annotate/],
		'raw' => ["--- symbol\nbinary=server\n0x0000000000401136 main\n---\n", qr/pprof --raw/],
		'stackprof.dump' => ["\x04\x08{\x10:\x0cversionf\x081.2", qr/stackprof --json/],
		'noise' => [join('', map { chr int rand 256 } 1 .. 5000), qr/binary/],
		'zeros' => ["\0" x 5000, qr/binary/],
	);
	for my $file (sort keys %advice) {
		my ($text, $words) = @{$advice{$file}};
		my $ran = program({}, $name, make($file, $text));
		fails($ran, qr/\Q$file\E: .*$words/, "$name: $file gets advice");
		ok($ran->{err} !~ /[^\n\t -~\x80-\xff]/, "$name: $file does not reach the terminal");
	}
}

# The status of a program whose standard output nobody reads.
sub broken_pipe_status {
	my ($name, @args) = @_;
	pipe my $read, my $write or die "pipe: $!\n";
	close $read;
	my $pid = fork();
	die "fork: $!\n" unless defined $pid;
	if ($pid == 0) {
		$SIG{PIPE} = 'DEFAULT';
		open STDOUT, '>&', $write or POSIX::_exit(126);
		open STDERR, '>', "$temp/pipe.err" or POSIX::_exit(126);
		exec Fg::program($name), @args or POSIX::_exit(127);
	}
	waitpid $pid, 0;
	return Fg::exit_status($?);
}

sub check_standard_output {
	my ($name) = @_;
	for my $args ([$folded], ['--help'], ['--list-formats'], ['--list-metrics', $perf]) {
		my $ran = program({ stdout => '/dev/full' }, $name, @$args);
		ok($ran->{status} == 2 && $ran->{err} =~ /standard output: No space left/,
			"$name: no space for @$args[0]") or told($ran);
	}
	fails(program({}, $name, '-o', '/dev/full', $folded), qr{/dev/full.*No space left},
		"$name: -o /dev/full");
	my $ran = program({ closed => 1 }, $name, $folded);
	ok($ran->{status} == 2 && $ran->{err} =~ /standard output/, "$name: standard output is closed")
		or told($ran);
	is(broken_pipe_status($name, $folded), 128 + POSIX::SIGPIPE(), "$name: nobody reads the pipe");
}

sub left_behind {
	my ($folder, @expected) = @_;
	opendir my $dir, $folder or die "$folder: $!\n";
	my %expected = map { $_ => 1 } '.', '..', @expected;
	return join ' ', grep { !$expected{$_} } readdir $dir;
}

sub check_output_file {
	my ($name) = @_;
	my $folder = "$temp/output-$name";
	mkdir $folder or die "$folder: $!\n";
	my $want = program({}, $name, $folded)->{out};
	my $file = "$folder/x";

	runs(program({}, $name, '-o', $file, $folded), "$name -o FILE");
	same(Fg::slurp($file), $want, "$name: the file is what would have been printed");
	is(S_IMODE((stat $file)[2]), 0666 & ~umask, "$name: the file has the usual mode");
	chmod 0640, $file;
	runs(program({}, $name, "--output=$file", $folded), "$name replaces a file");
	is(S_IMODE((stat $file)[2]), 0640, "$name: a replaced file keeps its mode");

	Fg::spew($file, 'precious');
	program({}, $name, '-o', $file, $_) for "$temp/not-there", make('bad', "bad\n");
	is(Fg::slurp($file), 'precious', "$name: a failure leaves the old file alone");

	symlink 'x', "$folder/link" or die "symlink: $!\n";
	runs(program({}, $name, '-o', "$folder/link", $folded), "$name -o LINK");
	ok(-l "$folder/link" && Fg::slurp($file) eq $want, "$name: writes where a link points to");

	my $same = Fg::spew("$folder/plain.in", Fg::slurp($folded));
	runs(program({}, $name, '-o', $same, $same), "$name writes over its input");
	same(Fg::slurp($same), $want, "$name: the input was read before");

	check_fifo($name, "$folder/fifo", $want);
	fails(program({}, $name, '-o', "$folder/none/x", $folded), qr{none/x.*No such file},
		"$name: -o into a folder that is not there");
	fails(program({}, $name, '-o', "$file/x", $folded), qr{x/x.*Not a directory},
		"$name: -o into a file");
	fails(program({}, $name, '-o', $folder, $folded), qr/directory/, "$name: -o a folder");
	check_locked($name, "$temp/locked-$name") if $> != 0;
	is(left_behind($folder, qw(x link plain.in fifo)), '', "$name leaves nothing behind");
}

# Not for root, who may write everywhere.
sub check_locked {
	my ($name, $folder) = @_;
	mkdir $folder, 0555 or die "$folder: $!\n";
	fails(program({}, $name, '-o', "$folder/x", $folded), qr/Permission denied/,
		"$name: -o into a folder that is locked");
	is(left_behind($folder), '', "$name leaves nothing behind there");
}

sub check_fifo {
	my ($name, $fifo, $want) = @_;
	POSIX::mkfifo($fifo, 0600) or die "$fifo: $!\n";
	my $pid = open(my $reader, '-|') // die "fork: $!\n";
	if ($pid == 0) {
		alarm $Fg::patience;
		exec 'cat', $fifo or POSIX::_exit(127);
	}
	my $ran = program({}, $name, '-o', $fifo, $folded);
	my $got = do { local $/; <$reader> };
	close $reader;
	ok($ran->{status} == 0 && -p $fifo && $got eq $want, "$name -o FIFO") or told($ran);
}

sub seconds {
	my (@command) = @_;
	my $start = time;
	my $pid = fork() // die "fork: $!\n";
	if ($pid == 0) {
		open STDOUT, '>', '/dev/null';
		exec @command or POSIX::_exit(127);
	}
	waitpid $pid, 0;
	return time - $start;
}

# Compared with a program that does nothing, measured in turns; the fastest of each,
# for other programs may want the processor, too.
sub check_start {
	my ($name) = @_;
	my (@ours, @nothing);
	for (1 .. 20) {
		push @ours, seconds(Fg::program($name), '--version');
		push @nothing, seconds('/bin/true');
	}
	my $limit = $Fg::sanitize ? 0.5 : $name eq 'fg-png' ? 0.06 : 0.005;
	my $took = min(@ours) - min(@nothing);
	ok($took <= $limit, "$name starts in at most " . 1000 * $limit . ' ms')
		or diag(sprintf '%.1f ms', 1000 * $took);
	my $libraries = `ldd '@{[Fg::program($name)]}' 2>/dev/null`;
	ok(($name eq 'fg-png') == ($libraries =~ /cairo|pango|png16/), "$name: only fg-png has cairo and libpng")
		or diag($libraries);
}

# script(1) gives a program a terminal.
sub on_terminal {
	my ($command) = @_;
	return Fg::run({}, 'script', '-qec', $command, '/dev/null');
}

sub check_terminal {
	my ($name) = @_;
	my $program = Fg::program($name);
	SKIP: {
		my $works = on_terminal('exit 7');
		skip 'no script(1)', 2 unless $works->{status} == 7;
		my $ran = on_terminal($program);
		ok($ran->{status} == 2 && $ran->{out} =~ /usage: \Q$name\E/,
			"$name: usage on a terminal without arguments") or told($ran);
		$ran = on_terminal("$program '$folded'");
		if ($name =~ /^fg-(?:svg|png)$/) {
			ok($ran->{status} == 2 && $ran->{out} !~ /<svg|PNG/ && $ran->{out} =~ /-o FILE/,
				"$name: no picture for a terminal") or told($ran);
		} else {
			ok($ran->{status} == 0 && $ran->{out} =~ /parse/,
				"$name: text for a terminal") or told($ran);
		}
	}
}

# A picture without what comes from the name of the file.
sub without_title {
	my ($svg) = @_;
	$svg =~ s{ aria-label="[^"]*">\n<title>[^<]*</title>\n<style>}{};
	return $svg =~ s{(?<=font-weight="600">)[^<]*(?=</text>)}{}gr;
}

# Only the program that parsed the profiler's own format speaks, and briefly.
sub check_words {
	for my $name (@programs) {
		for my $file ($folded, $headed) {
			my $ran = program({}, $name, $file);
			ok($ran->{status} == 0 && $ran->{err} eq '', "$name says nothing about folded text")
				or told($ran);
		}
		my $ran = program({}, $name, $events);
		my $lines = $ran->{err} =~ tr/\n//;
		ok($lines >= 1 && $lines <= 3, "$name: at most three lines") or told($ran);
		like($ran->{err}, qr/page-faults.*context-switches/, "$name: other events are named");
		is(program({}, $name, '-q', $events)->{err}, '', "$name -q says nothing");
		my $more = program({}, $name, '-v', $events);
		ok(length $more->{err} > length $ran->{err}, "$name -v says more");
		same($more->{out}, $ran->{out}, "$name -v writes the same");
		# Pictures are called what their file is.
		my @title = $name eq 'fg-png' ? '--title=x' : ();
		my $piped = program({ in => Fg::slurp($events) }, $name, @title, '-');
		$ran = program({}, $name, @title, $events);
		same(without_title($piped->{out}), without_title($ran->{out}), "$name reads standard input");
	}
	my $bad = program({}, 'fg-collapse', "$Fg::cases/perf/f-ip.in");
	like($bad->{err}, qr/hint: .*no name/, 'a bad profile gets a hint');
	like(program({}, 'fg-collapse', "$Fg::cases/perf/one-line.in")->{err}, qr/hint: .*-g/,
		'a profile without call chains gets a hint');
	for my $asked (['--pid', 'pid'], ['--group-by=cpu', 'cpu'], ['--srcline', 'srcline']) {
		my ($option, $field) = @$asked;
		like(program({}, 'fg-collapse', $option, $events)->{err}, qr/hint: .*-F \+$field/,
			"so does one that $option has no use for");
	}
	for my $fine (['--pid', 'ns-pid'], ['--group-by=cpu', 'cpu-1024'],
			['--srcline', 'srcline-inline']) {
		my ($option, $case) = @$fine;
		my $ran = program({}, 'fg-collapse', $option, "$Fg::cases/perf/$case.in");
		ok($ran->{status} == 0 && $ran->{err} !~ /-F \+/,
			"but not one that $option is right for") or told($ran);
	}
	for my $file ($events, $folded) {
		like(program({}, 'fg-collapse', '--skip-after=nowhere', $file)->{err},
			qr/hint: nothing matches --skip-after=nowhere/, 'a function that is not there');
	}
	unlike(program({}, 'fg-collapse', '--skip-after=vfs_read', $events)->{err},
		qr/no function/, 'one that is');
	like(program({}, 'fg-svg', '--total=1', $folded)->{err}, qr/--total/, 'a total too small');
	is(program({}, 'fg-svg', '--total=1', '-q', $folded)->{err}, '', 'nor that with -q');
}

# What could act on a terminal is shown, in names of files, functions, events and options.
sub check_visible {
	my $esc = "\e]0;x\a\e[31m\r";
	my $file = make("odd\e[31mname", "main;f$esc\n$esc 1x\n");
	my @runs = (
		program({}, 'fg-collapse', $file),
		program({}, 'fg-collapse', '-f', 'folded', $file),
		program({}, 'fg-collapse', "--group-by=$esc", $folded),
		program({}, 'fg-collapse', "--x$esc", $folded),
		program({}, 'fg-collapse', "$temp/none$esc"),
		program({}, 'fg-collapse', '-o', "$temp/none/$esc", $folded),
		program({ in => "a 1/1 1.000001: 1 cyc${esc}les: \n\t1 f (/x$esc)\n\n" .
			"a 1/1 1.000002: 1 cy\eles: \n\t1 f (/x)\n\n" }, 'fg-collapse', '-v', '-f', 'perf'),
		program({}, 'fg-collapse', '-f', 'perf', "$Fg::cases/perf/broken-noise.in"),
	);
	for my $ran (@runs) {
		ok($ran->{err} ne '' && $ran->{err} !~ /[\x00-\x08\x0b-\x1f\x7f]/,
			'control bytes are shown, not sent') or told($ran);
	}
	ok($runs[6]{out} !~ /[\x00-\x08\x0b-\x1f\x7f]/, 'nor are they in folded text') or told($runs[6]);
}

sub check_several_files {
	my $once = program({}, 'fg-collapse', $folded)->{out};
	my $twice = $once =~ s/ (\d+)$/' ' . 2 * $1/gemr;
	is(program({}, 'fg-collapse', $folded, $folded)->{out}, $twice, 'two files are added up');
	my $text = Fg::slurp($folded);
	is(program({ in => $text }, 'fg-collapse', $folded, '-')->{out}, $twice,
		'a file and standard input are added up');
	fails(program({}, 'fg-collapse', $folded, $perf), qr/fp\.in.*plain\.in|plain\.in.*fp\.in/,
		'files of different formats are not added up');
	my $other = make('other', "# event: cpu-clock\n# unit: ns\nmain 1\n");
	fails(program({}, 'fg-collapse', $headed, $other), qr/other.*header\.in|header\.in.*other/,
		'nor are different events');
	my @units = map { make("in-$_", "# unit: $_\nmain 1\n") } qw(ns ms);
	fails(program({}, 'fg-collapse', @units), qr/in-ms.*in-ns/, 'nor are different units');
	fails(program({}, 'fg-collapse', $folded, "$temp/not-there"), qr/not-there/,
		'one file that is not there fails all');
}

sub total_of {
	my ($text) = @_;
	my $total = 0;
	$total += $_ for $text =~ /^(?!# ).* (\d+)$/mg;
	return $total;
}

sub check_stats {
	for my $file ($perf, $events, $headed, "$Fg::cases/perf/broken-junk.in") {
		my $json = "$temp/stats.json";
		my $ran = program({}, 'fg-collapse', '--stats', $json, $file);
		my $stats = eval { JSON::PP->new->utf8->decode(Fg::slurp($json)) };
		ok($stats, "--stats of $file is JSON") or diag($@);
		next unless $stats;
		is($stats->{total}, total_of($ran->{out}), 'its total is what was written');
		is($stats->{stacks}, scalar(() = $ran->{out} =~ /^(?!# )./mg), 'its stacks are the lines');
		my ($read, $counted) = (0, 0);
		$read += $_->{samples} for @{$stats->{files}};
		$counted += $_->{samples} for @{$stats->{events}};
		is($stats->{samples_read}, $read + $stats->{samples_filtered_by_event},
			'its samples are those of the files');
		is($stats->{samples_read}, $counted, 'its events have all samples');
		cmp_ok($stats->{samples_shown}, '<=', $stats->{samples_read},
			'it shows no more than was read') if $file ne $headed;
	}
	my $ran = program({}, 'fg-collapse', "--stats=$temp/stats2.json", '--event-filter=page-faults', $events);
	my $stats = JSON::PP->new->utf8->decode(Fg::slurp("$temp/stats2.json"));
	is($stats->{samples_read}, 12, 'filtered samples were read, too');
	is($stats->{samples_filtered_by_event}, 7, 'and are told of');
	my $failed = program({}, 'fg-collapse', '--stats=/dev/full', $folded);
	ok($failed->{status} == 2, 'no space for --stats') or told($failed);
}

sub check_lists {
	my $ran = program({}, 'fg-collapse', '--list-formats');
	ok($ran->{status} == 0 && $ran->{out} =~ /^perf +\S/m && $ran->{out} =~ /^folded +\S/m,
		'--list-formats') or told($ran);
	$ran = program({}, 'fg-collapse', '--identify', $perf, $folded);
	is($ran->{out}, "$perf: perf: text of perf script\n" .
		"$folded: folded: folded stacks (frame;frame;frame VALUE)\n", '--identify');
	$ran = program({}, 'fg-collapse', '--identify', $folded, make('words', "no profile\n"));
	ok($ran->{status} == 2 && $ran->{out} =~ /folded/ && $ran->{err} =~ /words/,
		'--identify goes on after a file it does not know') or told($ran);
	$ran = program({}, 'fg-collapse', '--list-metrics', $events);
	like($ran->{out}, qr/^period\tcpu-clock\t10020040\tns\tdefault$/m, '--list-metrics: the default');
	like($ran->{out}, qr/^samples\tpage-faults\t5\tsamples$/m, '--list-metrics: another event');
	my $frame = "\t            1234 f+0x1 (/bin/x)\n\n";
	my $most = join '', map { "sh 1 [000] 1.000000: 9223372036854775807 b: \n" .
		$frame =~ s/f/f$_/r } 1 .. 2;
	$ran = program({ in => "sh 1 [000] 1.000000: 5 cycles: \n$frame$most" }, 'fg-collapse',
		'--list-metrics');
	like($ran->{out}, qr/^period\tb\ttoo large\tb$/m, '--list-metrics: a sum that does not fit');
	is(program({}, 'fg-collapse', '--weight=samples', $events)->{out},
		program({}, 'fg-collapse', '--metric=samples', $events)->{out}, '--weight is --metric');
}

sub check_sums {
	my $most = '9223372036854775807';
	my $sample = "a 1/1 1.000001: $most cycles: \n\t1 f (/x)\n\n";
	my $ran = program({ in => $sample }, 'fg-collapse', '-q', '-');
	like($ran->{out}, qr/^a;f $most$/m, 'the largest sum');
	for my $name (@programs) {
		fails(program({ in => $sample . "a 1/1 1.000001: 1 cycles: \n\t1 f (/x)\n\n" }, $name, '-'),
			qr/sum .*64 bits/, "$name: a sum of one stack that does not fit");
		fails(program({ in => $sample . "a 1/1 1.000001: 1 cycles: \n\t1 g (/x)\n\n" }, $name, '-'),
			qr/sum .*64 bits/, "$name: a total that does not fit");
		fails(program({ in => "a;b $most\nc 1\n" }, $name, '-'), qr/sum .*64 bits/,
			"$name: nor does one of folded text");
	}
}

# Deep stacks and long lines, as recursion gone wrong and templates make them.
# Names that all have one hash in XXH3, when it has no seed: eight bytes undo the secret, the next
# eight are then free.
sub check_same_hash {
	my $names = 80_000;
	my $text = join '', map { "a;\xb8\xfe\x6c\x39\x23\xa4\x4b\xbe" . sprintf('%08x', $_) .
		"0123456789abcdef 1\n" } 1 .. $names;
	my $before = time;
	my $ran = program({ in => $text }, 'fg-collapse', '-');
	my $seconds = time - $before;
	ok($ran->{out} eq $text && $seconds < 10, 'names of one hash') or diag("$seconds s");
}

sub check_large {
	my ($deep, $long) = (100_000, 1 << 20);
	my $chain = join '', map { "\t" . sprintf('%x', $_ + 4096) . ' f' . $_ % 7 . " (/x)\n" } 1 .. $deep;
	my $ran = program({ in => "a 1/1 1.000001: 5 cycles: \n$chain\n" }, 'fg-collapse', '-q', '-');
	my ($stack) = $ran->{out} =~ /^(a;.*) 5$/m;
	ok($ran->{status} == 0 && defined $stack && ($stack =~ tr/;//) == $deep, "$deep frames")
		or told($ran);
	my $picture = program({ in => $ran->{out} }, 'fg-svg', '-');
	ok($picture->{status} == 0 && $picture->{out} =~ m{</svg>\s*\z}, "a picture of $deep frames")
		or told($picture);
	same(program({ in => $ran->{out} }, 'fg-collapse', '-')->{out}, $ran->{out},
		"$deep frames as folded text");
	my $name = 'n' x $long;
	$ran = program({ in => "a 1/1 1.000001: 5 cycles: \n\t1 $name+0x1 (/x)\n\n" }, 'fg-collapse', '-q', '-');
	ok($ran->{status} == 0 && $ran->{out} =~ /^a;n{32000}/m && length $ran->{out} > $long,
		'a name of 1 MiB') or told($ran);
	same(program({ in => $ran->{out} }, 'fg-collapse', '-')->{out}, $ran->{out}, 'folded, too');
	$picture = program({ in => $ran->{out} }, 'fg-svg', '-');
	ok($picture->{status} == 0 && $picture->{out} =~ m{</svg>\s*\z}, 'in a picture, too')
		or told($picture);
}

sub second_name {
	my ($name, $link) = @_;
	symlink Fg::program($name), "$temp/$link" or die "symlink: $!\n";
	return "$temp/$link";
}

sub check_second_names {
	for my $link (qw(stackcollapse-perf stackcollapse-perf.pl)) {
		my $path = second_name('fg-collapse', $link);
		my $ran = Fg::run({}, $path, $events);
		ok($ran->{status} == 0 && $ran->{out} !~ /^#|_\[k\]/m, "$link: no header, no marks")
			or told($ran);
		is(total_of($ran->{out}), 1839, "$link: the first event");
		my $all = Fg::run({}, $path, '-all', $events);
		ok($all->{status} == 0 && $all->{out} =~ /_\[k\]/, "$link -all, with one dash") or told($all);
		is(Fg::run({}, $path, '--all', $events)->{out}, $all->{out}, "$link --all");
		like(Fg::run({}, $path, '--metrc')->{err}, qr/^\Q$link\E: /, "$link speaks for itself");
	}
	for my $link (qw(flamegraph flamegraph.pl)) {
		my $path = second_name('fg-svg', $link);
		my $ran = Fg::run({}, $path, '-title=one dash', '--width=800', $folded);
		ok($ran->{status} == 0 && $ran->{out} =~ /<svg.*one dash/s, $link) or told($ran);
		like($ran->{out}, qr{<title>main \(12[ ,)]}, "$link: the first line of a tooltip");
	}
}

# Tools of the field take every line that ends in a blank and a number for a stack.
sub check_headers {
	my $pattern = qr/^(.*)\s+?(\d+(?:\.\d*)?)$/;
	my @texts = map { Fg::slurp($_) } glob("$Fg::cases/*/*.folded");
	push @texts, map { program(@$_)->{out} } (
		[{ in => "# command: sleep 5\n# event: x 7\n# unit: u 8\nmain;f 4\n" }, 'fg-collapse', '-'],
		[{}, 'fg-collapse', '--unit=per 100', $folded],
		[{}, 'fg-collapse', '--unit=5', '--show-from=parse', $folded],
		[{ in => "# ========\n# cmdline : /usr/bin/perf record -- make -j 8\n# ========\n#\n" .
			Fg::slurp($perf) }, 'fg-collapse', '-'],
	);
	my @wrong = grep { $_ =~ $pattern } map { /^(# .*)$/mg } @texts;
	ok(!@wrong, 'no header line looks like a stack') or diag(join "\n", @wrong);
	cmp_ok(scalar(grep { /^# /m } @texts), '>', 20, 'there were headers');
	my @odd = grep { $_ !~ $pattern } map { /^(?!# )(.+)$/mg } @texts;
	ok(!@odd, 'every other line does') or diag(join "\n", map { substr $_, 0, 100 } @odd);
}

# Place, name, value and colour of each box; modules do not travel through the pipe,
# nor do the words of plain counts.
sub boxes {
	my ($svg) = @_;
	my @boxes;
	while ($svg =~ m{<g role="treeitem" aria-level="(\d+)"><title>(.*?)</title>\s*<rect ([^>]*)>}sg) {
		my ($place, $title, $rect) = ($1, $2, $3);
		my ($name, $value) = $title =~ /^(.*) \(([\d,.]+)[^()]*, ([\d.]+%)\)/ ? ($1, "$2 $3") : ($title, '');
		push @boxes, join ' | ', $place, $name, $value, $rect;
	}
	return @boxes;
}

sub check_pipe {
	my $count = 0;
	for my $case (grep { $_->{exit} == 0 && !@{$_->{args}} } Fg::cases()) {
		my $direct = program({}, 'fg-svg', '-q', '--title=x', '-f', $case->{format}, $case->{in});
		my $text = program({}, 'fg-collapse', '-q', '-f', $case->{format}, $case->{in});
		next if $text->{out} eq '';
		my $piped = program({ in => $text->{out} }, 'fg-svg', '-q', '--title=x', '-');
		my @direct = boxes($direct->{out});
		$count += @direct;
		is_deeply([boxes($piped->{out})], \@direct, "$case->{name}: the same boxes through a pipe");
		my $again = program({ in => $text->{out} }, 'fg-collapse', '-f', 'folded', '-');
		ok($again->{out} eq $text->{out}, "$case->{name}: folded text stays as it is")
			or diag("- $text->{out}+ $again->{out}");
	}
	cmp_ok($count, '>', 500, 'there were boxes');
}
