#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Where the viewer holds back, in a real browser: expressions that would take for ever,
# outlines that would hide narrow frames; and what it says of a function in a difference.
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

start_browser();

sub settled {
	my ($re) = @_;
	return $browser->wait_for('const s = document.querySelector(".fg-status").textContent;' .
		'return s !== "searching …" && s');
}

# Expressions.
my $long = 'a' x 60;
my $slow = draw('slow', "main;$long! 10\nmain;read_page 30\nmain;read;read_again 60\n");
show($slow);
for my $re ('^(\w+)+$', '(a*)*b', '(\w*)*\W\d', '(a|aa)+$', '(.*)(.*)(.*)(.*)(.*)(.*)(.*)#',
	'^(a+)+\1$') {
	my $from = time;
	search($re);
	like(settled(), qr/^(takes too long|no match|[\d.]+ %)/, "'$re' ends");
	cmp_ok(time - $from, '<', 15, "'$re' does not block the page");
}
search('^(\w+)+$');
is(settled(), 'takes too long', 'what takes too long is told');
is($browser->count('.fg-bad'), 1, 'and marked');
is($browser->count('.fg-hit, .fg-find'), 0, 'nothing is faint with it');
for my $re ('(read|page)+', '(a)\w+\1in', '(r)ead_again|(x){2}') {
	search($re);
	like(settled(), qr/^(90\.0|60\.0) % · \d function/, "'$re', tried aside, has a share");
}
is($browser->count('.fg-hit'), 1, 'and marks frames');
search('read');
like(status(), qr/^90\.0 % · 3 functions · 3 frames/, 'others are looked for at once');
calm('expressions');
show("$slow#s=%5E(%5Cw%2B)%2B%24");
is(settled(), 'takes too long', 'one in the address, too');
click('read');
is(way(), 'all › main › read', 'and frames can be clicked');

# Narrow frames of a function that was picked.
my $stacks = join '', map { "f$_;hot 2\n" } 1 .. 300;
show(draw('narrow', "wide;hot 700\n$stacks"));
press('t');
$browser->click('.fg-sheet tbody tr:not([hidden]) td:nth-child(3)');
settle();
is($browser->count('.fg-picked'), 301, 'all frames of the function are marked');
is($browser->count('.fg-thin'), 300, 'the narrow ones');
my $outline = 'return parseFloat(getComputedStyle(document.querySelector(arguments[0])).strokeWidth)';
cmp_ok(js($outline, '.fg-picked.fg-thin > rect'), '<',
	js($outline, '.fg-picked:not(.fg-thin) > rect'), 'have a thinner outline');

# Keys in the table; one frame can be tabbed to whatever was done.
is($browser->count('.fg-sheet tbody tr[tabindex="0"]'), 1, 'Tab stops at one row');
for my $done ('i', 't', '0') {
	press($done);
	is($browser->count('.fg-live > [tabindex="0"]:not([display=none])'), 1,
		"one frame can be tabbed to after '$done'");
}
button('Weight');
is($browser->count('.fg-live > [tabindex="0"]:not([display=none])'), 1, 'and in another order');

# A function in a difference.
show(draw('change', "main;read 10 30\nmain;read;read 5 5\nmain;write 85 65\n", '--columns=2')
	. '#f=read');
is(info(), 'total 35.0 % · self 35.0 % · 35 · 15 → 35, ×2.33 · +20.0 points · ' .
	's for its callers and callees', 'what it had before, recursion counted once');
press('s');
like(info(), qr/15 → 35, ×2\.33 · \+20\.0 points$/, 'in a sandwich, too');
press('t');
$browser->click('.fg-sheet tbody tr:not([hidden]) td:nth-child(3)');
settle();
is(name(), 'write', 'what is picked there is what is told of');
like(info(), qr/^total 65\.0 % .*85 → 65, ×0\.76/, 'with its own numbers');
calm('a difference');

done_testing();
