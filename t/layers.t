#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# What the sources promise each other: who includes whom, one door to each library,
# headers that stand alone, no function that is dangerous or that prints and ends
# the program where it may not, a licence line everywhere, and nothing too long.
use strict;
use warnings;
no warnings qw(once);
use File::Basename qw(basename dirname);
use File::Find qw(find);
use FindBin;
use Test::More;

require "$FindBin::Bin/lib.pm";

# What a folder may include.  Of its own folder a reader or writer includes only
# files of its own family: svg.c, svg_frames.c and svg_drawing.h are one.
my %layers = (
	base => [qw(base)],
	io => [qw(io base)],
	model => [qw(model base)],
	read => [qw(io model base)],
	write => [qw(io model base)],
	cmd => [qw(cmd write read io model base)],
);
my %for_all_of = ((map { ("write/$_.h" => 'write') } qw(writer pprof_parts pprof_types)),
	map { ("read/$_.h" => 'read') } qw(reader allocators callgrind_text heaps javanames maps
		pprof_samples pprof_tables suppress symbolizer symbolizer_files traces unsample v8frames
		v8profile v8single value_types));

# External headers and the files that may know them.
my @doors = (
	[qr/^popt\.h$/, 'base/opt.c'],
	[qr/^pcre2/, 'model/match.c'],
	[qr/^zlib\.h$/, 'io/inflate.c', 'io/deflate.c'],
	[qr/^zstd/, 'io/inflate.c'],
	[qr/^xxhash\.h$/, 'base/hash.h'],
	[qr/^(?:libiberty\/)?demangle\.h$/, 'model/demangle.c'],
	[qr/^expat\.h$/, 'io/xml.c'],
	[qr/^cairo/, 'write/png.c'],
	[qr/^png\.h$/, 'io/bitmap.c'],
	[qr/^pango\//, 'write/png_text.c'],
	[qr/^yajl\//, 'io/json.c'],
	[qr/^protobuf-c\//, 'io/proto.c', 'io/proto_json.c', 'io/proto_walk.c', 'io/proto_write.c'],
	[qr/^(?:gelf|libelf|elf)\.h$/, 'io/elf.c', 'io/elf_module.c', 'io/elf_plt.c', 'io/elf_symbols.c',
		'io/dwarf.c', 'io/dwarf_packed.c', 'io/unwind.c'],
	[qr/^(?:dwarf|elfutils\/\w+)\.h$/, 'io/dwarf.c', 'io/dwarf_names.c', 'io/dwarf_parts.h',
		'io/dwarf_unit.c', 'io/dwarf_walk.c', 'io/unwind.c'],
	[qr/^lzma\.h$/, 'io/unxz.c'],
	[qr/^emmintrin\.h$/, 'read/heaptrack_text.c', 'read/heaptrack_blocks.h'],
	[qr/^sanitizer\//, 'base/sanity.h'],
	[qr/^setjmp\.h$/, 'model/demangle.c'],
);
my %standard = map { $_ => 1 } qw(
	assert.h ctype.h errno.h float.h inttypes.h limits.h locale.h math.h signal.h
	stdarg.h stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h strings.h time.h
	dirent.h endian.h fcntl.h fnmatch.h glob.h poll.h pthread.h sys/ioctl.h sys/mman.h
	sys/stat.h sys/time.h sys/types.h sys/uio.h sys/wait.h termios.h unistd.h
);

# Functions and the only files under src/ that may call them; cmd/ stands for all of it.
my @banned = (
	[qr/strcpy|strncpy|strcat|strncat|sprintf|vsprintf|strtok(?:_r)?|gets|alloca/],
	[qr/setlocale|rand|srand|random|drand48|system|popen|tmpnam|mktemp/],
	[qr/ato[ifl]l?|strto\w+|sscanf|scanf|fscanf/, 'base/num.c'],
	[qr/malloc|calloc|realloc|reallocarray|strdup|strndup|asprintf|vasprintf/, 'base/alloc.c'],
	[qr/exit|_exit|_Exit|abort|quick_exit/, 'base/alloc.c', 'cmd/'],
	[qr/v?f?printf|puts|fputs|putchar|putc|fputc|fwrite|perror|err|errx|warn|warnx/,
		'base/alloc.c', 'base/message.c', 'cmd/'],
	[qr/setjmp|longjmp/, 'model/demangle.c'],
);
my ($longest_function, $usual_function, $longest_file, $longest_main) = (100, 45, 600, 60);
# A name is not a function when one of these stands before it.
my $keywords = qr/^(?:if|for|while|switch|return|sizeof|do|else)$/;

# In a tarball there is what protoc-c has made, too.
my @files = grep { !/\.pb-c\./ } map { s{^\Q$Fg::source/src/\E}{}r } glob("$Fg::source/src/*/*.[ch]");
my %text = map { $_ => Fg::slurp("$Fg::source/src/$_") } @files;
ok(@files > 40, 'there are sources');

report('includes go down', map { wrong_includes($_) } @files);
report('each library has one door', map { wrong_doors($_) } @files);
report('a source includes its own header first', map { wrong_first($_) } @files);
report('headers are guarded by their path', map { wrong_guard($_) } @files);
report('headers stand alone', wrong_headers());
report('dangerous functions', map { wrong_calls($_) } @files);
report('licence lines', wrong_licences());
report("files of at most $longest_file lines", map { wrong_size($_) } @files);
check_functions();
done_testing();

sub report {
	my ($what, @wrong) = @_;
	ok(!@wrong, $what) or diag(join "\n", @wrong);
}

# Text without comments and what stands in quotes; lines stay where they are.
sub bare {
	my ($text) = @_;
	$text =~ s{(/\*.*?\*/)|(//[^\n]*)|"((?:[^"\\\n]|\\.)*)"|'(?:[^'\\\n]|\\.)+'}
		{ defined $1 ? $1 =~ s/[^\n]//gr : defined $2 ? '' : '""' }gse;
	return $text;
}

sub includes {
	my ($file, $open) = @_;
	return $text{$file} =~ /^[ \t]*#[ \t]*include[ \t]*\Q$open\E([^">]+)[">]/mg;
}

sub family {
	return dirname($_[0]) . '/' . (basename($_[0]) =~ /^([^_.]+)/)[0];
}

sub may_include {
	my ($file, $header) = @_;
	my ($from, $to) = (dirname($file), dirname($header));
	return 1 if ($for_all_of{$header} || '') eq $from || family($file) eq family($header);
	return scalar grep { $_ eq $to } @{$layers{$from} || []};
}

sub wrong_includes {
	my ($file) = @_;
	my @wrong;
	for my $header (includes($file, '"')) {
		# What protoc-c makes has its place beside what it is made from.
		(my $made_from = "$Fg::source/src/$header") =~ s/\.pb-c\.h$/.proto/;
		push @wrong, "$file includes $header" unless may_include($file, $header)
			&& (exists $text{$header} || $made_from =~ /proto$/ && -e $made_from);
	}
	return @wrong;
}

sub wrong_doors {
	my ($file) = @_;
	my @wrong;
	for my $header (includes($file, '<')) {
		next if $standard{$header};
		my ($door) = grep { $header =~ $_->[0] } @doors;
		my @rooms = $door ? @$door[1 .. $#$door] : ();
		push @wrong, "$file includes <$header>" . (@rooms ? ": that is for @rooms" : '')
			unless grep { $_ eq $file } @rooms;
	}
	return @wrong;
}

sub wrong_first {
	my ($file) = @_;
	(my $own = $file) =~ s/\.c$/.h/;
	return () if $own eq $file || !exists $text{$own};
	my ($first) = $text{$file} =~ /^#include ["<]([^">]+)/m;
	return family($first) eq family($own) ? () : "$file includes $first first";
}

sub wrong_guard {
	my ($file) = @_;
	return () unless $file =~ /\.h$/;
	(my $guard = uc $file) =~ s/[^A-Z0-9]/_/g;
	return $text{$file} =~ /^#ifndef \Q$guard\E\n#define \Q$guard\E\n/m ? () :
		"$file: no guard $guard";
}

# A variable of the Makefile, with all that it is made of.
sub make_variable {
	my ($name, $makefile, $depth) = @_;
	return '' if $depth > 8;
	my ($value) = $makefile =~ /^\Q$name\E = (.*)$/m;
	$value = '' unless defined $value;
	$value =~ s/\$[({](\w+)[)}]/make_variable($1, $makefile, $depth + 1)/ge;
	return $value;
}

sub wrong_headers {
	my $name = "$Fg::build/Makefile";
	return ("no $name") unless -e $name;
	(my $makefile = Fg::slurp($name)) =~ s/\\\n//g;
	my $cc = make_variable('CC', $makefile, 0);
	my @flags = split ' ', make_variable('AM_CPPFLAGS', $makefile, 0);
	@flags = grep { !/^-I|^-include$|^config\.h$/ } @flags;
	my @wrong;
	for my $header (grep { /\.h$/ } @files) {
		my $ran = Fg::run({ in => "#include \"$header\"\n#include \"$header\"\n" },
			split(' ', $cc), '-std=gnu11', '-Wall', '-Werror', '-fsyntax-only',
			'-I', $Fg::build, '-I', "$Fg::source/src", '-I', "$Fg::build/src", @flags, '-include', 'config.h',
			'-x', 'c', '-');
		my @said = split /^/, $ran->{err};
		splice @said, 5 if @said > 5;
		push @wrong, join '', "$header:\n", @said if $ran->{status};
	}
	return @wrong;
}

sub wrong_calls {
	my ($file) = @_;
	my $bare = bare($text{$file});
	$bare =~ s/^[ \t]*#.*$//mg;
	my @wrong;
	for my $rule (@banned) {
		my ($functions, @allowed) = @$rule;
		next if grep { /\/$/ ? index($file, $_) == 0 : $_ eq $file } @allowed;
		while ($bare =~ /(?<![\w.>])($functions)\s*\(/g) {
			my $line = 1 + (substr($bare, 0, $-[0]) =~ tr/\n//);
			push @wrong, "$file:$line: $1()";
		}
	}
	return @wrong;
}

sub wants_licence {
	my ($name) = @_;
	return 0 if $name =~ /\.pb-c\.[ch]$/;
	return 1 if $name =~ /\.(?:[ch]|t|p[lm]|sh|js|css|pal|am|ac|dict|[157])$/;
	return 0 if $name =~ /\.[a-z]+$/;
	open my $file, '<:raw', $name or return 0;
	my $start = '';
	read $file, $start, 2;
	return $start eq '#!';
}

# Texts and things that are made have none.
sub wrong_licences {
	my @wrong;
	my @places = grep { -e } map { "$Fg::source/$_" }
		qw(src t fuzz bench man share .ci bootstrap configure.ac Makefile.am), 'build-aux/embed';
	find({ no_chdir => 1, wanted => sub {
		return $File::Find::prune = 1 if /\/t\/cases$/ || /\/share\/demo$/;
		return if -d || /\/t\/unit\/\w+\.t$/ || !wants_licence($_);
		open my $file, '<:raw', $_ or die "$_: $!\n";
		my $head = join '', map { scalar(<$file>) // '' } 1 .. 2;
		push @wrong, "$_: no SPDX line on top"
			unless $head =~ /SPDX-License-Identifier: Apache-2\.0/;
	} }, @places);
	return @wrong;
}

sub wrong_size {
	my ($file) = @_;
	my $lines = $text{$file} =~ tr/\n//;
	return $lines > $longest_file ? "$file: $lines lines" : ();
}

# Functions begin with '{' and end with '}' at the start of a line.
sub functions {
	my ($file) = @_;
	my ($number, $start, $head, @found) = (0, 0, '');
	for my $line (split /\n/, $text{$file}) {
		$number++;
		$start = $number if $line eq '{';
		push @found, [$head, $number - $start - 1] if $line eq '}' && $start;
		$start = 0 if $line eq '}';
		$head = $1 if !$start && $line =~ /^\w.*?(\w+)\(/ && $1 !~ $keywords;
	}
	return @found;
}

sub check_functions {
	my (@long, @main, $all, $usual);
	for my $file (grep { /\.c$/ } @files) {
		for my $function (functions($file)) {
			my ($name, $lines) = @$function;
			$all++;
			$usual++ if $lines <= $usual_function;
			push @long, "$file: $name() has $lines lines" if $lines > $longest_function;
			push @main, "$file: $lines lines" if $name eq 'main' && $lines > $longest_main;
		}
	}
	report("functions of at most $longest_function lines", @long);
	report("main() of at most $longest_main lines", @main);
	cmp_ok($usual / $all, '>=', 0.9, "nine in ten of $all functions have at most $usual_function lines");
}
