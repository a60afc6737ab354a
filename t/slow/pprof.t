#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# The filters that are pprof's, against go tool pprof itself: the same stacks as its
# protobuf and as text of perf script, some filters chosen by lot, in the order in which
# pprof does them; what both leave must be the same.  And fg-top against its -top.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use Test::More;

require "$FindBin::Bin/../lib.pm";

plan skip_all => 'no go' unless Fg::has_program('go');
my $has_pprof = Fg::run({}, qw(go tool pprof -raw /dev/null))->{err} !~ /no such tool/;
plan skip_all => 'no go tool pprof' unless $has_pprof;

my @functions = ('a', 'b', 'c', 'd(int)', 'ns::e(char*)', '(anonymous namespace)::f(int)', '.g');
my @modules = ('/bin/app', '/lib/libb.so', '/lib/libc.so');
my @patterns = qw(a b c d e ^f g$ int ns libb app char ^e$ zz [bc]);
my @tags = ('java', 'comm=java', 'comm=awk,java', 'pid=12', 'pid=13:', 'pid=:12', 'pid=12:13',
	'cpu=1', '1', 'cpu:1', 'java,cpu:1', 'pid=^1', 'awk,pid:13', 'comm=12', 'comm:a');
# As pprof does them.
my @order = qw(focus ignore hide show show-from tagfocus tagignore prune-from);
my $seed = 7;

for my $round (1 .. 300) {
	my @samples = map { random_sample() } 1 .. 3 + random(10);
	my @options = random_options();
	my $pprof = pprof_sums(\@samples, @options);
	my $ours = our_sums(\@samples, @options);
	is_deeply($ours, $pprof, "round $round: @options") or last;
	is_deeply(our_sums_of(["$Fg::temp/x.pb"], @options), $pprof, '... of the same file') or last;
	is_deeply(our_costs(@options), pprof_costs(@options), '... and what functions cost') or last;
}
done_testing();

sub random {
	my ($n) = @_;
	$seed = ($seed * 1103515245 + 12345) % 2147483648;
	return int($seed / 65536) % $n;
}

sub one_of { return $_[random(scalar @_)] }

# A function is always from the same file.
sub module_of { return $modules[length($_[0]) % @modules] }

sub random_sample {
	return {
		value => 1 + random(50), comm => one_of(qw(java awk)), pid => 12 + random(3), tid => 7,
		cpu => random(3), frames => [map { one_of(@functions) } 0 .. random(6)],
	};
}

sub random_options {
	my %chosen;
	for (0 .. random(3)) {
		my $option = one_of(@order);
		$chosen{$option} = one_of($option =~ /^tag/ ? @tags : @patterns);
	}
	return map { "--$_=$chosen{$_}" } grep { defined $chosen{$_} } @order;
}

# --- protobuf ---

sub varint {
	my ($n) = @_;
	my $bytes = '';
	for (; $n > 127; $n >>= 7) {
		$bytes .= chr($n & 127 | 128);
	}
	return $bytes . chr $n;
}

sub number { return varint($_[0] << 3) . varint($_[1]) }
sub message { return varint($_[0] << 3 | 2) . varint(length $_[1]) . $_[1] }

# Numbers are both texts and numbers there, as they are to us.
sub profile_of {
	my @strings = ('');
	my %string = ('' => 0);
	my $text = sub {
		return $string{$_[0]} //= do { push @strings, $_[0]; $#strings };
	};
	my (%location, $functions);
	my $locations = '';
	my $out = message(1, number(1, $text->('cycles')) . number(2, $text->('count')));
	my $id_of = sub {
		my ($name) = @_;
		return $location{$name} if $location{$name};
		my $id = $location{$name} = 1 + keys %location;
		my ($mapping) = grep { $modules[$_] eq module_of($name) } 0 .. $#modules;
		$functions .= message(5, number(1, $id) . number(2, $text->($name)));
		$locations .= message(4, number(1, $id) . number(2, $mapping + 1)
			. number(3, 0x100000 * ($mapping + 1) + $id) . message(4, number(1, $id)));
		return $id;
	};
	for my $sample (@_) {
		my $ids = join '', map { number(1, $id_of->($_)) } reverse @{$sample->{frames}};
		my $labels = message(3, number(1, $text->('comm')) . number(2, $text->($sample->{comm})));
		for my $key (qw(pid tid cpu)) {
			$labels .= message(3, number(1, $text->($key)) . number(2, $text->($sample->{$key})));
			$labels .= message(3, number(1, $text->($key)) . number(3, $sample->{$key}));
		}
		$out .= message(2, $ids . number(2, $sample->{value}) . $labels);
	}
	for my $i (0 .. $#modules) {
		my $from = 0x100000 * ($i + 1);
		$out .= message(3, number(1, $i + 1) . number(2, $from) . number(3, $from + 0x100000)
			. number(5, $text->($modules[$i])) . number(7, 1));
	}
	return $out . $locations . $functions . join '', map { message(6, $_) } @strings;
}

sub pprof_args {
	return map { s/^-//r =~ s/^-show-from/-show_from/r =~ s/^-prune-from/-prune_from/r } @_;
}

sub pprof_sums {
	my ($samples, @options) = @_;
	my $file = Fg::spew("$Fg::temp/x.pb", profile_of(@$samples));
	my $ran = Fg::run({ env => { PPROF_TMPDIR => $Fg::temp, HOME => $Fg::temp } },
		qw(go tool pprof -traces), pprof_args(@options), $file);
	my %sum;
	my $value;
	my @frames;
	for (split(/\n/, $ran->{out}), '-----------+') {
		if (/^-{11}\+/) {
			$sum{join ';', reverse @frames} += $value if @frames;
			@frames = ();
		} elsif (/^ +(\d+)   (\S.*)$/) {
			($value, @frames) = ($1, $2);
		} elsif (@frames && /^ {13}(\S.*)$/) {
			push @frames, $1;
		}
	}
	return \%sum;
}

# { NAME => [SELF, TOTAL] } of what is left of x.pb.
sub pprof_costs {
	my $ran = Fg::run({ env => { PPROF_TMPDIR => $Fg::temp, HOME => $Fg::temp } },
		qw(go tool pprof -top -cum -nodefraction=0 -edgefraction=0), pprof_args(@_), "$Fg::temp/x.pb");
	my %cost;
	for (split /\n/, $ran->{out}) {
		$cost{$3} = [$1, $2] if /^ *(\d+) +[\d.]+% +[\d.]+% +(\d+) +[\d.]+%  (.*)$/;
	}
	return \%cost;
}

sub our_costs {
	my $ran = Fg::run({}, Fg::program('fg-top'), qw(-q -t tsv --cum --names=full), @_, "$Fg::temp/x.pb");
	my %cost;
	for (split /\n/, $ran->{out}) {
		my ($group, $self, undef, $total, undef, undef, $name) = split /\t/;
		$cost{$name} = [$self, $total] if $self =~ /^\d/;
	}
	return \%cost;
}

# --- text of perf script ---

sub our_sums {
	my ($samples, @options) = @_;
	my $text = '';
	my $time = 1;
	for my $s (@$samples) {
		$text .= sprintf "%s %d/7 [%03d] %d.000000: %d cycles:u: \n", @$s{qw(comm pid cpu)}, $time++,
			$s->{value};
		$text .= "\t    55d0 $_ (" . module_of($_) . ")\n" for reverse @{$s->{frames}};
		$text .= "\n";
	}
	return our_sums_of(['-f', 'perf', Fg::spew("$Fg::temp/x.txt", $text)], @options);
}

sub our_sums_of {
	my ($input, @options) = @_;
	my $ran = Fg::run({}, Fg::program('fg-filter'), qw(-q --no-header --no-marks --group-by=none
		--names=full), @options, @$input);
	my %sum;
	for (split /\n/, $ran->{out}) {
		$sum{$1} += $2 if /^(.*) (\d+)$/;
	}
	return \%sum;
}
