#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Filters against the same steps done here in Perl, over stacks of very few names, so
# that everything collides; what order, pipes and headers have to do with them; and
# what is said when they are wrong or find nothing.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use Test::More;

require "$FindBin::Bin/lib.pm";

my @marks = ('', '', '', '_[k]', '_[i]');
my $seed = 1;

# What an option with a pattern makes of the frames of a stack; undef drops it.
my %steps = (
	focus => sub { my $re = shift; places($re, @_) ? [@_] : undef },
	ignore => sub { my $re = shift; places($re, @_) ? undef : [@_] },
	'drop-function' => sub { my $re = shift; places($re, @_) ? undef : [@_] },
	hide => sub { my $re = shift; my @left = grep { !fits($_, $re) } @_; @left || !@_ ? \@left : undef },
	show => sub { my $re = shift; my @left = grep { fits($_, $re) } @_; @left ? \@left : undef },
	'merge-function' => sub { my $re = shift; [grep { !fits($_, $re) } @_] },
	'show-from' => sub { my $re = shift; my ($i) = places($re, @_); defined $i ? [@_[$i .. $#_]] : undef },
	'prune-from' => sub { my $re = shift; my @i = places($re, @_); @i ? [@_[0 .. $i[-1]]] : [@_] },
	'collapse-subtree' => sub { my $re = shift; my ($i) = places($re, @_); [@_[0 .. $i // $#_]] },
	'skip-after' => sub { my $re = shift; my @i = places($re, @_); @i ? [@_[$i[-1] .. $#_]] : [@_] },
);
my @patterns = ('a', 'b|c', '^[a-c]$', 'd$', '[be]', 'zz', '^', '(?i)A', 'w-');

check_steps();
check_pipes();
check_fixed_points();
check_shown();
check_tags();
check_modules();
check_words();
check_programs();
done_testing();

# The same numbers everywhere.
sub random {
	my ($n) = @_;
	$seed = ($seed * 1103515245 + 12345) % 2147483648;
	return int($seed / 65536) % $n;
}

sub one_of { return $_[random(scalar @_)] }

# Stacks are [VALUE, FRAME...], frames "name" or "name_[k]".
sub random_stacks {
	my ($names) = @_;
	my @stacks;
	for (1 .. 5 + random(40)) {
		my @frames = map { one_of(@$names) . one_of(@marks) } 0 .. random(7);
		push @stacks, [1 + random(30), @frames];
	}
	return @stacks;
}

# Equal stacks added up: { "a;b" => VALUE }.
sub sums {
	my %sum;
	for my $stack (@_) {
		my ($value, @frames) = @$stack;
		$sum{@frames ? join(';', @frames) : '[no stack]'} += $value;
	}
	return \%sum;
}

sub text_of {
	my $sum = sums(@_);
	return join '', map { "$_ $sum->{$_}\n" } sort keys %$sum;
}

sub stacks_of {
	return map { /^(.*) (\d+)$/ ? [$2, split /;/, $1] : die "no stack: $_\n" }
		grep { !/^#/ } split /\n/, $_[0];
}

# --- the steps, each from stacks to stacks ---

sub name_of { return $_[0] =~ s/_\[.\]$//r }
sub fits { return name_of($_[0]) =~ $_[1] }

# The places in @$frames that match.
sub places {
	my ($re, @frames) = @_;
	return grep { fits($frames[$_], $re) } 0 .. $#frames;
}

# SUB gets the frames and gives those that stay, or undef for none of it.
sub each_stack {
	my ($sub, @stacks) = @_;
	my @result;
	for my $stack (@stacks) {
		my ($value, @frames) = @$stack;
		my $new = $sub->(@frames);
		push @result, [$value, @$new] if $new;
	}
	return @result;
}

sub direct {
	my @out;
	for (@_) {
		push @out, $_ unless @out && name_of($out[-1]) eq name_of($_);
	}
	return \@out;
}

# Where a function comes again, all since its first call goes.
sub cycle {
	my @out;
	for my $frame (@_) {
		my ($at) = grep { name_of($out[$_]) eq name_of($frame) } 0 .. $#out;
		if (defined $at) { $#out = $at } else { push @out, $frame }
	}
	return \@out;
}

sub min {
	my ($percent, $whole, @stacks) = @_;
	my %total;
	for my $stack (@stacks) {
		my ($value, @frames) = @$stack;
		$total{join ';', @frames[0 .. $_]} += $value for 0 .. $#frames;
	}
	return each_stack(sub {
		for my $i (0 .. $#_) {
			return [@_[0 .. $i - 1], '[other]']
				if $total{join ';', @_[0 .. $i]} * 100 < $percent * $whole;
		}
		return [@_];
	}, @stacks);
}

sub renamed {
	my ($frame, $sub) = @_;
	my ($name, $mark) = $frame =~ /^(.*?)(_\[.\])?$/;
	$name = $sub->($name);
	$name =~ s/^ +| +$//g;
	return ($name eq '' ? '[no name]' : $name) . ($mark // '');
}

# [OPTION, SUB(STACKS...)] of a step that is chosen by lot.
sub random_step {
	my ($whole) = @_;
	my $kind = one_of(sort(keys %steps), qw(direct cycle depth reverse rename min idle threads));
	if ($steps{$kind}) {
		my $pattern = $kind eq 'skip-after' ? one_of(qw(a b c d zz)) : one_of(@patterns);
		my $re = $kind eq 'skip-after' ? qr/^\Q$pattern\E$/ : qr/$pattern/;
		my $sub = $steps{$kind};
		return ["--$kind=$pattern", sub { each_stack(sub { $sub->($re, @_) }, @_) }];
	}
	return ["--collapse-recursion=$kind", sub { each_stack(\&direct, @_) }] if $kind eq 'direct';
	return ["--collapse-recursion=$kind", sub { each_stack(\&cycle, @_) }] if $kind eq 'cycle';
	return ['--reverse', sub { each_stack(sub { [reverse @_] }, @_) }] if $kind eq 'reverse';
	return ['--no-idle', sub { each_stack(sub { places(qr/^do_idle$/,
		grep { !/_\[i\]$/ } @_) ? undef : [@_] }, @_) }] if $kind eq 'idle';
	if ($kind eq 'depth') {
		my $n = 1 + random(5);
		return ["--depth=$n", sub { each_stack(sub { @_ > $n ? [@_[0 .. $n - 1]] : [@_] }, @_) }];
	}
	if ($kind eq 'min') {
		my $percent = one_of(0, 1, 5, 12.5, 30);
		return ["--min=$percent%", sub { min($percent, $whole, @_) }];
	}
	if ($kind eq 'threads') {
		return ['--merge-threads', sub { each_stack(sub { [@_ ? (renamed($_[0], sub {
			$_[0] =~ s/(?:\d+$|(?<![A-Za-z0-9])\d+)/*/gr }), @_[1 .. $#_]) : ()] }, @_) }];
	}
	my ($option, $sub) = @{ one_of(
		['s/[ab]/q/', sub { $_[0] =~ s/[ab]/q/r }], ['s/./x/g', sub { $_[0] =~ s/./x/gr }],
		['s,^(.)(.?),$2/\1,', sub { $_[0] =~ s,^(.)(.?),$2/$1,r }],
		['s/^C$//i', sub { $_[0] =~ s/^C$//ir }],
	) };
	return ["--rename=$option", sub { each_stack(sub { [map { renamed($_, $sub) } @_] }, @_) }];
}

# Steps that are one when they follow each other, or that ask where a stack begins.
sub may_follow {
	my ($step, @before) = @_;
	return 0 if @before && $before[-1][0] =~ /^--show-from/ && $step->[0] =~ /^--show-from/;
	return !($step->[0] eq '--merge-threads' && grep { $_->[0] eq '--reverse' } @before);
}

sub random_steps {
	my ($whole, $most) = @_;
	my @steps;
	for (0 .. random($most)) {
		my $step = random_step($whole);
		push @steps, $step if may_follow($step, @steps);
	}
	return @steps ? @steps : random_steps($whole, $most);
}

sub filtered {
	my ($text, @options) = @_;
	return Fg::run({ in => $text }, Fg::program('fg-filter'), '-q', @options);
}

# What is there when all is gone: an error.
sub result_of {
	my ($ran) = @_;
	return $ran->{status} == 2 && $ran->{err} =~ /are left by/ ? {} : sums(stacks_of($ran->{out}));
}

sub total { my $n = 0; $n += $_->[0] for @_; return $n }

sub check_steps {
	my %used;
	for my $round (1 .. 250) {
		my @stacks = random_stacks([qw(a b c d), one_of('aa', 'do_idle', 'w-1', 'w-23', 'e')]);
		my @steps = random_steps(total(@stacks), $round % 2 ? 1 : 5);
		my @options = map { $_->[0] } @steps;
		my @left = stacks_of(text_of(@stacks));
		@left = $_->[1]->(@left) for @steps;
		$used{$_ =~ s/=.*//r}++ for @options;
		my $ran = filtered(text_of(@stacks), '--no-header', @options);
		is_deeply(result_of($ran), sums(@left), "round $round: @options")
			or diag(text_of(@stacks), $ran->{err}), last;
	}
	is(scalar(keys %used), 17, 'every step took part') or diag(join ' ', sort keys %used);
}

# One after the other in a pipe is the same as all at once.
sub check_pipes {
	for my $round (1 .. 60) {
		my $text = text_of(random_stacks([qw(a b c d e)]));
		my @options = map { $_->[0] } random_steps(1, 4);
		next if "@options" =~ /merge-function|rename|merge-threads/;
		my $once = filtered($text, @options);
		my $step = { out => $text, err => '', status => 0 };
		for my $option (@options) {
			$step = filtered($step->{out}, $option);
			last if $step->{status};
		}
		is_deeply([@$step{qw(out status)}], [@$once{qw(out status)}], "in a pipe: @options")
			or diag($text), last;
	}
}

# Steps that find nothing to do the second time.
sub check_fixed_points {
	for my $option ('--focus=a', '--ignore=b', '--hide=[ac]', '--show=[ab]', '--show-from=b',
		'--prune-from=c', '--collapse-subtree=b', '--collapse-recursion=direct',
		'--collapse-recursion=cycle', '--depth=2', '--min=7', '--rename=s/[ab]/c/g',
		'--skip-after=c', '--merge-function=[ab]', '--merge-threads', '--no-idle') {
		my $text = text_of(random_stacks([qw(a b c d)]));
		my $once = filtered($text, $option);
		is($once->{status}, 0, "$option: status") or diag($once->{err});
		is(filtered($once->{out}, $option)->{out}, $once->{out}, '... and again is the same');
		is(filtered($once->{out})->{out}, $once->{out}, '... and in order');
	}
	my $text = text_of(random_stacks([qw(a b c d)]));
	is(filtered($text, '--reverse', '--reverse')->{out}, filtered($text)->{out}, 'turned twice');
}

sub check_shown {
	my $text = "# unit: ns\n# total: 200 ns in 20 samples\na;b 60\na;c 40\nd 100\n";
	is(filtered($text, '--focus=a')->{out},
		"# unit: ns\n# total: 100 ns\n# shown: 50.0 % of 200 ns\na;b 60\na;c 40\n", 'what is shown');
	my $two = filtered(filtered($text, '--focus=a')->{out}, '--focus=b');
	like($two->{out}, qr/^# shown: 30\.0 % of 200 ns$/m, 'the first total is kept');
	like(filtered("a 0.5\nb 1.25\n", '--focus=b')->{out}, qr/^# shown: 71\.4 % of 1\.75 in all$/m,
		'decimals');
	like(filtered(filtered("a 0.5\nb 1.25\nc 7\n", '--focus=[bc]')->{out}, '--focus=c')->{out},
		qr/^# shown: 80\.0 % of 8\.75 in all$/m, '... which later are none');
	my $halves = join '', map { filtered($text, "--focus=$_")->{out} } qw(b c);
	like(filtered($halves)->{out}, qr/^# shown: 25\.0 % of 400 ns$/m, 'put together by cat');
	my $cut = filtered($text, '--focus=a')->{out} =~ s/^a;b.*\n//mr;
	like(filtered($cut)->{out}, qr/^# shown: 20\.0 % of 200 ns$/m, '... and cut by grep');
	like(filtered("# shown: 9 % of some\na 1\n")->{out}, qr/^# shown: 9 % of some$/m, 'other words stay');
	for my $wrong ('-5 ns', '9223372036854775807 ns', '99999999999999999999 ns', '1e300 ns', '') {
		my $ran = filtered("# unit: ns\n# total: 5 ns\n# shown: 1 % of $wrong\na 2.5\nb 2.5\n");
		ok($ran->{status} == 0 || $ran->{status} == 2 && $ran->{err} =~ /64 bits/,
			"shown '$wrong' is lived with") or diag($ran->{err});
	}
	my $two_columns = filtered("# columns: before, after\na 1 2\nb 3 4\n", '--focus=a')->{out};
	like($two_columns, qr/^# shown: 25\.0 % of 4 in all$/m, 'of a difference the first column');
	my $after = Fg::run({ in => $two_columns }, Fg::program('fg-filter'), '--metric=after');
	unlike($after->{out}, qr/shown: [^2]/, '... is not that of the second') or diag($after->{out});
	is(filtered($text, '--focus=d', '--min=60')->{out} =~ /\[other\] 100/ ? 1 : 0, 1, 'of all');
	unlike(filtered($text, '--focus=d', '--min=60', '--relative-percentages')->{out},
		qr/other/, 'of what is shown');
}

sub of_perf {
	my ($name, @options) = @_;
	return Fg::run({}, Fg::program('fg-filter'), '-q', '--no-header', @options,
		"$Fg::cases/perf/$name.in");
}

# perf's text tells threads and processors: counted here from its header lines.
sub check_tags {
	my (%of_cpu, %of_pid);
	for (Fg::lines_of("$Fg::cases/perf/system.in")) {
		next unless /^(\S.*?)\s+(\d+)(?:\/(\d+))?\s+\[(\d+)\]/;
		$of_cpu{$4 + 0}++;
		$of_pid{$2}++;
	}
	ok(%of_cpu, 'perf tells the processor') or return;
	my @all = ('--metric=samples', '--event-filter=*');
	for my $cpu (sort keys %of_cpu) {
		my $ran = of_perf('system', @all, "--tagfocus=cpu=$cpu");
		is(total(stacks_of($ran->{out})), $of_cpu{$cpu}, "cpu $cpu");
	}
	my ($pid) = sort keys %of_pid;
	my $without = of_perf('system', @all, "--tagignore=pid=$pid");
	my $n = 0;
	$n += $of_pid{$_} for grep { $_ ne $pid } keys %of_pid;
	is(total(stacks_of($without->{out})), $n, "without process $pid") if $n;
	is(of_perf('system', '--tagfocus=cpu=0:')->{out}, of_perf('system')->{out},
		'what is looked at is not shown');
	is(of_perf('fp', '--tagfocus=comm=^shapes$', '--group-by=none')->{status}, 0,
		'names of processes without showing them');
	unlike(of_perf('fp', '--tagfocus=comm=^shapes$', '--group-by=none')->{out}, qr/^shapes/m,
		'... show nothing of them');
}

sub check_modules {
	my $all = of_perf('fp');
	my $ran = of_perf('fp', '--hide=libstdc');
	is($ran->{status}, 0, 'the file of a function matches') or diag($ran->{err});
	isnt($ran->{out}, $all->{out}, '... and hides it');
	is(total(stacks_of($ran->{out})), total(stacks_of($all->{out})) - 1001001,
		'... and only the stack that has nothing else is gone');
	my $as_one = of_perf('fp', '--collapse-module=libstdc');
	like($as_one->{out}, qr/\[libstdc\+\+\.so\.6\.0\.30\]/, 'a library as one frame');
	unlike($as_one->{out}, qr/\[libstdc[^;]*\];\[libstdc/, '... not twice behind each other');
	is(total(stacks_of($as_one->{out})), total(stacks_of($all->{out})), '... with nothing lost');
}

# What is said.
sub said {
	my ($options, $status, $err, $name) = @_;
	my $in = Fg::spew("$Fg::temp/in.folded", "main;run 3\nmain;stop 4\n");
	my $ran = Fg::run({}, Fg::program('fg-filter'), @$options, $in);
	is($ran->{status}, $status, "$name: status");
	is($ran->{err} =~ s/^fg-filter: //gmr, $err, "$name: words");
	is($ran->{out}, '', "$name: nothing is written") if $status;
}

sub check_words {
	said(['--focus=a(b'], 2, "error: --focus: missing closing parenthesis\n  a(b\n     ^\n", 'a pattern');
	said(['--focus=main', "--hide=\xc3\xa9\xe6\xbc\xa2\x07)x"], 2,
		"error: --hide: unmatched closing parenthesis\n  \xc3\xa9\xe6\xbc\xa2\\x07)x\n         ^\n",
		'wide and control characters');
	my $long = 'x' x 100 . '(' . 'y' x 100;
	my $ran = Fg::run({}, Fg::program('fg-filter'), "--show=$long", '/does/not/exist');
	is($ran->{status}, 2, 'a long pattern');
	ok(!(grep { length > 160 } split /\n/, $ran->{err}), '... is shown in part');
	unlike($ran->{err}, qr/exist/, '... before any reading');
	said(['--rename=s/a/$1/'], 2, "error: --rename: the pattern has no such group\n" .
		"  s/a/\$1/\n      ^\n", 'a group that is not there');
	said(['--tagignore=user=x'], 0, "hint: nothing matches --tagignore=user=x\n", 'an unknown tag');
	said(['--min=x'], 2, "error: --min=x: a percentage from 0 to 100 is needed, as in 0.5%\n", 'min');
	said(['--depth=0'], 2, "error: --depth=0: a number of functions is needed, at least 1\n", 'depth');
	said(['--hide=zz', '--ignore=yy'], 0, "hint: nothing matches --hide=zz, --ignore=yy\n", 'in vain');
	said(['--hide=zz', '--strict'], 2, "error: nothing matches --hide=zz (--strict)\n", 'in vain, strictly');
	said(['--hide=zz', '-q'], 0, '', 'in vain, quietly');
	said(['--focus=run', '--focus=stop'], 2, "error: 0 of 2 stacks are left by --focus=run\n", 'all gone');
	said(['--tagfocus=pid=1'], 2, "error: 0 of 2 stacks are left by --tagfocus=pid=1\n", 'no tags');
	said(['--hide=zz(?#', '--focus=a'], 2, "error: --hide: missing ) after (?# comment\n  zz(?#\n       ^\n",
		'a comment');
	my $deep = Fg::spew("$Fg::temp/deep.folded", ('a' x 30 . "b 1\n"));
	$ran = Fg::run({}, Fg::program('fg-filter'), '--focus=^(a+)+$', '--reverse', $deep);
	like($ran->{err}, qr/left by --focus|take too long/, 'a hopeless pattern ends');
	is($ran->{status}, 2, '... with nothing');
	$ran = Fg::run({}, Fg::program('fg-filter'), map({ ("--hide=q$_") } 1 .. 65), $deep);
	like($ran->{err}, qr/more than 64 filters/, 'too many');
}

# The same filter in every program, and a chart cannot be turned around.
sub check_programs {
	my $in = Fg::spew("$Fg::temp/in.folded", "main;run 3\nmain;stop 4\n");
	for my $program (qw(fg-collapse fg-svg fg-png)) {
		next unless -x "$Fg::build/$program";
		my @out = $program eq 'fg-png' ? ('-o', "$Fg::temp/x.png") : ();
		my $ran = Fg::run({}, Fg::program($program), '--focus=run', @out, $in);
		is($ran->{status}, 0, "$program --focus") or diag($ran->{err});
		$ran = Fg::run({}, Fg::program($program), '--focus=(', @out, $in);
		is($ran->{status}, 2, "$program: a wrong pattern");
		like($ran->{err}, qr/^\Q$program\E:   \(\n\Q$program\E:    \^\n/m, '... with its place');
	}
	my $svg = Fg::run({}, Fg::program('fg-svg'), '--focus=run', $in)->{out};
	like($svg, qr/43 % of the profile shown/, 'a picture tells the share');
	my $piped = Fg::run({ in => filtered(Fg::slurp($in), '--focus=run')->{out} },
		Fg::program('fg-svg'))->{out};
	like($piped, qr/43 % of the profile shown/, '... also behind a pipe');
	my $ran = Fg::run({}, Fg::program('fg-svg'), '--flamechart', '--reverse', $in);
	is($ran->{status}, 2, 'a flame chart turned around');
	for my $how ({ stdout => '/dev/full' }, { closed => 1 }) {
		my $full = Fg::run({ %$how, in => "a 1\n" }, Fg::program('fg-filter'), '--focus=a');
		is($full->{status}, 2, 'nowhere to write');
	}
	my $empty = Fg::run({ in => '' }, Fg::program('fg-filter'), '--focus=a');
	is($empty->{status}, 2, 'nothing to read');
	like($empty->{err}, qr/is empty/, '... is said');
	my $head = system("yes 'a;b 1' | head -n 300000 | sed 's/ /'\$\$'; /' | " .
		Fg::program('fg-filter') . " --rename='s/a/b/' | head -n 1 > /dev/null");
	is($head, 0, 'only the head is wanted');
}
