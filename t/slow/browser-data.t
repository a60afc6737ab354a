#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Pictures of other kinds in a real browser: charts of time, differences, turned stacks,
# other totals and units; and pictures whose data cannot be read.
use strict;
use utf8;
use warnings;
no warnings qw(once);
use FindBin;
use Test::More;

BEGIN {
	require "$FindBin::Bin/../viewer.pm";
	Viewer->import;
}

start_browser();

my $inner = 1200 - 32;
my $tree = tree(small_stacks());
my $callers = callers(small_stacks());
my @whole = (whole => 1000, unit => 'cycles');
my @no = (@whole, noself => 1);

sub said_is {
	my ($name, @expected) = @_;
	is_deeply([said()], \@expected, "$name: frames and numbers");
	is(wrong(), '', "$name: everything in its place");
}

sub buttons {
	return js('return [...document.querySelectorAll(".fg-tools button")]' .
		'.map(b => b.textContent).join(" ")');
}

# As asked for on the command line.
for (['--inverted', 'Icicle Callees Name Palette'], ['--order=weight', 'Flame Callees Weight Palette']) {
	my ($option, $pressed) = @$_;
	show(draw('asked', $small, $option));
	is(pressed(), $pressed, "$option: buttons");
	said_is($option, sayings($tree, @whole, weight => scalar($option =~ /weight/)));
	is($browser->fragment, '', "$option: nothing to tell in the address");
	press('i');
	$browser->reload;
	Viewer::live();
	isnt(pressed(), $pressed, "$option: the address tells what is different");
	calm($option);
}

# Turned stacks: children are callers, whatever the picture is called.
for my $option ('--reverse', '--view=callers') {
	show(draw('turned', $small, $option));
	is(pressed(), 'Flame Callers Name Palette', "$option: buttons");
	said_is($option, sayings($callers, @no));
	button('Callees');
	is(pressed(), 'Flame Callees Name Palette', "$option: callees: buttons");
	said_is("$option: callees", sayings($tree, @whole));
	my $was = $browser->fragment;
	like($was, qr/v=callees/, "$option: callees: the address");
	$browser->reload;
	Viewer::live();
	said_is("$option: callees again", sayings($tree, @whole));
	click('parse');
	press('s');
	my ($up, $down) = sandwich(small_stacks(), 'parse');
	my ($first, @above) = sayings($up, @no);
	said_is("$option: sandwich", @above, sayings($down, @whole));
	is(box('main')->{y} < box('parse')->{y}, 1, "$option: sandwich: callers above");
	press('<Escape>');
	is(pressed(), 'Flame Callees Name Palette', "$option: Esc leads back");
	press('t');
	my $tops = tops(small_stacks());
	my ($read) = grep { $_->[2] eq 'read' } table_rows();
	is_deeply($read, [percent($tops->{read}{self}, 1000), percent($tops->{read}{total}, 1000),
		'read'], "$option: table");
	calm($option);
}

# A chart of time.
my $chart = draw('chart', <<'END', '--flamechart', '-q');
main;a 10
main;b 20
main;b 20
main;a 30
main 100
main;a;c 20
END
show($chart);
said_is('chart', '1 all, 100.0 percent, 200, self 0.00 percent',
	'2 main, 100.0 percent, 200, self 50.0 percent', '3 a, 5.00 percent, 10, self 5.00 percent',
	'3 b, 10.0 percent, 20, self 10.0 percent', '3 b, 10.0 percent, 20, self 10.0 percent',
	'3 a, 15.0 percent, 30, self 15.0 percent', '3 a, 10.0 percent, 20, self 0.00 percent',
	'4 c, 10.0 percent, 20, self 10.0 percent');
cmp_ok(abs(box('a', 2)->{x} - 16 - .9 * $inner), '<', .06, 'own time keeps its place');
cmp_ok(abs(box('b', 1)->{x} - 16 - .15 * $inner), '<', .06, 'equal stacks keep theirs');
unlike(buttons(), qr/Callers|Sandwich|Weight/, 'nothing that would leave nothing of the order');
is(words('.fg-foot'), '', 'no frame is missed');
search('^a|b');
is(status(), '50.0 % · 2 functions · 5 frames', 'chart: search');
press('<Escape><Escape>');
click('a', 2);
is(way(), 'all › main › a', 'chart: zoom');
cmp_ok(abs(box('c')->{w} + 1 - $inner), '<', .06, 'chart: zoomed');
for my $tail ('#v=callers', '#v=sandwich&f=a', '#o=weight') {
	show($chart . $tail);
	is(scalar(grep { /^3 [ab], / } said()), 5, "'$tail' changes no chart");
}
calm('chart');

# Differences: the width is what is after, the colour the change.
my $two = <<'END';
# unit: cycles
app;main;less 400 100
app;main;more 100 400
app;main;same 300 300
app;rest 200 200
END
my %colors = (less => '#5d9ed7', more => '#e8833a', same => '#e6e8eb', rest => '#e6e8eb');
for my $negate (0, 1) {
	show(draw('two', $two, $negate ? '--negate' : ()));
	my $name = $negate ? 'negated difference' : 'difference';
	my $after = tree([[100, qw(app main less)], [400, qw(app main more)],
		[300, qw(app main same)], [200, qw(app rest)]]);
	said_is($name, sayings($after, @whole));
	@colors{qw(less more)} = @colors{qw(more less)} if $negate;
	is_deeply({ map { $_->{name} => $_->{fill} } grep { $colors{$_->{name}} } boxes() }, \%colors,
		"$name: colours");
	point('more');
	like(info(), qr/ → .*, ×4\.0 · \+30\.0 points/, "$name: words");
	point('less');
	like(info(), qr/ → .*, ×0\.25 · [-−]30\.0 points/, "$name: words of less");
	button('Callers');
	is((box('more') || {})->{fill}, $colors{more}, "$name: colours of callers");
	button('Change') if buttons() =~ /Change/;
	like(buttons(), qr/Change/, "$name: colours are a change");
	calm($name);
}

# Totals and units.
show(draw('total', $small, '--total=2000'));
cmp_ok(abs(box('app')->{w} + 1 - $inner / 2), '<', .06, '--total: half of the width is there');
cmp_ok(abs(box('all')->{w} + 1 - $inner), '<', .06, '--total: the root is whole');
my @half = sayings($tree, whole => 2000, unit => 'cycles');
is_deeply([(said())[1 .. $#half]], [@half[1 .. $#half]], '--total: shares of it');
search('read|parse');
like(status(), qr/^27\.0 %/, '--total: so is what is found');
press('<Escape><Escape>t');
is((grep { $_->[2] eq 'idle' } table_rows())[0][1], '20.0 %', '--total: and the table');
press('t');
click('main');
cmp_ok(abs(box('main')->{w} + 1 - $inner), '<', .06, '--total: zoomed is whole');
is(wrong(), '', '--total: everything in its place');
show(draw('factor', $small, '--factor=0.5', '--countname=widgets'));
like($_, qr/ (\S+) percent, (\d+) widgets/, "--factor: '$_'") for said();
is((grep { /^5 lex/ } said())[0], '5 lex, 5.00 percent, 25 widgets, self 0.00 percent',
	'--factor: values, not shares');
point('lex');
like(info(), qr/25 widgets/, '--factor: details');
show(draw('bytes', $small, '--factor=4096', '--countname=bytes'));
like((grep { /^5 lex/ } said())[0], qr/5\.00 percent, 200 KiB/, '--factor of pages: bytes');
show(draw('words', $small, '--countname=allocations', '--nametype=Function:'));
like((said())[0], qr/1,000 allocations/, '--countname');
point('lex');
is(name(), 'Function: lex', '--nametype');
show(draw('fractions', "a;b 0.25\na;c 1.5\n"));
is_deeply([map { /(\d.*?), (\S+ percent), ([\d.]+)/ ? "$2 $3" : $_ } said()],
	['100.0 percent 1.75', '100.0 percent 1.75', '14.3 percent 0.25', '85.7 percent 1.5'],
	'fractions');
calm('units');

# Data that cannot be read: the picture stays as it was written.
my $look = <<'END';
const round = n => Math.round(n * 10) / 10;
return [...document.querySelectorAll('rect, text')].filter(e => e.getBoundingClientRect().width)
	.map(e => {
		const b = e.getBoundingClientRect();
		return [e.localName === 'text' ? e.textContent : 'box', round(b.x), round(b.y),
			round(b.width), round(b.height), getComputedStyle(e).fill].join(' ');
	});
END
my $text = medium(5);
my $file = draw('good', $text) =~ s{^file://}{}r;
my $good = Fg::slurp($file);
my ($head, $data, $tail) = $good =~ m{^(.*class="fg-data"[^>]*><desc>\s*)([^<]*)(<.*)$}s
	or die "no data in '$file'\n";
$browser->scripts(0);
$browser->visit("file://$file");
my $static = js($look);
cmp_ok(scalar @$static, '>', 300, 'a static picture');
$browser->scripts(1);

sub stays {
	my ($name, $data) = @_;
	show_static('file://' . Fg::spew("$Fg::temp/broken.svg", "$head$data$tail"));
	if ($browser->count('.fg-live')) {
		is(wrong(), '', "$name: still data: everything in its place");
	} else {
		is_deeply(js($look), $static, "$name: the static picture stays");
	}
	is($browser->complaints, '', "$name: no complaint");
}

sub show_static {
	$browser->visit($_[0]);
	$browser->js_async('setTimeout(arguments[0], 100)');
	settle();
}
stays('no data at all', '');
stays('only blanks', "  \n ");
stays('no base64', 'This is not base64, is it? ' . $data);
stays('one character less', substr $data, 0, -1);
stays('four less', substr $data, 0, -4);
stays('half of it', substr $data, 0, int(length($data) / 8) * 4);
stays('eight characters', substr $data, 0, 8);
stays('more behind it', $data =~ s/=*\s*$//r . 'AAAA');
stays('twice', $data . $data);
srand 3;
for my $turn (1 .. 12) {
	my $at = int rand(length($data) - 4);
	my $flipped = $data;
	substr($flipped, $at, 1) = substr($flipped, $at, 1) eq 'A' ? 'B' : 'A';
	stays("character $at flipped", $flipped);
}
show_static('file://' . Fg::spew("$Fg::temp/without.svg",
	$good =~ s{<g class="fg-data".*?</g>}{}sr));
is_deeply(js($look), $static, 'no data element: the static picture stays');
is($browser->complaints, '', 'no data element: no complaint');
my $script = $browser->cdp('Page.addScriptToEvaluateOnNewDocument',
	source => 'delete window.DecompressionStream');
show_static("file://$file");
is(js('return typeof DecompressionStream'), 'undefined', 'no means to read the data');
is_deeply(js($look), $static, 'the static picture stays');
is($browser->complaints, '', 'no complaint');
$browser->cdp('Page.removeScriptToEvaluateOnNewDocument', %$script);
show("file://$file");
calm('the whole one');
done_testing();
