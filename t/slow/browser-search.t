#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Search and the table of functions in a real browser: shares, functions and frames are
# those that the folded text adds up to, drawn or not.
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

my $text = medium(23);
my $stacks = stacks($text);
my ($tree, $tops) = (tree($stacks), tops($stacks));
my $url = draw('medium', $text);

# "12.3 % · 4 functions · 56 frames" of a part of a tree; all stacks pass through it.
sub found {
	my ($re, $node, $part, $of, $view) = @_;
	my %functions = map { $_ => 1 } grep { /$re/ } keys %$tops;
	my $inside = count_hits($node, $re) + ($node->{name} =~ /$re/ && $view ? 1 : 0);
	return percent(union($part, $re), $of) . ($view ? ' of view' : '') . ' · ' .
		many(scalar keys %functions, 'function') . ($inside ? ' · ' . many($inside, 'frame') : '');
}

sub many { return Viewer::grouped($_[0]) . " $_[1]" . ($_[0] == 1 ? '' : 's') }

# Stacks below a frame, cut to what is in it.
sub part {
	my (@names) = @_;
	return [map { my ($value, @stack) = @$_;
		"@stack[0 .. $#names]" eq "@names" ? [$value, @stack[$#names .. $#stack]] : () }
		grep { @$_ > @names } @$stacks];
}

show($url);
is(status(), '', 'nothing is said without a search');
for my $re ('fn', 'fn1$', 'step1', 'io::file_3|fn[12]', '^main$', '.', 'srv|fn2', '\d\d') {
	search($re);
	is(status(), found(qr/$re/i, $tree, $stacks, 9973), "'$re': share, functions, frames");
	my @wrong = grep { ($_->{class} =~ /fg-hit/ ? 1 : 0) != ($_->{name} =~ /$re/ &&
		$_->{name} ne 'all' ? 1 : 0) } boxes();
	is(@wrong, 0, "'$re': what matches is marked, and nothing else");
}
is(wrong(), '', 'searching: everything in its place');
search('nothing has that');
is(status(), 'no match', 'no match');
search('fn1$');
my $fill = 'return getComputedStyle(boxesNow().find(g => g.frame.name === arguments[0])' .
	'.querySelector("rect"))';
is(js("$fill.fill", 'fn1'), 'rgb(224, 123, 240)', 'hits have the colour of hits');
is(js("$fill.opacity", 'fn2'), '0.35', 'the rest is faint');
like($browser->fragment, qr/^#s=fn1(?:%24|\$)$/, 'the address keeps the expression');
my $said = status();
$browser->reload;
Viewer::live();
is(status(), $said, 'and reloading the search');
is(js('return document.querySelector(".fg-field input").value'), 'fn1$', 'the field, too');

# Case.
search('FN1$');
is(status(), $said, 'small and capital letters are the same');
button('Aa');
is(status(), 'no match', 'until asked to differ');
is(js('return document.querySelector(".fg-field button").getAttribute("aria-pressed")'), 'true',
	'the button is pressed');
search('fn1$');
is(status(), $said, 'with the same letters');
$browser->reload;
Viewer::live();
is(js('return document.querySelector(".fg-field button").getAttribute("aria-pressed")'), 'true',
	'the address keeps that, too');
button('Aa');

# Bad expressions.
for my $bad ('(', '[', '*', 'a{2,1}', '\\') {
	search($bad);
	is(status(), 'not a regular expression', "'$bad' is told");
	is($browser->count('.fg-bad'), 1, "'$bad' is marked");
	is($browser->count('.fg-hit, .fg-find'), 0, "nothing is faint with '$bad'");
}
press('<Escape>');
is(status(), '', 'Esc in the field clears it');
is($browser->count('.fg-bad'), 0, 'and the mark');
is($browser->fragment =~ s/#//r, '', 'and the address');
search('fn2');
press('<Escape>');
search('fn3');
button('×');
is(status(), '', 'so does the button ×');
calm('searching');

# Step by step.
search('io::file_[34]$');
my @hits = grep { $_->{name} =~ /io::file_[34]$/ } boxes();
my $n = Viewer::grouped(scalar @hits);
cmp_ok(scalar @hits, '>', 5, 'some matches are drawn');

sub selected {
	return js('return boxesNow().findIndex(g => /fg-sel/.test(g.getAttribute("class")))');
}
my @index = grep { (boxes_once())[$_]{name} =~ /io::file_[34]$/ } 0 .. $#{[boxes_once()]};
my @once;

sub boxes_once {
	@once = boxes() unless @once;
	return @once;
}
press('<Enter>');
like(status(), qr{ · 1/$n$}, 'Enter goes to the first match');
is(selected(), $index[0], 'the frame is selected');
press('<Enter><Enter>');
like(status(), qr{ · 3/$n$}, 'and on');
is(selected(), $index[2], 'to the third');
press('<Escape>');
is(status(), '', 'Esc');
search('io::file_[34]$');
press('<Enter>');
js('document.activeElement.blur()');
press('n');
like(status(), qr{ · 2/$n$}, 'n goes on');
press('NN');
like(status(), qr{ · $n/$n$}, 'N back, and round');
is(selected(), $index[-1], 'to the last');
press('n');
like(status(), qr{ · 1/$n$}, 'n round again');
button('›');
like(status(), qr{ · 2/$n$}, 'the button ›');
button('‹');
like(status(), qr{ · 1/$n$}, 'and ‹');
is(selected(), $index[0], 'the frame is selected');

# Within a zoom and other views.
show("$url#s=fn1%24");
is(status(), found(qr/fn1$/, $tree, $stacks, 9973), 'the address starts a search');
my ($heavy) = Viewer::kids_of(node_at($tree, qw(srv main)), weight => 1);
click_said(sayings({ %$heavy, kids => {} }, whole => 9973, unit => 'cycles', depth => 3));
is(status(), found(qr/fn1$/, $heavy, part('srv', 'main', $heavy->{name}), $heavy->{total}, 1),
	'in a zoomed view: share of it');
press('0');
is(status(), found(qr/fn1$/, $tree, $stacks, 9973), 'out again');
button('Callers');
my ($share, $functions) = (percent(union($stacks, qr/fn1$/), 9973), many(
	scalar(grep { /fn1$/ } keys %$tops), 'function'));
like(status(), qr/^\Q$share · $functions\E/, 'callers: the same share');
my $callers = callers($stacks);
my ($leaf) = Viewer::kids_of($callers, weight => 1);
click_said(sayings({ %$leaf, kids => {} }, whole => 9973, unit => 'cycles', depth => 1,
	noself => 1));
my @ending = map { my ($v, @s) = @$_; [$v, @s] } grep { $_->[-1] eq $leaf->{name} } @$stacks;
$share = percent(union(\@ending, qr/fn1$/), $leaf->{total});
like(status(), qr/^\Q$share of view\E/, 'callers, zoomed: share of the stacks that end there');
show("$url#s=fn1%24");
my ($widest) = sort { ($b =~ /, ([\d.]+) /)[0] <=> ($a =~ /, ([\d.]+) /)[0] }
	grep { /^\d+ fn2,/ } said();
click_said($widest);
press('s');
my (@above, @below);
for (grep { my $s = $_; grep { $_ eq 'fn2' } @$s[1 .. $#$s] } @$stacks) {
	my ($value, @names) = @$_;
	my ($at) = grep { $names[$_] eq 'fn2' } 0 .. $#names;
	push @above, [$value, @names[0 .. $at]];
	push @below, [$value, @names[$at .. $#names]];
}
my $of = $tops->{fn2}{total};
is(status(), join(' · ', percent(union(\@above, qr/fn1$/), $of) . ' of callers',
	percent(union(\@below, qr/fn1$/), $of) . ' of callees'), 'in a sandwich');
calm('search in views');

# From the command line, and where the tree is cut.
show(draw('marked', $text, '--highlight=file_[12]$'));
is(status(), found(qr/file_[12]$/, $tree, $stacks, 9973), '--highlight starts a search');
is($browser->fragment =~ s/#//r, '', 'which the address need not tell');
press('<Escape>');
is(status(), '', 'Esc ends it');
$browser->reload;
Viewer::live();
is(status(), '', 'and it does not come back');
for (['case', 'FN1$', qr/FN1$/], ['kind', '(?i)FN1$', qr/fn1$/i], ['more', 'f++n1$', qr/fn1$/]) {
	my ($what, $option, $re) = @$_;
	show(draw("marked-$what", $text, "--highlight=$option"));
	is(status(), union($stacks, $re) ? found($re, $tree, $stacks, 9973) : 'no match',
		"--highlight=$option finds what the program found");
}
calm('--highlight');
show(draw('cut', $text, '--detail=drawn', '--minwidth=4%'));
my @there = grep { $_->{name} ne 'all' } boxes();
my $kept = Viewer::flat($tree, least => .04 * 9973) - 1;
is(@there, $kept, 'the frames that are wide enough are in the data');
for my $re ('fn1$', 'main', 'step', '.') {
	search($re);
	my ($least, $words) = status() =~ /^(≥ )?([\d.]+) % · /;
	ok(defined $words, "cut: '$re' has a share");
	my $true = 100 * union($stacks, qr/$re/) / 9973;
	my ($max) = sort { $b <=> $a } map { $tops->{$_}{total} } grep { /$re/ } keys %$tops;
	cmp_ok($words || 0, '<=', $true + .051, "cut: '$re' is never more than there is");
	cmp_ok($words || 0, '>=', 100 * $max / 9973 - .051, "cut: '$re' is all that is known");
	ok($least || abs(($words || 0) - $true) < .051, "cut: '$re' is exact or marked with ≥");
}
my $missing = Viewer::grouped(count_hits($tree, qr/./) - $kept);
like(words('.fg-foot'), qr/^\Q$missing frames not in this file\E/, 'what is missing is told');
calm('a cut tree');

# The table: all functions, from the whole profile.
show($url);
press('t');
is(js('return document.querySelector(".fg-sheet table").getAttribute("aria-rowcount")') - 1,
	scalar keys %$tops, 'table: all functions');
like(words('.fg-note'), qr/^@{[scalar keys %$tops]} functions/, 'and their number');

# All rows, by scrolling.
sub all_rows {
	js('document.querySelector(".fg-sheet").scrollTop = 0');
	my (@all, %seen);
	for my $turn (0 .. 50) {
		settle();
		my @new = grep { !$seen{$_->[2]}++ } table_rows();
		last if $turn && !@new;
		push @all, @new;
		js('const s = document.querySelector(".fg-sheet"); s.scrollTop += 22 * 12');
	}
	return @all;
}

sub expected_rows {
	my ($tops, $of, @order) = @_;
	return map { [percent($tops->{$_}{self}, $of), percent($tops->{$_}{total}, $of), $_] } @order;
}

sub by {
	my ($what, $sign, $tops) = @_;
	return sort { $sign * ($tops->{$a}{$what} <=> $tops->{$b}{$what}) || $a cmp $b }
		grep { $tops->{$_}{total} } keys %$tops;
}
is_deeply([all_rows()], [expected_rows($tops, 9973, by('self', -1, $tops))],
	'table: by self, the largest first');
is_deeply([map { $_->[2] } (table_rows())[0 .. 2]], [map { $_->[2] } (table_rows())[0 .. 2]],
	'rows');
button('self % ↓');
is_deeply([all_rows()], [expected_rows($tops, 9973, by('self', 1, $tops))], 'the smallest first');
button('total %');
is_deeply([all_rows()], [expected_rows($tops, 9973, by('total', -1, $tops))], 'by total');
button('function');
is_deeply([all_rows()], [expected_rows($tops, 9973, sort keys %$tops)], 'by name');
is(js('return document.querySelectorAll(".fg-sheet th")[2].getAttribute("aria-sort")'),
	'ascending', 'which is told to a screen reader');
button('function ↑');
is_deeply([all_rows()], [expected_rows($tops, 9973, reverse sort keys %$tops)], 'backwards');
button('self %');
is(wrong(), '', 'table: everything in its place');
search('file_1');
is_deeply([all_rows()], [expected_rows($tops, 9973, grep { /file_1/ } by('self', -1, $tops))],
	'a search filters the table');
press('<Escape>');

# A click on a row marks the function everywhere; a zoom counts what is in it.
my ($row) = table_rows();
$browser->click(js('return document.querySelector(".fg-sheet tbody tr[aria-rowindex="' .
	' + "\"2\"]").children[2]'));
settle();
is(name(), $row->[2], 'a click on a row shows its function');
like(info(), qr/^total \Q$row->[1]\E · self \Q$row->[0]\E/, 'and its numbers');
is_deeply([map { $_->{name} } grep { $_->{class} =~ /fg-picked/ } boxes()],
	[map { $_->{name} } grep { $_->{name} eq $row->[2] } boxes()], 'its frames are outlined');
is(js('return document.querySelectorAll(".fg-sheet tr[aria-current=true]").length'), 1,
	'one row is selected');
my $was = [said()];
$browser->reload;
Viewer::live();
like(pressed(), qr/Table/, 'reloading keeps the table');
is(name(), $row->[2], 'and what is marked');
is_deeply([said()], $was, 'and the frames');
press('s');
like(pressed(), qr/Sandwich/, 's opens its sandwich');
$browser->back;
settle();
unlike(pressed(), qr/Sandwich/, 'back leaves it');
$browser->click(js('return document.querySelector(".fg-sheet tbody tr[aria-rowindex="' .
	' + "\"3\"]").children[2]'), times => 2);
settle();
like(pressed(), qr/Sandwich/, 'so does a double click on a row');
press('<Escape>');
click_said(grep { /^4 \Q$heavy->{name}\E, / } said());
my $inner = tops(part('srv', 'main', $heavy->{name}));
is_deeply([(all_rows())[0 .. 11]], [(expected_rows($inner, $heavy->{total},
	by('self', -1, $inner)))[0 .. 11]], 'zoomed: the table is of what is in there');
button('Table');
is($browser->count('.fg-panel') && js('return seen(document.querySelector(".fg-panel"))'), JSON::PP::false,
	'the button takes the table away');

# Many functions: only rows in sight exist.
my $functions_many = join '', map { "r;f$_ " . (1 + $_ % 7) . "\n" } 1000 .. 12999;
show(draw('siblings', $functions_many) . '#t=1');
cmp_ok($browser->count('.fg-sheet tbody tr'), '<', 60, 'few rows exist');
js('const s = document.querySelector(".fg-sheet"); s.scrollTop = 22 * 6000');
settle();
my @now = table_rows();
my $sums = tops(stacks($functions_many));
my @order = by('self', -1, $sums);
my ($at) = grep { $order[$_] eq $now[0][2] } 0 .. $#order;
cmp_ok(abs($at - 6000), '<', 3, 'scrolling leads to the right rows');
is_deeply([map { $_->[2] } @now], [@order[$at .. $at + $#now]], 'in order');
js('const s = document.querySelector(".fg-sheet"); s.scrollTop = s.scrollHeight');
settle();
is((table_rows())[-1][2], $order[-1], 'down to the last');
is(wrong(), '', '12,000 siblings: everything in its place');
calm('the table');
done_testing();
