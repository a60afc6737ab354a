#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# A picture in a real browser: points, clicks, types, goes back and reloads.
use strict;
use utf8;
use warnings;
no warnings qw(once);
use FindBin;
use Test::More;
use Time::HiRes qw(sleep);

BEGIN {
	require "$FindBin::Bin/../lib.pm";
	require "$FindBin::Bin/../browser.pm";
}

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
plan skip_all => Browser::missing() if Browser::missing();

my $temp = $Fg::temp;
my $browser = Browser->new;

sub js { $browser->js(@_) }

# The viewer waits a little before it searches.
sub type {
	my ($text) = @_;
	$browser->type($text);
	sleep .15;
}

# Moves to the n-th frame of that name, and clicks there.
my $find = 'const f = [...document.querySelectorAll(".fg-frames > g")].filter(g => ' .
	'g.frame.name === arguments[0])[arguments[1] || 0];';

sub frame { js("$find return f", @_) }
sub point { $browser->move(frame(@_)) }

sub click {
	$browser->click(frame(@_));
	sleep .05;
}

sub geometry {
	my ($name, $n) = @_;
	return js("$find const r = f.querySelector('rect'), t = f.querySelector('text');" .
		'return { shown: f.getAttribute("display") !== "none", x: +r.getAttribute("x"),' .
		'w: +r.getAttribute("width"), y: +r.getAttribute("y"), label: t && t.textContent,' .
		'classes: f.getAttribute("class") || "" }', $name, $n);
}

sub status_line {
	return js('return document.querySelector(".fg-status").hidden ? ""' .
		' : document.querySelector(".fg-status span").textContent');
}

sub draw {
	my ($name, $folded, @options) = @_;
	my $in = Fg::spew("$temp/$name.folded", $folded);
	my $out = "$temp/$name.svg";
	my $ran = Fg::run({}, Fg::program('fg-svg'), @options, '-o', $out, $in);
	die "$ran->{command}: status $ran->{status}\n$ran->{err}" if $ran->{status};
	return "file://$out";
}

my $small = <<'END';
# event: cycles
# unit: cycles
app;main;parse;read;copy 100
app;main;parse;read 200
app;main;parse;lex;read 50
app;main;run;read 150
app;main;run;parse;read 40
app;main 60
app;idle 400
END
my $url = draw('small', $small, '--title=small one');

$browser->visit($url);
is($browser->complaints, '', 'no complaint on loading');
is($browser->text('.fg-title'), 'small one', 'title');
is($browser->text('.fg-sub'), 'cycles · 1,000 cycles', 'subtitle');
like($browser->text('.fg-info'), qr/^Point at a frame/, 'a hint before anything is done');
is(js('return document.querySelectorAll(".fg-frames title").length'), 0,
	'no tooltip boxes over the graph');

# Details.
point('lex');
is($browser->text('.fg-name'), 'lex', 'pointing shows the name');
is($browser->text('.fg-info'), 'total 5.00 % · 50 cycles · self 0 cycles, 0.00 %',
	'and the numbers');
point('read');
is(js('return document.querySelectorAll(".fg-same").length'), 3,
	'other frames of the function are outlined');

# Zoom.
my $inner = js('return innerWidth') - 32;
my $before = geometry('parse');
cmp_ok(abs($before->{w} + 1 - .35 * $inner), '<', .2, 'width before');
click('parse');
my $zoomed = geometry('parse');
cmp_ok(abs($zoomed->{w} + 1 - $inner), '<', .2, 'a click gives the frame the whole width');
is($zoomed->{x}, 16, 'from the left edge');
is($zoomed->{y}, $before->{y}, 'in its row');
my $lex = geometry('lex');
cmp_ok(abs($lex->{w} + 1 - $inner * 50 / 350), '<', .2, 'children grow with it');
is($lex->{label}, 'lex', 'and get labels');
ok(!geometry('run')->{shown}, 'others are gone');
for my $name (qw(all app main)) {
	my $up = geometry($name);
	ok($up->{shown} && abs($up->{w} + 1 - $inner) < .2 && $up->{classes} =~ /fg-up/,
		"$name stays, whole and faint");
}
is($browser->text('.fg-sub'), 'all › app › main › parse', 'the way there');
like($browser->fragment, qr/^#z=\d+\.3$/, 'the address says where');
point('lex');
like($browser->text('.fg-info'), qr/^total 5\.00 % · 14\.3 % of view · 50 cycles/,
	'share of the view');

# Out again.
type('<Escape>');
is($browser->text('.fg-sub'), 'all › app › main', 'Esc goes one up');
$browser->back;
sleep .1;
is($browser->text('.fg-sub'), 'all › app › main › parse', 'back goes where we were');
$browser->reload;
sleep .1;
is($browser->text('.fg-sub'), 'all › app › main › parse', 'reloading stays there');
click('main');
is($browser->text('.fg-sub'), 'all › app › main', 'an ancestor can be clicked');
type('<Backspace>');
is($browser->text('.fg-sub'), 'all › app', 'Backspace goes one up');
type('0');
is($browser->text('.fg-sub'), 'cycles · 1,000 cycles', '0 shows all');
is(geometry('parse')->{w}, $before->{w}, 'as it was');
click('lex');
js('document.querySelectorAll(".fg-crumb")[2].dispatchEvent(new Event("click"))');
is($browser->text('.fg-sub'), 'all › app › main', 'a crumb can be clicked');
type('0');

# Search: "parse" 390 wide, the one in run included; the reads in it count once.
type('/pars|read');
is(status_line(), '54.0 % · 2 functions · 6 frames', 'what is nested is not counted twice');
is(js('return document.querySelectorAll(".fg-hit").length'), 6, 'hits are marked');
is($browser->fragment, '#s=pars%7Cread', 'the address keeps the expression');
type('<Enter>');
is(status_line(), '54.0 % · 2 functions · 1/6', 'Enter goes to the first');
type('<Enter><Enter>');
is(status_line(), '54.0 % · 2 functions · 3/6', 'and on');
$browser->reload;
sleep .1;
is(status_line(), '54.0 % · 2 functions · 6 frames', 'reloading keeps the search');
click('parse', 1);
is(status_line(), '100.0 % of view · 2 functions · 2 frames', 'in a zoomed view');
type('0n');
like(status_line(), qr{ 1/6$}, 'n is the next one');
type('N');
like(status_line(), qr{ 6/6$}, 'N the one before');
type('<Escape>');
is(status_line(), '', 'Esc ends the search');
is($browser->fragment, '', 'also in the address');
type('/READ');
is(status_line(), '54.0 % · 1 function · 4 frames', 'small and capital letters are the same')
	or diag(status_line());
js('document.querySelector(".fg-field button").click()');
is(status_line(), 'no match', 'until asked to differ');
type('<Escape>(');
is(status_line(), 'not a regular expression', 'a wrong expression is told');
ok(js('return document.querySelector(".fg-field").classList.contains("fg-bad")'), 'and marked');
is(js('return document.querySelectorAll(".fg-find, .fg-hit").length'), 0, 'nothing is faint');
is($browser->complaints, '', 'no complaint');
type('<Escape><Escape>');

# Keyboard alone.
type('0<Up><Up>');
is($browser->text('.fg-name'), 'main', 'arrows walk to the widest child');
type('<Left>');
is($browser->text('.fg-name'), 'idle', 'and along a row');
type('<Enter>');
is($browser->text('.fg-sub'), 'all › app › idle', 'Enter zooms');
is(js('return document.activeElement.frame.name'), 'idle', 'the frame has the focus');

# Addresses.
for my $tail ('#z=9.9&s=(', '#z=&s=%', '?s=%zz&x=1&y=', '#', '?x=16.0&y=abc', '#z=NaN.1e9') {
	$browser->visit($url . $tail);
	is($browser->complaints, '', "no complaint about '$tail'");
	is($browser->text('.fg-sub'), 'cycles · 1,000 cycles', "everything is shown with '$tail'");
}
$browser->visit("$url?s=lex");
is(status_line(), '5.00 % · 1 function · 1 frame', 'an old address with a search');
my ($x, $y) = read_svg($url) =~ m{<title>lex \(.*?<rect x="([\d.]+)" y="([\d.]+)"}s;
$browser->visit("$url?x=$x&y=$y");
is($browser->text('.fg-sub'), 'all › app › main › parse › lex', 'an old address of a frame');

# Sizes and themes.
$browser->visit($url);
$browser->resize(700, 600);
sleep .2;
cmp_ok(abs(geometry('all')->{w} + 33 - js('return innerWidth')), '<', .2,
	'the picture follows the window');
$browser->resize(1200, 800);
sleep .2;
cmp_ok(abs(geometry('all')->{w} - $inner + 1), '<', .2, 'in both directions');
for (['light', 'rgb(255, 255, 255)', '1'], ['dark', 'rgb(20, 24, 29)', '0.82']) {
	my ($theme, $color, $opacity) = @$_;
	$browser->media('prefers-color-scheme' => $theme);
	is(js('return getComputedStyle(document.querySelector(".fg-back")).fill'), $color,
		"background in the $theme theme");
	is(js('return getComputedStyle(document.querySelector(".fg-frames rect")).fillOpacity'),
		$opacity, "frames in the $theme theme");
}

# Nothing a profile says is run or fetched.
my @bad = ('</script><script>pwned=1</script>', ']]><script>pwned=1</script>',
	'"><image href="http://127.0.0.1:1/x" onerror="pwned=1"/>', 'javascript:pwned=1',
	"<img src=x onerror=pwned=1>", "\x01\xff\x1b", "x (y 5, 100%)", '${pwned=1}');
$browser->visit(draw('bad', join('', map { "r;$_;leaf 10\n" } @bad), "--title=$bad[0]",
	"--nametype=$bad[4]", "--countname=$bad[1]"));
is($browser->complaints, '', 'hostile names: no complaint');
is(js('return document.querySelectorAll(".fg-frames > g").length'), 2 + 2 * @bad, 'all are drawn');
for my $n (0 .. @bad - 1) {
	js('const g = document.querySelectorAll(".fg-frames > g")[arguments[0]];' .
		'g.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));' .
		'g.dispatchEvent(new MouseEvent("click", { bubbles: true }))', 2 + 2 * $n);
	type('0');
}
type('/<<<Enter>');
is(js('return typeof pwned'), 'undefined', 'no name is run');
is(js('return document.querySelectorAll("script").length'), 1, 'there is one script');
is(js('return performance.getEntriesByType("resource").length'), 0, 'nothing is fetched');
is($browser->complaints, '', 'still no complaint');

# Two pictures in one page mind their own business.
my @parts = map { read_svg($_) } $url, draw('other', "x;main;y 3\nx;z 1\n", '--inverted');
Fg::spew("$temp/page.html", "<!DOCTYPE html><meta charset=utf-8><title>p</title><body>" .
	join('<hr>', @parts));
$browser->visit("file://$temp/page.html");
is($browser->complaints, '', 'two in a page: no complaint');
is(js('return document.querySelectorAll(".fg-live").length'), 2, 'both are alive');
is(js('const ids = [...document.querySelectorAll("[id]")].map(e => e.id);' .
	'return ids.length - new Set(ids).size'), 0, 'ids do not collide');
js('document.querySelectorAll(".fg-frames")[1].querySelectorAll("g")[2]' .
	'.dispatchEvent(new MouseEvent("click", { bubbles: true }))');
is(js('return [...document.querySelectorAll(".fg-sub")].map(e => e.textContent).join("; ")'),
	'cycles · 1,000 cycles; all › x › main', 'one zooms, the other does not');

# As large as pictures get by default; limits are loose, for slow machines.
my $large = join '', map { my $i = $_; map { "a;b" . $i % 70 . ";c$i;d$_ " . (5 + $_) . "\n" }
	1 .. 8 } 1 .. 1200;
$browser->visit(draw('large', $large));
is(js('return document.querySelectorAll(".fg-frames > g").length'), 5000, '5,000 frames');
my $took = 'const from = performance.now(); %s; document.documentElement.getBoundingClientRect();' .
	'document.querySelector("text").getBBox(); return performance.now() - from';
my $zoom = js(sprintf $took, 'document.querySelectorAll(".fg-frames > g")[2]' .
	'.dispatchEvent(new MouseEvent("click", { bubbles: true }))');
my $back = js(sprintf $took, 'document.querySelector(".fg-frames > g")' .
	'.dispatchEvent(new MouseEvent("click", { bubbles: true }))');
my $search = js(sprintf $took, 'document.querySelector(".fg-field input").value = "d[1-4]";' .
	'document.querySelector(".fg-field button").click()');
diag(sprintf 'zoom in %.0f ms, out %.0f ms, search %.0f ms', $zoom, $back, $search);
cmp_ok($zoom, '<', 1000, 'zooming in takes no second');
cmp_ok($back, '<', 1000, 'nor out');
cmp_ok($search, '<', 1000, 'nor searching');
done_testing();

# The SVG element of a file, as it is put into a page.
sub read_svg {
	my ($from) = @_;
	return Fg::slurp($from =~ s{^file://}{}r) =~ s/^<\?xml.*?\?>\n//r;
}
