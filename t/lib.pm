# SPDX-License-Identifier: Apache-2.0
#
# What the tests in Perl share.  A test begins with
#
#	use FindBin;
#	require "$FindBin::Bin/lib.pm";
#
# Where things are
#	$Fg::source, $Fg::build, $Fg::cases, and $Fg::shared: other tools' data, which
#	may not be there; $Fg::temp: a folder that goes away with the test
# Files
#	slurp(FILE)          all of it, as bytes
#	lines_of(FILE)       its lines, without their ends
#	spew(FILE, TEXT)     writes it, and gives FILE
#	unescaped(XML)       without its &lt; and such
# Programs
#	program(NAME)        the path of one of ours, as it was just built
#	has_program(NAME)    is it in PATH?
#	run(HOW, COMMAND...) what it wrote, said, and its status; see below
#	exit_status($?)      the status as a shell tells it
#	npm_package(NAME, VERSION)   the folder of a package, which comes from npm into one of
#	                     the user's cache, and '' and why there is none
# Cases
#	cases(WHICH)         all of them, or some; see below
#	run_case(CASE)       the same as run()
#	perf_totals(FILE)    what a text of perf adds up to, counted without fg-collapse
package Fg;
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(basename dirname);
use File::Temp qw(tempdir);
use POSIX ();
use Text::ParseWords qw(shellwords);

our $source = $ENV{abs_top_srcdir} || abs_path(dirname(__FILE__) . '/..');
our $build = $ENV{abs_top_builddir} || $source;
our $cases = "$source/t/cases";
our $shared = $ENV{FGTOOLS_SHARED_DATA} // "$source/../shared/data";
our $sanitize = $ENV{FG_SANITIZE} || '';
our $temp = tempdir(CLEANUP => 1);
our $patience = $sanitize ? 300 : 60;	# seconds a program may take

sub slurp {
	my ($name) = @_;
	open my $file, '<:raw', $name or die "$name: $!\n";
	local $/;
	my $text = <$file>;
	return defined $text ? $text : '';
}

sub lines_of {
	my ($name) = @_;
	open my $file, '<:raw', $name or die "$name: $!\n";
	chomp(my @lines = <$file>);
	return @lines;
}

sub spew {
	my ($name, $text) = @_;
	open my $file, '>:raw', $name or die "$name: $!\n";
	print $file $text;
	close $file or die "$name: $!\n";
	return $name;
}

# The text that XML stands for.
sub unescaped {
	my ($text) = @_;
	my %char = (amp => '&', lt => '<', gt => '>', quot => '"', '#39' => "'");
	return $text =~ s/&(amp|lt|gt|quot|#39);/$char{$1}/gr;
}

# 128 + N when signal N ended it.
sub exit_status {
	my ($wait) = @_;
	return $wait & 127 ? 128 + ($wait & 127) : $wait >> 8;
}

sub redirect {
	my ($handle, $mode, $name) = @_;
	open $handle, $mode, $name or POSIX::_exit(126);
}

# HOW is { in => text, stdin => file, stdout => file, dir => folder, env =>
# { NAME => value }, closed => 1 (no standard output at all) }; without in and stdin
# there is nothing to read.  Gives { out, err, status, command }.
sub run {
	my ($how, @command) = @_;
	my ($in, $out, $err) = map { "$temp/$_" } qw(run.in run.out run.err);
	spew($in, $how->{in}) if defined $how->{in};
	unlink $out;
	my $pid = fork();
	die "fork: $!\n" unless defined $pid;
	if ($pid == 0) {
		$SIG{PIPE} = 'DEFAULT';
		chdir $how->{dir} or POSIX::_exit(126) if $how->{dir};
		@ENV{keys %{$how->{env}}} = values %{$how->{env}} if $how->{env};
		redirect(\*STDIN, '<', $how->{stdin} || (defined $how->{in} ? $in : '/dev/null'));
		redirect(\*STDOUT, '>', $how->{stdout} || $out);
		redirect(\*STDERR, '>', $err);
		POSIX::close(1) if $how->{closed};
		alarm $patience;
		no warnings 'exec';
		exec { $command[0] } @command or POSIX::_exit(127);
	}
	waitpid $pid, 0;
	my $status = exit_status($?);
	return {
		out => -e $out ? slurp($out) : '', err => slurp($err), status => $status,
		command => "@command",
	};
}

sub program {
	my ($name) = @_;
	return -x "$build/$name" ? "$build/$name" : $name;
}

# Whether names of addresses can be told.
sub has_elfutils {
	return -e "$build/src/io/elf.o";
}

sub has_program {
	my ($name) = @_;
	return scalar grep { -f -x "$_/$name" } split /:/, $ENV{PATH};
}

sub npm_package {
	my ($name, $version) = @_;
	my $cache = $ENV{XDG_CACHE_HOME} || ($ENV{HOME} || $build) . '/.cache';
	my $folder = "$cache/fgtools/$name-$version";
	my $package = "$folder/node_modules/$name";
	return $package if -e "$package/package.json";
	return ('', "no $name, and no npm to get it with") unless has_program('npm');
	my $ran = run({}, qw(npm install --ignore-scripts --no-audit --no-fund --prefix),
		$folder, "$name\@$version");
	return $package if $ran->{status} == 0 && -e "$package/package.json";
	my ($why) = $ran->{err} =~ /^npm (?:ERR!|error) (.+)/m;
	return ('', "npm cannot get $name $version: " . ($why || "status $ran->{status}"));
}

sub file_words {
	my ($name) = @_;
	return -e $name ? shellwords(slurp($name)) : ();
}

sub one_case {
	my ($base) = @_;
	my $format = basename(dirname($base));
	(my $in = "$base.in") =~ s/\+[^+\/]*\.in$/.in/;
	return {
		name => "$format/" . basename($base),
		again => $in ne "$base.in",
		format => $format,
		base => $base,
		in => $in,
		args => [file_words("$base.args")],
		exit => -e "$base.exit" ? int slurp("$base.exit") : 0,
	};
}

# All cases, or those of a folder, or one: cases(), cases('perf'), cases('perf/inline').
# NAME+WORD.args is a case of its own: NAME.in {again}, with other options.
sub cases {
	my ($which) = @_;
	my %base;
	for my $file (glob("$cases/*/*.in"), glob("$cases/*/*+*.args")) {
		(my $base = $file) =~ s/\.(?:in|args)$//;
		$base{$base} = 1;
	}
	my @all = map { one_case($_) } sort keys %base;
	return @all unless defined $which;
	return grep { $_->{name} eq $which || $_->{format} eq $which } @all;
}

# Runs a case in its folder, so that messages name the bare file.
sub run_case {
	my ($case) = @_;
	return run({ dir => dirname($case->{base}) }, program('fg-collapse'), '-f',
		$case->{format}, @{$case->{args}}, basename($case->{in}));
}

# [EVENT, SAMPLES, SUM] for each event, as t/perf-totals.pl counts; nothing when it fails.
sub perf_totals {
	my ($file) = @_;
	my $ran = run({}, $^X, "$source/t/perf-totals.pl", $file);
	return () if $ran->{status};
	return map { [split /\t/] } split /\n/, $ran->{out};
}

1;
