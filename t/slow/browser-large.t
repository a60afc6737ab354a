#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Large profiles in a real browser: zooming reveals all of a million frames, few elements
# exist at any time, and whatever is done in whatever order leaves a picture in order.
use strict;
use utf8;
use warnings;
no warnings qw(once);
use FindBin;
use Test::More;
use Time::HiRes qw(time);

BEGIN {
	require "$FindBin::Bin/../viewer.pm";
	Viewer->import;
}

my $most = 3000;		# frames in the page, see boxes.js

start_browser();

my $random = 1;

# The same in every run.
sub any {
	my ($below) = @_;
	$random = ($random * 1103515245 + 12345) % 2147483648;
	return ($random >> 8) % $below;
}

sub elements { return js('return document.querySelectorAll(".fg-frames > *").length') }

# 10,000 corners of 100 frames each: 25 stacks of four; returns one of them.
sub million {
	my ($file, $first, $second) = @_;
	my ($text, @corner) = ("# unit: cycles\n");
	for my $a (10 .. 109) {
		for my $b (10 .. 109) {
			my @lines;
			for my $c (1 .. 25) {
				my ($d, $value) = (any(900), 50 + any(100));
				push @lines, "a$a;b$b;c$d-$c;d" . any(90) . ";e;f$c $value\n";
			}
			$text .= join '', @lines;
			@corner = @lines if $a == $first && $b == $second;
		}
	}
	Fg::spew($file, $text);
	return join '', @corner;
}

my $folded = "$Fg::temp/million.folded";
my $corner = million($folded, 47, 69);
my $ran = Fg::run({}, Fg::program('fg-svg'), '--detail=all', '-o', "$Fg::temp/million.svg", $folded);
is($ran->{status}, 0, 'a picture of a million frames') or diag($ran->{err});
cmp_ok(-s "$Fg::temp/million.svg", '<', 8e6, 'is not larger than 8 MB');
my $whole = 0;
my %sums;
for (split /\n/, Fg::slurp($folded)) {
	next unless /^(a\d+);.* (\d+)$/;
	$whole += $2;
	$sums{$1} += $2;
}
show("file://$Fg::temp/million.svg");
like(words('.fg-foot'), qr/^1,010,000 narrow frames not drawn/,
	'nearly all are too narrow to be drawn');
cmp_ok(elements(), '<=', $most, 'few elements');
is((said())[0], '1 all, 100.0 percent, ' . amount($whole, 'cycles') . ', self 0.00 percent',
	'the root');
my ($said_a) = grep { /^2 a47, / } said();
is($said_a, '2 a47, ' . percent($sums{a47}, $whole) =~ s/%/percent/r . ', ' .
	amount($sums{a47}, 'cycles') . ', self 0.00 percent', 'a frame of 1 %');
my $tree = tree(stacks($corner));
my $inside = node_at($tree, 'a47', 'b69');
my @expected = sayings($inside, whole => $whole, unit => 'cycles', depth => 2);
is(@expected, 101, 'a corner of a hundred frames');
cmp_ok($inside->{total} / $whole, '<', .00015, 'one in ten thousand of the whole');
my $busy = $browser->busy;
click('a47');
click('b69');
diag(sprintf 'two zooms: %.0f ms of processor time', $browser->busy - $busy);
my @in = said();
is_deeply([@in[2 .. $#in]], \@expected, 'zoomed into the corner: names and numbers');
is(words('.fg-foot'), '', 'nothing of it is left out');
is(way(), 'all › a47 › b69', 'the way there');
is(wrong(), '', 'everything in its place');
$browser->reload;
Viewer::live();
@in = said();
is_deeply([@in[2 .. $#in]], \@expected, 'the address leads there');
search('^f7$');
is(status(), percent(union(stacks($corner), qr/^f7$/), $inside->{total}) .
	' of view · 1 function · 1 frame', 'search in the corner');
press('<Escape>');
js('document.activeElement.blur()');
press('0');
my $f7 = 0;
/;f7 (\d+)$/ and $f7 += $1 for split /\n/, Fg::slurp($folded);
search('^f7$');
is(status(), percent($f7, $whole) . ' · 1 function · 10,000 frames',
	'search finds 10,000 frames, none of which is drawn');
press('<Escape>');
for my $turn (1 .. 12) {
	my $n = js('return boxesNow().length');
	$browser->click(js('return boxesNow()[arguments[0]].querySelector("rect")', any($n)));
	settle();
	cmp_ok(elements(), '<=', $most, "click $turn: few elements");
	is(wrong(), '', "click $turn: everything in its place");
}
press('0');
button('Callers');
my ($said_f7) = grep { /^2 f7, / } said();
my $share = percent($f7, $whole) =~ s/%/percent/r;
like($said_f7, qr/^2 f7, \Q$share\E/, 'callers: a sum over 10,000');
cmp_ok(elements(), '<=', $most, 'callers: few elements');
is(wrong(), '', 'callers: everything in its place');
calm('a million frames');

# More frames that are wide enough than a page should hold.
my $wide = join '', map { 'a;b' . $_ % 70 . ";c$_;d;e;f;g;h 10\n" } 1 .. 1200;
my $all = 1 + 1 + 70 + 6 * 1200;
show(draw('wide', $wide));
is(elements(), $most, 'as many elements as a page may hold');
is(words('.fg-foot') =~ s/ not drawn.*//r, Viewer::grouped($all - $most) . ' narrow frames',
	'the rest is told');
cmp_ok(scalar(grep { $_->{name} =~ /^c/ } boxes()), '==', 1200, 'the widest frames are drawn');
is(wrong(), '', 'many frames: everything in its place');
click('b5');
is_deeply([(said())[2 .. 50]], [(sayings(node_at(tree(stacks($wide)), 'a', 'b5'), depth => 2,
	whole => 12000))[0 .. 48]], 'zoomed: the narrow ones, too');
calm('many frames');

# A random walk over all there is to do.
my $url = draw('walk', join "\n", (split /\n/, medium(41))[0 .. 250], '');
show($url);
my ($root) = said();
my $label = box('all')->{label};
my @keys = ('<Up>', '<Down>', '<Left>', '<Right>', '<Enter>', '<Escape>', '<Backspace>', '0', 'n',
	'N', 's', 't', 'i', '?', 'c', '/', '<Tab>', '<Shift+Tab>');
my @ways = (
	(sub {
		my $g = js(<<'END', any(1000)) or return 'nothing';
const top = document.querySelector('.fg-bar').getBoundingClientRect().bottom;
const panel = document.querySelector('.fg-panel').getBoundingClientRect();
const right = panel.width && innerWidth >= 900 ? panel.left - 9 : innerWidth;
const all = boxesNow().map(g => g.querySelector('rect')).filter(r => {
	const b = r.getBoundingClientRect();
	return b.top >= top && b.bottom <= innerHeight && b.right < right;
});
return all[arguments[0] % all.length];
END
		$browser->click($g);
		return 'a click';
	}) x 4,
	(sub { my $keys = $keys[any(scalar @keys)]; $browser->type($keys); return $keys }) x 5,
	sub {
		my $b = js('const all = [...document.querySelectorAll(".fg-box button")].filter(b =>' .
			'seen(b) && !b.disabled && b.getBoundingClientRect().top < innerHeight - 5 && ' .
			'getComputedStyle(b).visibility !== "hidden"); return all[arguments[0] % all.length]',
			any(1000));
		my $words = js('return arguments[0].textContent', $b);
		js('arguments[0].click()', $b);
		return "the button $words";
	},
	sub {
		my $text = ('fn1', '(', 'file|step', '^main$', 'nothing')[any(5)];
		search($text);
		press('<Escape>') if any(3) == 0;
		js('document.activeElement && document.activeElement.blur()');
		return "search for $text";
	},
	sub { any(2) ? $browser->back : $browser->forward; return 'back or forward' },
	sub {
		$browser->resize((1200, 700, 400, 1600)[any(4)], (800, 500)[any(2)]);
		return 'another size';
	},
);
my (@done, @wrong);
my $from = time;
for my $turn (1 .. 200) {
	push @done, $ways[any(scalar @ways)]->();
	show($url) if js('return !location.href.startsWith(arguments[0])', $url);
	Viewer::live();
	settle();
	my $wrong = wrong();
	my $at_root = js('const g = boxesNow().find(g => g.frame.id === 0);' .
		'return g ? g.frame.name === "all" ? g.textContent : "sandwich" : "none"');
	$wrong ||= "root '$at_root'" unless $at_root eq 'sandwich' || $at_root eq $label;
	push @wrong, join(', ', @done[($turn > 6 ? -6 : 0) .. -1]) . ": $wrong" if $wrong && @wrong < 3;
}
is(join("\n", @wrong), '', '200 things done: everything in its place');
diag(sprintf '200 things in %.1f s', time - $from);
$browser->resize(1200, 800);
show($url);
is((said())[0], $root, 'the root is as it was');
calm('200 things');

# 10 million frames: the picture comes, though not all of them are in it.
my $ten = "$Fg::temp/ten.folded";
open my $out, '>', $ten or die "$ten: $!\n";
my $tail = join ';', map { "f$_" } 1 .. 49;
print $out "s$_;$tail 1\n" for 1 .. 200_000;
print $out "big;work 100000\n";
close $out or die "$ten: $!\n";
$from = time;
$ran = Fg::run({}, Fg::program('fg-svg'), '-q', '-o', "$Fg::temp/ten.svg", $ten);
diag(sprintf '10 million frames in %.1f s', time - $from);
is($ran->{status}, 0, '10 million frames: a picture') or diag($ran->{err});
cmp_ok(-s "$Fg::temp/ten.svg", '<', 5e6, 'of less than 5 MB');
show("file://$Fg::temp/ten.svg");
is((grep { /^2 big, / } said())[0], '2 big, 33.3 percent, 100 k, self 0.00 percent', 'with the right shares');
like(words('.fg-foot'), qr/frames not in this file/, 'it tells what is missing');
search('^f49$');
is(status() =~ s/ ·.*//r, '66.7 %', 'search knows the sum all the same');
is(wrong(), '', '10 million frames: everything in its place');
calm('10 million frames');
done_testing();
