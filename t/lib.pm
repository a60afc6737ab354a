# SPDX-License-Identifier: Apache-2.0
#
# What the tests in Perl share: where things are, how a program is run, which
# cases there are.  A test begins with
#
#	use FindBin;
#	require "$FindBin::Bin/lib.pm";
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

sub spew {
	my ($name, $text) = @_;
	open my $file, '>:raw', $name or die "$name: $!\n";
	print $file $text;
	close $file or die "$name: $!\n";
	return $name;
}

sub redirect {
	my ($handle, $mode, $name) = @_;
	open $handle, $mode, $name or POSIX::_exit(126);
}

# run(how, COMMAND...): how is { in => text, stdin => file, stdout => file, dir =>
# folder, env => { NAME => value }, closed => 1 (no standard output at all) }.
# Gives what it wrote and its status, 128 + N when signal N ended it.
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
	my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
	return {
		out => -e $out ? slurp($out) : '', err => slurp($err), status => $status,
		command => "@command",
	};
}

# The program of the build tree.
sub program {
	my ($name) = @_;
	return -x "$build/$name" ? "$build/$name" : $name;
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
		format => $format,
		base => $base,
		in => $in,
		args => [file_words("$base.args")],
		exit => -e "$base.exit" ? int slurp("$base.exit") : 0,
	};
}

# All cases, or those of a folder, or one: cases(), cases('perf'), cases('perf/inline').
# NAME+WORD.args is a case of its own: NAME.in with other options.
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

1;
