#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# A picture in a real browser: points at frames, zooms in and out in all ways there are,
# goes back and reloads.  All frames and numbers are compared with those added up from the
# folded text.
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

my $tree = tree(small_stacks());
my @whole = (whole => 1000, unit => 'cycles');
my $url = draw('small', $small, '--title=small one');
my $inner = 1200 - 32;
my $smallest = .06;

sub said_is {
	my ($name, @expected) = @_;
	is_deeply([said()], \@expected, "$name: frames and numbers");
}

# Left edge and width of a frame in a zoomed view, from the tree.
sub stands {
	my ($name, $box, $from, $total, $of) = @_;
	my $scale = $inner / $of;
	cmp_ok(abs($box->{x} - 16 - $from * $scale), '<', $smallest, "$name: left edge");
	cmp_ok(abs($box->{w} + 1 - $total * $scale), '<', $smallest, "$name: width");
}

show($url);
calm('loading');
is(words('.fg-heading'), 'small one', 'title');
is(words('.fg-way'), 'cycles · 1,000 cycles', 'subtitle');
like(info(), qr/^Point at a frame/, 'a hint before anything is done');
is($browser->count('.fg-live title'), 0, 'no tooltip boxes over the graph');
said_is('at first', sayings($tree, @whole));
is(box('all')->{label}, 'all · 1,000 cycles', 'the root says what there is');
is(wrong(), '', 'everything in its place');

# Details.
point('lex');
is(name(), 'lex', 'pointing shows the name');
like(info(), qr/^total 5\.00 %.* 50 cycles/, 'and the total');
like(info(), qr/self 0\.00 %/, 'and the self value');
point('read');
is($browser->count('.fg-live > .fg-same'), 3, 'other frames of the function are outlined');
$browser->move('.fg-heading');

# Where all stands.
my $y = box('all')->{y};
for (['app', 0, 1000, 1], ['idle', 0, 400, 2], ['main', 400, 600, 2], ['parse', 400, 350, 3],
	['lex', 400, 50, 4], ['run', 750, 190, 3], ['copy', 450, 100, 5]) {
	my ($name, $from, $total, $depth) = @$_;
	my $box = box($name);
	stands("$name in all", $box, $from, $total, 1000);
	is($box->{y}, $y - 18 * $depth, "$name in all: row");
}

# Zoom by a click.
my $before = box('parse');
click('parse');
is(box('parse')->{y} - box('all')->{y}, $before->{y} - $y, 'the zoomed frame stays in its row');
stands('zoomed', box('parse'), 0, 350, 350);
stands('child', box('lex'), 0, 50, 350);
stands('child', box('read', 1), 50, 300, 350);
stands('grandchild', box('copy'), 50, 100, 350);
is(box('lex')->{label}, 'lex', 'labels come with the room');
my $parse = node_at($tree, qw(app main parse));
my @path = map { $tree->{kids}{app} ? $_ : () } $tree, node_at($tree, 'app'),
	node_at($tree, qw(app main));
said_is('zoomed', (map { my @s = sayings($path[$_], @whole, depth => $_); $s[0] } 0 .. 2),
	sayings($parse, @whole, depth => 3));
for my $name (qw(all app main)) {
	my $up = box($name);
	stands("$name above", $up, 0, 1, 1);
	like($up->{class}, qr/fg-up/, "$name is faint");
}
unlike(box('parse')->{class}, qr/fg-up/, 'what is zoomed is not');
is(way(), 'all › app › main › parse', 'the way there');
like($browser->fragment, qr/^#z=0\.1\.0$/, 'the address says where');
point('lex');
like(info(), qr/^total 5\.00 % · 14\.3 % of view/, 'share of the view');
is(wrong(), '', 'zoomed: everything in its place');

# Back, forward and reload, then out again in all ways.
sub at {
	my ($name, $way) = @_;
	Viewer::settle();
	is(way(), $way, $name);
}

click('read', 1);
my $deep = [said()];
at('a click on a child goes on', 'all › app › main › parse › read');
$browser->back;
at('back', 'all › app › main › parse');
$browser->back;
at('back again shows all', '');
said_is('after back', sayings($tree, @whole));
$browser->forward;
at('forward', 'all › app › main › parse');
$browser->forward;
at('and forward', 'all › app › main › parse › read');
is_deeply([said()], $deep, 'the same frames');
$browser->reload;
Viewer::live();
at('reloading stays', 'all › app › main › parse › read');
is_deeply([said()], $deep, 'with the same frames');
$browser->visit($url . '#z=0.1.0.1');
Viewer::live();
at('the address alone leads there', 'all › app › main › parse › read');
is_deeply([said()], $deep, 'to the same frames');
press('<Escape>');
at('Esc goes one up', 'all › app › main › parse');
press('<Backspace>');
at('Backspace, too', 'all › app › main');
press('0');
at('0 shows all', '');
is($browser->fragment =~ s/#//r, '', 'and empties the address');
press('<Escape><Backspace>0');
at('nothing is above all', '');
said_is('out', sayings($tree, @whole));
click('lex');
click('main');
at('an ancestor can be clicked, faint as it is', 'all › app › main');
click('all');
at('the root, too', '');
click('lex');
$browser->click($browser->js('return document.querySelectorAll(".fg-crumb")[2]'));
at('a crumb leads up', 'all › app › main');
$browser->click('.fg-crumb');
at('the first one to all', '');
$browser->click('.fg-way');
at('words of the subtitle do nothing', '');
my $length = js('return history.length');
press('0');
is(js('return history.length'), $length, 'what changes nothing is not remembered');
calm('zooming');

# A profile with narrow frames: those that are drawn are right, the others are counted.
my $medium = stacks(medium());
my $big = tree($medium);
my $medium_url = draw('medium', medium());
show($medium_url);

# As drawn: frames of half a pixel at least.
sub fits {
	my ($of) = @_;
	return (whole => 9973, unit => 'cycles', least => .5 * $of / $inner - 1e-9);
}

my @shown = sayings($big, fits(9973));
said_is('medium', @shown);
my $missing = Viewer::flat($big) - @shown;
cmp_ok($missing, '>', 100, 'some frames are narrow');
like(words('.fg-foot'), qr/^\Q@{[Viewer::grouped($missing)]}\E narrow frames not drawn/, 'the picture says so');

# Into the heaviest child, level by level.
my ($node, $depth, @names) = ($big, 0);
while (my @kids = Viewer::kids_of($node, weight => 1)) {
	$node = $kids[0];
	$depth++;
	push @names, $node->{name};
	last if $depth == 7;
	next if $depth < 4;
	click_said(sayings({ %$node, kids => {} }, whole => 9973, unit => 'cycles',
		depth => $depth));
	my @boxes = said();
	is_deeply([@boxes[$depth .. $#boxes]],
		[sayings($node, fits($node->{total}), depth => $depth)], "zoomed to level $depth");
	is(wrong(), '', "level $depth: everything in its place");
	labels_right("level $depth");
}

# How many characters of a label there is room for; widths are rounded.
sub columns {
	my ($w, $more) = @_;
	return $w < 8 ? 0 : int(($w + $more - 8) / 7.015);
}

# Labels are those that the writer's own code makes of name and width.
sub labels_right {
	my ($where) = @_;
	SKIP: {
		my $unit = "$Fg::build/t/unit/label.t";
		skip 'no unit tests here, which print labels', 3 unless -x $unit;
		my @boxes = grep { $_->{name} ne 'all' } boxes();
		@boxes = grep { columns($_->{w}, -.01) == columns($_->{w}, .01) } @boxes;
		my @columns = map { columns($_->{w}, 0) } @boxes;
		my @wide = grep { $columns[$_] >= 3 } 0 .. $#boxes;
		cmp_ok(scalar @wide, '>', 5, "$where: frames with room for labels");
		my $in = join '', map { "smart\t$columns[$_]\t$boxes[$_]{name}\n" } @wide;
		my $ran = Fg::run({ in => $in }, $unit, '--print');
		is_deeply([map { $_->{label} } @boxes[@wide]], [split /\n/, $ran->{out} =~ s/\xe2\x80\xa6/…/gr],
			"$where: labels");
		is(join('', map { $boxes[$_]{label} } grep { $columns[$_] < 3 } 0 .. $#boxes), '',
			"$where: none where there is no room");
	}
}
labels_right('zoomed');
press('0');
labels_right('out');
said_is('out again', @shown);
calm('medium');

# Static picture and viewer draw the same frames with the same labels and colours.
my $static = <<'END';
return [...document.querySelectorAll('.fg-frames > g')].map(g => {
	const r = g.querySelector('rect'), t = g.querySelector('text');
	return { name: g.querySelector('title').textContent.split(' (')[0], x: r.getAttribute('x'),
		w: r.getAttribute('width'), fill: r.getAttribute('fill'), label: t ? t.textContent : '' };
});
END
sub by_place { return sort { $a->{name} cmp $b->{name} || $a->{x} <=> $b->{x} } @_ }
my @viewed = by_place(boxes());
$browser->scripts(0);
$browser->visit($medium_url);
is($browser->count('.fg-live'), 0, 'without scripts there is no viewer');
my @static = by_place(@{js($static)});
for my $what (qw(name fill label)) {
	is_deeply([map { $_->{$what} } @static], [map { $_->{$what} } @viewed], "but the same: $what");
}
for my $what (qw(x w)) {
	is(join(' ', grep { abs($static[$_]{$what} - $viewed[$_]{$what}) > .051 } 0 .. $#static), '',
		"the same: $what");
}
$browser->scripts(1);

# Large names and one frame.
show(draw('one', "x 1\n"));
is_deeply([said()], ['1 all, 100.0 percent, 1, self 0.00 percent',
	'2 x, 100.0 percent, 1, self 100.0 percent'], 'one frame');
click('x');
is(way(), 'all › x', 'can be zoomed');
is(wrong(), '', 'one frame: everything in its place');
calm('one frame');
done_testing();
