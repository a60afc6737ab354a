#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# A Java program is recorded here and now; jfr print of the JDK and we have the same events
# with the same stacks, threads and values.  Of a virtual machine that was killed, too; and of
# a recording of everything in $Fg::shared.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use JSON::PP qw(decode_json);
use Test::More;

BEGIN { require "$FindBin::Bin/../lib.pm" }

for my $program (qw(java javac jfr)) {
	plan(skip_all => "no $program") unless Fg::has_program($program);
}
my @events = qw(ExecutionSample NativeMethodSample ObjectAllocationSample ThreadPark ThreadSleep JavaMonitorEnter);
my %value = (
	ObjectAllocationSample => 'weight', ThreadPark => 'duration', ThreadSleep => 'duration', JavaMonitorEnter => 'duration',
);
my $temp = $Fg::temp;
Fg::run({}, 'javac', '-d', $temp, "$Fg::source/t/programs/Flight.java");

check_recording();
check_depth();
check_killed();
SKIP: {
	my $file = "$Fg::shared/profiles/java.jfr";
	skip("no $file", 1) unless -e $file;
	compare($file, 'java.jfr', qw(ExecutionSample ObjectAllocationSample));
}
done_testing();

sub flight {
	my ($ms, @options) = @_;
	return Fg::run({ dir => $temp }, 'java', '-Xlog:disable', @options, 'Flight', $ms);
}

sub settings { return "settings=$Fg::source/t/programs/flight.jfc" }

sub check_recording {
	flight(2000, "-XX:StartFlightRecording:filename=$temp/flight.jfr," . settings());
	ok(compare("$temp/flight.jfr", 'a recording', @events) > 50, 'there was much to compare');
	my $known = join ' ', grep { /^Flight\.(?:spin|recurse|allocate|main|hot|lambda)$/ }
		sort keys %{ { map { $_ => 1 } map { split /;/ } keys %{ folded("$temp/flight.jfr", 'ExecutionSample') } } };
	is($known, 'Flight.allocate Flight.hot Flight.lambda Flight.main Flight.recurse Flight.spin', 'what was hot is there');
	return;
}

# Whole stacks, and chunks of a megabyte.
sub check_depth {
	flight(2000, '-XX:FlightRecorderOptions=stackdepth=1024,maxchunksize=1M',
		"-XX:StartFlightRecording:filename=$temp/deep.jfr,settings=profile");
	compare("$temp/deep.jfr", 'settings=profile', @events);
	ok(!(grep { /\[truncated\]/ } keys %{ folded("$temp/deep.jfr", 'ExecutionSample') }), 'nothing was cut off');
	return;
}

sub check_killed {
	my $pid = fork // die "fork: $!\n";
	if ($pid == 0) {
		chdir $temp;
		open STDOUT, '>', '/dev/null';
		exec 'java', '-Xlog:disable', "-XX:FlightRecorderOptions=repository=$temp/repository",
			'-XX:StartFlightRecording:' . settings(), 'Flight', 100_000;
	}
	# Some samples behind the metadata, which are the most of it.
	my @files;
	for (1 .. $Fg::patience) {
		sleep 1;
		@files = glob("$temp/repository/*/*.jfr");
		last if @files && -s $files[0] > 120_000;
	}
	kill 9, $pid;
	waitpid $pid, 0;
	is(scalar @files, 1, 'a virtual machine was killed') or return;
	compare($files[0], 'killed', qw(ExecutionSample NativeMethodSample));
	return;
}

sub class_name {
	my ($class, $address) = $_[0] =~ m{^(.*?)(?:\+(0x[0-9a-f]+)(?:/\d+)?)?$};
	return $class =~ s{/}{.}gr . ($address ? "/$address" : '');
}

# "PT0.058137951S"
sub ns {
	my ($text) = @_;
	my ($seconds, $decimals) = $text =~ /^PT(\d+)(?:\.(\d+))?S$/ or return $text;
	return $seconds * 1_000_000_000 + substr(($decimals // '') . '0' x 9, 0, 9);
}

sub printed {
	my ($file, $event) = @_;
	my $ran = Fg::run({}, 'jfr', 'print', '--json', '--events', "jdk.$event", '--stack-depth', '100000', $file);
	my %stacks;
	for my $e (map { $_->{values} } @{ decode_json($ran->{out})->{recording}{events} }) {
		my $thread = $e->{sampledThread} // $e->{eventThread};
		my $trace = $e->{stackTrace} // {};
		my @frames = reverse map { class_name($_->{method}{type}{name}) . ".$_->{method}{name}" } @{ $trace->{frames} // [] };
		unshift @frames, '[truncated]' if $trace->{truncated};
		my $stack = join ';', grep { length } $thread->{javaName} || $thread->{osName}, @frames;
		$stacks{$stack} += $value{$event} ? ns($e->{$value{$event}}) : 1;
	}
	return \%stacks;
}

sub folded {
	my ($file, $event) = @_;
	my $ran = Fg::run({}, Fg::program('fg-collapse'), '-q', '--no-header', '--no-marks', "--event-filter=jdk.$event", $file);
	return { $ran->{out} =~ /^(.*) (\d+)$/mg };
}

# How many samples and sums were the same.
sub compare {
	my ($file, $name, @names) = @_;
	my $count = 0;
	for my $event (@names) {
		my ($theirs, $ours) = (printed($file, $event), folded($file, $event));
		is_deeply($ours, $theirs, "$name: $event");
		$count += $value{$event} ? 1 : $_ for values %$theirs;
	}
	return $count;
}
