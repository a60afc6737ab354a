#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# A name tells the file it is from: what a file exports begins with the file's
# name, or with what stands for it in the table below.
use strict;
use warnings;
no warnings qw(once);
use File::Basename qw(basename dirname);
use FindBin;
use Test::More;

require "$FindBin::Bin/lib.pm";

# Files of small helpers, files that are parts of another, and what belongs to a
# struct that is named otherwise: regular expressions for the whole name.
my %allowed = (
	'base/alloc' => 'x\w*alloc(?:array)?|grown_capacity',
	'io/dwarf' => 'dwarf_index_\w+',
	'io/dwarf_walk' => 'dwarf_(?:walk|work)_\w+',
	'io/elf_none' => 'elf_\w+|unwind_\w+',
	'io/unwind_state' => 'unwind_\w+',
	'io/elf_symbols' => 'elf_symbols_\w+|elf_file_symbol',
	'model/filter_judge' => 'filter_(?:begin|end)',
	'model/filter_run' => 'filter_apply',
	'model/location' => 'locations?_\w+',
	'model/picture_foot' => 'picture_\w+',
	'model/picture_options' => 'picture_\w+',
	'model/profile' => '(?:profile|frame_kind)_\w+',
	'model/samples' => 'samples?_\w+',
	'read/advice' => 'reader_advice',
	'read/allocators' => 'allocators_has',
	'read/callgrind_text' => 'callgrind_text_\w+',
	'read/heaps' => 'heaps_\w+',
	'read/javanames' => 'javanames_\w+',
	'read/maps' => 'maps_\w+',
	'read/symbolizer' => 'symbolizer_\w+',
	'read/reader' => 'reader_(?:choose_metric(?:_here)?|end_metrics|group)',
	'read/registry' => 'readers|reader_find|reader_probe',
	'read/suppress' => 'suppress_\w+',
	'read/traces' => 'traces_\w+',
	'read/unsample' => 'unsample\w*',
	'read/v8chunk' => 'v8chunk_\w+',
	'read/v8frames' => 'v8frames_\w+',
	'read/v8profile' => 'v8profile_\w+',
	'read/v8single' => 'v8single_\w+',
	'write/callgrind' => 'writer_callgrind',
	'write/otlp' => 'writer_otlp(?:_json)?',
	'write/firefox' => 'writer_firefox',
	'write/pprof' => 'writer_pprof',
	'write/speedscope' => 'writer_speedscope',
	'write/svg_drawing' => 'svg_\w+',
	'write/svg_options' => 'svg_\w+',
	'write/tree' => 'writer_tree',
	'cmd/options_convert' => 'face_convert',
	'cmd/options_collapse' => 'face_(?:collapse|filter)',
	'cmd/options_diff' => 'face_diff',
	'cmd/options_filter' => 'options_\w*filters?|options_say_wrong|options_show_place',
	'cmd/options_picture' => 'options_(?:picture|looks)',
	'cmd/options_png' => 'face_png',
	'cmd/options_svg' => 'face_svg',
	'cmd/options_top' => 'face_top',
);

# Without cairo there are none of fg-png, and without elfutils others in their place.
my $cairo = -x "$Fg::build/fg-png";
my $elf = Fg::has_elfutils();
my $left_out = join '|', $cairo ? () : '(?:options_|draw_)?png\w*|bitmap',
	$elf ? 'elf_none' : 'dwarf\w*|elf(?:_(?!none)\w+)?|unwind';
my @sources = grep { !has_main($_) && !m{/(?:$left_out)\.c$} && !/\.pb-c\.c$/ } glob("$Fg::source/src/*/*.c");
ok(@sources > 20, 'there are sources');
check($_) for @sources;
done_testing();

sub has_main {
	return Fg::slurp($_[0]) =~ /^int main\(/m;
}

# External names that are defined in an object; those of compilers begin with "__".
sub exported {
	my ($object) = @_;
	my $ran = Fg::run({}, $ENV{NM} || 'nm', '-g', '-P', $object);
	return () if $ran->{status};
	my @names;
	for my $line (split /\n/, $ran->{out}) {
		my ($name, $type) = split ' ', $line;
		push @names, $name if $type =~ /^[A-TX-Z]$/ && $type ne 'U' && $name !~ /^__/;
	}
	return @names;
}

sub allowed {
	my ($module) = @_;
	return $allowed{$module} if $allowed{$module};
	my ($folder, $name) = split '/', $module;
	# A reader is known by its struct alone; one of several files has NAME_PART.c.
	return $folder eq 'read' && $name !~ /_/ ? "reader_$name" : "$name(?:_\\w+)?";
}

sub check {
	my ($file) = @_;
	my $module = basename(dirname($file)) . '/' . basename($file, '.c');
	my @names = exported("$Fg::build/src/$module.o");
	my $allowed = allowed($module);
	my @wrong = grep { !/^(?:$allowed)$/ } @names;
	ok(@names && !@wrong, $module) or diag(@names ? "exports @wrong, should be $allowed"
		: "src/$module.o is not there or exports nothing");
}
