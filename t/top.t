#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Tables of fg-top against the same sums made here, over stacks of few names that call
# themselves all the time; the forms of a table; the flame graph of characters.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use JSON::PP ();
use Test::More;

require "$FindBin::Bin/lib.pm";

my $seed = 3;
my $small = <<'END';
# event: cycles:u
# unit: cycles
# total: 13010 cycles in 13 samples
server;main;serve;parse 8008
server;main;serve;write;sys_write_[k] 5002
END

check_functions();
check_groups();
check_peek();
check_calls();
check_forms();
check_heads();
check_flame();
check_names();
check_ends();
done_testing();

sub random {
	my ($n) = @_;
	$seed = ($seed * 1103515245 + 12345) % 2147483648;
	return int($seed / 65536) % $n;
}

sub random_stacks {
	my ($names) = @_;
	my @marks = ('', '', '_[k]');
	return map { [1 + random(30), map { $names->[random(scalar @$names)] . $marks[random(3)] }
		0 .. random(8)] } 1 .. 3 + random(40);
}

sub text_of {
	return join '', map { my ($value, @frames) = @$_; join(';', @frames) . " $value\n" } @_;
}

sub name_of { return $_[0] =~ s/_\[.\]$//r }

sub run_top {
	my ($text, @options) = @_;
	return Fg::run({ in => $text, env => { COLUMNS => 60, NO_COLOR => 1 } }, Fg::program('fg-top'),
		@options);
}

sub json_rows {
	my $ran = run_top(@_, '-t', 'json');
	is($ran->{status}, 0, "fg-top @_[1 .. $#_]") or diag($ran->{err});
	return @{ JSON::PP->new->utf8->decode($ran->{out})->{rows} };
}

# { NAME => [SELF, TOTAL] }, whatever the kinds.
sub costs_of {
	my %cost;
	for my $stack (@_) {
		my ($value, @frames) = map { name_of($_) } @$stack;
		my %seen = map { $_ => 1 } @frames;
		$cost{$frames[-1]}[0] += $value if @frames;
		$cost{$_}[1] += $value for keys %seen;
	}
	$_->[0] //= 0 for values %cost;
	return \%cost;
}

sub total { my $n = 0; $n += $_->[0] for @_; return $n }

sub share { return sprintf '%.4f', 100 * $_[0] / $_[1] }

sub check_functions {
	for my $round (1 .. 25) {
		my @stacks = random_stacks([qw(a b c d e)]);
		my ($cost, $all) = (costs_of(@stacks), total(@stacks));
		my @rows = json_rows(text_of(@stacks));
		is_deeply({ map { $_->{function} => [@$_{qw(self total)}] } @rows }, $cost, "round $round");
		my @order = sort { $cost->{$b}[0] <=> $cost->{$a}[0] || $cost->{$b}[1] <=> $cost->{$a}[1]
			|| $a cmp $b } keys %$cost;
		is_deeply([map { $_->{function} } @rows], \@order, '... by self');
		is($rows[0]{self_percent} + 0, share($rows[0]{self}, $all) + 0, '... and its share');
		ok(!(grep { $_->{total} > $all } @rows), '... of at most all');
		@rows = json_rows(text_of(@stacks), '--sort=total', '--limit=3');
		@order = sort { $cost->{$b}[1] <=> $cost->{$a}[1] || $a cmp $b } keys %$cost;
		$#order = 2 if @order > 3;
		is_deeply([map { $_->{function} } @rows], \@order, '... by total, some');
		@rows = json_rows(text_of(@stacks), '--sort=name');
		is_deeply([map { $_->{function} } @rows], [sort keys %$cost], '... by name');
		@rows = json_rows(text_of(@stacks), '--reverse');
		is_deeply({ map { $_->{function} => [@$_{qw(self total)}] } @rows }, $cost, '... turned around');
	}
	is(run_top($small, '--cum')->{out}, run_top($small, '--sort=total')->{out}, '--cum');
	my @rows = json_rows($small, '--focus=write');
	is($rows[0]{self_percent}, '38.4473', 'shares are of all');
	@rows = json_rows($small, '--focus=write', '--relative-percentages');
	is($rows[0]{self_percent} + 0, 100, '... or of what is shown');
	my $piped = Fg::run({ in => $small }, Fg::program('fg-filter'), '--focus=write');
	@rows = json_rows($piped->{out});
	is($rows[0]{self_percent}, '38.4473', '... also behind a pipe');
	@rows = json_rows("a;b 1 5\na;c 7 2\n", '--columns=2');
	is_deeply([map { [@$_{qw(function self total)}] } @rows], [['b', 5, 5], ['c', 2, 2], ['a', 0, 7]],
		'of a difference what is after');
	@rows = json_rows("a;b 0.25\na 1.5\n");
	is_deeply([map { [@$_{qw(function self total)}] } @rows], [['a', 1.5, 1.75], ['b', 0.25, 0.25]],
		'decimals');
}

sub check_groups {
	for my $round (1 .. 8) {
		my @stacks = random_stacks([qw(a b c)]);
		my %of_group;
		for my $stack (@stacks) {
			my ($value, $group, @frames) = @$stack;
			push @{$of_group{name_of($group)}{$group}}, [$value, @frames];
		}
		my @rows = json_rows(text_of(@stacks), '--group-by=comm');
		my %cost;
		for my $groups (values %of_group) {
			for my $kind (values %$groups) {
				my $cost = costs_of(@$kind);
				push @{$cost{$_}}, @{$cost->{$_}} for keys %$cost;
			}
		}
		my %got;
		push @{$got{$_->{function}}}, @$_{qw(self total)} for @rows;
		my $sorted = sub { return { map { $_ => [sort { $a <=> $b } @{$_[0]{$_}}] } keys %{$_[0]} } };
		is_deeply($sorted->(\%got), $sorted->(\%cost), "groups, round $round");
	}
	my $ran = Fg::run({}, Fg::program('fg-top'), '-q', '--group-by=comm', "$Fg::cases/perf/fp.in");
	like($ran->{out}, qr/^shapes 2 · 73\.3 %\n *self .*function\n/m, 'threads of perf');
	$ran = Fg::run({}, Fg::program('fg-top'), '-q', '--group-by=cpu', '-t', 'tsv', "$Fg::cases/perf/system.in");
	like($ran->{out}, qr/^[^\t]+; cpu \d+\t/m, 'processors');
	$ran = Fg::run({}, Fg::program('fg-top'), '-q', "$Fg::cases/perf/fp.in");
	unlike($ran->{out}, qr/  shapes$/m, 'a process is no function');
	is(run_top($small, '--group-by=comm', '--reverse')->{status}, 2, 'not turned around');
}

# { CALLER or CALLEE => VALUE }: a stack counts once for a call.
sub calls_of {
	my ($name, $step, @stacks) = @_;
	my %value;
	for my $stack (@stacks) {
		my ($value, @frames) = map { name_of($_) } @$stack;
		my %seen;
		for my $i (grep { $frames[$_] eq $name } 0 .. $#frames) {
			my $other = $i + $step;
			$seen{$frames[$other]} = 1 if $other >= 0 && $other <= $#frames;
		}
		$value{$_} += $value for keys %seen;
	}
	return \%value;
}

sub check_peek {
	for my $round (1 .. 20) {
		my @stacks = random_stacks([qw(a b c d)]);
		my $cost = costs_of(@stacks);
		for my $way ([], ['--reverse']) {
			my @rows = json_rows(text_of(@stacks), '--peek=^[ab]$', @$way);
			for my $name (grep { $cost->{$_} } qw(a b)) {
				my %of;
				$of{$_->{role}}{$_->{function}} = $_->{total} for grep { $_->{of} eq $name } @rows;
				is_deeply($of{caller} || {}, calls_of($name, -1, @stacks), "round $round: who calls $name");
				is_deeply($of{callee} || {}, calls_of($name, 1, @stacks), "... and what it calls");
				is_deeply($of{function}, { $name => $cost->{$name}[1] }, '... and itself');
			}
		}
	}
	my $none = run_top($small, '--peek=zz');
	is($none->{status}, 2, 'nothing to peek at');
	like($none->{err}, qr/no function .* matches/, '... is said');
	is($none->{out}, '', '... and nothing written');
}

sub check_calls {
	for my $round (1 .. 20) {
		my @stacks = random_stacks([qw(a b c d)]);
		my (%total, %self);
		for my $stack (@stacks) {
			my ($value, @frames) = @$stack;
			$total{join ';', @frames[0 .. $_]} += $value for 0 .. $#frames;
			$self{join ';', @frames} += $value;
		}
		my @path;
		my (%got, %own);
		for my $row (json_rows(text_of(map { [$_->[0], map { name_of($_) } @$_[1 .. $#$_]] } @stacks),
			'--tree', '--min=0')) {
			@path = (@path[0 .. $row->{depth} - 1], $row->{function});
			$got{join ';', @path} = $row->{total};
			$own{join ';', @path} = $row->{self} if $row->{self};
		}
		my (%plain, %plain_self);
		for my $stack (@stacks) {
			my ($value, @frames) = map { name_of($_) } @$stack;
			$plain{join ';', @frames[0 .. $_]} += $value for 0 .. $#frames;
			$plain_self{join ';', @frames} += $value;
		}
		is_deeply(\%got, \%plain, "round $round: the tree");
		is_deeply(\%own, \%plain_self, '... and what calls cost themselves');
	}
	my $tree = run_top("a;b 900\na;c 97\nd;e 3\n", '--tree')->{out};
	like($tree, qr/^ *997 +99\.7 % +0 +0\.0 %  a\n *900 .* {4}b\n *97 .* {4}c\n2 calls not shown; --min=0/m,
		'small calls are left out');
	is(scalar(() = run_top("a;b 900\na;c 97\nd;e 3\n", '--tree', '--limit=2')->{out} =~ /^ *\d.*%/mg), 2,
		'a limit');
	is_deeply([map { $_->{function} } json_rows("a;b;c 5\na;d 6\na;b 2\nx 12\n", '--path')],
		[qw(a b c)], 'the heaviest path');
}

sub check_forms {
	is(run_top($small)->{out}, <<'END', 'text');
cycles:u · 13 k cycles in 13 samples
 self       %   total        %  function
8,008  61.6 %   8,008   61.6 %  parse
5,002  38.4 %   5,002   38.4 %  sys_write
    0   0.0 %  13,010  100.0 %  main
    0   0.0 %  13,010  100.0 %  serve
    0   0.0 %  13,010  100.0 %  server
    0   0.0 %   5,002   38.4 %  write
END
	is(run_top($small, qw(-t tsv --limit 2))->{out}, <<"END", 'tsv');
group\tself\tself_percent\ttotal\ttotal_percent\tmodule\tfunction
\t8008\t61.5527\t8008\t61.5527\t\tparse
\t5002\t38.4473\t5002\t38.4473\t\tsys_write
END
	is(run_top($small, qw(-t markdown --limit 1))->{out}, <<'END', 'markdown');
cycles:u · 13 k cycles in 13 samples

| self | % | total | % | function |
| ---: | ---: | ---: | ---: | --- |
| 8,008 | 61.6 % | 8,008 | 61.6 % | `parse` |

5 more functions

END
	my $json = JSON::PP->new->utf8->decode(run_top($small, qw(-t json))->{out});
	is_deeply([@$json{qw(view event unit total whole samples)}],
		['functions', 'cycles:u', 'cycles', 13010, 13010, 13], 'json tells what it is');
	for my $view ([], ['--tree'], ['--path'], ['--peek=.'], ['--group-by=comm']) {
		my @tsv = map { [split /\t/, $_, -1] } split /\n/, run_top($small, @$view, '-t', 'tsv')->{out};
		my @titles = @{ shift @tsv };
		my @json = json_rows($small, @$view);
		is_deeply([map { my %row; @row{@titles} = map { /^\d+\.\d+$/ ? $_ + 0 : $_ } @$_; \%row } @tsv],
			[map { my $row = $_; +{ map { $_ => $row->{$_} // '' } @titles } } @json],
			"tsv and json have the same: @$view");
	}
	is(run_top($small, '--flame', '-t', 'tsv')->{status}, 2, 'a flame graph is text');
	is(run_top($small, '-t', 'xml')->{status}, 2, 'an unknown form');
	my $many = join '', map { "f$_ 1\n" } 1 .. 100;
	is(scalar(() = run_top($many)->{out} =~ /  f\d+$/mg), 40, 'people get 40 rows');
	like(run_top($many)->{out}, qr/^60 more functions$/m, '... and the number of the others');
	is(scalar(() = run_top($many, '--limit=0')->{out} =~ /  f\d+$/mg), 100, '... or all');
	is(scalar(() = run_top($many, '-t', 'tsv')->{out} =~ /\tf\d+$/mg), 100, 'programs get all');
}

sub check_heads {
	my $dhat = "$Fg::cases/dhat/heap.in";
	my $ran = Fg::run({}, Fg::program('fg-top'), '-q', $dhat);
	like($ran->{out}, qr/^\S.* · peak 12 KiB · total .* · at end /, 'memory has its words')
		or diag($ran->{out});
	like($ran->{out}, qr/KiB +[\d.]+ %/, '... and units');
	$ran = Fg::run({}, Fg::program('fg-top'), '-q', '--focus=fill', $dhat);
	like($ran->{out}, qr/^\S.* · peak [\d.]+ KiB · [\d.]+ % of 12 KiB\n/, '... and what a filter left');
	like(run_top("# unit: ns\n# total: 4000000 ns in 4 samples\na 4000000\n")->{out},
		qr/^4 ms in 4 samples\n.*\n *4 ms +100\.0 % +4 ms/, 'times are scaled');
	like(run_top("a 4\n", '--unit=samples')->{out}, qr/^4 samples\n/, 'samples');
	like(run_top("a 4\n")->{out}, qr/^total 4\n/, 'no unit');
}

sub flame {
	my ($text, $env, @options) = @_;
	return Fg::run({ in => $text, env => { COLUMNS => 60, NO_COLOR => '', COLORTERM => '',
		TERM => 'xterm', %$env } }, Fg::program('fg-top'), '--flame', @options);
}

sub check_flame {
	is(flame($small, {})->{out}, <<'END', 'without colours');
cycles:u · 13 k cycles in 13 samples
|all 13 k cycles
|server
|main
|serve
|parse                               |write
                                     |sys_write
END
	for my $columns (20, 61, 200) {
		my @lines = split /\n/, flame($small, { COLUMNS => $columns })->{out};
		my $start = index($lines[5], '|write');
		cmp_ok(abs($start - $columns * 8008 / 13010), '<', 1, "boxes in $columns columns");
	}
	my $true = flame($small, { COLORTERM => 'truecolor' })->{out};
	like($true, qr/\e\[48;2;\d+;\d+;\d+m/, '24 bits');
	my $few = flame($small, { TERM => 'screen-256color' })->{out};
	like($few, qr/\e\[48;5;\d+m/, '256 colours');
	unlike(flame($small, { COLORTERM => 'truecolor', NO_COLOR => 1 })->{out}, qr/\e/, 'NO_COLOR');
	for my $colored ($true, $few) {
		my $plain = $colored =~ s/\e\[[\d;]*m//gr;
		ok(!(grep { /\e\[4?8[^m]*m[^\e]*$/ } split /\n/, $colored), 'no line leaves a colour on');
		ok(!(grep { length($_) > 60 } grep { !/·/ } split /\n/, $plain), '... or is too wide');
		like($plain, qr/^serve *$/m, '... with its label');
	}
	my $deep = join(';', map { "f$_" } 1 .. 3000) . " 5\n" . join('', map { "g$_ 1\n" } 1 .. 200);
	my $ran = flame($deep, {});
	is($ran->{status}, 0, 'a deep one');
	like($ran->{out}, qr/calls are narrower than a column$/m, '... and narrow ones are counted');
	is(flame("a;b 3\nc 0\n", {}, '--view=callers')->{status}, 2, 'no option of pictures');
	like(flame("a;b 3\nc;b 3\n", {}, '--reverse')->{out}, qr/^\|b\n\|a +\|c$/m, 'turned around');
	SKIP: {
		skip 'no less', 1 unless Fg::has_program('less');
		my $seen = Fg::run({ in => $true, env => { TERM => 'xterm', LESS => '' } }, 'less', '-R');
		is($seen->{out}, $true, 'less -R lets it through');
	}
}

# What a name could do to a terminal, a page or a table.
sub check_names {
	my $bidi = "\xe2\x80\xae";
	my $bad = "a\x9b31m|`x`$bidi\xc2\x9b<b>\xff\tz";
	my $text = "$bad;b 3\n\x1b]0;title\x07;b 2\n";
	for my $view ([], ['--tree'], ['--path'], ['--peek=.'], ['--flame'], ['--group-by=comm']) {
		for my $form (qw(text tsv markdown)) {
			next if "@$view" eq '--flame' && $form ne 'text';
			my $out = run_top($text, @$view, '-t', $form)->{out};
			unlike($out, qr/[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80\xae/,
				"nothing acts on a terminal: @$view $form");
		}
	}
	my $markdown = run_top($text, '-t', 'markdown')->{out};
	like($markdown, qr/``.*\\\|`x`.*``/, 'Markdown: a longer fence, and no new cell');
	my @cells = split /(?<!\\)\|/, (grep { /x/ } split /\n/, $markdown)[0];
	is(scalar @cells, 6, '... as many cells as titles');
	ok(eval { JSON::PP->new->utf8->decode(run_top($text, '-t', 'json')->{out}); 1 }, 'JSON is JSON');
	is(scalar(split /\n/, run_top($text, '-t', 'tsv')->{out}), 5, 'TSV: a line for each function');
}

sub check_ends {
	is(run_top('')->{status}, 2, 'nothing to read');
	is(run_top("a 1\n", '--focus=zz')->{status}, 2, 'nothing left');
	is_deeply([map { @$_{qw(self total)} } json_rows("r;r;r 9223372036854775807\n")],
		[(9223372036854775807) x 2], 'the largest value, in recursion');
	for my $how ({ stdout => '/dev/full' }, { closed => 1 }) {
		my $ran = Fg::run({ %$how, in => "a 1\n" }, Fg::program('fg-top'));
		is($ran->{status}, 2, 'nowhere to write');
		like($ran->{err}, qr/cannot write/, '... is said');
	}
	my $leaked = Fg::run({ in => "# metric: leaked\n# unit: bytes\n# total: 0 bytes\n" },
		Fg::program('fg-top'));
	is($leaked->{status}, 0, 'nothing leaked is a result') or diag($leaked->{err});
	like($leaked->{out}, qr/^nothing was leaked/, '... and said');
	for my $view (qw(--tree --path --flame)) {
		my $ran = run_top("# metric: leaked\n# unit: bytes\n# total: 0 bytes\n", $view);
		is($ran->{status}, 0, "... also with $view") or diag($ran->{err});
	}
	my $folded = Fg::spew("$Fg::temp/many.folded", join '', map { "a;f$_ 1\n" } 1 .. 20000);
	my $status = system('sh', '-c', Fg::program('fg-top') . " --limit=0 $folded | head -n 2 > /dev/null");
	is($status, 0, 'only the head is wanted');
	my $out = "$Fg::temp/top.txt";
	is(Fg::run({}, Fg::program('fg-top'), '-o', $out, $folded)->{status}, 0, '-o');
	like(Fg::slurp($out), qr/19,961 more functions/, '... writes there');
	my $bad = run_top("a 1\n", '--peek=(');
	is($bad->{status}, 2, 'a wrong pattern');
	is($bad->{err}, "fg-top: error: --peek: missing closing parenthesis\nfg-top:   (\nfg-top:    ^\n",
		'... with its place');
}
