#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# The views of a picture in a real browser: flame and icicle, callees and callers, orders,
# sandwich, table, colours.  Frames and numbers are compared with those added up from the
# folded text; each view comes back by reloading and by going back.
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
my $text = medium(11);
my $stacks = stacks($text);
my $tree = tree($stacks);
my $url = draw('medium', $text);

# All of a view and of what can be seen of it.
sub least { return (whole => 9973, unit => 'cycles', least => .5 * $_[0] / $inner - 1e-9) }
my @whole = least(9973);

sub said_is {
	my ($name, @expected) = @_;
	is_deeply([said()], \@expected, "$name: frames and numbers");
	is(wrong(), '', "$name: everything in its place");
}

# The same after reloading, and after another view and back.
sub comes_back {
	my ($name) = @_;
	my ($was, $buttons) = ([said()], pressed());
	$browser->reload;
	Viewer::live();
	is(pressed(), $buttons, "$name: buttons after reloading");
	is_deeply([said()], $was, "$name: frames after reloading");
	press('i');
	isnt(pressed(), $buttons, "$name: something else") unless $buttons =~ /Sandwich/;
	$browser->back unless $buttons =~ /Sandwich/;
	settle();
	is(pressed(), $buttons, "$name: buttons after going back");
	is_deeply([said()], $was, "$name: frames after going back");
}

# Rows are 18 px apart, deeper ones further away from the root.
sub grows {
	my ($name, $by) = @_;
	my @boxes = boxes();
	my ($root) = $boxes[0];
	is(scalar(grep { ($_->{y} - $root->{y}) != $by * ($_->{said} ? $_->{level} - 1 : 0) }
		@boxes), 0, "$name: rows");
}

show($url);
is(pressed(), 'Flame Callees Name Palette', 'what is on at first');
said_is('flame', sayings($tree, @whole));
grows('flame', -18);
button('Icicle');
is(pressed(), 'Icicle Callees Name Palette', 'icicle');
said_is('icicle', sayings($tree, @whole));
grows('icicle', 18);
is($browser->fragment, '#i=1', 'icicle: the address');
comes_back('icicle');
button('Flame');
grows('flame again', -18);
is($browser->fragment =~ s/#//r, '', 'flame: the address is empty again');

# Order.
button('Weight');
said_is('weight', sayings($tree, @whole, weight => 1));
my @xs = map { $_->{x} } grep { $_->{level} == 4 } boxes();
is_deeply(\@xs, [sort { $a <=> $b } @xs], 'weight: from left to right');
comes_back('weight');
button('Name');
said_is('name', sayings($tree, @whole));

# Callers.
my $callers = callers($stacks);
button('Callers');
is(pressed(), 'Flame Callers Name Palette', 'callers');
said_is('callers', sayings($callers, @whole, noself => 1));
like($browser->fragment, qr/v=callers/, 'callers: the address');
comes_back('callers');
my ($heavy) = Viewer::kids_of($callers, weight => 1);
click_said(sayings({ %$heavy, kids => {} }, @whole, depth => 1, noself => 1));
my @boxes = said();
is_deeply([@boxes[1 .. $#boxes]], [sayings($heavy, least($heavy->{total}), noself => 1,
	depth => 1)], 'callers, zoomed: frames and numbers');
is(wrong(), '', 'callers, zoomed: everything in its place');
comes_back('callers, zoomed');
button('Weight');
my @weighed = said();
is_deeply([@weighed[1 .. $#weighed]], [sayings($heavy, least($heavy->{total}), noself => 1,
	depth => 1, weight => 1)], 'callers by weight');
my $there = way();
button('Callees');
is(pressed(), 'Flame Callees Weight Palette', 'callees');
said_is('callees', sayings($tree, @whole, weight => 1));
button('Callers');
is(way(), $there, 'callers again: where we were');
button('Callees');
button('Name');
calm('views');

# What is too narrow, whoever calls it.
show(draw('narrow', "p;main;big 3000\n" . join '', map { "p;main;f$_ 1\n" } 1 .. 3000));
is(words('.fg-foot'), '3,000 narrow frames not drawn (50.0 %): zoom in to see more',
	'callees: what is not drawn');
button('Callers');
is(words('.fg-foot'), 'narrow frames not drawn (50.0 %): zoom in to see more',
	'callers: what is not drawn');

# Sandwich, of a function that calls itself again.
my $tops = tops($stacks);
my ($again) = sort { $tops->{$b}{total} <=> $tops->{$a}{total} || $a cmp $b } grep {
	my $name = $_;
	$name ne 'srv' && $name ne 'main' && grep { my %n; $n{$_}++ for @$_; ($n{$name} || 0) > 1 }
		@$stacks;
} keys %$tops;
show($url);
ok(js('return [...document.querySelectorAll(".fg-tools button")]' .
	'.find(b => b.textContent === "Sandwich").disabled'), 'no sandwich of nothing');
press('s');
is(pressed(), 'Flame Callees Name Palette', 'nor by its key');
point($again);
press('s');
is(pressed() . ', ' . name(), "Sandwich Name Palette, $again", 'it means the frame pointed at');
press('<Escape>');
click($again);
press('s');
my ($up, $down) = sandwich($stacks, $again);
is($down->{total}, $tops->{$again}{total}, 'recursion counts once');
cmp_ok($tops->{$again}{total}, '<', count_total($again), 'where there is some');

sub count_total {
	my ($name) = @_;
	my $sum = 0;
	for my $stack (@$stacks) {
		$sum += $stack->[0] * grep { $_ eq $name } @$stack[1 .. $#$stack];
	}
	return $sum;
}

sub sandwich_of {
	my ($up, $down) = @_;
	my @callers = sayings($up, least($up->{total}), noself => 1);
	return (@callers[1 .. $#callers], sayings($down, least($down->{total})));
}

is(pressed(), 'Sandwich Name Palette', 'sandwich');
said_is('sandwich', sandwich_of($up, $down));
like(words('.fg-way'), qr/callers above, callees below: /, 'sandwich: what is above');
my $middle = box($again);
for my $name (keys %{$up->{kids}}) {
	my ($box) = grep { $_->{name} eq $name && $_->{level} == 2 && $_->{y} < $middle->{y} } boxes();
	is($box->{y}, $middle->{y} - 18, 'callers are above') if $box;
	last if $box;
}
my @below = grep { $_->{y} == $middle->{y} + 18 } boxes();
is_deeply([map { $_->{name} } @below], [map { $_->{name} }
	grep { $_->{total} * $inner / $down->{total} >= .5 } Viewer::kids_of($down)],
	'callees are below');
comes_back('sandwich');

# Zooming into its halves.
my ($caller) = Viewer::kids_of($up, weight => 1);
my ($callee) = Viewer::kids_of($down, weight => 1);
click_said(sayings({ %$callee, kids => {} }, @whole, depth => 1));
my @in = said();
my @above = sayings($up, least($up->{total}), noself => 1);
is_deeply([@in[@above - 1 .. $#in]], [(sayings({ %$down, kids => {} }, @whole))[0],
	sayings($callee, least($callee->{total}), depth => 1)], 'zoomed into a callee');
is(wrong(), '', 'zoomed into a callee: everything in its place');
like($browser->fragment, qr/z=d/, 'the address says so');
press('<Escape>');
said_is('Esc leads to the sandwich', sandwich_of($up, $down));
click_said(sayings({ %$caller, kids => {} }, @whole, depth => 1, noself => 1));
like($browser->fragment, qr/z=u/, 'zoomed into a caller');
is_deeply([grep { !/, self / } said()], [sayings($caller, least($caller->{total}), noself => 1,
	depth => 1)], 'zoomed into a caller: its callers');
press('<Escape><Escape>');
is(pressed(), 'Flame Callees Name Palette', 'Esc leaves the sandwich');
said_is('after it', sayings($tree, @whole));
$browser->back;
settle();
like(pressed(), qr/Sandwich/, 'back leads into it again');
button('Callers');
said_is('from the sandwich to callers', sayings($callers, @whole, noself => 1));
calm('sandwich');

# Colours.
my $kinds = <<'END';
# unit: cycles
app;main;work_[j];read_[k] 300
app;main;work_[j];fast_[i] 200
app;main;a.so`open 100
app;main;b.so`close 250
app;idle 150
END
show(draw('kinds', $kinds));
my $palette = [map { $_->{fill} } boxes()];
my %seen;
for my $colors ($browser->count('.fg-set[aria-label=colours] button') == 3 ? 'Module' : (), 'Kind') {
	button($colors);
	like(pressed(), qr/ $colors$/, "colours by $colors");
	isnt(join(' ', map { $_->{fill} } boxes()), join(' ', @$palette), "$colors: others");
	comes_back($colors);
	legend_right($colors);
}

# Each colour of the legend is one of a frame, and the other way round.
sub legend_right {
	my ($name) = @_;
	my $legend = js('return [...document.querySelectorAll(".fg-legend")].filter(e => ' .
		'seen(e)).flatMap(e => [...e.querySelectorAll("g")]).map(g => ' .
		'[g.querySelector("rect").getAttribute("fill"), g.textContent])');
	my %fills = map { $_->{fill} => 1 } grep { $_->{name} ne 'all' } boxes();
	my %legend = map { $_->[0] => $_->[1] } @$legend;
	cmp_ok(scalar keys %legend, '>', 1, "$name: there is a legend");
	is_deeply([sort keys %legend], [sort keys %fills], "$name: of the colours that are there");
	return \%legend;
}
my %fill = map { $_->{name} => $_->{fill} } boxes();
my $legend = legend_right('Kind');
is($legend->{$fill{read}}, 'kernel', 'the colour of the kernel');
is($legend->{$fill{work}}, 'generated at run time', 'of what is generated');
is($legend->{$fill{main}}, 'user code', 'of user code');
button('Palette');
is_deeply([map { $_->{fill} } boxes()], $palette, 'palette again');
calm('colours');

# By file, which only a profile knows that has them.
my $sample = "app  100 %d.0:        %d cycles:u: \n";
my $lines = join "\n", map { my ($value, @frames) = @$_;
	sprintf($sample, $value, $value) . join '', map { "\t        1010 $_)\n" } @frames }
	[300, 'read+0x1 (/usr/lib/libc.so.6', 'parse+0x1 (/opt/app', 'main+0x1 (/opt/app'],
	[500, 'inflate+0x1 (/usr/lib/libz.so.1', 'parse+0x1 (/opt/app', 'main+0x1 (/opt/app'],
	[200, 'run+0x1 (/opt/app', 'main+0x1 (/opt/app'];
show(draw('files', "$lines\n", '-q'));
$palette = [map { $_->{fill} } boxes()];
button('Module');
like(pressed(), qr/ Module$/, 'colours by file');
comes_back('Module');
$legend = legend_right('Module');
%fill = map { $_->{name} => $_->{fill} } boxes();
is($legend->{$fill{read}}, 'libc.so.6', 'the colour of a library');
is($legend->{$fill{inflate}}, 'libz.so.1', 'of another one');
is(join(' ', map { $legend->{$fill{$_}} } qw(main parse run)), 'app app app', 'of the program');
point('inflate');
like(info(), qr/libz\.so\.1/, 'details tell the file');
button('Palette');
is_deeply([map { $_->{fill} } boxes()], $palette, 'palette again');
calm('colours by file');
done_testing();
