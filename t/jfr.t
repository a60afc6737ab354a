#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Recordings of Java, read a second time by Perl (jfr.pm): of every event the same stacks and
# sums; numbers that are not compressed; what jfr print of the JDK says of a recording; pipes
# and gzip; the order of time.
use strict;
use warnings;
no warnings qw(once portable);
use FindBin;
use IO::Compress::Gzip qw(gzip);
use Test::More;

require "$FindBin::Bin/lib.pm";
require "$FindBin::Bin/jfr.pm";

# Values of events that do not tell a duration; others count 1.
my %value = (
	'jdk.ObjectAllocationSample' => sub { $_[0]{weight} },
	'jdk.ObjectAllocationInNewTLAB' => sub { $_[0]{tlabSize} || $_[0]{allocationSize} },
	'jdk.CPUTimeSample' => sub { ns($_[1], $_[0]{samplingPeriod}) },
	'profiler.LiveObject' => sub { $_[0]{allocationSize} },
	'profiler.WallClockSample' => sub { $_[0]{samples} },
	'profiler.Malloc' => sub { $_[0]{size} },
);
my %mark = (Interpreted => '_[j]', 'JIT compiled' => '_[j]', 'C1 compiled' => '_[j]', Inlined => '_[i]', Kernel => '_[k]');
# Counted without a stack, too.
my $always = qr/Sample$|Allocation|JavaMonitor|Thread(?:Park|Sleep)|^profiler/;
my @whole = grep { !$_->{again} && $_->{name} =~ m{/(?:plain|raw|events|two|chain|flight)$} } Fg::cases('jfr');
is(scalar @whole, 6, 'there are cases to be read a second time');

check_file($_->{in}) for @whole;
check_shared();
check_print();
check_packed();
check_order();
done_testing();

sub collapse { return Fg::run({}, Fg::program('fg-collapse'), '-q', '--no-header', @_)->{out} }

sub ns { my ($c, $ticks) = @_; return int($ticks * 1_000_000_000 / $c->{ticks_per_second}) }

# A second time

sub class_name {
	my ($name) = @_;
	my ($class, $address) = $name =~ m{^(.*?)(?:\+(0x[0-9a-f]+)(?:/\d+)?)?$};
	return $class =~ s{/}{.}gr . ($address ? "/$address" : '');
}

sub word { my ($text, $pools) = @_; return !ref $text ? $text // '' : $text->{utf8} // $pools->{'java.lang.String'}{$text->{constant}} }

sub frame {
	my ($c, $pools, $values) = @_;
	my $frame = Jfr::named($c, 'jdk.types.StackFrame', $values);
	my $method = Jfr::named($c, 'jdk.types.Method', $pools->{'jdk.types.Method'}{$frame->{method}});
	my $class = Jfr::named($c, 'java.lang.Class', $pools->{'java.lang.Class'}{$method->{type}});
	my ($class_name, $name) = map { word($pools->{'jdk.types.Symbol'}{$_->{name}}[0], $pools) } $class, $method;
	$name =~ s/\(.*//;
	my $kind = word($pools->{'jdk.types.FrameType'}{$frame->{type}}[0], $pools);
	return (length $class_name ? class_name($class_name) . '.' : '') . $name . ($mark{$kind} // '');
}

sub stack {
	my ($c, $pools, $event) = @_;
	my $thread = Jfr::named($c, 'java.lang.Thread',
		$pools->{'java.lang.Thread'}{$event->{sampledThread} // $event->{eventThread}} // []);
	my $name = word($thread->{javaName}, $pools);
	$name = word($thread->{osName}, $pools) unless length $name;
	my $trace = Jfr::named($c, 'jdk.types.StackTrace', $pools->{'jdk.types.StackTrace'}{$event->{stackTrace}} // []);
	my @frames = reverse map { frame($c, $pools, $_) } @{ $trace->{frames} // [] };
	unshift @frames, '[truncated]' if $trace->{truncated};
	return join(';', grep { length } $name, @frames) || '[no stack]';
}

# By event, what each stack is worth, and how many samples it has.
sub counted {
	my ($bytes) = @_;
	my %counted;
	for my $c (Jfr::read_file($bytes)) {
		my $pools = Jfr::pools($c);
		for my $item (grep { $_->[0] ne 'constants' } @{ $c->{items} }) {
			my $type = $c->{by_id}{$item->[0]}{name};
			my $event = Jfr::named($c, $type, $item->[1]);
			next unless exists $event->{stackTrace};
			next if $type eq 'jdk.ActiveSetting' || $event->{stackTrace} == 0 && ($type !~ $always || $type =~ /Old/);
			my $value = $value{$type} ? $value{$type}->($event, $c) :
				exists $event->{duration} && $type !~ /Throw|OldObject/ ? ns($c, $event->{duration}) : 1;
			my $stack = stack($c, $pools, $event);
			$counted{$type}{values}{$stack} += $value;
			$counted{$type}{samples}{$stack} += $type eq 'profiler.WallClockSample' ? $value : 1;
		}
	}
	return \%counted;
}

sub folded {
	my ($stacks) = @_;
	return join '', sort map { "$_ $stacks->{$_}\n" } keys %$stacks;
}

sub sorted { my ($text) = @_; return join '', sort split /^/, $text }

sub check_file {
	my ($file) = @_;
	my $name = $file =~ s{.*/}{}r;
	my $counted = counted(Fg::slurp($file));
	for my $event (sort keys %$counted) {
		is(sorted(collapse("--event-filter=$event", $file)), folded($counted->{$event}{values}), "$name: $event");
		is(sorted(collapse("--event-filter=$event", '--metric=samples', $file)),
			folded($counted->{$event}{samples}), "$name: samples of $event");
	}
	return;
}

# A recording of everything, and again with numbers that are not compressed.
sub check_shared {
	my $file = "$Fg::shared/profiles/java.jfr";
	SKIP: {
		skip("no $file", 1) unless -e $file;
		check_file($file);
		my @chunks = Jfr::read_file(Fg::slurp($file));
		my $raw = Fg::spew("$Fg::temp/raw.jfr", join '', map { Jfr::chunk({ %$_, raw => 1 }) } @chunks);
		is(collapse($raw), collapse($file), 'java.jfr, not compressed');
	}
	return;
}

# What jfr print --events ID --stack-depth 100 (17.0.15) says of flight.jfr, in short: how many
# events by the method at the leaf, or the thread that has no stack, and the number of stacks
# that it calls truncated.
sub check_print {
	my $file = "$Fg::cases/jfr/flight.in";
	my %printed = map { my ($event, @rest) = split ' '; ($event => "@rest") } grep { /\S/ } split /\n/, <<'END';
jdk.ExecutionSample Flight.allocate=6 Flight.spin=17 java.lang.Thread.run=1 jdk.internal.org.objectweb.asm.util.Textifier.appendDescriptor=1 jdk.jfr.internal.EventWriter.putUncheckedLong=1 truncated=5
jdk.NativeMethodSample sun.nio.ch.Net.poll=14 truncated=0
jdk.ObjectAllocationSample C1-CompilerThread0=1 Flight.allocate=55 jdk.internal.org.objectweb.asm.ByteVector.enlarge=1 truncated=0
jdk.ThreadPark jdk.internal.misc.Unsafe.park=1 truncated=0
jdk.ThreadSleep java.lang.Thread.sleep=1 truncated=0
jdk.JavaMonitorEnter Flight.blocked=1 truncated=0
END
	for my $event (sort keys %printed) {
		my %leaves;
		my $truncated = 0;
		for (split /\n/, collapse('--no-marks', '--metric=samples', "--event-filter=$event", $file)) {
			my ($stack, $count) = /^(.*) (\d+)$/;
			$leaves{$stack =~ s/.*;//r =~ tr/ /-/r} += $count;
			$truncated += $count if $stack =~ /;\[truncated\];/;
		}
		is(join(' ', (map { "$_=$leaves{$_}" } sort keys %leaves), "truncated=$truncated"), $printed{$event},
			"jfr print: $event");
	}
	return;
}

sub check_packed {
	my $file = "$Fg::cases/jfr/flight.in";
	my $plain = collapse($file);
	gzip($file => "$Fg::temp/flight.gz") or die "gzip\n";
	is(collapse("$Fg::temp/flight.gz"), $plain, 'in gzip');
	is(Fg::run({ stdin => $file }, Fg::program('fg-collapse'), '-q', '--no-header', '-')->{out}, $plain, 'from a pipe');
	return;
}

# plain.in has a sample of another thread written behind later ones.
sub check_order {
	my $ran = Fg::run({}, Fg::program('fg-svg'), '-q', '--flamechart', '--group-by=none', "$Fg::cases/jfr/plain.in");
	my @functions = $ran->{out} =~ m{<title>([^<]*) \(}g;
	is(join(' ', @functions[1 .. 4]), 'app.Main.main app.Main.work java.io.FileInputStream.read0 os::read',
		'a flame chart is in the order of time');
	return;
}
