#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Every option of flamegraph.pl and inferno-flamegraph, under the program's own
# name and under its second one with a single dash: each does what it is known
# for, to be seen in the picture.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use IO::Uncompress::RawInflate ();
use MIME::Base64 ();
use Test::More;

require "$FindBin::Bin/lib.pm";

my $temp = $Fg::temp;
my $has_xmllint = Fg::has_program('xmllint');
my $small = <<'END';
app;main;parse;read_[k] 30
app;main;parse 12
app;main;write 1000
app;main 200
app;other 33
END
my @ways = (['fg-svg', '--'], [second_name(), '-']);

# Addresses that make a link, and those that do not.
my @good = ('https://example.org/a?b=c&d="e"', 'HTTP://x', 'mailto:me@example.org', 'a/b.html#c',
	'?q=a:b', '#x:y', '../up', './a:b', '/root', '/a//b', '');
my @bad = ('javascript:alert(1)', 'JaVaScRiPt:alert(1)', ' javascript:alert(1)',
	"\x01javascript:alert(1)", "java\rscript:alert(1)", 'data:text/html,<script>alert(1)</script>',
	'vbscript:x', 'file:///etc/passwd', 'blob:x', 'about:blank', '//evil.example', '\\\\evil',
	'/\\evil', '\\/evil', 'x:', ':', "\x7fhttp://x", 'http://' . 'x' x 3000);

check_words();
check_geometry();
check_colors();
check_differences();
check_map();
check_accepted();
check_stacks();
check_chart();
check_links();
check_factor();
check_counts();
check_input();
check_wrong();
done_testing();

# As scripts call it, with one dash.
sub second_name {
	symlink Fg::program('fg-svg'), "$temp/flamegraph" or die "symlink: $!\n";
	return "$temp/flamegraph";
}

# Runs one of the ways; options are given without dashes.
sub drawn {
	my ($way, $folded, @options) = @_;
	my ($program, $dash) = @$way;
	my $in = Fg::spew("$temp/in.folded", $folded);
	my $path = $program =~ m{/} ? $program : Fg::program($program);
	return Fg::run({ dir => $temp }, $path, (map { "$dash$_" } @options), $in);
}

# CHECK gets the picture (and what was said) of each way.
sub each_way {
	my ($folded, $options, $check) = @_;
	for my $way (@ways) {
		my $ran = drawn($way, $folded, @$options);
		my $name = ($way->[0] =~ s{.*/}{}r) . join '', map { " $way->[1]$_" } @$options;
		is($ran->{status}, 0, "$name: status") or diag($ran->{err});
		subtest $name, sub { $check->($ran->{out}, $ran->{err}, $way) };
	}
}

sub well_formed {
	my ($svg) = @_;
	return ok(length $svg, 'there is a picture') unless $has_xmllint;
	my $path = Fg::spew("$temp/check.svg", $svg);
	return is(`xmllint --noout --nonet '$path' 2>&1`, '', 'well-formed');
}

# The frames, in the order of the file.
sub frames {
	my ($svg) = @_;
	my @frames;
	while ($svg =~ m{<g role="treeitem"[^>]*?aria-level="(\d+)"[^>]*>(.*?)</g>}gs) {
		my ($level, $body) = ($1, $2);
		my %f = (depth => $level - 1);
		($f{title}) = map { Fg::unescaped($_) } $body =~ m{<title>(.*?)</title>}s;
		@f{qw(x y w h fill)} = $body =~
			/<rect x="(.*?)" y="(.*?)" width="(.*?)" height="(.*?)" fill="(.*?)"/;
		($f{label}) = map { Fg::unescaped($_) } $body =~ m{<text[^>]*>(.*?)</text>};
		($f{name}, $f{value}, $f{share}) =
			$f{title} =~ /\A(.*) \(([\d,.]+)(?: [^(),]*)?, ([\d.]+%)/;
		($f{href}) = map { Fg::unescaped($_) } $body =~ /<a [^>]*href="(.*?)"/;
		($f{target}) = $body =~ /<a [^>]*target="(.*?)"/;
		push @frames, \%f;
	}
	return @frames;
}

sub frame {
	my ($svg, $name) = @_;
	my ($found) = grep { defined $_->{name} && $_->{name} eq $name } frames($svg);
	return $found || {};
}

sub names {
	return join ' ', map { defined $_->{name} ? $_->{name} : '?' } frames($_[0]);
}

sub attribute {
	my ($svg, $class, $name) = @_;
	my ($tag) = $svg =~ /(<\w+[^>]*class="$class\b[^>]*>)/;
	return defined $tag && $tag =~ /\s$name="(.*?)"/ ? Fg::unescaped($1) : undef;
}

sub text_of {
	my ($svg, $class) = @_;
	my ($text) = $svg =~ m{<text class="$class"[^>]*>(.*?)</text>}s;
	return Fg::unescaped($text);
}

sub check_words {
	each_way($small, ['title=A & B', 'subtitle=<why>'], sub {
		my ($svg) = @_;
		is(text_of($svg, 'fg-title'), 'A & B', 'the heading');
		like(text_of($svg, 'fg-sub'), qr/^<why> · /, 'the second one');
		well_formed($svg);
	});
	each_way($small, ['countname=apples', 'nametype=Call:'], sub {
		my ($svg) = @_;
		like(frame($svg, 'main')->{title}, qr/^main \(1,242 apples, 97\.41%\)/, 'the unit');
		is(attribute($svg, 'fg-frames', 'data-nametype'), 'Call:', 'for the viewer');
	});
	each_way($small, ['notes=a -- b --> <script>'], sub {
		my ($svg) = @_;
		like($svg, qr/<!-- a .*b.*script.* -->/, 'a comment');
		well_formed($svg);
	});
	each_way($small, ['fonttype=Comic "Sans"', 'fontsize=10'], sub {
		my ($svg) = @_;
		is(attribute($svg, 'fg-frames', 'font-family'), 'Comic "Sans"', 'font of labels');
		like($svg, qr/<svg[^>]* font-family="Comic &quot;Sans&quot;"/, 'and of the rest');
		is(attribute($svg, 'fg-frames', 'font-size'), '10', 'its size');
		is(frame($svg, 'main')->{h}, 15, 'and a row with room for it');
	});
}

sub check_geometry {
	each_way($small, ['width=640', 'height=30'], sub {
		my ($svg) = @_;
		like($svg, qr/<svg[^>]* viewBox="0 0 640 /, 'width');
		is(frame($svg, 'all')->{h}, 29, 'height of a row, and a gap');
	});
	my $pair = "a;b 1\na;c 99\n";
	for (['minwidth=11.7', 'all a c'], ['minwidth=11.6', 'all a b c'],
	     ['minwidth=11.7px', 'all a c'], ['minwidth=2%', 'all a c'],
	     ['minwidth=1%', 'all a b c'], ['minwidth=0', 'all a b c']) {
		my ($option, $names) = @$_;
		each_way($pair, [$option], sub { is(names($_[0]), $names, 'what is wide enough') });
	}
	each_way($small, ['inverted'], sub {
		my ($svg) = @_;
		cmp_ok(frame($svg, 'main')->{y}, '>', frame($svg, 'all')->{y}, 'root on top');
	});
	each_way($small, [], sub {
		my ($svg) = @_;
		cmp_ok(frame($svg, 'main')->{y}, '<', frame($svg, 'all')->{y}, 'else at the bottom');
	});
	# Names are cut where there is room for fewer characters.
	my $long = 'abcdefghij' x 30;
	for (['fontwidth=0.5', 202], ['fontwidth=1', 101]) {
		my ($option, $columns) = @$_;
		each_way("$long 1\n", [$option, 'label=right'], sub {
			my ($label) = (frames($_[0]))[1]{label};
			utf8::decode($label);
			cmp_ok(abs(length($label) - $columns), '<=', 1, "about $columns columns")
				or diag(length $label);
		});
	}
	for (['truncate-text-right', qr/^abc.*…$/], ['label=left', qr/^….*hij$/],
	     ['label=middle', qr/^abc.*….*hij$/], ['label=right', qr/^abc.*…$/]) {
		my ($option, $words) = @$_;
		each_way("$long 1\n", [$option], sub {
			like((frames($_[0]))[1]{label}, $words, 'what is left of a name');
		});
	}
}

sub fills {
	return join ' ', map { $_->{fill} } frames($_[0]);
}

sub check_colors {
	my %fills;
	for my $palette (qw(hot mem io wakeup java js perl red green blue aqua yellow purple
			orange chain python rust)) {
		each_way($small, ["colors=$palette"], sub {
			my ($svg) = @_;
			like(frame($svg, 'main')->{fill}, qr/^#[0-9a-f]{6}$/, 'colours');
			isnt(frame($svg, 'main')->{fill}, '#000000', 'that are not black');
			$fills{$palette} = fills($svg);
		});
	}
	isnt($fills{hot}, $fills{mem}, 'palettes differ');
	is(names(drawn($ways[0], $small, 'colors=chain')->{out}), 'all app main parse read write other',
		'no palette adds frames');
	each_way($small, ['color=hot'], sub { is(fills($_[0]), $fills{hot}, 'the short spelling') });
	my $letter = drawn(['fg-svg', ''], $small, '-c', 'hot');
	is(fills($letter->{out}), $fills{hot}, 'and a letter') or diag($letter->{err});

	my @backs;
	for my $back (qw(yellow blue green grey)) {
		each_way($small, ["bgcolors=$back"], sub {
			push @backs, attribute($_[0], 'fg-back', 'fill');
			like($backs[-1], qr/^#\w{6}$/, 'a background');
		});
	}
	is(scalar(keys %{ { map { $_ => 1 } @backs } }), 4, 'four backgrounds');
	each_way($small, ['bgcolors=#fdf6e3'], sub {
		is(attribute($_[0], 'fg-back', 'fill'), '#fdf6e3', 'any background');
	});
	each_way($small, ['uicolor=#553311'], sub {
		like($_[0], qr/<svg[^>]* fill="#553311"/, 'colour of the words');
	});
	each_way($small, ['stroke-color=#00ff00'], sub {
		is(attribute($_[0], 'fg-frames', 'stroke'), '#00ff00', 'lines around frames');
	});
	each_way($small, ['stroke-color=none'], sub {
		is(attribute($_[0], 'fg-frames', 'stroke'), undef, 'no lines');
	});
	each_way($small, ['search-color=#ffee00', 'highlight=^main$'], sub {
		my ($svg) = @_;
		is(attribute($svg, 'fg-frames', 'data-hit'), '#ffee00', 'for the viewer');
		is(frame($svg, 'main')->{fill}, '#ffee00', 'and for what is marked');
	});

	my $plain = drawn($ways[0], $small)->{out};
	my $names = join '', map { "f$_ 5\n" } 1 .. 40;
	each_way($names, ['random', 'colors=hot', 'seed=1'], sub {
		my ($svg, undef, $way) = @_;
		isnt(fills($svg), fills(drawn($way, $names, 'colors=hot')->{out}), 'not by name');
		isnt(fills($svg), fills(drawn($way, $names, 'random', 'colors=hot', 'seed=2')->{out}),
			'another seed, other colours');
		is($svg, drawn($way, $names, 'random', 'colors=hot', 'seed=1')->{out},
			'the same one, the same picture');
	});
	each_way($small, ['hash'], sub { is(fills($_[0]), fills($plain), 'as always') });
	each_way($small, ['deterministic'], sub { is(fills($_[0]), fills($plain), 'as always') });
	each_way($small, ['colordiffusion'], sub {
		my ($svg) = @_;
		my ($wide, $narrow) = map { hex substr frame($svg, $_)->{fill}, 3, 2 } qw(write read);
		cmp_ok($wide, '<', $narrow, 'the wider, the redder: less green');
		is(frame($svg, 'app')->{fill}, frame(drawn($ways[0], "x 5\n", 'colordiffusion')->{out}, 'x')
			->{fill}, 'by width, not by name');
	});
}

# Two columns: before and after, widths by the second one.
sub check_differences {
	my $both = "r;a 10 20\nr;b 20 10\nr;c 5 5\nr;gone 3 0\n";
	my %fill;
	each_way($both, ['shape=after'], sub {
		my ($svg) = @_;
		is(names($svg), 'all r a b c', 'what is no more has no width');
		is(frame($svg, 'a')->{value}, 20, 'widths are the second column');
		%fill = map { $_ => frame($svg, $_)->{fill} } qw(a b c);
		isnt($fill{a}, $fill{b}, 'more and less differ');
		my ($red, $blue) = map { [map { hex } $fill{$_} =~ /(\w\w)/g] } qw(a b);
		cmp_ok($red->[0], '>', $red->[2], 'more is red');
		cmp_ok($blue->[2], '>', $blue->[0], 'less is blue');
	});
	each_way($both, [], sub {
		my ($b) = grep { $_->{title} =~ /^b / } frames($_[0]);
		like($b->{title}, qr/\n20 → 10, ×0\.5, −24\.1 points of the total\nself 20 → 10, ×0\.5$/m,
			'the tooltip tells the change');
	});
	each_way($both, ['negate'], sub {
		my ($svg) = @_;
		my ($more, $less) = map { [map { hex } frame($svg, $_)->{fill} =~ /(\w\w)/g] } qw(a b);
		cmp_ok($more->[2], '>', $more->[0], 'more is blue then');
		cmp_ok($less->[0], '>', $less->[2], 'and less red');
		is(frame($svg, 'a')->{value}, 20, 'widths stay');
	});
	# A number at the end of some names is part of them.
	each_way("a;worker 3 100\na;b 1\n", [], sub {
		is(names($_[0]), 'all a b worker 3', 'not every number is a column');
	});
	each_way("a;worker 3 100\n", ['columns=1'], sub {
		is(names($_[0]), 'all a worker 3', 'nor when told so');
	});
}

# The file that keeps colours.
sub check_map {
	for my $way (@ways) {
		unlink "$temp/palette.map";
		my @options = ('cp', 'colors=hot');
		my $hostile = "a;Foo::operator-> 3\na;x->y->z 4\na;b 5\n";
		my $first = drawn($way, $hostile, @options);
		is($first->{status}, 0, '--cp') or diag($first->{err});
		my $map = Fg::slurp("$temp/palette.map");
		like($map, qr/^b->rgb\(\d+,\d+,\d+\)$/m, '... writes palette.map');
		like($map, qr/^x->y->z->rgb\(\d+,\d+,\d+\)$/m, '... also names with arrows');
		Fg::spew("$temp/palette.map", $map =~ s/^b->.*$/b->rgb(250,240,230)/mr);
		my $second = drawn($way, $hostile, @options);
		is(frame($second->{out}, 'b')->{fill}, '#faf0e6', '... and reads it');
		is(frame($second->{out}, 'x->y->z')->{fill}, frame($first->{out}, 'x->y->z')->{fill},
			'... with all arrows');
		like(Fg::slurp("$temp/palette.map"), qr/^b->rgb\(250,240,230\)$/m, '... and keeps it');
		drawn($way, "new 1\n", @options);
		like(Fg::slurp("$temp/palette.map"), qr/^b->.*\n(?:.*\n)*new->rgb/m, '... and adds to it');
	}
	unlink "$temp/palette.map";
}

# What asks for what is always so.
sub check_accepted {
	my $shuffled = join '', reverse map { "$_\n" } split /\n/, $small;
	for my $option (qw(no-sort pretty-xml encoding=UTF-8 encoding=utf8)) {
		each_way($shuffled, [$option], sub {
			my ($svg, $said, $way) = @_;
			is($svg, drawn($way, $small)->{out}, 'the same picture');
			is($said, '', 'without a word');
		});
	}
	like(drawn($ways[0], $small)->{out}, qr/^<\?xml version="1\.0" encoding="UTF-8"\?>/,
		'UTF-8 is declared');
	each_way($small, ['no-javascript'], sub {
		my ($svg) = @_;
		unlike($svg, qr/<script/, 'no script');
		unlike($svg, qr/fg-data/, 'and nothing for it');
		is(names($svg), 'all app main parse read write other', 'all else');
	});
	my $odd = "$small\nnonsense\n";
	each_way($odd, ['quiet', 'from=folded'], sub { is($_[1], '', 'not a word') });
	each_way($odd, ['verbose', 'from=folded'], sub { like($_[1], qr/without a count/, 'words') });
}

sub check_stacks {
	each_way($small, ['reverse'], sub {
		my ($svg) = @_;
		is(names($svg), 'all main app other app parse main app read parse main app write main app',
			'from the leaf');
		is(frame($svg, 'write')->{value}, '1,000', 'values stay');
	});
	each_way($small, ['view=callers'], sub {
		my ($svg, undef, $way) = @_;
		is($svg, drawn($way, $small, 'reverse')->{out}, 'is --reverse');
	});
	each_way($small, ['base=main'], sub {
		my ($svg) = @_;
		is(names($svg), 'all main parse read write', 'stacks begin there');
		is(frame($svg, 'all')->{value}, '1,242', 'others are left out');
	});
	each_way($small, ['base=write', 'base=read'], sub {
		is(names($_[0]), 'all read write', 'any of several, also a leaf');
	});
	each_way($small, ['base=main', 'reverse'], sub {
		is(names($_[0]), 'all main parse main read parse main write main', 'and then reversed');
	});
	each_way("a;f 1\na;b;f 2\na;ff 4\n", ['base=f'], sub {
		is(names($_[0]), 'all f', 'the whole name');
		is(frame($_[0], 'f')->{value}, 3, 'wherever it is');
	});
	each_way("a;f.* 1\na;fxx 2\n", ['base=f.*'], sub {
		is(names($_[0]), 'all f.*', 'no pattern');
	});
}

# Names, left edges and values, gaps not being there.
sub chart {
	my ($svg) = @_;
	my ($all) = frames($svg);
	my %seen;
	return join ' ', map {
		my $value = $_->{value} =~ s/,//gr;
		my $from = sprintf '%.0f', ($_->{x} - $all->{x}) / 1168 * ($all->{value} =~ s/,//gr);
		"$_->{name}\@$from+$value"
	} frames($svg);
}

sub check_chart {
	my $times = "b;x 10\na;x 20\na;x 30\na;y 15\na 25\na;x 40\nb 60\n";
	my $whole = 'all@0+200 b@0+10 x@0+10 a@10+130 x@10+20 x@30+30 y@60+15 x@100+40 b@140+60';
	each_way($times, ['flamechart'], sub {
		my ($svg, $said) = @_;
		is(chart($svg), $whole,
			'in the order of the input, equal neighbours apart, own time where it was');
		is($said, '', 'without a word');
		like(frame($svg, 'a')->{title}, qr/self 25, 12\.50%/, 'own time is its own');
		well_formed($svg);
	});
	each_way($times, ['flamechart', 'skip-after=a', 'order=name'], sub {
		is(chart($_[0]), $whole, 'with filters that cut nothing');
	});
	each_way($times, ['flamechart', 'show-from=^[xy]$'], sub {
		is(chart($_[0]), 'all@0+115 x@0+10 x@10+20 x@30+30 y@60+15 x@75+40',
			'with filters: time that is left');
	});
	each_way("a 1\n" x 100, ['flamechart'], sub {
		is(scalar(grep { $_->{name} eq 'a' } frames($_[0])), 100, 'neighbours are never merged');
	});
	each_way("a 1\nb 2\na 1\n" x 3, ['flamechart', 'title='], sub {
		like(text_of($_[0], 'fg-title'), qr/^in\.folded|^b and 1 more/, 'a title');
	});
	my $ran = Fg::run({ in => "a 1\nb 3\na 1\n" x 3 }, Fg::program('fg-svg'), '--flamechart');
	is(text_of($ran->{out}, 'fg-title'), 'b and 1 more', 'functions are named once in the title');

	my $perf = Fg::run({ in => <<'END' }, Fg::program('fg-svg'), '--flamechart');
one     1/1      1.000001: 10 cycles: 
	    1000 x+0x0 (/bin/one)
	    1001 main+0x0 (/bin/one)

one     1/1      1.000002: 20 cycles: 
	    1001 main+0x0 (/bin/one)

one     1/1      1.000003: 30 cycles: 
	    1000 x+0x0 (/bin/one)
	    1001 main+0x0 (/bin/one)

one     1/1      1.000004: 40 cycles: 
	    1000 x+0x0 (/bin/one)
	    1001 main+0x0 (/bin/one)

END
	is(chart($perf->{out}), 'all@0+100 one@0+100 main@0+100 x@0+10 x@30+70',
		'perf script text: two equal samples are one call seen twice');

	for my $with ('reverse', 'order=weight') {
		my $wrong = drawn($ways[0], $times, 'flamechart', $with);
		is($wrong->{status}, 2, "--flamechart --$with is an error");
		like($wrong->{err}, qr/--flamechart/, '... that says why');
		is($wrong->{out}, '', '... without a picture');
	}
	my $sorted = join '', map { "f;g$_ 1\n" } 'a' .. 'z';
	like(drawn($ways[0], $sorted, 'flamechart')->{err}, qr/order of their names/,
		'input that has lost its times');
}

sub attributes {
	return Fg::spew("$temp/links.txt", join "\n",
		(map { "g$_\thref=\"$good[$_]\"" } 0 .. $#good),
		(map { "b$_\thref=\"$bad[$_]\"" } 0 .. $#bad),
		"\n  \t ",
		"t\ttitle=\"a <b> & \"c\"\"\ttarget=_blank\tid=x\tclass=y",
		"t\tg_extra=onclick=\"alert(1)\"\ta_extra=onload=alert(1)",
		"k_[k]\thref=k k.html\ttarget=frame1", "twice\thref=one", "twice\thref=two\ttitle=T",
		"]]>\thref=x", "</script>\thref=y", "\xff\thref=z\xff", '');
}

# What the picture carries for the viewer, inflated.
sub data {
	my ($packed) = $_[0] =~ m{<g class="fg-data"[^>]*><desc>(.*?)</desc>}s;
	return '' unless defined $packed;
	my $deflated = MIME::Base64::decode_base64($packed);
	IO::Uncompress::RawInflate::rawinflate(\$deflated, \my $bytes);
	return $bytes;
}

sub check_links {
	my $file = attributes();
	my $folded = join '', map { "root;$_ 10\n" } (map { "g$_" } 0 .. $#good),
		(map { "b$_" } 0 .. $#bad), qw(t k_[k] twice ]]> </script>), "\xff";
	each_way($folded, ["nameattr=$file"], sub {
		my ($svg, $said) = @_;
		well_formed($svg);
		for my $i (0 .. $#good) {
			my $f = frame($svg, "g$i");
			is($f->{href}, length $good[$i] ? $good[$i] : undef, "a link to '$good[$i]'");
			is($f->{target}, length $good[$i] ? '_top' : undef, '... in the same window');
		}
		for my $i (0 .. $#bad) {
			(my $shown = substr $bad[$i], 0, 40) =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ge;
			is(frame($svg, "b$i")->{href}, undef, "no link to '$shown'");
		}
		is(frame($svg, 'k')->{href}, 'k%20k.html', 'a name with its mark');
		is(frame($svg, 'k')->{target}, 'frame1', 'target');
		my ($titled) = grep { $_->{title} eq 'a <b> & "c"' } frames($svg);
		ok($titled, 'a tooltip of one\'s own');
		my ($twice) = grep { $_->{title} eq 'T' } frames($svg);
		is($twice->{href}, 'two', 'the last one counts');
		is(frame($svg, ']]>')->{href}, 'x', 'odd names are names');
		unlike($svg, qr/<[^>]*\s(?:onclick|onload)=/, 'no attributes of others');
		unlike($svg, qr/\sid="x"|class="y"/, 'nor names that others may use');
		like($said, qr/links\.txt:12: no link for 'b0': 'javascript:alert\(1\)' is no http/,
			'words');
		like($said, qr/id, class, g_extra and a_extra are not used/, 'also about those');
		cmp_ok(scalar(() = $said =~ /\n/g), '<', 14, 'but not too many');
		my $data = data($svg);
		like($data, qr/\b_blank  a <b> & "c"\n/, 'the viewer gets words');
		like($data, qr{HTTP://x \n}, 'and links');
		unlike($data, qr/script:alert|evil/, 'only good ones');
	});
	each_way($small, ["nameattr=$file", 'no-javascript'], sub {
		unlike($_[0], qr/<a /, 'a file about other functions');
	});
	for (["main\n", qr/:1: no TAB behind the function/],
	     ["a\thref=x\n\thref=y\n", qr/:2: no function/],
	     ["a\thref\n", qr/:1: 'href' is not name=value/],
	     ["a\t=x\n", qr/:1: '=x' is not name=value/]) {
		my ($text, $words) = @$_;
		my $path = Fg::spew("$temp/wrong.txt", $text);
		my $ran = drawn($ways[0], $small, "nameattr=$path");
		is($ran->{status}, 2, 'a wrong file: status');
		like($ran->{err}, $words, '... message');
		is($ran->{out}, '', '... no picture');
	}
	my $ran = drawn($ways[0], $small, "nameattr=$temp/none.txt");
	is($ran->{status}, 2, 'no file');
	like($ran->{err}, qr/none\.txt: cannot open/, '... and its name');
	Fg::spew("$temp/odd.txt", "a\tcolor=red\ttarget=a b\n");
	$ran = drawn($ways[0], $small, "nameattr=$temp/odd.txt");
	like($ran->{err}, qr/odd\.txt:1: unknown attribute 'color' \(title, href, target\)\n/,
		'what is not known is told');
	like($ran->{err}, qr/odd\.txt:1: target 'a b' is no name\n/, '... each of it');
}

sub check_factor {
	each_way($small, ['factor=0.1', 'countname=s', 'title=x'], sub {
		my ($svg) = @_;
		like(frame($svg, 'all')->{title}, qr/^all \(127\.5 s, 100%\)/, 'exact values');
		like(frame($svg, 'parse')->{title}, qr/^parse \(4\.2 s, 3\.29%\)\n.*self 1\.2 s, 0\.94%/,
			'shares stay as they are');
		like(text_of($svg, 'fg-sub'), qr/^(?:128 s|127\.5 s)/, 'the subtitle');
		is(attribute($svg, 'fg-frames', 'data-factor'), '0.1', 'for the viewer');
		is(attribute($svg, 'fg-frames', 'data-total'), '1275', 'which knows the values');
	});
	each_way($small, ['factor=4096', 'countname=bytes'], sub {
		my ($svg) = @_;
		like(frame($svg, 'all')->{title}, qr/^all \(5,222,400 bytes, 100%\)\n4\.98 MiB/,
			'pages to bytes');
		like(frame($svg, 'all')->{label}, qr/4\.98 MiB/, 'in the label, too');
	});
	each_way($small, ['factor=0.5'], sub {
		is(frame($_[0], 'other')->{title}, "other (16.5, 2.59%)\nself 16.5, 2.59%", 'halves');
	});
	each_way("a 0.25\nb 0.5\n", ['factor=0.001'], sub {
		like(frame($_[0], 'a')->{title}, qr/^a \(0\.00025, 33\.33%\)/, 'fractions of fractions');
	});
	each_way("a 9000000000000000000\n", ['factor=1000000000'], sub {
		like(frame($_[0], 'a')->{title}, qr/^a \(9,000,000,000,000,000,000,000,000,000, 100%\)/,
			'nothing overflows');
		well_formed($_[0]);
	});
	each_way($small, ['factor=2', 'total=2550'], sub {
		is(frame($_[0], 'app')->{share}, '50.00%', '--total is in units of the profile');
	});
}

sub check_counts {
	each_way("a 50\n", ['total=200'], sub { is(frame($_[0], 'a')->{share}, '25.00%', '--total') });
	each_way("a 50\n", ['total=20'], sub {
		my ($svg, $said) = @_;
		is(frame($svg, 'a')->{share}, '100%', 'a smaller one is not used');
		like($said, qr/--total=20 is less/, '... which is told');
	});
	each_way("a 0.5\nb 1.25\n", [], sub {
		is(frame($_[0], 'a')->{title}, "a (0.5, 28.57%)\nself 0.5, 28.57%", 'fractions');
	});
	each_way("a;b 0.1\na;c 0.2\n", [], sub {
		is(frame($_[0], 'a')->{value}, '0.3', 'are added up exactly');
	});
	my $ran = drawn($ways[0], "a 9223372036854775807\nb 5\n");
	is($ran->{status}, 2, 'a sum that does not fit is an error');
}

# What others stumble over.
sub check_input {
	each_way("a.b;x 10\na 10\na;x 10\na-b 1\n", [], sub {
		is(names($_[0]), 'all a x a-b a.b x', 'no function is split');
	});
	each_way("a\t5\nb;c\t7", [], sub {
		is(names($_[0]), 'all a b c', 'TABs, and no last line end');
	});
	each_way("a 5\r\nb 7\r\n", [], sub { is(names($_[0]), 'all a b', 'CR LF') });
	each_way("\xff\xfe;\xc3\xa9 5\na;\x01 3\n", ['reverse'], sub { well_formed($_[0]) });
	each_way("a 5\nb\xc3\xa9\n", ['reverse', 'from=folded'], sub {
		is(names($_[0]), 'all a', 'a line without a count');
	});
	my @files = map { Fg::spew("$temp/part$_->[0]", $_->[1]) } [1, 'a 1'], [2, 'b 2'];
	my $ran = Fg::run({ in => 'c 4' }, Fg::program('fg-svg'), @files, '-');
	is(names($ran->{out}), 'all a b c', 'files without a last line end, and standard input');
	each_way(join('', map { "f$_ 1\n" } 1 .. 2000), ['minwidth=0', 'max-frames=0'], sub {
		is($_[0], drawn($_[2], join('', map { "f$_ 1\n" } reverse 1 .. 2000), 'minwidth=0',
			'max-frames=0')->{out}, 'the same bytes in any order of lines');
	});
}

sub check_wrong {
	for (['colors=sunset', qr/unknown palette 'sunset'/],
	     ['bgcolors=plaid', qr/unknown background 'plaid'/],
	     ['minwidth=thin', qr/'thin'/], ['minwidth=101%', qr/'101%'/],
	     ['encoding=latin1', qr/always UTF-8/],
	     ['factor=0', qr/'0' for --factor/], ['factor=x', qr/'x' for --factor/],
	     ['factor=-1', qr/'-1'/], ['factor=1e400', qr/'1e400'/],
	     ['fontwidth=0', qr/'0' for --fontwidth/], ['uicolor=blue-ish', qr/'blue-ish'/],
	     ['search-color=x', qr/'x'/], ['stroke-color=x', qr/'x'/], ['seed=x', qr/'x'/],
	     ['total=x', qr/'x'/], ['label=up', qr/'up'/], ['view=up', qr/'up'/],
	     ['width=1', qr/'1'/], ['nameattr=', qr/cannot open|directory/]) {
		my ($option, $words) = @$_;
		for my $way (@ways) {
			my $ran = drawn($way, $small, $option);
			is($ran->{status}, 2, "$way->[1]$option: status");
			like($ran->{err}, $words, '... message');
			is($ran->{out}, '', '... no picture');
		}
	}
}
