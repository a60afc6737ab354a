#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# What Chrome and V8 write, read a second time by Perl: --list-metrics gives the time in which
# anything was open in a thread, the number of calls, and the time and number of samples, and
# folded stacks add up to them.
use strict;
use warnings;
no warnings qw(once);
use File::Basename qw(basename);
use FindBin;
use JSON::PP ();
use Test::More;

require "$FindBin::Bin/lib.pm";

my %sums = (
	chrome => \&trace_sums, cpuprofile => \&profile_sums, v8heap => \&heap_sums,
	v8log => sub { { samples => scalar @{$_[0]{ticks}} } },
);

for my $format (sort keys %sums) {
	check($format, $_->{in}) for grep { !$_->{again} && $_->{exit} == 0 } Fg::cases($format);
}
check_thousands();
check_disorder($ENV{FG_SANITIZE} ? 30000 : 300000);
done_testing();

sub check {
	my ($format, $file) = @_;
	my $text = Fg::slurp($file);
	my $json = eval { JSON::PP->new->relaxed->decode($text) } or return;    # it is cut off
	my $want = $sums{$format}->($json);
	compare($format, $file, $want);
}

sub compare {
	my ($format, $file, $want) = @_;
	my $name = basename($file);
	my @read = (Fg::program('fg-collapse'), '-q', '-f', $format);
	my $listed = Fg::run({}, @read, '--list-metrics', $file);
	my %got = map { (split /\t/)[0, 2] } grep { !/^#/ } split /\n/, $listed->{out};
	is_deeply(\%got, $want, "$name: sums") or diag(explain(\%got), $listed->{err});
	for my $metric (sort keys %$want) {
		my $folded = Fg::run({}, @read, '--no-header', "--metric=$metric", $file);
		my $sum = 0;
		$sum += $_ for $folded->{out} =~ / (\d+)$/mg;
		is($sum, $want->{$metric}, "... stacks of $metric");
	}
}

sub ns {
	return 0 + sprintf '%.0f', $_[0] * 1000;
}

# The length of what spans cover together.
sub covered {
	my ($sum, $end) = (0, -9e18);
	for my $span (sort { $a->[0] <=> $b->[0] } @_) {
		my ($from, $to) = @$span;
		$from = $end if $from < $end;
		next if $to <= $from;
		$sum += $to - $from;
		$end = $to;
	}
	return $sum;
}

sub trace_sums {
	my $json = shift;
	my ($traced, $calls, $samples, $time) = (0, 0, 0, 0);
	my (%lane, %profile, @profiles);
	my @events = @{ref $json eq 'ARRAY' ? $json : $json->{traceEvents}};
	for my $e (@events) {
		my $id = join ':', $e->{pid} // -1, $e->{id} // '';
		my $data = ref $e->{args} && ref $e->{args}{data} ? $e->{args}{data} : {};
		my $name = $e->{name} // '';
		if ($name =~ /^(?:CpuProfile|Profile|ProfileChunk)$/) {
			if ($name ne 'ProfileChunk' || !$profile{$id}) {
				push @profiles, $profile{$id} = { nodes => [], samples => [], timeDeltas => [] };
			}
			my $p = $profile{$id};
			for my $from ($data, ref $data->{cpuProfile} ? $data->{cpuProfile} : ()) {
				push @{$p->{$_}}, @{$from->{$_} || []} for qw(nodes samples timeDeltas);
				$p->{$_} = $from->{$_} for grep { exists $from->{$_} } qw(startTime endTime);
			}
		} elsif (($e->{ph} // '') =~ /^[BEX]$/ && defined $e->{ts} && ($e->{dur} // 0) >= 0) {
			next if $name =~ /^Total / && exists $e->{args}{'avg ms'};
			push @{$lane{join ':', $e->{pid}, $e->{tid}}}, $e;
		}
	}
	for my $lane (values %lane) {
		my ($sum, $count) = lane_sums(@$lane);
		$traced += $sum;
		$calls += $count;
	}
	push @profiles, beside($json) if ref $json eq 'HASH' && $json->{stackFrames};
	for my $p (@profiles) {
		my $sums = profile_sums($p);
		$time += $sums->{time};
		$samples += $sums->{samples};
	}
	return {
		@profiles ? (time => $time, samples => $samples) : (),
		$calls ? (@profiles ? 'traced' : 'time', $traced, calls => $calls) : (),
	};
}

# A call without an end lasts until the end of its thread.
sub lane_sums {
	my @events = sort { $a->{ts} <=> $b->{ts} } @_;
	my ($last, $calls, @spans, @open) = (0, 0);
	for my $e (@events) {
		my $dur = $e->{ph} eq 'X' ? $e->{dur} // 0 : 0;
		my $end = ns($e->{ts}) + ns($dur);
		$last = $end if $end > $last;
	}
	for my $e (@events) {
		my $at = ns($e->{ts});
		$calls++ if $e->{ph} ne 'E';
		if ($e->{ph} eq 'X' && defined $e->{dur}) {
			push @spans, [$at, $at + ns($e->{dur})];
		} elsif ($e->{ph} ne 'E') {
			push @open, [$at, $e->{name}];
		} else {
			my $i = $#open;
			$i-- while $i >= 0 && defined $e->{name} && $open[$i][1] ne $e->{name};
			next if $i < 0;
			push @spans, [$_->[0], $at] for splice @open, $i;
		}
	}
	push @spans, [$_->[0], $last] for @open;
	return (covered(@spans), $calls);
}

# Samples beside the events are those of one thread in our cases.
sub beside {
	my $json = shift;
	my @ts = map { $_->{ts} } @{$json->{samples}};
	return {
		nodes => [map { { id => $_, callFrame => { functionName => 'f' } } } keys %{$json->{stackFrames}}],
		samples => [map { $_->{sf} } @{$json->{samples}}],
		timeDeltas => [map { $_ ? $ts[$_] - $ts[$_ - 1] : $ts[0] } 0 .. $#ts],
	};
}

sub tree_nodes {
	my $head = shift;
	return ($head, map { tree_nodes($_) } @{$head->{children} || []});
}

sub profile_sums {
	my $p = shift;
	my @nodes = $p->{head} ? tree_nodes($p->{head}) : @{$p->{nodes}};
	my %name = map { ($_->{id} => $_->{callFrame}{functionName} // $_->{functionName}) } @nodes;
	my @shown = grep { ($_->{callFrame}{functionName} // '') ne '(idle)' } @nodes;
	if (!$p->{samples}) {
		my $hits = 0;
		$hits += $_->{hitCount} || 0 for @shown;
		return { samples => $hits };
	}
	my @samples = @{$p->{samples}};
	my @counted = grep { defined $name{$_} && $name{$_} ne '(idle)' } @samples;
	return { samples => scalar @counted } if !$p->{timeDeltas} && !$p->{timestamps};
	my $unit = $p->{head} ? 1e9 : 1e3;
	my $clock = ($p->{startTime} // 0) * 1000;
	my @at = map { $clock += $_ * 1000 } @{$p->{timeDeltas} || []};
	@at = map { $_ * 1000 } @{$p->{timestamps}} if $p->{timestamps};
	push @at, defined $p->{endTime} ? $p->{endTime} * $unit : $at[-1] // 0;
	my ($time, $last) = (0, $at[0]);
	for my $i (0 .. $#samples) {
		my $begin = $at[$i] > $last ? $at[$i] : $last;
		my $end = $at[$i + 1] > $begin ? $at[$i + 1] : $begin;
		$time += $end - $begin if defined $name{$samples[$i]} && $name{$samples[$i]} ne '(idle)';
		$last = $end;
	}
	return { time => 0 + sprintf('%.0f', $time), samples => scalar @counted };
}

sub heap_sums {
	my $sum = 0;
	$sum += $_->{selfSize} for tree_nodes($_[0]{head});
	return { live => $sum };
}

# Spans of some threads by lot, in no order, many of them at the same time.
sub check_thousands {
	my $file = "$Fg::temp/lot.json";
	srand 7;
	my @events;
	for (1 .. 20000) {
		my ($at, $long) = (int rand 1e6, rand() < 0.01 ? 1e5 : 40);
		push @events, { ph => 'X', pid => 1, tid => int(rand 3), ts => $at / 8,
			dur => int(rand $long) / 8, name => 'f' . int rand 9 };
	}
	push @events, map { { ph => 'X', pid => 1, tid => 9, ts => $_ % 7, dur => 100 - $_, name => "g$_" } }
		1 .. 90;
	Fg::spew($file, JSON::PP->new->canonical->encode(\@events));
	compare('chrome', $file, trace_sums(\@events));
}

# More events of one thread than are merged at once, all in disorder.
sub check_disorder {
	my ($n, $sum, @events) = ($_[0], 0);
	my $file = "$Fg::temp/disorder.json";
	for my $i (0 .. $n - 1) {
		my $at = $i * 7919 % $n;
		push @events, qq({"ph":"X","pid":1,"tid":1,"ts":) . 100 * $at . ',"dur":' . ($at % 50) . ',"name":"f"}';
		$sum += $at % 50 * 1000;
	}
	Fg::spew($file, '[' . join(",\n", @events) . "]\n");
	compare('chrome', $file, { time => $sum, calls => $n });
}
