#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# How a picture looks and where it stands, in a real browser: themes and their contrast,
# narrow and wide windows, in pages, as an image, without scripts and styles, and what a
# screen reader gets.
use strict;
use utf8;
use warnings;
no warnings qw(once);
use Compress::Raw::Zlib;
use FindBin;
use MIME::Base64 qw(decode_base64);
use Test::More;

BEGIN {
	require "$FindBin::Bin/../viewer.pm";
	Viewer->import;
}

start_browser();

my $mixed = <<'END';
# event: cycles
# unit: cycles
app;main;parse;read_[k] 300
app;main;parse;std::vector<int>::push_back 100
app;main;run_[j];read_[k] 150
app;main;run_[j];fast_[i] 40
app;main;a rather long name of a function that can be cut 60
app;idle 350
END
my $url = draw('mixed', $mixed, '--title=mixed');

# --- colours ---

# Every text that can be seen with the least contrast it has: "1.23 words", below 4.5.
my $pale = <<'END';
const rgb = text => (/^#/.test(text) ? text.slice(1).match(/../g).map(h => parseInt(h, 16))
	: text.match(/[\d.]+/g).map(Number));
const over = (top, bottom, share) => bottom.map((v, i) => v + (top[i] - v) * share);
const light = c => {
	const [r, g, b] = c.map(v => v / 255).map(v => v <= .04045 ? v / 12.92 :
		((v + .055) / 1.055) ** 2.4);
	return .2126 * r + .7152 * g + .0722 * b;
};
const contrast = (a, b) => {
	const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
	return (x + .05) / (y + .05);
};
const style = e => getComputedStyle(e);
const back = rgb(style(document.querySelector('.fg-back')).fill).slice(0, 3);
const shown = e => e.getClientRects().length && style(e).visibility !== 'hidden';
const paints = e => {
	for (let up = e; up && up.localName !== 'foreignObject'; up = up.parentElement) {
		const c = rgb(style(up).backgroundColor);
		if (c.length < 4 || c[3] > 0)
			return c.length < 4 ? c : over(c.slice(0, 3), back, c[3]);
	}
	return back;
};
const found = [], seen = [];
const judge = (e, words, ink, paper) => {
	seen.push(words);
	const c = contrast(ink, paper);
	if (c < 4.5)
		found.push(c.toFixed(2) + ' ' + words + ' (' + ink + ' on ' + paper.map(Math.round) + ')');
};
for (const e of document.querySelectorAll('.fg-box *')) {
	const own = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join('').trim();
	if (!own && !e.value || !shown(e) || e.disabled || style(e).opacity === '0')
		continue;
	const ink = rgb(style(e).color);
	judge(e, own || e.value, over(ink.slice(0, 3), paints(e), +style(e).opacity), paints(e));
	const bar = e.parentElement.querySelector('i');
	if (bar && e.closest('td'))
		judge(e, 'over a bar: ' + own, ink, rgb(style(bar).backgroundColor));
}
for (const t of document.querySelectorAll('svg text')) {
	if (!shown(t) || !t.textContent)
		continue;
	const frame = t.closest('.fg-frames > *') && t.parentElement.querySelector('rect, path');
	const fill = frame && rgb(style(frame).fill);
	const paper = !frame ? back : over(fill, back, style(frame).fillOpacity * style(frame).opacity);
	judge(t, t.textContent, rgb(style(t).fill), paper);
}
return { found, seen: seen.length };
END

sub readable {
	my ($name) = @_;
	my $texts = js($pale);
	cmp_ok($texts->{seen}, '>', 15, "$name: there are texts");
	is(join("\n", @{$texts->{found}}), '', "$name: all of them can be read");
}

my %backs = (light => 'rgb(255, 255, 255)', dark => 'rgb(20, 24, 29)');
my $back = 'return getComputedStyle(document.querySelector(".fg-back")).fill';
for my $option (qw(auto light dark)) {
	my $file = draw("theme-$option", $mixed, "--theme=$option");
	for my $wanted (qw(light dark)) {
		$browser->media('prefers-color-scheme' => $wanted);
		show($file);
		my $is = $option eq 'auto' ? $wanted : $option;
		is(js($back), $backs{$is}, "--theme=$option where $wanted is wanted: background");
		is(js('return getComputedStyle(boxesNow()[1].querySelector("rect")).fillOpacity'),
			$is eq 'dark' ? '0.82' : '1', "--theme=$option where $wanted is wanted: frames");
		readable("--theme=$option where $wanted is wanted");
	}
}
for my $theme (qw(light dark)) {
	$browser->media('prefers-color-scheme' => $theme);
	for my $colors (qw(auto kind module hot mem aqua java)) {
		show(draw("colors-$colors", $mixed, "--colors=$colors"));
		readable("$theme $colors");
		next unless $colors eq 'auto';
		click('parse');
		readable("$theme, zoomed");
		search('read');
		readable("$theme, zoomed and searched");
		search('(');
		readable("$theme, a bad expression");
		search('nothing');
		readable("$theme, nothing found");
		press('<Escape><Escape>0?');
		readable("$theme, keys");
		press('?t');
		readable("$theme, table");
		$browser->click('.fg-sheet tbody tr[aria-rowindex="2"] td');
		settle();
		readable("$theme, table, selected");
		press('s');
		readable("$theme, sandwich");
		button('Kind');
		readable("$theme, kinds");
		$browser->move('.fg-tools button');
		settle();
		readable("$theme, a button pointed at");
	}
	show(draw('two', "# unit: cycles\na;less 400 100\na;more 100 400\na;same 5 5\n"));
	readable("$theme, difference");
	search('more');
	readable("$theme, difference, searched");
}
$browser->media;
show($url);
calm('themes');

# --- wishes of the user ---

for my $motion (qw(no-preference reduce)) {
	$browser->media('prefers-reduced-motion' => $motion);
	show($url);
	$browser->click(frame('parse'));
	is(js('return document.getAnimations().length'), 0, "motion $motion: nothing moves");
}
$browser->media('forced-colors' => 'active');
show($url . '#t=1');
ok(js('return matchMedia("(forced-colors: active)").matches'), 'colours are forced');
search('read');
my $fills = js('return boxesNow().map(g => getComputedStyle(g.querySelector("rect")).fill)');
my %fills = map { $_ => 1 } @$fills;
cmp_ok(scalar keys %fills, '>', 2, 'forced colours: frames keep theirs');
readable('forced colours');
$browser->media;

# --- sizes ---

for my $width (200, 320, 400, 700, 899, 900, 1200, 5000) {
	$browser->resize($width, 600);
	for my $tail ('', '#t=1', '#s=read', '#z=0.1.0', '#v=sandwich&f=parse&t=1', '#i=1&s=(') {
		show($url . $tail);
		is(wrong(), '', "$width px, '$tail': everything in its place");
		cmp_ok(js('return document.documentElement.scrollWidth'), '<=', $width,
			"$width px, '$tail': does not scroll sideways");
	}
	cmp_ok(js('return document.querySelector(".fg-field").getBoundingClientRect().right'), '<=',
		$width, "$width px: the search is there");
}
$browser->resize(1200, 150);
show($url);
is(wrong(), '', 'a low window: everything in its place');
$browser->resize(700, 600);
settle();
cmp_ok(abs(box('all')->{w} + 33 - 700), '<', .2, 'the picture follows the window');
$browser->resize(1200, 800);
settle();
cmp_ok(abs(box('all')->{w} + 33 - 1200), '<', .2, 'in both directions');
is(wrong(), '', 'resized: everything in its place');

# A tall one opens at the root, and the head stays in view.
show(draw('tall', join(';', map { "f$_" } 1 .. 100) . " 5\n"));
my $on_screen = 'const b = arguments[0].getBoundingClientRect();' .
	'return b.top >= 0 && b.bottom <= innerHeight';
ok(js($on_screen, frame('all')), 'tall: the root is in view');
ok(js($on_screen, frame('f5')), 'and what is near to it');
ok(!js($on_screen, frame('f99')), 'the top is not');
my $field = 'document.querySelector(".fg-field input")';
ok(js("$on_screen", js("return $field")), 'the search field is');
js('scrollTo(0, 0)');
settle();
ok(js($on_screen, frame('f99')), 'scrolled: the top is in view');
ok(js($on_screen, js("return $field")), 'and the search field');
calm('sizes');

# --- in pages ---

sub page {
	my ($name, $body, $head) = @_;
	my $html = '<!DOCTYPE html><html><head><meta charset=utf-8>' . ($head || '') .
		"<title>$name</title><style>body{margin:0}</style></head><body>$body</body></html>";
	utf8::encode($html);
	$Viewer::page = 'file://' . Fg::spew("$Fg::temp/$name.html", $html);
	$browser->visit($Viewer::page);
	$browser->js_async('setTimeout(arguments[0], 200)');
	settle();
}

my $other = draw('other', "x;main;y 3\nx;z 1\n", '--inverted');
my @parts = map { read_picture($_) } $url, $other, $url;
page('inline', join '<hr>', @parts);
is($browser->count('.fg-live'), 3, 'three in a page: all are alive');
is(js('const ids = [...document.querySelectorAll("[id]")].map(e => e.id);' .
	'return ids.length - new Set(ids).size'), 0, 'ids do not collide');
my $click = 'const svg = document.querySelectorAll("svg.fg")[arguments[0]];' .
	'[...svg.querySelectorAll(".fg-live > *")].find(g => g.frame && g.frame.name === arguments[1])' .
	'.dispatchEvent(new MouseEvent("click", { bubbles: true }))';
my $ways = 'return [...document.querySelectorAll(".fg-way")].map(way =>' .
	'[...way.querySelectorAll(".fg-crumb")].map(e => e.textContent).join(" › "))';
js($click, 1, 'main');
is_deeply(js($ways), ['', 'all › x › main', ''], 'one zooms, the others do not');
js($click, 2, 'parse');
is_deeply(js($ways), ['', 'all › x › main', 'all › app › main › parse'],
	'nor does the same picture again');
is($browser->fragment, '', 'the address is the page\'s own');
js('document.querySelectorAll(".fg-field input")[0].value = "read";' .
	'document.querySelectorAll(".fg-field input")[0].dispatchEvent(new Event("input"))');
$browser->js_async('setTimeout(arguments[0], 150)');
is(js('return [...document.querySelectorAll("svg.fg")].map(s =>' .
	's.querySelectorAll(".fg-hit").length).join(" ")'), '2 0 0', 'one searches');
calm('three in a page');

# Where frames are in the static picture: name => [x, y, width, height, fill, label].
my $svg = read_picture($url);
my %frames;
for (split /(?=<g role="treeitem")/, $svg) {
	my ($name, @place) = /<title>(.*?) \(.*?<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" fill="(#\w+)"/s
		or next;
	my ($label) = /<text[^>]*>([^<]*)/;
	$frames{$name} ||= [@place, $label || ''];
}
cmp_ok(scalar keys %frames, '>', 5, 'frames of the static picture');

# A part of the screen as rows of [r, g, b].
sub pixels {
	my ($x, $y, $w, $h) = @_;
	my $png = decode_base64($browser->cdp('Page.captureScreenshot', format => 'png', clip => {
		x => $x, y => $y, width => $w, height => $h, scale => 1 })->{data});
	my ($data, $at, $depth, $wide) = ('', 8);
	while ($at < length $png) {
		my ($length, $type) = unpack "\@$at N a4", $png;
		my $chunk = substr $png, $at + 8, $length;
		($wide, $depth) = (unpack 'N N C C', $chunk)[0, 3] if $type eq 'IHDR';
		$data .= $chunk if $type eq 'IDAT';
		$at += $length + 12;
	}
	my $bytes;
	Compress::Raw::Zlib::Inflate->new->inflate($data, $bytes);
	return unfilter($bytes, $wide, $depth == 6 ? 4 : 3);
}

sub unfilter {
	my ($bytes, $wide, $size) = @_;
	my ($stride, @rows) = ($wide * $size);
	my @above = (0) x $stride;
	for my $row (0 .. length($bytes) / ($stride + 1) - 1) {
		my ($filter, @line) = unpack 'C*', substr $bytes, $row * ($stride + 1), $stride + 1;
		for my $i (0 .. $#line) {
			my ($a, $b, $c) = ($i < $size ? 0 : $line[$i - $size], $above[$i],
				$i < $size ? 0 : $above[$i - $size]);
			my ($pa, $pb, $pc) = (abs($b - $c), abs($a - $c), abs($a + $b - 2 * $c));
			my $paeth = $pa <= $pb && $pa <= $pc ? $a : $pb <= $pc ? $b : $c;
			$line[$i] = ($line[$i] + (0, $a, $b, ($a + $b) >> 1, $paeth)[$filter]) & 255;
		}
		@above = @line;
		push @rows, [map { [@line[$_ * $size .. $_ * $size + 2]] } 0 .. $wide - 1];
	}
	return @rows;
}

# Each frame has its colour, and its label is dark on it.
sub painted_right {
	my ($name) = @_;
	my (@colors, @labels);
	for my $frame (sort keys %frames) {
		my ($x, $y, $w, $h, $fill, $label) = @{$frames{$frame}};
		my @rows = pixels(int($x) + 2, int($y) + 2, int($w) - 4, $h - 4);
		my @edge = @{$rows[0][-1]};
		push @colors, "$frame is " . sprintf('#%02x%02x%02x', @edge) . ", not $fill"
			if sprintf('#%02x%02x%02x', @edge) ne $fill;
		my ($darkest) = sort { $a <=> $b } map { map { $_->[0] + $_->[1] + $_->[2] } @$_ } @rows;
		push @labels, "$frame has no label to be seen" if $label && $darkest > 250;
	}
	is(join('; ', @colors), '', "$name: colours on the screen");
	is(join('; ', @labels), '', "$name: labels on the screen");
}

my ($file) = $url =~ m{([^/]+)$};
page('image', qq(<img src="$file" width=1200>));
painted_right('<img>');
my ($tall) = $svg =~ /viewBox="0 0 [\d.]+ ([\d.]+)"/;
page('sandbox', qq(<iframe sandbox src="$file" width=1200 height=$tall style="border:0"></iframe>));
painted_right('<iframe sandbox>');
page('object', qq(<object data="$file" type="image/svg+xml" width=1200></object>));
is($browser->complaints =~ s/.*(?:blocked|sandboxed).*\n?//gir, '', 'no complaint but that scripts are off');
page('strict', $svg, q(<meta http-equiv="Content-Security-Policy" content="default-src 'none'">));
js('document.body.style.margin = 0');
is($browser->count('.fg-live'), 0, 'a page that forbids scripts has none');
painted_right('a page without scripts and styles');
my $texts = js('return [...document.querySelectorAll("text")].map(t => t.textContent).join("\n")');
like($texts, qr/^\Q$_\E$/m, "a page without scripts and styles: '$_'") for 'mixed', 'parse', 'kernel',
	'user code';
like($texts, qr/^read$/m, 'a page without scripts and styles: the table');
$browser->complaints;
$browser->scripts(0);
$browser->visit($url);
painted_right('without scripts');
$browser->scripts(1);

# --- screen readers ---

sub flat_tree {
	my (@left) = @_;
	my @found;
	while (my $node = shift @left) {
		push @found, $node;
		unshift @left, @{$node->{children} || []};
	}
	return @found;
}

show($url . '#t=1');
my @said = said();
my @nodes = flat_tree($browser->tree);
my ($tree) = grep { $_->{role} eq 'tree' } @nodes;
ok($tree, 'there is a tree');
my @items = grep { $_->{role} eq 'treeitem' } flat_tree($tree);
is_deeply([map { "$_->{level} $_->{name}" } @items], \@said, 'with all frames and levels');
is_deeply([map { s/^\d+ //r } @said], [map { s/^\d+ //r } sayings(tree(stacks($mixed =~ s/_\[.\]//gr)),
	whole => 1000, unit => 'cycles')], 'and their numbers');
my ($table) = grep { $_->{role} eq 'table' } @nodes;
ok($table, 'there is a table');
my @rows = grep { $_->{role} eq 'row' } flat_tree($table);
is(@rows, 1 + keys %{tops(stacks($mixed =~ s/_\[.\]//gr))}, 'of all functions');
my %buttons = map { ($_->{name} => $_) } grep { $_->{role} =~ /button/i } @nodes;
for (['Flame', 'true'], ['Icicle', 'false'], ['Callees', 'true'], ['Callers', 'false'],
	['Table', 'true']) {
	my ($name, $pressed) = @$_;
	is(($buttons{$name} || {})->{pressed}, $pressed, "'$name' is a button, pressed: $pressed");
}
my ($input) = grep { $_->{role} =~ /^(?:textbox|searchbox)$/ } @nodes;
is($input && $input->{name}, 'search', 'the field has a name');
my ($heading) = grep { $_->{role} eq 'heading' } @nodes;
is($heading && $heading->{name}, 'mixed', 'the title is a heading');
$browser->scripts(0);
$browser->visit($url);
@nodes = flat_tree($browser->tree);
@items = grep { $_->{role} eq 'treeitem' } @nodes;
is(@items, @said, 'static: all frames are items of a tree');
like($items[2]{name}, qr/^\w+ \([\d,]+ cycles, [\d.]+ ?%\)/, 'static: with their numbers');
ok((grep { $_->{role} eq 'table' } @nodes), 'static: the top functions are a table');
$browser->scripts(1);
done_testing();
