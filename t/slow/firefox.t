#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# The Firefox Profiler's own loader, as its command line has it, on what fg-convert writes
# for it and on made cases: the same functions cost the same.
#
# profiler-cli comes from npm into a folder of the user's cache; $PROFILER_CLI names
# another one.
use strict;
use warnings;
no warnings qw(once);
use File::Basename qw(basename);
use File::Path qw(make_path);
use FindBin;
use JSON::PP ();
use Test::More;

BEGIN { require "$FindBin::Bin/../lib.pm" }

my $version = '0.10.0';
my $home = "$Fg::temp/home";
make_path($home);

# The program, or nothing and why there is none.
sub get_loader {
	return $ENV{PROFILER_CLI} if $ENV{PROFILER_CLI};
	for my $needed (qw(node npm)) {
		return (undef, "no $needed") unless Fg::has_program($needed);
	}
	my $cache = $ENV{XDG_CACHE_HOME} || ($ENV{HOME} || $Fg::build) . '/.cache';
	my $folder = "$cache/fgtools/profiler-cli-$version";
	my $program = "$folder/node_modules/.bin/profiler-cli";
	return $program if -x $program;
	my $ran = Fg::run({}, qw(npm install --ignore-scripts --no-audit --no-fund --prefix),
		$folder, "\@firefox-devtools/profiler-cli\@$version");
	return $program if $ran->{status} == 0 && -x $program;
	my ($why) = $ran->{err} =~ /^npm (?:ERR!|error) (.+)/m;
	return (undef, "npm cannot get profiler-cli $version: " . ($why || "status $ran->{status}"));
}

my ($loader, $why) = get_loader();
plan skip_all => $why unless $loader;
my $probe = Fg::run({ env => { HOME => $home } }, $loader, '--version');
plan skip_all => 'profiler-cli does not run here' if $probe->{status};

sub loader { return Fg::run({ env => { HOME => $home } }, $loader, @_) }

my $cases = $Fg::cases;
compare_converted(@$_) for ['firefox', "$cases/firefox/native.in"], ['firefox', "$cases/firefox/times.in"],
	['firefox', "$cases/firefox/sizes.in"], ['perf', "$cases/perf/srcline-inline.in"], ['pprof', "$cases/pprof/cpu.in"],
	['pprof', "$cases/pprof/heap.in"], ['dhat', "$cases/dhat/heap.in"], ['folded', "$cases/perf/symbols.folded"];
compare_read("$cases/firefox/$_.in") for qw(native other-order vernier memory);
loader('stop', '--all');
done_testing();

# It starts a process, which takes its time.
sub load {
	my ($file) = @_;
	loader('stop', '--all');
	loader('load', $file);
	for (1 .. 100) {
		my $ran = loader('thread', 'list', '--json');
		return JSON::PP->new->utf8->decode($ran->{out}) if $ran->{status} == 0 && $ran->{out} =~ /^\{/;
		return if $ran->{err} =~ /load failed/;
		select undef, undef, undef, 0.1;
	}
	return;
}

# { name => what the function costs by itself }, and the sum of all.
sub costs_there {
	my ($file) = @_;
	my $list = load($file) or return;
	my (%self, $sum);
	for my $thread (@{ $list->{threads} }) {
		my $ran = loader('thread', 'samples', '--include-idle', '--json', '--limit', '0', '--thread', $thread->{threadHandle});
		$ran = loader('thread', 'samples', '--include-idle', '--json', '--limit', '100000', '--thread', $thread->{threadHandle})
			if $ran->{status};
		my $json = eval { JSON::PP->new->utf8->decode($ran->{out}) } or return;
		$sum += $json->{categoryBreakdown}{totalSamples};
		for my $f (@{ $json->{topFunctionsBySelf} }) {
			$self{$f->{name} =~ s/^[^!]*!(?=.)//r} += $f->{selfSamples} if $f->{selfSamples};
		}
	}
	return (\%self, $sum);
}

# As fg-collapse has them; times in ms, and nothing for what has no stack.
sub costs_here {
	my ($format, $file) = @_;
	my $ran = Fg::run({}, Fg::program('fg-collapse'), '-q', '--group-by=none', '--names=full', '--no-marks', '-f', $format, $file);
	my ($unit) = $ran->{out} =~ /^# unit: (\S+)/m;
	my $scale = ($unit // '') eq 'ns' ? 1e-6 : 1;
	my (%self, $sum);
	while ($ran->{out} =~ /^(?!# )(?:.*;)?([^;\n]+) (-?[\d.]+)$/mg) {
		next if $1 eq '[no stack]';
		$self{$1} += $2 * $scale;
		$sum += $2 * $scale;
	}
	return (\%self, $sum);
}

sub is_near {
	my ($got, $want) = @_;
	return defined $got && abs($got - $want) <= 1e-6 * (1 + abs $want);
}

sub compare {
	my ($file, $name, $want, $total) = @_;
	my ($got, $sum) = costs_there($file);
	ok(defined $sum, "$name: the loader takes it") or return;
	ok(is_near($sum, $total), '... with the same sum') or diag("$sum, not $total");
	my @wrong = grep { !is_near($got->{$_}, $want->{$_}) } sort keys %$want;
	ok(!@wrong && keys %$got == keys %$want, '... and the same cost of each function')
		or diag(join "\n", map { "$_ " . ($got->{$_} // 'none') . ", not $want->{$_}" } @wrong[0 .. ($#wrong < 5 ? $#wrong : 5)]);
}

sub compare_converted {
	my ($format, $in) = @_;
	my $out = "$Fg::temp/" . basename($in) . '.firefox.json';
	Fg::run({}, Fg::program('fg-convert'), '-q', '-f', $format, $in, '-o', $out);
	compare($out, "$format/" . basename($in), costs_here($format, $in));
}

# Without names made of addresses, which nobody has looked up.
sub compare_read {
	my ($in) = @_;
	my ($want, $total) = costs_here('firefox', $in);
	my ($got, $sum) = costs_there($in);
	ok(defined $sum, basename($in) . ': the loader takes it') or return;
	ok(is_near($sum, $total), '... and counts the same') or diag("$sum, not $total");
	my @wrong = grep { !/^\[/ && !is_near($got->{$_}, $want->{$_}) } sort keys %$want;
	is("@wrong", '', '... for each function');
}
