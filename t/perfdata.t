#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# perf.data read directly tells what perf script tells of it: totals of each event are
# equal, and so are the stacks, but for classes that are named here.  Recordings are made
# where perf can record; those of ../shared/data have texts of four versions of perf.
# And names of code that has no file, the folder form, --identify.
use strict;
use warnings;
no warnings qw(once portable);
use File::Basename qw(basename dirname);
use File::Path qw(make_path);
use FindBin;
use Test::More;

require "$FindBin::Bin/lib.pm";
require "$FindBin::Bin/perfdata.pm";
require "$FindBin::Bin/perfcompare.pm";

my $collapse = Fg::program('fg-collapse');
my $temp = $Fg::temp;
my ($user, $kernel) = ($PerfData::user, $PerfData::kernel);
my @clock = ([PerfData::attr(), 'cpu-clock']);

check_generator();
check_jit_map();
check_jit_dump();
check_container();
check_kernel();
check_vmlinux();
check_modules();
check_vdso();
check_unknown();
check_build_ids();
check_folder();
check_ways_in();
check_identify();
check_weights();
check_stored();
done_testing();

sub make_file { my ($name, @records) = @_; return Fg::spew("$temp/$name", PerfData::file(\@clock, \@records)) }

# The cases are what the program makes that they are said to be from.
sub check_generator {
	make_path("$temp/cases");
	my $ran = Fg::run({}, $^X, "$Fg::source/t/programs/perfdata", "$temp/cases");
	is($ran->{status}, 0, 'the cases can be made again') or diag($ran->{err});
	my @other = grep { Fg::slurp("$temp/cases/" . basename($_)) ne Fg::slurp($_) }
		grep { -e "$temp/cases/" . basename($_) } glob("$Fg::cases/perfdata/*.in");
	is("@other", '', '... and are the same');
	is(scalar(glob_count("$temp/cases/*.in")), glob_count("$Fg::cases/perfdata/*.in"), '... all of them');
}

sub glob_count { my @files = glob($_[0]); return scalar @files }

# The newest line about an address counts; names have blanks; a bad line is nothing.
sub check_jit_map {
	make_path("$temp/maps");
	Fg::spew("$temp/maps/perf-100.map", "5000 100 old name\nnothing\n5080 10 newer\n0x5200 0x10 hex\n5300 zz bad\n");
	my $file = make_file('jitmap.data', PerfData::comm('app'), PerfData::mmap2('//anon', 0x5000, 0x1000, 0),
		map { PerfData::sample(chain => [$user, $_]) } 0x5004, 0x5084, 0x50ff, 0x5200, 0x5300);
	my ($out, $err) = PerfCompare::folded("--map=/tmp=$temp/maps", $file);
	is($out, "app;[perf-100.map]_[j] 1000\napp;hex_[j] 1000\napp;newer_[j] 1000\napp;old name_[j] 2000\n",
		'a perf map') or diag($err);
	like(PerfCompare::folded('--granularity=addresses', "--map=/tmp=$temp/maps", $file), qr/^app;newer\+0x4_\[j\] 1000$/m,
		'... and addresses in it');
}

sub jit_load {
	my ($time, $address, $size, $name) = @_;
	my $body = pack('L L Q Q Q Q', 100, 100, $address, $address, $size, 1) . "$name\0" . "\xcc" x $size;
	return pack('L L Q', 0, 16 + length $body, $time) . $body;
}

sub jit_move {
	my ($time, $from, $to, $size) = @_;
	return pack('L L Q', 1, 64, $time) . pack('L L Q Q Q Q Q', 100, 100, $to, $from, $to, $size, 1);
}

# Code in time: another function later at the same place, and one that was moved.
sub check_jit_dump {
	make_path("$temp/dumps");
	Fg::spew("$temp/dumps/jit-100.dump", pack('L L L L L L Q Q', 0x4a695444, 1, 40, 62, 0, 100, 0, 0) .
		jit_load(10, 0x5000, 64, 'first') . pack('L L Q', 2, 16, 15) . jit_load(100, 0x5000, 64, 'second') .
		jit_move(200, 0x5000, 0x5800, 64));
	my @records = (PerfData::comm('app'), PerfData::mmap2('//anon', 0x5000, 0x1000, 0),
		PerfData::mmap2('/work/jit-100.dump', 0x9000, 0x1000, 0),
		PerfData::sample(time => 50, chain => [$user, 0x5004]), PerfData::sample(time => 150, chain => [$user, 0x5004]),
		PerfData::mmap2('//anon', 0x5000, 0x1000, 0, time => 160),
		PerfData::sample(time => 170, chain => [$user, 0x5004]), PerfData::sample(time => 250, chain => [$user, 0x5804]));
	my $clock = Fg::spew("$temp/jitdump.data", PerfData::file([[PerfData::attr(flags => 1 << 18 | 1 << 25), 'cpu-clock']],
		\@records));
	my ($out, $err) = PerfCompare::folded("--map=/work=$temp/dumps", $clock);
	is($out, "app;first_[j] 1000\napp;second_[j] 3000\n", 'a jit dump is followed in time') or diag($err);
	is(PerfCompare::folded("--map=/work=$temp/dumps", make_file('jitdump2.data', @records)), "app;second_[j] 4000\n",
		'... and its last state counts where the clock was another one');
	($out, $err) = PerfCompare::folded($clock);
	like($err, qr/dumps of run-time code that are not there: 1/, '... and missed');
	Fg::spew("$temp/dumps/jit-100.dump", substr Fg::slurp("$temp/dumps/jit-100.dump"), 0, 100);
	is(PerfCompare::folded("--map=/work=$temp/dumps", $clock), "app;[perf-100.map]_[j] 4000\n", '... and cut off');
}

# The perf map of a process that lives elsewhere: found in its own root folder, if it is the one that was recorded.
sub check_container {
	my ($node, $release) = map { Fg::run({}, 'uname', $_)->{out} =~ s/\n//r } '-n', '-r';
	my ($up) = -r '/proc/uptime' ? Fg::slurp('/proc/uptime') =~ /^(\d+)/ : ();
	my $map = "/tmp/perf-$$.map";
	SKIP: {
		skip('no /proc, or no room in /tmp', 3) unless $up && -w '/tmp' && !-e $map && -e "/proc/$$/root/tmp";
		Fg::spew($map, "5000 100 in container\n");
		my $ask = sub {
			my ($name, $host, $seconds) = @_;
			my @records = (PerfData::comm('app', pid => $$), PerfData::mmap2('//anon', 0x5000, 0x1000, 0, pid => $$),
				PerfData::sample(pid => $$, time => $seconds * 1e9, chain => [$user, 0x5004]));
			return PerfCompare::folded("--sysroot=$temp/nothing", Fg::spew("$temp/$name.data", PerfData::file(\@clock, \@records,
				features => { 3 => PerfData::feature_text($host), 4 => PerfData::feature_text($release) })));
		};
		is($ask->('container', $node, $up + 1), "app;in container_[j] 1000\n", 'the perf map of a process in a container');
		unlike($ask->('container2', 'other', $up + 1), qr/in container/, '... not of another machine');
		unlike($ask->('container3', $node, 1), qr/in container/, '... nor of a process that began later');
		unlink $map;
	}
}

# A list of the kernel's functions, from another boot; modules lay elsewhere then.
sub check_kernel {
	make_path("$temp/root/proc");
	Fg::spew("$temp/root/proc/kallsyms", "ffffffff80000000 T _text\nffffffff80000400 t one\nffffffff80000400 T alias\n" .
		"ffffffff80000500 D data\nffffffff80000600 W two\nffffffffc0000000 t of_module\t[mod]\n");
	my @records = (PerfData::comm('app'),
		PerfData::mmap('[kernel.kallsyms]_text', 0xffffffff81000000, 0x1000000, 0xffffffff81000000),
		PerfData::mmap('[mod]', 0xffffffffc0000000, 0x1000, 0),
		map { PerfData::sample(chain => [$kernel, $_]) } 0xffffffff81000410, 0xffffffff81000510, 0xffffffff81000600,
			0xffffffffc0000010);
	is(PerfCompare::folded("--sysroot=$temp/root", make_file('kernel.data', @records)),
		"app;[mod]_[k] 1000\napp;alias_[k] 2000\napp;two_[k] 1000\n", 'names of a kernel that was moved');
	$records[1] = PerfData::mmap('[kernel.kallsyms]_text', 0xffffffff80000000, 0x1000000, 0xffffffff80000000);
	like(PerfCompare::folded("--sysroot=$temp/root", make_file('kernel.data', @records)), qr/^app;of_module_\[k\] 1000$/m,
		'... and of one that was not');
}

# The kernel's own file, where no list is there; it was moved when it was recorded.
sub check_vmlinux {
	my $root = "$temp/root3";
	make_path("$root/boot");
	Fg::spew("$temp/vmlinux.s", join "\n", '.text', map({ ".globl $_\n.type $_, %function\n$_: .skip 256\n.size $_, 256" }
		qw(first second third)), '');
	my $built = Fg::run({}, 'cc', '-nostdlib', '-static', '-no-pie', '-Wl,--build-id',
		'-Wl,-Ttext=0xffffffff81000000', '-Wl,-e,first', '-o', "$root/boot/vmlinux-0.0-none", "$temp/vmlinux.s");
	my @records = (PerfData::comm('app'),
		PerfData::mmap('[kernel.kallsyms]_text', 0xffffffff93000000, 0x1000000, 0xffffffff93000000),
		PerfData::mmap('[mod]', 0xffffffffc0000000, 0x1000, 0),
		map { PerfData::sample(chain => [$kernel, $_]) } 0xffffffff93000110, 0xffffffff93000210, 0xffffffff93900000,
			0xffffffffc0000010);
	my $file = make_file('vmlinux.data', @records);
	my $want = "app;[kernel.kallsyms]_[k] 1000\napp;[mod]_[k] 1000\napp;second_[k] 1000\napp;third_[k] 1000\n";
	SKIP: {
		skip("cannot make a vmlinux: $built->{err}", 7) if $built->{status};
		my ($out, $err) = PerfCompare::folded('-v', "--sysroot=$root", $file);
		skip("made without elfutils", 7) unless Fg::has_elfutils();
		is($out, $want, 'names of a vmlinux') or diag($err);
		like($err, qr/1 frame of \[mod\]: modules of the kernel lay elsewhere/, '... which has none of modules');
		is(PerfCompare::folded("--map=[kernel.kallsyms]=$root/boot/vmlinux-0.0-none", $file), $want, '... behind --map');
		my $packed = "$temp/root5/boot/vmlinux-0.0-none.xz";
		make_path("$temp/root5/boot");
		SKIP: {
			skip('no xz', 1) unless Fg::has_program('xz');
			Fg::run({ stdout => $packed }, 'xz', '-c', "$root/boot/vmlinux-0.0-none");
			is(PerfCompare::folded("--sysroot=$temp/root5", $file), $want, '... packed');
		}
		unlink $packed;
		my ($id) = Fg::run({}, 'readelf', '-n', "$root/boot/vmlinux-0.0-none")->{out} =~ /Build ID: ([0-9a-f]+)/;
		my $beside = "$temp/root5/usr/lib/debug/.build-id/" . ($id =~ s/^(..)/$1\//r) . '.debug';
		make_path(dirname($beside));
		Fg::run({}, 'cp', "$root/boot/vmlinux-0.0-none", $beside);
		is(PerfCompare::folded("--sysroot=$temp/root5", Fg::spew("$temp/vmlinux3.data", PerfData::file(\@clock, \@records,
			features => { 2 => PerfData::build_id('[kernel.kallsyms]', pack 'H*', $id) }))), $want, '... by its build id');
		my @told = @records;
		$told[1] = PerfData::mmap2('[kernel.kallsyms]_text', 0xffffffff93000000, 0x1000000, 0xffffffff93000000, mode => 1,
			build => pack 'H*', $id);
		is(PerfCompare::folded("--sysroot=$temp/root5", make_file('vmlinux4.data', @told)), $want, '... which its mapping tells');
		my $other = Fg::spew("$temp/vmlinux2.data", PerfData::file(\@clock, \@records,
			features => { 2 => PerfData::build_id('[kernel.kallsyms]', 'x' x 20) }));
		unlike(PerfCompare::folded("--sysroot=$root", $other), qr/second/, '... and one with another build id is not used');
	}
}

# The kernel's modules: by their own files, whose sections lie behind each other where they are loaded.
sub check_modules {
	my $root = "$temp/root4";
	my $folder = "$root/lib/modules/0.0-none";
	make_path("$folder/kernel/net", "$root/usr/lib/debug/lib/modules/0.0-none/kernel/net");
	my $part = sub { my ($name, $size) = @_; return ".type $name, %function\n$name: .skip $size\n.size $name, $size\n" };
	Fg::spew("$temp/module.s", join "\n", '.text', $part->('mod_read', 64), $part->('mod_write', 51),
		'.section .init.text, "ax"', $part->('init_module', 128), '.data', '.skip 8',
		'.section .text.unlikely, "ax"', '.p2align 4', $part->('mod_cold', 32),
		'.section .exit.text, "ax"', $part->('cleanup_module', 16), '');
	my $ko = "$folder/kernel/net/nf-tables.ko";
	my $built = Fg::run({}, 'cc', '-c', '-o', "$temp/module.o", "$temp/module.s");
	$built = Fg::run({}, 'ld', '-r', '--build-id', '-o', $ko, "$temp/module.o") unless $built->{status};
	my ($start, $path) = (0xffffffffc0400000, '/lib/modules/0.0-none/kernel/net/nf-tables.ko');
	my @samples = map { PerfData::sample(chain => [$kernel, $start + $_]) } 0x10, 0x41, 0x85, 0xa5, 0x400;
	my $file = sub {
		my ($name, $recorded, @rest) = @_;
		return Fg::spew("$temp/$name.data", PerfData::file(\@clock, [PerfData::comm('app'),
			PerfData::mmap('[kernel.kallsyms]_text', 0xffffffff93000000, 0x1000000, 0xffffffff93000000),
			PerfData::mmap($recorded, $start, 0x4000, 0), @samples], @rest));
	};
	my $want = join '', map { "app;${_}_[k] 1000\n" } qw([nf_tables] cleanup_module mod_cold mod_read mod_write);
	SKIP: {
		skip("cannot make a module: $built->{err}", 13) if $built->{status};
		skip('made without elfutils', 13) unless Fg::has_elfutils();
		my $by_path = $file->('module', $path);
		my ($out, $err) = PerfCompare::folded('-v', "--sysroot=$root", $by_path);
		is($out, $want, 'names of a module from its file') or diag($err);
		like($err, qr/1 frame of \[nf_tables\]: the kernel's symbols do not tell of them/, '... but for what it does not have');
		my $by_name = $file->('module2', '[nf_tables]');
		is(PerfCompare::folded("--map=[nf_tables]=$ko", $by_name), $want, '... behind --map');
		unlike(PerfCompare::folded("--sysroot=$root", $by_name), qr/mod_/, '... whose path perf did not find');
		Fg::spew("$folder/modules.dep", "kernel/net/other.ko:\nkernel/net/nf-tables.ko: kernel/net/other.ko\n");
		is(PerfCompare::folded("--sysroot=$root", $by_name), $want, '... but modules.dep has it');
		my $changed = $file->('module3', $path, features => { 2 => PerfData::build_id($path, 'x' x 20) });
		($out, $err) = PerfCompare::folded('-v', "--sysroot=$root", $changed);
		unlike($out, qr/mod_/, '... of another build');
		like($err, qr/5 frames of \[nf_tables\]: the file has changed, its build id is another one/, '... is not used');
		for (['xz', 'xz'], ['gz', 'gzip'], ['zst', 'zstd', '-q']) {
			my ($suffix, @command) = @$_;
			my $packed = Fg::run({ stdout => "$ko.$suffix" }, @command, '-c', $ko);
			SKIP: {
				skip("no $command[0]", 1) if $packed->{status};
				is(PerfCompare::folded("--map=[nf_tables]=$ko.$suffix", $by_name), $want, "... packed with $command[0]");
			}
		}
		my $grows = Fg::slurp("$temp/module.s") =~ s/^\.data$/.section .plt, "ax"\n.skip 1\n.data/mr;
		Fg::spew("$temp/grows.s", $grows);
		Fg::run({}, 'cc', '-c', '-o', "$temp/grows.ko", "$temp/grows.s");
		is(PerfCompare::folded("--map=[nf_tables]=$temp/grows.ko", $by_name), "app;[nf_tables]_[k] 3000\n" .
			"app;mod_read_[k] 1000\napp;mod_write_[k] 1000\n", '... where a section grows, not of those behind it');
		rename $ko, "$root/usr/lib/debug$path.debug";
		is(PerfCompare::folded("--sysroot=$root", $file->('module4', "$path.xz")), $want, '... in the folder of debug files') if unlink "$ko.xz";
		Fg::spew($ko, 'no ELF');
		like((PerfCompare::folded('-v', "--map=[nf_tables]=$ko", $by_name))[1], qr/\[nf_tables\]: the file cannot be read as ELF/, '... broken');
	}
}

# The vdso without a build id, as perf record -z leaves it: it is this kernel's own when that was recorded.
sub check_vdso {
	my ($from, $to) = Fg::slurp('/proc/self/maps') =~ /^([0-9a-f]+)-([0-9a-f]+) \S+ .*\[vdso\]$/m;
	my ($release) = Fg::run({}, 'uname', '-r')->{out} =~ /^(.*)$/m;
	SKIP: {
		skip('no vdso', 3) unless $from && open my $memory, '<:raw', '/proc/self/mem';
		sysseek $memory, hex $from, 0;
		sysread $memory, my $image, hex($to) - hex $from;
		Fg::spew("$temp/vdso", $image // '');
		my ($address) = Fg::run({}, 'nm', '-D', "$temp/vdso")->{out} =~ /^([0-9a-f]+) T __vdso_clock_gettime/m;
		skip('no names in it', 3) unless defined $address;
		skip('made without elfutils', 3) unless Fg::has_elfutils();
		my @records = (PerfData::comm('app'), PerfData::mmap2('[vdso]', 0x7000, 0x2000, 0),
			PerfData::sample(chain => [$user, 0x7000 + hex $address]));
		my $features = { 4 => PerfData::feature_text($release) };
		like(PerfCompare::folded(Fg::spew("$temp/vdso.data", PerfData::file(\@clock, \@records, features => $features))),
			qr/^app;(?:__vdso_)?clock_gettime 1000$/, 'a vdso without a build id');
		is(PerfCompare::folded(make_file('vdso2.data', @records)), "app;[vdso] 1000\n", '... of another kernel');
		my $id = 'v' x 20;
		my $copy = "$temp/home/.debug/.build-id/76/" . '76' x 19;
		make_path($copy);
		# With another build id, as a kernel has that does not run here.
		my ($its) = Fg::run({}, 'readelf', '-n', "$temp/vdso")->{out} =~ /Build ID: ([0-9a-f]+)/;
		$image =~ s/\Q@{[pack 'H*', $its]}/$id/;
		Fg::spew("$copy/vdso", $image);
		$records[1] = PerfData::mmap2('[vdso]', 0x7000, 0x2000, 0, build => $id);
		like(Fg::run({ env => { HOME => "$temp/home" } }, $collapse, make_file('vdso3.data', @records))->{out},
			qr/clock_gettime 1000$/m, '... of which perf has kept a copy');
	}
}

# What -v tells of each module: how many frames have no name, and why.
sub check_unknown {
	my @records = (PerfData::comm('app'), PerfData::mmap2('/gone/missing', 0x1000, 0x1000, 0),
		PerfData::mmap2("$temp/changed", 0x2000, 0x1000, 0, build => 'x' x 20),
		PerfData::mmap2("$temp/no-elf", 0x3000, 0x1000, 0), PerfData::mmap2('//anon', 0x4000, 0x1000, 0),
		PerfData::mmap2('//anon', 0x5000, 0x1000, 0, pid => 200), PerfData::mmap2('[heap]', 0x6000, 0x1000, 0, protection => 3),
		PerfData::mmap2("$temp/stripped", 0x7000, 0x1000, 0),
		PerfData::mmap('[kernel.kallsyms]_text', 0xffffffff81000000, 0x1000000, 0xffffffff81000000),
		PerfData::mmap('[mod]', 0xffffffffc0000000, 0x1000, 0),
		(map { PerfData::sample(chain => [$user, $_, 0x1004, 0x1010]) } 0x2004, 0x3004, 0x4004, 0x6004, 0x7004, 0x9004),
		PerfData::sample(pid => 200, chain => [$user, 0x5004]), PerfData::sample(chain => [$kernel, 0xffffffff81000410]),
		PerfData::sample(chain => [$kernel, 0xffffffffc0000010]));
	make_path("$temp/maps2", "$temp/root/proc");
	Fg::spew("$temp/maps2/perf-100.map", "4f00 10 other\n");
	Fg::spew("$temp/no-elf", "text\n");
	Fg::spew("$temp/empty.c", "int main(void) { return 0; }\n");
	Fg::spew("$temp/root/proc/kallsyms", "ffffffff80000000 T _text\nffffffff80000900 T one\n");
	my @built = map { Fg::run({}, 'cc', "-Wl,--build-id", @$_, "$temp/empty.c")->{status} }
		['-o', "$temp/changed"], ['-s', '-o', "$temp/stripped"];
	my $file = make_file('unknown.data', @records);
	my @args = ("--map=/tmp/perf-100.map=$temp/maps2/perf-100.map", "--map=/tmp/perf-200.map=$temp/none", "--sysroot=$temp/root");
	my $told = Fg::run({}, $collapse, '-v', @args, $file)->{err};
	my %want = (
		'12 frames of /gone/missing' => 'the file is not there; ',
		"1 frame of $temp/changed" => 'the file has changed, its build id is another one; ',
		"1 frame of $temp/no-elf" => 'the file cannot be read as ELF; ',
		"1 frame of $temp/stripped" => 'the file has no symbols; install',
		'1 frame of /tmp/perf-100.map' => 'the perf map does not tell of them; ',
		'1 frame of /tmp/perf-200.map' => 'code made at run time, and there is no perf map; have one written ',
		'1 frame of [heap]' => 'memory that is no file; ',
		'1 frame of [unknown]' => 'nothing was mapped there; ',
		'1 frame of [mod]' => 'modules of the kernel lay elsewhere in that boot, and its file is not there; ',
	);
	for my $frames (sort keys %want) {
		SKIP: {
			skip('no C compiler', 1) if "@built" ne '0 0' && $frames =~ /changed|stripped/;
			skip('made without elfutils', 1) if $told =~ /without elfutils/ && $frames =~ m{ /(?!tmp/perf-)};
			like($told, qr/: no name: \Q$frames: $want{$frames}\E/, "-v: $frames");
		}
	}
	like($told, qr/hint: .*most of them \[missing\]; (?:--sysroot or --map tells|build it with elfutils)/,
		'... and the hint is that about the first');
	unlike(Fg::run({}, $collapse, @args, $file)->{err}, qr/no name: /, '... which is all without -v');
	my $many = make_file('many.data', PerfData::comm('app'), map { PerfData::mmap2("/gone/$_", $_ << 12, 0x1000, 0),
		PerfData::sample(chain => [$user, ($_ << 12) + 4]) } 1 .. 25);
	$told = Fg::run({}, $collapse, '-v', $many)->{err};
	is(scalar(() = $told =~ /no name: /g), 21, '... not of all modules, where there are many');
	like($told, qr/no name: 5 frames of 5 other modules$/m, '... the others are counted');
}

# Stacks are not unwound by a file that has changed since, also where build ids come behind the samples.
sub check_build_ids {
	Fg::spew("$temp/frames.c", "int leaf(int x) { volatile int a[100]; a[x] = x; return a[x]; }\nint main(void) { return 0; }\n");
	my $built = Fg::run({}, 'cc', '-O1', '-fomit-frame-pointer', '-Wl,--build-id', '-o', "$temp/frames", "$temp/frames.c");
	my $symbols = Fg::run({}, 'nm', "$temp/frames")->{out};
	SKIP: {
		skip('no C compiler', 3) if $built->{status};
		skip('made without elfutils', 3) unless Fg::has_elfutils();
		my ($leaf) = $symbols =~ /^([0-9a-f]+) T leaf$/m;
		my @has = (@PerfData::usual, 'regs', 'stack');
		# By its rules the caller is what stands at the stack pointer; by frame pointers it is elsewhere.
		my @records = (PerfData::comm('app'), PerfData::mmap2("$temp/frames", 0x100000, 0x10000, 0),
			PerfData::mmap2('/f/right', 0x200000, 0x1000, 0), PerfData::mmap2('/f/wrong', 0x300000, 0x1000, 0),
			PerfData::sample(has => \@has, regs => [0x7008, 0x7000, 0x100000 + hex $leaf], chain => [],
				stack => pack('Q*', 0x200010, 0, 0x300010, 0), used => 32));
		my $events = [[PerfData::attr(has => \@has, regs => 7 << 6), 'cpu-clock']];
		my $changed = PerfData::file($events, \@records, features => { 2 => PerfData::build_id("$temp/frames", 'x' x 20) });
		like(PerfCompare::folded(Fg::spew("$temp/same.data", PerfData::file($events, \@records))), qr/;\[right\];leaf /,
			'a stack by the rules of its file');
		like(PerfCompare::folded(Fg::spew("$temp/other.data", $changed)), qr/;\[wrong\];\[frames\+?/, '... which is not that of the recording');
		like(Fg::run({}, 'sh', '-c', "cat $temp/other.data | $collapse --no-header -")->{out},
			qr/;\[right\];\[frames/, '... but a pipe tells it too late');
	}
}

# perf record --threads: a folder, whose files are each in order.
sub check_folder {
	make_path("$temp/folder.data");
	Fg::spew("$temp/folder.data/data", PerfData::file(\@clock, [PerfData::comm('app'),
		PerfData::mmap2('/f/one', 0x1000, 0x1000, 0, time => 10), PerfData::mmap2('/f/two', 0x1000, 0x1000, 0, time => 40)]));
	Fg::spew("$temp/folder.data/data.0", join '', map { PerfData::sample(time => $_, chain => [$user, 0x1004]) } 20, 50);
	Fg::spew("$temp/folder.data/data.1", join '', map { PerfData::sample(time => $_, chain => [$user, 0x1004]) } 5, 30, 60);
	is(PerfCompare::folded("$temp/folder.data"), "app;[one] 2000\napp;[two] 2000\napp;[unknown] 1000\n", 'the folder form');
	Fg::spew("$temp/folder.data/data.1", pack 'L S S', 9, 0, 1);
	my $ran = Fg::run({}, $collapse, "$temp/folder.data");
	is($ran->{status}, 2, '... with a broken file');
	like($ran->{err}, qr/folder\.data: error: .*a record of 1 bytes/, '... which is told');
	make_path("$temp/empty");
	like(Fg::run({}, $collapse, "$temp/empty")->{err}, qr/is a directory/, 'another folder');
}

sub check_ways_in {
	for my $name (qw(plain pipe zstd events)) {
		my $file = "$Fg::cases/perfdata/$name.in";
		my $want = Fg::slurp("$Fg::cases/perfdata/$name.folded");
		is(Fg::run({ in => Fg::slurp($file) }, $collapse, '-q', '-')->{out}, $want, "$name through a pipe");
	}
}

sub check_weights {
	my $ran = Fg::run({}, $collapse, '--metric=weight', "$Fg::cases/perfdata/attr-400.in");
	is($ran->{status}, 2, 'weights that were not recorded');
	like($ran->{err}, qr/error: weights were not recorded \(perf record -W\)$/, '... are an error');
}

sub check_identify {
	my $want = "perfdata: perf.data, as perf record writes it\n  command   perf record -g -- app with words\n" .
		"  host      host\n  kernel    0.0-none\n  processor x86_64\n  perf      6.1\n  event     cpu-clock\n";
	is(Fg::run({}, $collapse, '--identify', '-v', "$Fg::cases/perfdata/plain.in")->{out},
		"$Fg::cases/perfdata/plain.in: $want", '--identify -v');
	like(Fg::run({}, $collapse, '--identify', '-v', "$Fg::cases/perfdata/pipe.in")->{out},
		qr/command   perf record app\n  event     cpu-clock$/, '... of a pipe');
	is(Fg::run({}, $collapse, '--identify', '-v', "$Fg::cases/perfdata/broken-attr.in")->{status}, 2, '... of a broken file');
}

# Recordings of four versions of perf, and what these printed

sub check_stored {
	my $data = "$Fg::shared/perf";
	SKIP: {
		skip("no $data", 1) unless -r "$data/README.txt";
		for my $file (glob("$data/*.data")) {
			(my $base = $file) =~ s/\.data$//;
			my ($text) = grep { -e } map { "$base.$_.txt" } qw(p612 p612-ns-pid p61 p72);
			my @maps = map { "--map=$_" } "/opt/dem/data/perf=$data", "/tmp/ceo/data/perf=$data",
				"/opt/dem/bench/perfdata/work/jd=$data/maps", "/tmp=$data/maps";
			next unless $text;
			# Programs that are not kept, and names that only jit dumps have; and texts in which perf
			# has unwound and inlined with its own errors.
			if ($file =~ /(?:02-dwarf|09-rust|12-node|15-odd)/) {
				is(PerfCompare::totals($file, @maps), PerfCompare::totals($text), basename($file) . ': totals of each event');
				next;
			}
			my $why = PerfCompare::compare(basename($file), $file, $text, @maps);
			diag(basename($file) . ": stacks are not compared: $why") if $why;
		}
	}
}
