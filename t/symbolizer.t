#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Names of addresses of small programs, built here in many ways: all that binutils'
# addr2line tells of C, and llvm-symbolizer of C++, must be what we tell; and files are
# found wherever they may be.
use strict;
use warnings;
no warnings qw(once);
use File::Path qw(make_path);
use FindBin;
use Test::More;

require "$FindBin::Bin/lib.pm";

my $symbols_of = "$Fg::build/t/symbols_of";
my $temp = $Fg::temp;
my $names = 'places in (?:them|it) have no names';
my $source = Fg::spew("$temp/chain.c", <<'END');
#include <stdlib.h>
#include <string.h>
static volatile int sink;
static inline __attribute__((always_inline)) int leaf(int x)
{
	sink += x;
	return sink * 3;
}
static inline __attribute__((always_inline)) int middle(int x)
{
	return leaf(x) + leaf(x + 1);
}
__attribute__((noinline)) int outer(int x)
{
	return middle(x) - middle(x * 2);
}
__attribute__((noinline)) int calls(const char *s)
{
	return atoi(s) + (int)strlen(s) + outer((int)strcspn(s, "abc"));
}
int main(int argc, char **argv)
{
	return calls(argv[0]) + outer(argc) + middle(argc);
}
END

plan skip_all => 'made without elfutils' unless Fg::has_elfutils();
my @missing = grep { !Fg::has_program($_) } qw(gcc nm objcopy strip objdump addr2line readelf);
plan skip_all => "not here: @missing" if @missing;

my $said = '';
my $whole = 'leaf_[i] middle_[i] outer';
for my $cc (grep { Fg::has_program($_) } qw(gcc clang)) {
	check_c($cc, @$_) for ['-g'], ['-gdwarf-4'], ['-gdwarf-3'], ['-gdwarf-5', '-gz'], ['-g', '-no-pie'],
		['-g', '-O0'], ['-g', '-ffunction-sections', '-Wl,--gc-sections'], ['-g1'];
	check_optional($cc, @$_) for ['-g', '-static'], ['-g', '-flto'], ['-g', '-fuse-ld=lld'], ['-g', '-m32'];
	check_split($cc);
}
for my $cxx (grep { Fg::has_program($_) } qw(g++ clang++)) {
	check_cxx($cxx, @$_) for ['-g'], ['-gdwarf-4'], ['-g', '-fdebug-types-section'];
}
build('gcc', '-g') or die "gcc does not work\n";
check_folded();
check_stripped();
check_sysroot();
check_mini();
check_dynamic();
check_dwz();
check_units();
check_far_unit();
check_maps();
check_build_id();
check_container();
check_ties();
check_offsets();
check_plt();
check_no_file();
check_unreadable();
check_nothing_known();
check_recorded();
done_testing();

sub build {
	my ($cc, @flags) = @_;
	my $in = $cc =~ /\+\+$/ ? "$Fg::source/t/programs/chain.cc" : $source;
	return Fg::run({ dir => $temp }, $cc, '-O2', @flags, '-o', "$temp/chain", $in)->{status} == 0;
}

sub command {
	my (@command) = @_;
	my $ran = Fg::run({ dir => $temp }, @command);
	is($ran->{status}, 0, "@command") or diag($ran->{err});
	return $ran->{out};
}

# [ADDRESS, SIZE] of each function whose name matches.
sub functions {
	my ($file, $which) = @_;
	my %found;
	for (split /\n/, Fg::run({}, 'nm', '-S', $file)->{out}) {
		my ($from, $size, $name) = /^([0-9a-f]+) ([0-9a-f]+) [tTwW] (.*)$/ or next;
		$found{$name} = [hex $from, hex $size] if $name =~ /^(?:$which)$/;
	}
	return \%found;
}

# All addresses of these functions.
sub addresses {
	my ($file, $which) = @_;
	my $found = functions($file, $which);
	return map { my ($from, $size) = @$_; map { sprintf '%x', $from + $_ } 0 .. $size - 1 } values %$found;
}

# Frames by address; $said is what was warned of.
sub ask {
	my ($file, $addresses, @options) = @_;
	my $ran = Fg::run({ in => join("\n", @$addresses, ''), env => { HOME => "$temp/home" } },
		$symbols_of, @options, $file);
	$said = $ran->{err};
	return { map { my ($at, @f) = split /\t/; ($at => \@f) } split /\n/, $ran->{out} };
}

# Frames of the first address of a function, leaf first, and what was warned of.
sub frames_of {
	my ($file, $address, @options) = @_;
	my $frames = ask($file, [$address], @options);
	return (join(' ', @{$frames->{$address} || ['nothing']}), $said);
}

sub same {
	my ($ours, $theirs, $what) = @_;
	my @wrong = grep { "@{$ours->{$_} || []}" ne "@{$theirs->{$_}}" } sort keys %$theirs;
	ok(%$theirs && !@wrong, $what)
		or diag(map { "$_\n  ours   @{$ours->{$_} || []}\n  theirs @{$theirs->{$_}}\n" } @wrong[0 .. min($#wrong, 4)]);
}

sub min { return $_[0] < $_[1] ? $_[0] : $_[1] }

sub by_addr2line {
	my ($file, @addresses) = @_;
	my $ran = Fg::run({ in => join "\n", @addresses, '' }, 'addr2line', '-a', '-i', '-f', '-s', '-e', $file);
	my (%frames, $at, $name);
	for (split /\n/, $ran->{out}) {
		if (/^0x0*([0-9a-f]+)$/) {
			($at, $name) = ($1, undef);
		} elsif (!defined $name) {
			$name = $_;
		} else {
			push @{$frames{$at}}, "$name:" . s/ \(discriminator \d+\)$//r;
			$name = undef;
		}
	}
	return \%frames;
}

sub check_c {
	my ($cc, @flags) = @_;
	my $what = "$cc @flags";
	ok(build($cc, @flags), "$what: builds") or return;
	compare_c($what, "$temp/chain");
}

sub plain {
	my ($frames) = @_;
	return { map { my $at = $_; ($at => [map { s/_\[i\]$//r } @{$frames->{$at}}]) } keys %$frames };
}

sub compare_c {
	my ($what, $file) = @_;
	my @addresses = addresses($file, 'outer|calls|main|middle|leaf');
	my $ours = plain(ask($file, \@addresses, '-l'));
	my $theirs = by_addr2line($file, @addresses);
	if ($what =~ /-flto/) {
		for my $frames (values %$theirs) {
			s/<artificial>/chain.c/ for @$frames;
		}
	}
	same($ours, $theirs, "$what: as addr2line");
	is(deepest($ours), 3, "$what: frames in each other");
}

sub deepest { return (sort { $b <=> $a } map { scalar @$_ } values %{$_[0]})[0] }

# What needs more than a compiler may not work here.
sub check_optional {
	my ($cc, @flags) = @_;
	SKIP: {
		skip "$cc @flags does not work here", 2 unless build($cc, @flags);
		compare_c("$cc @flags", "$temp/chain");
	}
}

# The code is the same, and addr2line does not look into the other file.
sub check_split {
	my ($cc) = @_;
	build($cc, '-g');
	my @addresses = addresses("$temp/chain", 'outer|calls|main');
	my $one = ask("$temp/chain", \@addresses, '-l');
	SKIP: {
		skip "$cc -gsplit-dwarf does not work here", 2 unless build($cc, '-g', '-gsplit-dwarf');
		same(ask("$temp/chain", \@addresses, '-l'), $one, "$cc -gsplit-dwarf: as one file");
		unlink glob "$temp/*.dwo";
		my $frames = ask("$temp/chain", \@addresses);
		is(scalar(grep { $_->[-1] !~ /^(?:outer|calls|main)$/ } values %$frames), 0,
			"$cc -gsplit-dwarf: without the other file");
	}
}

# Blocks of NAME, FILE:LINE:COLUMN lines, an empty line behind each.
sub by_llvm {
	my ($file, @addresses) = @_;
	my $ran = Fg::run({ in => join "\n", map { "0x$_" } @addresses, '' }, 'llvm-symbolizer', "--obj=$file",
		'--inlines', '--functions=linkage', '--no-demangle', '--basenames');
	my $text = Fg::run({ in => $ran->{out} }, 'c++filt')->{out};
	my @blocks = split /\n\n/, $text;
	my %frames;
	for my $address (@addresses) {
		my @lines = split /\n/, shift @blocks // '';
		while (my ($name, $line) = splice @lines, 0, 2) {
			# Where only the line table tells the file, its folder comes along.
			push @{$frames{$address}}, [$name, $line =~ s/:\d+$//r =~ s{^.*/}{}r];
		}
	}
	return \%frames;
}

sub check_cxx {
	my ($cxx, @flags) = @_;
	my $what = "$cxx @flags";
	ok(build($cxx, @flags), "$what: builds") or return;
	my @addresses = addresses("$temp/chain", '_ZN3geo.*|main|_ZS.*');
	my $names = join "\n", map { @$_ } values %{ask("$temp/chain", \@addresses)};
	ok($names =~ /^geo::\(anonymous namespace\)::Rec::less_\[i\]$/m, "$what: scopes");
	# gcc puts classes that have units of their own into no namespace.
	my $scope = "@flags" =~ /types-section/ ? '(?:geo::)?' : 'geo::';
	ok($names =~ /^${scope}Depth<0>::go<geo::run\(int\)::.*>_\[i\]$/m, "$what: template");
	my $ours = ask("$temp/chain", \@addresses, '-l', '-f');
	SKIP: {
		skip 'no llvm-symbolizer and c++filt', 1
			unless Fg::has_program('llvm-symbolizer') && Fg::has_program('c++filt');
		my $theirs = by_llvm("$temp/chain", @addresses);
		my $same = { map { ($_ => ours_as_theirs($ours->{$_}, $theirs->{$_})) } keys %$ours };
		same($same, { map { my $at = $_; ($at => [map { join ':', @$_ } @{$theirs->{$at}}]) } keys %$theirs },
			"$what: as llvm-symbolizer");
	}
}

# Where they have a name without its scopes, ours is cut to it.
sub ours_as_theirs {
	my ($ours, $theirs) = @_;
	my @same;
	for my $i (0 .. $#$ours) {
		(my $frame = $ours->[$i]) =~ s/_\[i\]$//;
		my $wanted = $theirs->[$i] ? join ':', @{$theirs->[$i]} : '';
		push @same, length $wanted && $frame =~ /(?:^|::)\Q$wanted\E$/ ? $wanted : $frame;
	}
	return \@same;
}

# Without what was inlined, and with it, there is the same function.
sub check_folded {
	my @addresses = addresses("$temp/chain", 'outer|main');
	my ($all, $folded) = (ask("$temp/chain", \@addresses), ask("$temp/chain", \@addresses, '-n'));
	my @wrong = grep { @{$folded->{$_}} != 1 || $folded->{$_}[0] ne $all->{$_}[-1] } @addresses;
	is("@wrong", '', 'no-inline: the function that is there');
	my @lines = map { @$_ } values %{ask("$temp/chain", [(addresses("$temp/chain", 'outer'))], '-n', '-l')};
	is(scalar(grep { !/^outer:chain\.c:1[3-6]$/ } @lines), 0, 'no-inline: lines of that function');
}

# The name and depth that debug information gives, anywhere.
sub address_inside {
	my ($file) = @_;
	my $frames = ask($file, [addresses($file, 'outer')]);
	my ($deep) = grep { "@{$frames->{$_}}" eq 'leaf_[i] middle_[i] outer' } sort keys %$frames;
	return $deep;
}

sub copy {
	my ($from, $to) = @_;
	Fg::spew($to, Fg::slurp($from));
	chmod 0755, $to;
	return $to;
}

# A stripped copy and its debug file, which the former names.
sub strip_apart {
	my ($from, $to, $debug) = @_;
	copy($from, $to);
	make_path($debug =~ s{/[^/]+$}{}r);
	command('objcopy', '--only-keep-debug', $from, $debug);
	command('objcopy', '--strip-all', "--add-gnu-debuglink=$debug", $to);
}

sub check_stripped {
	my $inside = address_inside("$temp/chain");
	ok($inside, 'an address that something was inlined at') or return;
	for my $id ('', '-Wl,--build-id=none') {
		build('gcc', '-g', $id || ());
		$inside = address_inside("$temp/chain");
		my $how = $id || 'build id';
		for my $place ('app.debug', '.debug/app.debug') {
			strip_apart("$temp/chain", "$temp/app", "$temp/$place");
			is((frames_of("$temp/app", $inside))[0], $whole, "$how, $place: found beside it");
			is((frames_of("$temp/app", $inside, '-n'))[0], 'outer', "$how, $place: symbols");
			Fg::spew("$temp/$place", Fg::slurp("$temp/$place") . "\0") if $id;
			build('gcc', '-g', '-DOTHER', '-O1') && command('objcopy', '--only-keep-debug',
				"$temp/chain", "$temp/$place") unless $id;
			is((frames_of("$temp/app", $inside))[0], '[app]', "$how, $place: another one is not taken");
			unlink "$temp/$place";
			build('gcc', '-g', $id || ());
		}
	}
	build('gcc', '-g');
	is((frames_of("$temp/app", $inside, '-o'))[0], "[app+0x$inside]", 'stripped: places by address');
	command('strip', '-g', '-o', "$temp/app", "$temp/chain");
	is((frames_of("$temp/app", address_inside("$temp/chain")))[0], 'outer', 'without debug information');
}

sub build_id {
	my ($file) = @_;
	return Fg::run({}, 'readelf', '-n', $file)->{out} =~ /Build ID: ([0-9a-f]+)/ ? $1 : '';
}

sub check_sysroot {
	my $root = "$temp/root";
	my $id = build_id("$temp/chain");
	my $inside = address_inside("$temp/chain");
	my $by_id = '/usr/lib/debug/.build-id/' . substr($id, 0, 2) . '/' . substr($id, 2) . '.debug';
	make_path("$root/opt/bin");
	for my $place ($by_id, '/usr/lib/debug/opt/bin/app.debug') {
		strip_apart("$temp/chain", "$root/opt/bin/app", "$root$place");
		is((frames_of('/opt/bin/app', $inside, '-s', $root))[0], $whole, "sysroot: $place");
		unlink "$root$place";
	}
	command('objcopy', '--only-keep-debug', "$temp/chain", "$temp/some.debug");
	make_path("$temp/home/.debug/.build-id/" . substr($id, 0, 2) . '/' . substr $id, 2);
	my $copies = "$temp/home/.debug/.build-id/" . substr($id, 0, 2) . '/' . substr $id, 2;
	copy("$temp/some.debug", "$copies/debug");
	is((frames_of('/opt/bin/app', $inside, '-s', $root))[0], $whole, "perf's copy of debug information");
	copy("$temp/chain", "$copies/elf");
	is((frames_of('/not/there', $inside, '-b', $id))[0], $whole, "perf's copy of a file");
	unlink "$copies/elf", "$copies/debug";
	rmdir $copies;
	copy("$temp/chain", $copies);
	is((frames_of('/not/there', $inside, '-b', $id))[0], $whole, "an older copy of perf's");
	unlink $copies;
}

# What Fedora leaves in its programs.
sub check_mini {
	SKIP: {
		skip 'no xz', 1 unless Fg::has_program('xz');
		skip 'made without liblzma', 1 unless Fg::slurp("$Fg::build/config.h") =~ /^#define HAVE_LZMA 1/m;
		my ($inside) = addresses("$temp/chain", 'outer');
		command('objcopy', '-S', '--remove-section=.comment', '--keep-symbol=outer', "$temp/chain", "$temp/mini");
		command('xz', '-f', "$temp/mini");
		command('objcopy', '-S', "--add-section=.gnu_debugdata=$temp/mini.xz", "$temp/chain", "$temp/app");
		is((frames_of("$temp/app", $inside))[0], 'outer', 'small table in the program');
	}
}

sub check_dynamic {
	command('gcc', '-O2', '-g', '-shared', '-fPIC', '-s', '-o', "$temp/lib.so", $source);
	my ($from) = Fg::run({}, 'nm', '-D', "$temp/lib.so")->{out} =~ /^0*([0-9a-f]+) T outer$/m;
	is((frames_of("$temp/lib.so", $from))[0], 'outer', 'names for linking');
}

sub check_dwz {
	SKIP: {
		skip 'no dwz', 2 unless Fg::has_program('dwz');
		build('gcc', '-g');
		my $inside = address_inside("$temp/chain");
		command('dwz', '-o', "$temp/app", "$temp/chain");
		is((frames_of("$temp/app", $inside))[0], $whole, 'dwz');
		copy("$temp/chain", "$temp/$_") for 'one', 'two';
		command('dwz', '-m', "$temp/both", '-M', 'both', "$temp/one", "$temp/two");
		is((frames_of("$temp/one", $inside))[0], $whole, 'dwz: a file that two share');
		unlink "$temp/both";
		is((frames_of("$temp/one", $inside))[0] =~ s/\S+_\[i\] //gr, 'outer', 'dwz: without it');
	}
}

# Packed debug information is read piece by piece: many units, some of which refer to others.
sub check_units {
	my $count = 80;
	my @names = map { "unit$_" } 0 .. $count - 1;
	for my $i (0 .. $count - 1) {
		my $next = ($i * 7 + 1) % $count;
		Fg::spew("$temp/$names[$i].c", <<END);
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
extern volatile int seed;
int far$next(int x);
int far$i(int x) { return x * seed + $i; }
static inline int near$i(int x) { return x / (seed + $i) + seed; }
__attribute__((noinline)) int outer$i(int x) { struct stat s; stat("", &s); return near$i(x) + far$next(s.st_size); }
END
	}
	Fg::spew("$temp/units.c", 'volatile int seed; ' . join('', map { "int outer$_(int);" } 0 .. $count - 1)
		. 'int main(void) { int x = 0;' . join('', map { "x += outer$_(x);" } 0 .. $count - 1) . 'return x; }');
	my @sources = map { "$_.c" } 'units', @names;
	for my $flags (['-gz'], ['-gz', '-flto'], ['-gz', '-gdwarf-4']) {
		SKIP: {
			my $built = Fg::run({ dir => $temp }, 'gcc', '-O2', '-g', @$flags, '-o', 'units', @sources);
			skip "gcc @$flags does not work here", 3 if $built->{status};
			command('objcopy', '--decompress-debug-sections', "$temp/units", "$temp/plain");
			my @addresses = addresses("$temp/plain", 'outer\d+|far\d+|main');
			my $plain = ask("$temp/plain", \@addresses);
			is(deepest($plain), 2, "gcc @$flags: something was inlined");
			same(ask("$temp/units", \@addresses), $plain, "gcc @$flags: as without packing");
			my @last = map { "$_" } (sort { hex $b <=> hex $a } @addresses)[0 .. 9];
			same(ask("$temp/units", \@last), { map { ($_ => $plain->{$_}) } @last }, "gcc @$flags: only the last");
		}
	}
}

# A unit whose function inlined what stands in a much later one.
sub check_far_unit {
	my $unit = sub {
		my ($name, $dies) = @_;
		return <<END;
	.section .debug_info
	.long ${name}_end - ${name}_version
${name}_version:
	.short 4
	.long abbreviations
	.byte 8
$dies
	.byte 0
${name}_end:
END
	};
	Fg::spew("$temp/far.s", <<END . $unit->('first', <<END1) . $unit->('second', <<END2) . $unit->('third', <<END3));
	.globl _start
	.text
_start:
	nop
	nop
	nop
.Lend:
	.section .debug_abbrev
abbreviations:
	.byte 1, 0x11, 1, 0x11, 0x01, 0x12, 0x07, 0, 0             # compile_unit: low_pc, high_pc
	.byte 2, 0x2e, 1, 0x03, 0x08, 0x11, 0x01, 0x12, 0x07, 0, 0 # subprogram: name, low_pc, high_pc
	.byte 3, 0x1d, 0, 0x31, 0x10, 0x11, 0x01, 0x12, 0x07, 0, 0 # inlined_subroutine: abstract_origin
	.byte 4, 0x2e, 0, 0x03, 0x08, 0, 0                         # subprogram: name
	.byte 5, 0x11, 1, 0, 0                                     # compile_unit
	.byte 0
END
	.byte 1
	.quad _start, .Lend - _start
	.byte 2
	.asciz "_start"
	.quad _start, .Lend - _start
	.byte 3
	.long far
	.quad _start + 1, .Lend - _start - 1
	.byte 0
END1
	.byte 5
	.rept 20000
	.byte 4
	.asciz "something"
	.endr
END2
	.byte 5
	.rept 20000
	.byte 4
	.asciz "something"
	.endr
far:
	.byte 4
	.asciz "far"
END3
	command('gcc', '-nostdlib', '-no-pie', '-Wl,--compress-debug-sections=zlib', '-o', "$temp/far", "$temp/far.s");
	my ($start) = Fg::run({}, 'nm', "$temp/far")->{out} =~ /^([0-9a-f]+) T _start$/m;
	is((frames_of("$temp/far", sprintf '%x', 1 + hex $start))[0], 'far_[i] _start', 'inlined from a unit that is not unpacked yet');
}

sub check_maps {
	build('gcc', '-g');
	my ($outer) = addresses("$temp/chain", 'outer');
	make_path("$temp/moved/sub");
	copy("$temp/chain", "$temp/moved/sub/app");
	my %to = ('/opt' => "$temp/moved", '/opt/' => "$temp/moved", '/op' => "$temp/moved", '/opt/sub' => "$temp/moved/sub",
		'/opt/sub/app' => "$temp/moved/sub/app", '/' => "$temp/moved/", '' => "$temp/moved");
	for my $old (sort keys %to) {
		my $path = $old eq '/' ? '/sub/app' : '/opt/sub/app';
		my ($name, $err) = frames_of($path, $outer, '-n', '-m', "$old=$to{$old}");
		my $is_there = $old ne '/op' && $old ne '';
		is($name, $is_there ? 'outer' : '[app]', "map '$old'");
		like($err, $is_there ? qr/^$/ : qr/^1 files that are not there, so $names: \Q$path\E$/, "map '$old': warning");
	}
	is((frames_of('/a/app', $outer, '-n', '-m', "/b=$temp", '-m', "/a=$temp/no", '-m', "/a=$temp/moved/sub"))[0], 'outer',
		'the map that leads to a file');
	is((frames_of("$temp/moved/sub/app (deleted)", $outer, '-n'))[0], 'outer', 'deleted, but there');
}

sub check_build_id {
	my ($outer) = addresses("$temp/chain", 'outer');
	my $id = build_id("$temp/chain");
	my ($name, $err) = frames_of("$temp/chain", $outer, '-n', '-b', $id);
	is("$name $err", 'outer ', 'the same build id');
	($name, $err) = frames_of("$temp/chain", $outer, '-n', '-b', $id =~ tr/0-9a-f/1-9a-f0/r);
	is($name, '[chain]', 'another build id: no names');
	like($err, qr/^1 files that are not the ones recorded, so $names: \Q$temp\E\/chain$/, 'another build id: told');
}

# A process with another root folder, as one of a container has.
sub check_container {
	SKIP: {
		my $root = "$temp/container";
		make_path("$root/only/there");
		my $pause = Fg::spew("$temp/pause.c", "#include <unistd.h>\nint main(void)\n{\n\talarm(100);\n\treturn pause();\n}\n");
		my $built = Fg::run({}, 'gcc', '-static', '-o', "$root/pause", $pause)->{status} == 0;
		my @enter = $> == 0 ? ('chroot', $root) : ('unshare', '-r', 'chroot', $root);
		skip 'no static programs', 2 unless $built;
		my $pid = fork() // die "fork: $!\n";
		if ($pid == 0) {
			open STDERR, '>', '/dev/null';
			no warnings 'exec';
			exec @enter, '/pause' or POSIX::_exit(1);
		}
		my $is_in = 0;
		for (1 .. 50) {
			last if $is_in = -e "/proc/$pid/root/only/there" && readlink("/proc/$pid/exe") eq "$root/pause";
			select undef, undef, undef, .1;
		}
		copy("$temp/chain", "$root/only/there/app");
		my ($outer) = addresses("$temp/chain", 'outer');
		my $path = '/only/there/app';
		my @frames = map { (frames_of($path, $outer, '-n', '-p', $pid, @$_))[0] } ['-b', build_id("$temp/chain")], [];
		kill 'TERM', $pid;
		waitpid $pid, 0;
		skip 'chroot does not work here', 2 unless $is_in;
		is($frames[0], 'outer', 'root of a process');
		is($frames[1], '[app]', 'root of a process: only with a build id');
	}
}

# Which of several symbols is taken.
sub check_ties {
	my @symbols = (
		# section, offset, name, type, size, binding; the first of each group is the one
		['.text', 0, 'name_longest', 'function', 16, 'globl'], ['.text', 0, 'name', 'function', 16, 'globl'],
		['.text', 0, '_name_much_longer', 'function', 16, 'globl'], ['.text', 0, 'local_name_longest', 'function', 16, 'local'],
		['.text', 0, 'weak_name_longest', 'function', 16, 'weak'], ['.text', 0, 'label_name_longest', 'notype', 0, 'globl'],
		['.text', 16, 'sized', 'function', 4, 'weak'], ['.text', 16, 'longer_not_sized', 'function', 0, 'globl'],
		['.text', 32, 'outside', 'function', 32, 'globl'], ['.text', 40, 'inside', 'function', 8, 'globl'],
		['.text', 50, 'label', 'notype', 0, 'local'],
		['.text', 64, 'open', 'function', 0, 'globl'], ['.text', 80, 'last', 'notype', 0, 'globl'],
		['.more', 0, 'until_the_end', 'function', 0, 'globl'],
	);
	my $text = ".text\nfrom: .fill 96, 1, 0x90\n.section .more, \"ax\"\nmore: .fill 8, 1, 0x90\n";
	for my $s (@symbols) {
		my ($section, $offset, $name, $type, $size, $binding) = @$s;
		my $base = $section eq '.text' ? 'from' : 'more';
		$text .= ".$binding $name\n.type $name, \@$type\n.set $name, $base + $offset\n.size $name, $size\n";
	}
	$text .= ".globl first_version\n.type first_version, \@function\n.set first_version, from + 88\n" .
		".size first_version, 8\n.symver first_version, versioned\@\@V1\n";
	Fg::spew("$temp/ties.s", $text);
	Fg::spew("$temp/ties.map", "V1 { };\n");
	command('gcc', '-shared', '-nostdlib', "-Wl,--version-script=$temp/ties.map", '-o', "$temp/ties.so", "$temp/ties.s");
	my %at = map { reverse /^([0-9a-f]+) \w (\w+)$/ } split /\n/, Fg::run({}, 'nm', "$temp/ties.so")->{out};
	my %wanted = (0 => 'name_longest', 15 => 'name_longest', 16 => 'sized', 19 => 'sized', 20 => '[ties.so]',
		32 => 'outside', 40 => 'inside', 47 => 'inside', 48 => 'outside', 50 => 'outside', 63 => 'outside',
		64 => 'open', 79 => 'open', 80 => 'last', 87 => 'last');
	for my $offset (sort { $a <=> $b } keys %wanted) {
		is((frames_of("$temp/ties.so", sprintf '%x', hex($at{from}) + $offset))[0], $wanted{$offset}, "symbol at $offset");
	}
	like((frames_of("$temp/ties.so", sprintf '%x', hex($at{from}) + 90))[0], qr/^(?:versioned|first_version)$/, 'without version');
	is((frames_of("$temp/ties.so", sprintf '%x', hex($at{more}) + 7))[0], 'until_the_end', 'no size: the end of the section');
	is((frames_of("$temp/ties.so", sprintf '%x', hex($at{more}) + 8))[0], '[ties.so]', 'no size: not behind it');
}

sub check_offsets {
	build('gcc', '-g', '-no-pie');
	my ($outer) = sort map { hex } addresses("$temp/chain", 'outer');
	my ($base) = Fg::run({}, 'readelf', '-lW', "$temp/chain")->{out} =~ /LOAD +0x0+ 0x0*([0-9a-f]+)/;
	my $offset = sprintf '%x', $outer - hex $base;
	my $address = sprintf '%x', $outer;
	is(ask("$temp/chain", [$offset], '-F')->{$address}[-1], 'outer', 'by offset in the file');
	is(ask("$temp/none", [$offset], '-F', '-o')->{$offset}[-1], "[none+0x$offset]", 'by offset, no file');
}

sub check_plt {
	for my $flags ([], ['-Wl,-z,now'], ['-fcf-protection=full'], ['-Wl,-z,ibtplt'], ['-no-pie'], ['-fuse-ld=lld']) {
		SKIP: {
			skip "@$flags does not work here", 2 unless build('gcc', @$flags);
			my %wanted;
			for (split /\n/, Fg::run({}, 'objdump', '-d', "$temp/chain")->{out}) {
				$wanted{$1} = $2 if /^0*([0-9a-f]+) <(\w+\@plt)>:$/;
			}
			skip "no stubs with @$flags", 2 unless %wanted;
			my $ours = ask("$temp/chain", [keys %wanted, sprintf '%x', 5 + hex((keys %wanted)[0])]);
			is(join(' ', map { "$ours->{$_}[0]" } sort keys %wanted), join(' ', map { $wanted{$_} } sort keys %wanted),
				"stubs: @$flags");
			ok(scalar(grep { $_ eq 'strcspn@plt' } values %wanted), "stubs are there: @$flags");
		}
	}
}

sub check_no_file {
	for my $name ('[vdso]', '//anon', '[heap]', '/dev/zero (deleted)', '/memfd:x (deleted)', 'linux-vdso.so.1') {
		my ($frame, $err) = frames_of($name, '12');
		(my $base = $name) =~ s{^.*/| \(deleted\)$|^\[|\]$}{}g;
		is("$frame $err", "[$base] ", "$name: no file, no warning");
		is((frames_of($name, '12', '-o'))[0], "[$base+0x12]", "$name: with offset");
	}
}

sub check_unreadable {
	build('gcc', '-g');
	my $bytes = Fg::slurp("$temp/chain");
	my %other = (
		empty => '', text => "#!/bin/sh\n", short => substr($bytes, 0, 100), archive => "!<arch>\n",
	);
	Fg::spew("$temp/$_", $other{$_}) for keys %other;
	make_path("$temp/folder");
	command('mkfifo', "$temp/fifo") unless -e "$temp/fifo";
	command('gcc', '-c', '-o', "$temp/object", $source);
	for my $name (sort keys %other, 'folder', 'fifo', 'object') {
		my ($frame, $err) = frames_of("$temp/$name", '1139');
		next if $name eq 'short' && $err eq '';
		is($frame, "[$name]", "$name: no names");
		like($err, qr/^1 files that cannot be read as ELF, so $names: \Q$temp\E\/$name$/, "$name: told");
	}
}

sub check_nothing_known {
	my ($frame, $err) = frames_of("$temp/chain", 'ffffffff00000000', '-o');
	is("$frame $err", '[chain+0xffffffff00000000] ', 'an address that is nowhere');
}

# What another project recorded, and llvm-symbolizer told of it.
sub check_recorded {
	my $folder = "$Fg::shared/perf";
	SKIP: {
		skip "no $folder", 2 unless -e "$folder/inl.inline-oracle.txt";
		my (%depth, %lines);
		for (grep { !/^#/ } Fg::lines_of("$folder/inl.inline-oracle.txt")) {
			my ($at, $chain) = /^([0-9a-f]+) \S+\t(.*)$/ or next;
			my @frames = split / \| /, $chain;
			$depth{$at} = [scalar @frames];
			$lines{$at} = [map { /\@([^:@]+:\d+):\d+$/ ? $1 : '?' } @frames];
		}
		my $ours = ask("$folder/src/inl", [keys %depth], '-l');
		same({ map { ($_ => [scalar @{$ours->{$_}}]) } keys %$ours }, \%depth, 'recorded: depth');
		same({ map { my $at = $_; ($at => [map { /:([^:]+:\d+)(?:_\[i\])?$/ ? $1 : '' } @{$ours->{$at}}]) } keys %$ours },
			\%lines, 'recorded: lines');
	}
}
