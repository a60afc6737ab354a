#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# The call tree that travels in a picture, decoded as the head of
# src/write/svg_data.c tells: all of it is the profile again, and any part adds up.
use strict;
use warnings;
no warnings qw(once recursion);
use Compress::Zlib ();
use FindBin;
use MIME::Base64 qw(decode_base64);
use Test::More;

require "$FindBin::Bin/lib.pm";

my $temp = $Fg::temp;
my @marks = ('', '_[k]', '_[i]', '_[j]', '_[w]', '');
my %flag = (reversed => 1, difference => 2, chart => 4, cut => 8, links => 16, diffusion => 32, negated => 64, found => 128,
	union => 256, before_shape => 512, judged => 1024);

check_example();
check_cases();
check_parts();
check_callees();
check_top();
check_table();
check_drawn();
check_flags();
check_chart();
check_difference();
check_origins();
check_links();
check_absence();
check_strings();
check_limit();
check_depth();
done_testing();

sub picture {
	my ($text, @options) = @_;
	my $in = Fg::spew("$temp/in.txt", $text);
	my $ran = Fg::run({}, Fg::program('fg-svg'), @options, '-o', "$temp/out.svg", $in);
	return $ran->{status} ? '' : Fg::slurp("$temp/out.svg");
}

sub data_in {
	my ($svg) = @_;
	my ($text) = $svg =~ m{<g class="fg-data" aria-hidden="true"><desc>([^<]*)</desc></g>\n};
	return undef unless defined $text;
	die "not base64\n" unless $text =~ m{\A(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?\z}a;
	my $inflate = Compress::Zlib::inflateInit(-WindowBits => -15);
	my ($bytes, $status) = $inflate->inflate(decode_base64($text));
	die "not a deflate stream: $status\n" unless $status == Compress::Zlib::Z_STREAM_END();
	my $data = decode($bytes);
	$data->{length} = length $text;
	return $data;
}

sub data_of { return data_in(picture(@_)) }

# Decoding

sub decode {
	my ($bytes) = @_;
	my ($at, %d) = (0);
	my $byte = sub { return ord substr $bytes, $at++, 1 };
	my $number = sub {
		my ($n, $shift, $next) = (0, 0);
		do {
			die "cut off\n" if $at >= length $bytes;
			$next = ord substr $bytes, $at++, 1;
			$n |= ($next & 127) << $shift;
			$shift += 7;
		} while $next > 127;
		return $n;
	};
	my $column = sub { my ($n, $one) = @_; return [map { $one->() } 1 .. $n] };
	my $colors = sub {
		my ($n) = @_;
		my @rgb = map { $column->($n, $byte) } 1 .. 3;
		return [map { my $i = $_; sprintf '#%02x%02x%02x', map { $_->[$i] } @rgb } 0 .. $n - 1];
	};
	$number->() == 1 or die "another version\n";
	my $flags = $number->();
	$d{$_} = $flags & $flag{$_} ? 1 : 0 for keys %flag;
	($d{scale}, $d{all}, my $strings, $d{names}, my $length) = map { $number->() } 1 .. 5;
	my $last = '';
	for (1 .. $strings) {
		my $common = $number->();
		die "more than there is in common\n" if $common > length $last;
		my $end = index $bytes, "\n", $at;
		$last = substr($last, 0, $common) . substr $bytes, $at, $end - $at;
		$at = $end + 1;
		$length -= 1 + length $last;
		push @{$d{strings}}, $last;
	}
	die "strings of another length\n" if $length != 0;
	if ($d{cut}) {
		$d{self} = $column->($d{names}, $number);
		$d{total} = $column->($d{names}, $number);
		@d{qw(self_before total_before)} = map { $column->($d{names}, $number) } 1, 2 if $d{difference};
		$d{others} = $number->();
	}
	$d{hits} = $column->($d{names}, $byte) if $d{found};
	$d{modules} = $column->($number->(), $number);
	$d{module_colors} = $colors->(scalar @{$d{modules}});
	my $functions = $number->();
	my $name = 0;
	$d{name} = [map { $name += $number->() } 1 .. $functions];
	$d{kind} = $column->($functions, $byte);
	$d{module} = $column->($functions, $number);
	$d{full} = $column->($functions, $number);
	$d{colors} = $colors->($functions);
	$d{edge} = $column->($functions, $byte);
	$d{link} = $column->($functions, $number) if $d{links};
	$d{kind_colors} = $colors->(6);
	$d{count} = $number->();
	$d{up} = [0, @{$column->($d{count} - 1, $number)}];
	$d{place} = [0, @{$column->($d{count} - 1, $byte)}];
	decode_tree(\%d, $number);
	$d{rest} = $column->($d{count}, $number);
	$d{hidden} = [map { $d{cut} && $_ > 0 ? $number->() : 0 } @{$d{rest}}];
	$d{before} = $column->($d{count}, $number) if $d{difference};
	$d{significant} = $column->($d{count}, $byte) if $d{judged};
	die "bytes are left over\n" if $at != length $bytes;
	sum_up(\%d);
	return \%d;
}

# Functions of nodes by their codes, and parents.
sub decode_tree {
	my ($d, $number) = @_;
	my (%lists, @path, $depth);
	$d->{code} = [0];
	$d->{parent} = [-1];
	@path = (0);
	for my $i (1 .. $d->{count} - 1) {
		$#path -= $d->{up}[$i];
		die "above the root\n" if @path < 1;
		my $parent = $d->{parent}[$i] = $path[-1];
		my $list = $lists{$d->{code}[$parent]} ||= [];
		my $code = $d->{place}[$i] ? $list->[$d->{place}[$i] - 1] : $number->();
		die "no such function\n" unless defined $code && $code >= 1 && $code < 2 + @{$d->{name}};
		push @$list, $code if !$d->{place}[$i] && @$list < 28;
		$d->{code}[$i] = $code;
		push @path, $i;
	}
}

# Totals; what functions have of their own, gaps being their callers' own.
sub sum_up {
	my ($d) = @_;
	my $parent = $d->{parent};
	for my $column (['sum', 'rest'], ['sum_before', 'before'], ['sum_hidden', 'hidden']) {
		my ($to, $from) = @$column;
		next unless $d->{$from};
		my @sum = @{$d->{$from}};
		$sum[$parent->[$_]] += $sum[$_] for reverse 1 .. $#sum;
		$d->{$to} = \@sum;
	}
	for my $i (0 .. $d->{count} - 1) {
		my $owner = $d->{code}[$i] == 1 ? $parent->[$i] : $i;
		$d->{own}[$owner] += $d->{rest}[$i] - $d->{hidden}[$i];
	}
}

sub name_of {
	my ($d, $i) = @_;
	my $function = $d->{code}[$i] - 2;
	return $d->{strings}[$d->{name}[$function]] . $marks[$d->{kind}[$function]];
}

sub stack_of {
	my ($d, $i) = @_;
	my @stack;
	for (; $i > 0; $i = $d->{parent}[$i]) {
		unshift @stack, name_of($d, $i);
	}
	return join ';', @stack;
}

# Stacks with a value of their own: "a;b" => 3, or "3 5" of a difference.
sub stacks_of {
	my ($d) = @_;
	my %stacks;
	for my $i (1 .. $d->{count} - 1) {
		next if $d->{code}[$i] == 1;
		my $value = $d->{own}[$i] || 0;
		$value = "$d->{before}[$i] $value" if $d->{difference};
		$stacks{stack_of($d, $i)} = $value if $value =~ /[1-9]/;
	}
	return \%stacks;
}

# What lines of folded text are, in the same form.
sub stacks_in {
	my ($text, $scale, $columns) = @_;
	my %stacks;
	for my $line (split /\n/, $text) {
		next if $line =~ /^#/;
		my $value = qr/-?[\d.]+/;
		my ($stack, $numbers) = $line =~ /^(.*?) ($value(?: $value){@{[$columns - 1]}})$/;
		my @digits = map { digits($_, $scale) } split / /, $numbers;
		$stack =~ s/^\\x23/#/;
		$stacks{shown($stack)} = "@digits" if "@digits" =~ /[1-9]/;
	}
	return \%stacks;
}

sub digits {
	my ($number, $scale) = @_;
	my ($whole, $part) = split /\./, $number;
	return 0 + ($whole . substr(($part // '') . '0' x $scale, 0, $scale));
}

# The first of what differs, where a whole profile would be too much to read.
sub same_stacks {
	my ($got, $expected, $what) = @_;
	my %all = (%$got, %$expected);
	my ($wrong) = grep { ($got->{$_} // 'nothing') ne ($expected->{$_} // 'nothing') } sort keys %all;
	ok(!defined $wrong, $what) or diag(substr($wrong, 0, 300), ': ', $got->{$wrong} // 'nothing',
		' instead of ', $expected->{$wrong} // 'nothing');
}

# Bytes as a picture shows them.
sub shown {
	my ($bytes) = @_;
	my $good = qr/[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|
		[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|
		[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}/x;
	my $out = '';
	while ($bytes =~ /\G(?:($good)|(.))/gs) {
		my $char = $1;
		if (!defined $char || $char =~ /^(?:\xc2[\x80-\x9f]|\xef\xbf[\xbe\xbf]|..\xbf[\xbe\xbf])\z/s) {
			$out .= "\xef\xbf\xbd";
		} elsif ($char =~ /^[\x00-\x1f]/) {
			$out .= "\xe2\x90" . chr(0x80 + ord $char);
		} else {
			$out .= $char eq "\x7f" ? "\xe2\x90\xa1" : $char;
		}
	}
	return $out;
}

# Tests

# The sample in svg_data.c, column by column.
sub check_example {
	my $d = data_of("a;b 2\na;c 1\nd;a;b 5\n", '--detail=all');
	is_deeply($d->{strings}, [qw(a b c d)], 'names in order');
	is_deeply($d->{up}, [0, 0, 0, 1, 2, 0, 0], 'levels');
	is_deeply($d->{place}, [0, 0, 0, 0, 0, 0, 1], 'places');
	is_deeply($d->{code}, [0, 2, 3, 4, 5, 2, 3], 'functions');
	is_deeply($d->{rest}, [0, 0, 2, 1, 0, 0, 5], 'values');
	is($d->{$_}, 0, "not $_") for sort keys %flag;
	is("$d->{all} $d->{scale}", '7 0', 'all are there');
	is($d->{length} % 4, 0, 'base64 is whole');
}

# Whatever folded text there is comes back.
sub check_cases {
	for my $file (glob "$Fg::cases/*/*.folded") {
		my $text = Fg::slurp($file);
		(my $name = $file) =~ s{.*/cases/}{};
		# Text without a value has no data; longer names are cut.
		next if $text !~ /^[^#].* \d*[1-9]/m || $text =~ / -\d/ || $text =~ /[^;\n]{4097}/;
		my $d = data_of($text, '--detail=all', '--from=folded');
		my $expected = stacks_in($text, $d->{scale}, 1 + $d->{difference});
		same_stacks(stacks_of($d), $expected, "$name comes back");
		is($d->{count}, $d->{all}, "all of $name");
	}
}

# Stacks of 40 functions that call a few others each, the same every time.
sub random_text {
	my ($lines, $seed) = @_;
	my %stacks;
	for (1 .. $lines) {
		my ($stack, $at) = ('', 0);
		do {
			$seed = ($seed * 1103515245 + 12345) % 2147483648;
			$at = ($at * 7 + ($seed >> 16) % 5 + 1) % 40;
			$stack .= ($stack eq '' ? '' : ';') . "fn$at" . $marks[$at % 7 == 3];
		} while ($seed >> 20) % 12;
		$stacks{$stack} += ($seed >> 8) % 1000 + 1;
	}
	return join '', map { "$_ $stacks{$_}\n" } sort keys %stacks;
}

# Self and total of names, and totals of paths, from text alone.
sub sums_in {
	my ($text) = @_;
	my (%self, %total, %path);
	for (split /\n/, $text) {
		my ($stack, $value) = /^(.*) (\d+)$/;
		my @frames = split /;/, $stack;
		$path{join ';', @frames[0 .. $_]} += $value for 0 .. $#frames;
		s/_\[k\]$// for @frames;
		$self{$frames[-1]} += $value;
		my %once = map { $_ => 1 } @frames;
		$total{$_} += $value for keys %once;
	}
	return (\%self, \%total, \%path);
}

sub check_parts {
	my $text = random_text(1500, 7);
	my ($self, $total, $path) = sums_in($text);
	my $nodes = 1 + keys %$path;
	my $whole = data_of($text);
	same_stacks(stacks_of($whole), stacks_in($text, 0, 1), 'by default a small profile is all there');
	is($whole->{cut}, 0, 'and not cut');
	is(data_of($text, "--detail=$nodes")->{cut}, 0, 'as many as there are');
	for my $most ($nodes - 1, 1000, 300, 40, 1) {
		my @few = ('--max-frames=20', '--minwidth=2');
		my $d = data_of($text, @few, "--detail=$most");
		ok($d->{cut}, "$most of $nodes nodes are a part");
		is($d->{all}, $nodes, 'of all of them');
		cmp_ok($d->{count}, '>=', $most, 'as many as asked for');
		cmp_ok($d->{count}, '<=', $most + 20, 'and what is drawn');
		my @wrong = grep { $d->{sum}[$_] != $path->{stack_of($d, $_)} } 1 .. $d->{count} - 1;
		is(scalar @wrong, 0, 'all with their totals');
		my %mine = map { stack_of($d, $_) => $_ } 1 .. $d->{count} - 1;
		my %own = %{stacks_in($text, 0, 1)};
		@wrong = grep { $d->{own}[$mine{$_}] != ($own{$_} || 0) } keys %mine;
		is(scalar @wrong, 0, 'what is hidden is not their own');
		my ($narrowest) = sort { $a <=> $b } map { $path->{$_} } keys %mine;
		my @missing = grep { $path->{$_} > 1.04 * $narrowest && !$mine{$_} } keys %$path;
		is(scalar @missing, 0, 'no wide one is missing') if $most >= 20;
		check_sums($d, $self, $total);
	}
}

sub check_sums {
	my ($d, $self, $total) = @_;
	my @names = @{$d->{strings}}[0 .. $d->{names} - 1];
	is_deeply($d->{self}, [map { $self->{$_} || 0 } @names], 'self of names is of the whole');
	is_deeply($d->{total}, [map { $total->{$_} } @names], 'total of names, too');
	is($d->{others} + @names, scalar keys %$total, 'names that are not there are counted');
	is_deeply(\@names, [sort @names], 'names are sorted');
	my @top = sort { $total->{$b} <=> $total->{$a} } keys %$total;
	my %there = map { $_ => 1 } @names;
	my $top = @top < $d->{count} ? @top : $d->{count};
	is(scalar(grep { $total->{$_} >= $total->{$top[$top - 1]} && !$there{$_} } @top), 0,
		'the largest totals are there') if $top < 10 || $top == @top;
}

# More than a list of callees holds, all of them called again.
sub check_callees {
	my $text = join '', map { my $caller = $_; map { "m;$caller;f$_ " . (1 + $_) . "\n" } 10 .. 70 }
		qw(a b;a);
	my $d = data_of($text);
	same_stacks(stacks_of($d), stacks_in($text, 0, 1), 'a function that calls many');
	my ($most) = sort { $b <=> $a } @{$d->{place}};
	is($most, 28, 'has as many places as a list holds');
}

# Functions that cost most are named, though all their nodes are narrow.
sub check_top {
	my $text = join '', "wide 900\n", map { "wide;f$_;total;g$_ 3\nwide;f$_;self 4\n" } 100 .. 300;
	my $d = data_of($text, '--detail=2', '--max-frames=2');
	is($d->{count}, 2, 'two nodes');
	my @names = map { "$d->{strings}[$_] $d->{self}[$_] $d->{total}[$_]" } 0 .. $d->{names} - 1;
	is_deeply(\@names, ['self 804 804', 'wide 900 2307'], 'the two that cost most are named');
	$d = data_of($text, '--detail=3', '--max-frames=2');
	my %there = map { $_ => 1 } @{$d->{strings}};
	ok($there{total}, 'by total, too');
}

# The table under the frames, of the same sums.
sub check_table {
	my $text = random_text(500, 5);
	my ($self, $total) = sums_in($text);
	my $sum = 0;
	$sum += $_ for values %$self;
	my @best = (sort { $self->{$b} <=> $self->{$a} || $a cmp $b } keys %$self)[0 .. 9];
	my $expected = join "\n", map {
		sprintf '%.1f %% %.1f %% %s', 100 * $self->{$_} / $sum, 100 * $total->{$_} / $sum, $_
	} @best;
	my ($table) = picture($text, '--no-javascript') =~ m{<g class="fg-top"(.*?)\n</g>}s;
	my @rows = map { join ' ', m{role="cell"[^>]*>([^<]*)<}g } $table =~ m{<g role="row".*}g;
	shift @rows;
	is(join("\n", @rows), $expected, 'the table has what costs most');
	my ($y) = $table =~ m{translate\(0,([\d.]+)\)">(?!.*role="row")}s;
	my ($page) = picture($text, '--no-javascript') =~ /viewBox="0 0 \d+ ([\d.]+)"/;
	cmp_ok($y + 22, '<=', $page, 'and room');
	unlike(picture("a;a 3\n"), qr/class="fg-top"/, 'one function needs none');
	like(picture("a;b 3\n"), qr/class="fg-top"/, 'two do');
}

# Depth, name, value, module and colour of frames that are drawn.
sub frames {
	my ($svg) = @_;
	my $head = qr{<g role="treeitem" aria-level="(\d+)"><title>(.*?)</title>\n}s;
	my @frames;
	while ($svg =~ m{$head<rect [^>]*fill="(#\w+)"[^>]*/>(<rect class="fg-edge")?}g) {
		my ($depth, $title, $fill, $edge) = ($1 - 1, $2, $3, $4 ? 1 : 0);
		my ($name, $value) = $title =~ /^(.*) \(([\d,]+)/;
		push @frames, { depth => $depth, name => $name, value => $value =~ s/,//gr,
			lines => [split /\n/, $title], fill => $fill, edge => $edge };
	}
	return @frames;
}

sub check_drawn {
	my $text = random_text(1500, 3);
	my $svg = picture($text, '--detail=drawn', '--minwidth=8');
	my $d = data_in($svg);
	my @frames = frames($svg);
	cmp_ok(scalar @frames, '>', 20, 'some frames are drawn');
	is($d->{count}, scalar @frames, 'just what is drawn');
	my (@depth, @wrong) = (0);
	for my $i (1 .. $d->{count} - 1) {
		my $f = $frames[$i];
		$depth[$i] = $depth[$d->{parent}[$i]] + 1;
		my $function = $d->{code}[$i] - 2;
		push @wrong, "$i: $f->{name}" if $depth[$i] != $f->{depth} ||
			$d->{strings}[$d->{name}[$function]] ne $f->{name} ||
			$d->{sum}[$i] != $f->{value} || $d->{colors}[$function] ne $f->{fill};
	}
	is("@wrong", '', 'the same depths, names, values and colours');
	like($svg, qr/<g class="fg-top" role="table"/, 'with a table');
}

sub check_flags {
	my $text = "a;b 1.25\nc 2\n";
	my $d = data_of($text);
	is($d->{scale}, 2, 'decimals are a scale');
	is_deeply($d->{rest}, [0, 0, 125, 200], 'and values are digits');
	$d = data_of($text, '--reverse');
	is($d->{reversed}, 1, 'stacks turned around');
	is_deeply(stacks_of($d), { 'b;a' => 125, c => 200 }, 'are so in the data');
	is(data_of($text, '--colordiffusion')->{diffusion}, 1, 'diffusion');
	$d = data_of($text, '--highlight=^[bc]$');
	is("@{$d->{strings}}: @{$d->{hits}}", 'a b c: 0 1 1', 'what --highlight fits');
	ok(!data_of($text)->{found}, 'is there with it only');
	is(data_of("a 1 2\n", '--negate', '--columns=2')->{negated}, 1, 'a negated difference');
	$d = data_of("a;b 4000000000000000000\na;c 5000000000000000000\n");
	is_deeply($d->{rest}, [0, 0, 4000000000000000000, 5000000000000000000], 'large values');
	$d = data_of("a;b 3\n", '--total=100');
	is_deeply($d->{rest}, [0, 0, 3], '--total is not in the data');
}

sub check_chart {
	my $d = data_of("a 1\na;b 2\na 3\na;b 4\na;c 1\nb 5\na;b 1\n", '--flamechart');
	is($d->{chart}, 1, 'a flame chart');
	my $order = join ' ', map {
		($d->{code}[$_] == 1 ? '-' : name_of($d, $_)) . "/$d->{up}[$_]=$d->{rest}[$_]"
	} 1 .. $d->{count} - 1;
	is($order, 'a/0=0 -/0=1 b/1=2 -/1=3 b/1=4 c/1=1 b/2=5 a/1=0 b/0=1',
		'is in order, with its gaps');
	is("$d->{count} $d->{all}", '10 8', 'gaps are no nodes of the profile');
	$d = data_of("a;b 90\na;c 1\na;d 2\na;e 90\na;f 1\n", '--flamechart', '--detail=4',
		'--minwidth=50');
	$order = join ' ', map {
		($d->{code}[$_] == 1 ? '-' : name_of($d, $_)) . "=$d->{rest}[$_]-$d->{hidden}[$_]"
	} 1 .. $d->{count} - 1;
	is($order, 'a=1-1 b=90-0 -=3-3 e=90-0', 'what is cut off keeps its place');
	is($d->{own}[1], 0, 'and is not the own time of its function');
}

sub check_difference {
	my $text = "a;b 1 5\na;c 7 0\nd 0 3\n";
	my $d = data_of($text, '--columns=2');
	is($d->{difference}, 1, 'a difference');
	is_deeply(stacks_of($d), { 'a;b' => '1 5', 'a;c' => '7 0', d => '0 3' },
		'has both columns');
	is("$d->{sum_before}[0] $d->{sum}[0]", '8 8', 'and both sums');
	$d = data_of($text, '--columns=2', '--detail=3', '--max-frames=1');
	is_deeply([map { stack_of($d, $_) } 1 .. $d->{count} - 1], ['a', 'a;c'],
		'what vanished is as wide as it was');
}

# Modules and full names, as tooltips have them.
sub check_origins {
	my ($modules, $fulls, @wrong) = (0, 0);
	for my $file (glob "$Fg::cases/perf/*.in") {
		my $svg = picture(Fg::slurp($file), '--from=perf', '--minwidth=0', '--names=short');
		my $d = data_in($svg) or next;
		my %seen;
		for my $f (frames($svg)) {
			$seen{Fg::unescaped($f->{name})}{Fg::unescaped(join "\n", @{$f->{lines}}[2 .. $#{$f->{lines}}])} = 1;
		}
		for my $function (0 .. $#{$d->{name}}) {
			my $name = $d->{strings}[$d->{name}[$function]];
			my @words = ('', 'kernel', 'inlined', 'generated at run time', 'waker', '');
			my $module = $d->{module}[$function];
			my @origin = grep { $_ ne '' } $words[$d->{kind}[$function]], $module == 1 ?
				'several modules' : $module ? $d->{strings}[$d->{modules}[$module - 2]] : '';
			my @lines = @origin ? join(' · ', @origin) : ();
			my $full = $d->{full}[$function];
			push @lines, $d->{strings}[$full - 1] if $full;
			$modules += $module > 1;
			$fulls += $full > 0;
			push @wrong, "$name: @lines" unless $seen{$name}{join "\n", @lines};
		}
	}
	is(join("\n", @wrong), '', 'modules and full names are those of tooltips');
	cmp_ok($modules, '>', 20, 'there are modules');
	cmp_ok($fulls, '>', 5, 'there are full names');
}

sub check_links {
	Fg::spew("$temp/links", "a\thref=https://example.org/?a=1&b=<2>\nb\ttitle=only words\n");
	my $d = data_of("a;b 1\nc 2\n", "--nameattr=$temp/links");
	is($d->{links}, 1, 'links');
	my @links = map { $_ ? $d->{strings}[$_ - 1] : '' } @{$d->{link}};
	is_deeply(\@links, ['_top https://example.org/?a=1&b=<2> ', '_top  only words', ''],
		'with the words that belong to them');
}

sub check_absence {
	is(data_of("a 1\n", '--no-javascript'), undef, 'no data without a viewer');
	is(data_of("a 0\n"), undef, 'none of nothing');
}

sub check_strings {
	my @names = ("\x01x\x7f", "\xff\xc3", "caf\xc3\xa9", "\xe2\x80\xa8", "]]>", '<b>&"', 'x' x 4096,
		'x' x 4097, "\xc3\xa9" x 3000, "\xef\xbf\xbe", 'a', 'aa', "a\tb");
	my $d = data_of(join('', map { "$_;$_ 1\n" } @names), '--from=folded');
	my %there = map { $_ => 1 } @{$d->{strings}};
	my @short = map { s/\x01/\\x01/gr =~ s/\x7f/\\x7f/gr =~ s/\t/\\x09/gr } grep { length $_ < 4097 } @names;
	is(join(' ', grep { !$there{shown($_)} } @short), '', 'strings are as they are shown');
	my @long = grep { length $_ > 4080 } @{$d->{strings}};
	is(scalar(grep { /\xe2\x80\xa6\z/ } @long), 2, 'long ones are cut');
	cmp_ok((sort { $b <=> $a } map { length } @long)[0], '<=', 4096 + 3, 'to what tooltips have');
	is(scalar(grep { $_ ne shown($_) } @{$d->{strings}}), 0, 'all are UTF-8 without control characters');
}

# Names nobody can make small: fewer nodes are there, unless somebody said how many.
sub check_limit {
	my ($seed, @text) = (1);
	for my $i (1 .. 6000) {
		my $name = '';
		for (1 .. 180) {
			$seed = ($seed * 1103515245 + 12345) % 2147483648;
			$name .= chr(0x21 + ($seed >> 16) % 26) . chr(0x61 + ($seed >> 21) % 26) .
				chr(0x41 + ($seed >> 11) % 26);
		}
		$name =~ tr/;//d;
		push @text, "top;$name $i\n";
	}
	my $d = data_of(join('', @text), '--from=folded');
	ok($d->{cut}, 'a large profile is cut');
	cmp_ok($d->{length}, '<=', 3 << 20, 'to 3 MB');
	cmp_ok($d->{length}, '>', 2 << 20, 'not to less than needs be');
	my $all = data_of(join('', @text), '--from=folded', '--detail=all');
	is("$all->{cut} $all->{count}", '0 6002', 'all of it when it was asked for');
	cmp_ok($all->{length}, '>', 3 << 20, 'which takes more');
}

sub check_depth {
	my $depth = 20_000;
	my $d = data_of(join(';', map { 'f' . $_ % 9 } 1 .. $depth) . " 1\n", '--from=folded');
	is($d->{count}, $depth + 1, 'deep stacks');
	is($d->{parent}[$depth], $depth - 1, 'are one path');
}
