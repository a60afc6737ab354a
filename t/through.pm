# SPDX-License-Identifier: Apache-2.0
#
# Through::check(CASE) carries a case through all that fg-convert writes; what is written is
# read by Perl and by us again, and compared with what fg-collapse makes of the input.
# can_be_carried(CASE) tells whether there is something to carry.
# convert(ARGUMENTS...) and collapse(ARGUMENTS...) run these programs; stacks(TEXT) are sums by
# stack of folded text.
package Through;
use strict;
use warnings;
use Encode ();
use JSON::PP ();
use Test::More;

require "$Fg::source/t/callgrind.pm";
require "$Fg::source/t/firefox.pm";

# What pprof cannot carry back: frames that woke others, what was inlined around a kernel
# function, names without a letter, and two columns, which become two values.
my $lost = qr/_\[w\]|_\[i\](?:;.*)?_\[[kj]\]|^;|;;/m;
# Decimals, and frames without a name.
my $nameless = qr/\.\d+$|(?:^|;)(?:_\[\w\])?(?:;| \d+$)/m;
# Kinds of frames that are told of them, and not by the files they are from.
my %told_kinds = ('otlp/kinds' => 1);
# Others have the name of the process only where it is asked for.
my %named = map { $_ => 1 } qw(chrome firefox folded jfr otlp perf perfdata pprof);

sub convert { return Fg::run({}, Fg::program('fg-convert'), '-q', @_) }

sub collapse { return Fg::run({}, Fg::program('fg-collapse'), '-q', '--names=full', @_) }

# {stack} = value
sub stacks {
	my ($text) = @_;
	my %sum;
	while ($text =~ /^([^#].*) (-?[\d.]+)$/mg) {
		my ($stack, $value) = ($1, $2);
		$sum{$stack} += $value;
	}
	return \%sum;
}

# The same in whole numbers: times with decimals are nanoseconds there.  Nothing when that
# rounds.
sub whole {
	my ($case, $text, @group) = @_;
	my $sums = stacks($text);
	return $sums unless grep { /\./ } values %$sums;
	my $head = collapse('-f', $case->{format}, @group, $case->{in})->{out};
	my $factor = { us => 1000, ms => 1e6, s => 1e9 }->{ $head =~ /^# unit: (\w+)/m ? $1 : '' } or return undef;
	return { map { ($_ => sprintf '%.0f', $sums->{$_} * $factor) } keys %$sums };
}

# How costs are divided among stacks depends on what frames are told apart.
sub is_exact {
	my ($case) = @_;
	return $case->{format} ne 'callgrind';
}

sub can_be_carried {
	my ($case) = @_;
	return !$case->{again} && $case->{exit} == 0 && !-e "$case->{base}.probe";
}

sub check {
	my ($case) = @_;
	my ($file, $name) = ($case->{in}, $case->{name});
	my @group = $named{$case->{format}} ? () : '--group-by=none';
	my $folded = collapse('--no-header', '-f', $case->{format}, @group, $file);
	return if $folded->{status} != 0 || $name =~ m{^folded/columns|/broken-sum$};
	my $out = "$Fg::temp/through.pb.gz";
	my $ran = convert('-f', $case->{format}, $file, '-o', $out);
	is($ran->{status}, 0, "$name to pprof") or return diag($ran->{err});
	my $back = collapse('--no-header', @group, $out);
	my $want = whole($case, $folded->{out}, @group);
	if ($want && is_exact($case) && $folded->{out} !~ $lost && !$told_kinds{$name}) {
		is_deeply(stacks($back->{out}), $want, '... and back') or diag($back->{err});
	}
	check_speedscope($case, stacks($folded->{out}));
	check_callgrind($case, $folded->{out}, @group) if $folded->{out} !~ $nameless;
	check_otlp($case, $folded, @group);
	check_firefox($case);
}

# What each function costs, and all that it has called, by the names of functions; the
# way back keeps it, as far as there is no recursion.
sub check_callgrind {
	my ($case, $folded, @group) = @_;
	my $out = "$Fg::temp/through.callgrind";
	my $ran = convert('-f', $case->{format}, $case->{in}, '-o', $out);
	is($ran->{status}, 0, "$case->{name} to callgrind") or return diag($ran->{err});
	my $graph = Callgrind::read_text(Fg::slurp($out));
	my ($want, %self, %all) = (functions($folded));
	is_deeply($graph->{sum}, $graph->{totals}, '... adds up to its totals') if @{ $graph->{sum} };
	is($graph->{sum}[0] // 0, $want->{sum}, '... as the stacks do');
	for my $f (values %{ $graph->{functions} }) {
		$f->{name} =~ s/_\[[kijw]\]$//;
		$self{ $f->{name} } += $f->{self}[0] // 0;
		next if $f->{name} eq '(all)';
		push @{ $all{ $f->{name} } }, $f->{in}[0] // ($f->{self}[0] // 0) + ($f->{out}[0] // 0);
	}
	my @wrong = grep { ($self{$_} // 0) != ($want->{self}{$_} // 0) } keys %self;
	is("@wrong", '', '... with what functions cost');
	@wrong = grep { @{ $all{$_} } == 1 && $all{$_}[0] != ($want->{all}{$_} // $all{$_}[0]) } sort keys %all;
	is(join(' ', map { "$_ $all{$_}[0] $want->{all}{$_}" } @wrong), '', '... and all they have called');
	my $back = functions(collapse('--no-header', @group, $out)->{out});
	is($back->{sum}, $want->{sum}, '... and back');
	@wrong = grep { ($back->{self}{$_} // 0) != $want->{self}{$_} } sort keys %{ $want->{self} };
	is("@wrong", '', '... to what functions cost');
	my $cycles = Callgrind::in_cycles($graph);
	my %skip = map { $graph->{functions}{$_}{name} => 1 } keys %$cycles;
	return if %skip || $want->{recursive};
	@wrong = grep { ($back->{all}{$_} // 0) != $want->{all}{$_} } 
		grep { !/\\x|^\[no name\]$|^\(all\)$/ } sort keys %{ $want->{all} };
	is("@wrong", '', '... and all they have called');
}

# Of folded text, by names without marks; what has no frame is the root.
sub functions {
	my ($text) = @_;
	my %s = (sum => 0, self => {}, all => {}, recursive => 0);
	while ($text =~ /^([^#].*) (\d+)$/mg) {
		my ($stack, $value) = ($1, $2);
		my @frames = map { s/_\[[kijw]\]$//r } $stack eq '[no stack]' ? '(all)' : split /;/, $stack;
		my %seen;
		$seen{$_}++ for @frames;
		$s{recursive} = 1 if grep { $_ > 1 } values %seen;
		$s{sum} += $value;
		$s{self}{ $frames[-1] } += $value;
		$s{all}{$_} += $value for keys %seen;
	}
	return \%s;
}

# Texts are UTF-8 there.
sub mended {
	my ($bytes) = @_;
	return Encode::encode('UTF-8', Encode::decode('UTF-8', $bytes, sub { "\x{fffd}" x @_ }));
}

# As pprof it has no frames that woke others.
sub check_otlp {
	my ($case, $folded, @group) = @_;
	# A sample without a thread has the name of the process there.
	if ($case->{format} eq 'jfr') {
		@group = '--group-by=none';
		$folded = collapse('--no-header', '-f', $case->{format}, @group, $case->{in});
	}
	for my $to (qw(otlp otlp-json)) {
		my $out = "$Fg::temp/through.$to";
		my $ran = convert('-t', $to, '-f', $case->{format}, $case->{in}, '-o', $out);
		is($ran->{status}, 0, "$case->{name} to $to") or return diag($ran->{err});
		my $back = collapse('--no-header', @group, $out);
		my $want = whole($case, mended($folded->{out}), @group);
		is_deeply(stacks($back->{out}), $want, '... and back') or diag($back->{err})
			if $want && $folded->{out} !~ $lost && is_exact($case);
	}
}

sub check_speedscope {
	my ($case, $want) = @_;
	my $ran = convert('-t', 'speedscope', '-f', $case->{format}, $case->{in});
	is($ran->{status}, 0, "$case->{name} to speedscope") or return diag($ran->{err});
	my $json = eval { JSON::PP->new->utf8->decode($ran->{out}) };
	ok($json, '... is JSON') or return diag($@);
	is(speedscope_wrong($json), '', '... as speedscope reads it');
	my ($total, $sum) = (0, 0);
	my $first = $json->{profiles}[0];
	my ($column) = $first->{name} =~ /(?:^|: )((?:(?!: ).)*)$/;
	for my $p (grep { $_->{name} =~ /(?:^|: )\Q$column\E$/ } @{ $json->{profiles} }) {
		$total += $_ for @{ $p->{weights} };
	}
	$sum += $_ for values %$want;
	cmp_ok(abs($total - $sum), '<', 1e-6 * ($sum || 1), '... with the same sum');
	my $again = convert('-t', 'speedscope', Fg::spew("$Fg::temp/again.json", $ran->{out}));
	is($again->{status}, 0, '... that we read') or return diag($again->{err});
	$again = JSON::PP->new->utf8->decode($again->{out});
	is_deeply(speedscope_sums($again), speedscope_sums($json), '... and write again');
}

# {thread and series}{stack} = value
sub speedscope_sums {
	my ($j) = @_;
	my %sum;
	my @frames = map { my $f = $_; join '|', map { $f->{$_} // '' } qw(name file line) } @{ $j->{shared}{frames} };
	for my $p (@{ $j->{profiles} }) {
		my $own = join ' ', map { "$_=$p->{fgtools}{$_}" } sort keys %{ $p->{fgtools} };
		my $of = $sum{"$p->{name}, $p->{unit}, $own"} //= {};
		for my $i (0 .. $#{ $p->{samples} }) {
			$of->{join ';', @frames[@{ $p->{samples}[$i] }]} += $p->{weights}[$i];
		}
		$_ = sprintf '%.12g', $_ for values %$of;
	}
	return \%sum;
}

# Without names of processes, which have to be there, and so are made of others.
sub check_firefox {
	my ($case) = @_;
	my @how = ('-f', $case->{format}, $case->{in});
	my $ran = convert('-t', 'firefox', @how);
	is($ran->{status}, 0, "$case->{name} to firefox") or return diag($ran->{err});
	my $json = eval { JSON::PP->new->utf8->decode($ran->{out}) };
	ok($json, '... is JSON') or return diag($@);
	is(Firefox::wrong($json), '', '... as the Firefox Profiler reads it');
	my $folded = collapse('--group-by=none', @how)->{out};
	# Times are nanoseconds there.
	my $factor = { us => 1000, ms => 1e6, s => 1e9 }->{ $folded =~ /^# unit: (\w+)/m ? $1 : '' } // 1;
	$folded =~ s/^#.*\n//mg;
	my $back = collapse('--no-header', '--group-by=none', Fg::spew("$Fg::temp/through.firefox.json", $ran->{out}));
	my ($want, $got) = map { my $s = stacks($_); delete @$s{''}; $s } $folded, $back->{out};
	return if $folded =~ $lost || $folded =~ /[^\x00-\x7f]|\.\d+$/m || !is_exact($case);
	$_ *= $factor for values %$want;
	is_deeply($got, $want, '... and back') or diag($back->{err});
}

# By the words of its schema.
sub speedscope_wrong {
	my ($j) = @_;
	my %unit = map { $_ => 1 } qw(none nanoseconds microseconds milliseconds seconds bytes);
	return 'schema' if $j->{'$schema'} ne 'https://www.speedscope.app/file-format-schema.json';
	my $frames = $j->{shared}{frames};
	for my $f (@$frames) {
		return 'a frame without a name' if !defined $f->{name};
		return 'a member of a frame' if grep { !/^(?:name|file|line|col|fgtools)$/ } keys %$f;
	}
	return 'no profile' unless @{ $j->{profiles} } && $j->{profiles}[$j->{activeProfileIndex}];
	for my $p (@{ $j->{profiles} }) {
		return "type $p->{type}" if $p->{type} ne 'sampled';
		return "unit $p->{unit}" if !$unit{$p->{unit}};
		return 'numbers of samples' if @{ $p->{samples} } != @{ $p->{weights} };
		my $sum = 0;
		for my $w (@{ $p->{weights} }) {
			return "weight $w" if $w <= 0;
			$sum += $w;
		}
		return 'endValue' if abs($p->{endValue} - $p->{startValue} - $sum) > 1e-6 * ($sum || 1);
		for my $stack (@{ $p->{samples} }) {
			return 'a frame that is not there' if grep { $_ < 0 || $_ >= @$frames } @$stack;
		}
	}
	return '';
}

1;
