# SPDX-License-Identifier: Apache-2.0
#
# What the browser tests of pictures share: a browser with a picture in it, its frames and
# what stands around them, and the same numbers once more, added up here from the folded
# text.  A test begins with
#
#	use FindBin;
#	BEGIN { require "$FindBin::Bin/../viewer.pm"; Viewer->import }
#	start_browser();
#
# The browser
#	start_browser(HOW)   or the end of the test when there is none; $browser is a
#	                     Browser, see browser.pm, 1200 x 800; $pwned is what the
#	                     payloads of hostile names set
#	draw(NAME, TEXT, OPTION...)   a picture of folded text; gives its address
#	show(URL)            opens it and waits for the viewer
#	settle               waits until what was done is drawn
#	calm(WORDS)          no complaint, nothing fetched, nothing run since the last call
#	js(BODY, ARGS...)    as of Browser
# Frames: drawn, in the order of the tree
#	boxes                { name, x, y, w, h, label, said, level, class, fill, link }
#	box(NAME, NTH)       one of them
#	said                 what a screen reader gets of each: "2 main, 35.0 percent, …"
#	frame(NAME, NTH)     its element, for click() and move() of the browser
#	click(NAME, NTH, HOW), point(NAME, NTH)   at a frame
#	click_said(LINE)     at the one of which said() gives this
# Around them
#	words(SELECTOR)      what stands there, '' when it is hidden or not there
#	way                  "all › app › main", '' when nothing is zoomed
#	info, name, status   of the details and of the search
#	pressed              "Flame Callees Name Palette"
#	button(WORDS)        clicks it
#	press(KEYS)          as type() of Browser; settles
#	search(TEXT)         types it into the field
#	table_rows           [self, total, name] of the rows that can be seen
#	wrong                what no picture may have: boxes outside of the page or of their
#	                     parents, header parts over each other, ...; '' when all is well
# Numbers from folded text
#	stacks(TEXT)         [value, name, name, ...] of each line
#	tree(STACKS), callers(STACKS), sandwich(STACKS, NAME)
#	                     nodes { name, total, self, kids => { name => node } }; the last
#	                     gives two, callers and callees
#	tops(STACKS)         name => { self, total }, recursion counted once
#	union(STACKS, RE)    value of the stacks in which a name matches
#	count_hits(NODE, RE) frames of a tree that match
#	node_at(NODE, NAME...)   the node there
#	sayings(NODE, HOW)   what said() gives for that tree: whole => value of 100 %, unit,
#	                     depth => of the node, least => smaller ones are not there,
#	                     noself => 1, weight => 1 for the order
#	amount(VALUE, UNIT), percent(PART, WHOLE)   as they are written
package Viewer;
use strict;
use utf8;
use warnings;
no warnings qw(once);
use Encode ();
use Exporter qw(import);
use File::Basename qw(dirname);
use Test::More;
use Time::HiRes qw(sleep);

require(dirname(__FILE__) . '/lib.pm');
require(dirname(__FILE__) . '/browser.pm');

our ($browser, $page);
our $pwned = 'window.pwned=1';
our @EXPORT = qw($browser $pwned start_browser draw show settle calm js boxes box said frame
	click click_said point words way info name status pressed button press search table_rows wrong
	stacks tree callers sandwich tops union count_hits node_at sayings amount percent
	$small small_stacks medium read_picture);

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);

# --- the browser ---

my $start = <<'END';
window.copied = [];
Object.defineProperty(navigator, 'clipboard', { configurable: true,
	value: { writeText: text => { copied.push(text); return Promise.resolve(); } } });
window.seen = e => e.getClientRects().length > 0;
window.boxesNow = () => [...document.querySelectorAll('.fg-live > *')].filter(g =>
	g.frame && g.getAttribute('display') !== 'none');
window.boxNow = (name, nth) => boxesNow().filter(g => g.frame.name === name)[nth || 0];
END

sub start_browser {
	my (%how) = @_;
	plan skip_all => Browser::missing() if Browser::missing();
	$how{start} = $start . ($how{start} || '');
	$browser = Browser->new(network => 1, %how);
}

sub draw {
	my ($name, $text, @options) = @_;
	utf8::encode($text) if utf8::is_utf8($text);
	my $in = Fg::spew("$Fg::temp/$name.folded", $text);
	my $out = "$Fg::temp/$name.svg";
	my $ran = Fg::run({}, Fg::program('fg-svg'), @options, '-o', $out, $in);
	die "$ran->{command}: status $ran->{status}\n$ran->{err}" if $ran->{status};
	return "file://$out";
}

# The SVG element of a picture, as it is put into a page.
sub read_picture {
	my ($url) = @_;
	return Encode::decode_utf8(Fg::slurp($url =~ s{^file://|[?#].*}{}gr)) =~ s/^<\?xml.*?\?>\n//r;
}

sub show {
	my ($url) = @_;
	($page) = $url =~ /^([^?#]*)/;
	$browser->visit($url);
	live();
}

sub live {
	$browser->wait_for('return !!document.querySelector(".fg-live")');
	settle();
}

sub settle { $browser->painted }

sub calm {
	my ($words) = @_;
	is($browser->complaints, '', "$words: no complaint");
	is_deeply([grep { !/^\Q$page\E|^about:blank|^data:text\/javascript,/ } $browser->requests], [],
		"$words: nothing is fetched");
	is(js('return typeof pwned'), 'undefined', "$words: no name is run");
}

sub js { return $browser->js(@_) }

# --- frames ---

my $boxes = <<'END';
return boxesNow().map(g => {
	const r = g.querySelector('rect'), t = g.querySelector('text'), at = n => +r.getAttribute(n);
	return { name: g.frame.name, x: at('x'), y: at('y'), w: at('width'), h: at('height'),
		label: t ? t.textContent : '', said: g.getAttribute('aria-label') || '',
		level: +g.getAttribute('aria-level'), class: g.getAttribute('class') || '',
		fill: r.getAttribute('fill'), link: g.localName === 'a' ? g.getAttribute('href') : '' };
});
END

sub boxes { return @{js($boxes)} }

sub box {
	my ($name, $nth) = @_;
	return js("const boxesNow = () => [boxNow(...arguments)].filter(g => g); $boxes",
		$name, $nth)->[0];
}

# Words for screen readers come 150 ms after the picture.
sub said {
	$browser->js_async('setTimeout(arguments[0], 170)');
	return @{js('return boxesNow().map(g => g.getAttribute("aria-level") + " " + ' .
		'g.getAttribute("aria-label"))')};
}

sub frame {
	my ($name, $nth) = @_;
	return js('const g = boxNow(...arguments); return g && g.querySelector("rect")', $name, $nth)
		|| die "no frame '$name'\n";
}

sub click {
	my ($name, $nth, %how) = @_;
	$browser->click(frame($name, $nth), %how);
	settle();
}

# That of which said() gives this.
sub click_said {
	my ($said) = @_;
	my @said = said();
	my ($i) = grep { $said[$_] eq $said } 0 .. $#said;
	die "no frame '$said'\n" unless defined $i;
	$browser->click(js('return boxesNow()[arguments[0]].querySelector("rect")', $i));
	settle();
}

sub point { $browser->move(frame(@_)) }

# --- around them ---

sub words {
	my ($selector) = @_;
	return js('const e = document.querySelector(arguments[0]);' .
		'return e && seen(e) ? e.textContent : ""', $selector);
}

sub way {
	return js('return [...document.querySelectorAll(".fg-crumb")]' .
		'.map(e => e.textContent).join(" › ")');
}

sub info { return words('.fg-info') }
sub name { return words('.fg-details .fg-name') }
sub status { return words('.fg-status') }

sub pressed {
	return js('return [...document.querySelectorAll(".fg-tools button[aria-pressed=true]")]' .
		'.map(b => b.textContent).join(" ")');
}

sub button {
	my ($words) = @_;
	my $b = js('return [...document.querySelectorAll(".fg-box button")]' .
		'.find(b => b.textContent === arguments[0] && seen(b))', $words)
		|| die "no button '$words'\n";
	$browser->click($b);
	settle();
}

sub press {
	$browser->type(@_);
	settle();
}

sub search {
	my ($text) = @_;
	$browser->click('.fg-field input');
	$browser->type('<Ctrl+a>');
	$browser->insert($text);
	$browser->js_async('setTimeout(arguments[0], 100)');
	settle();
}

my $rows = <<'END';
const sheet = document.querySelector('.fg-sheet').getBoundingClientRect();
const top = document.querySelector('.fg-sheet thead').getBoundingClientRect().bottom;
return [...document.querySelectorAll('.fg-sheet tbody tr')].filter(tr => {
	const b = tr.getBoundingClientRect();
	return tr.children.length === 3 && seen(tr) && b.top >= top - 1 &&
		b.bottom <= sheet.bottom + 1;
}).map(tr => [tr.children[0].textContent, tr.children[1].textContent,
	tr.children[2].firstChild.textContent]);
END

sub table_rows { return @{js($rows)} }

my $wrong = <<'END';
const wrong = [], page = document.documentElement, all = boxesNow().map(g => {
	const r = g.querySelector('rect'), at = n => +r.getAttribute(n);
	return { g, name: g.frame.name, x: at('x'), y: at('y'), w: at('width'), h: at('height'),
		up: /fg-up/.test(g.getAttribute('class')) };
});
const need = (fine, words) => { if (!fine && wrong.length < 5) wrong.push(words); };
const width = Math.max(innerWidth, 300), head = document.querySelector('.fg-bar');
const table = document.querySelector('.fg-panel');
const right = table && seen(table) && innerWidth >= 900
	? table.getBoundingClientRect().left : width;
need(document.querySelectorAll('.fg-live > *').length <= 5000, 'too many elements');
need(all.length > 0, 'no boxes');
need(page.scrollWidth <= width, 'scrolls sideways: ' + page.scrollWidth);
const top = head.offsetHeight, rows = new Map();
for (const b of all) {
	need([b.x, b.y, b.w, b.h].every(Number.isFinite), b.name + ': no number');
	need(b.x >= 15.9 && b.x + b.w <= right - 15.9, b.name + ': beside the page');
	need(b.y >= top && b.y + b.h <= page.getBoundingClientRect().height, b.name + ': outside');
	need(b.w > 0 && b.h > 0, b.name + ': empty');
	rows.set(b.y, [...rows.get(b.y) || [], b]);
}
for (const row of rows.values()) {
	row.sort((a, b) => a.x - b.x);
	row.forEach((b, i) => need(!i || row[i - 1].x + row[i - 1].w <= b.x + .11,
		b.name + ': over its neighbour'));
}
const near = b => [b.y - 18, b.y + 18].flatMap(y => rows.get(y) || []);
need(all.filter(b => !near(b).some(p => p.x <= b.x + .11 && p.x + p.w >= b.x + b.w - 1.3))
	.length <= 1, 'a box without a parent');
const bars = ['.fg-heading', '.fg-field', '.fg-way', '.fg-result', '.fg-tools', '.fg-name',
	'.fg-info'].map(s => document.querySelector('.fg-bar ' + s)).filter(e =>
	e && seen(e)).map(e => [e.className, e.getBoundingClientRect()])
	.filter(([, r]) => r.width && r.height);
for (const [a, p] of bars)
	for (const [b, q] of bars)
		need(a === b || p.right <= q.left + .5 || q.right <= p.left + .5 ||
			p.bottom <= q.top + .5 || q.bottom <= p.top + .5, a + ' over ' + b);
need(document.querySelectorAll('.fg-live [tabindex="0"], .fg-live a[href]:not([tabindex])')
	.length === 1, 'not one frame can be tabbed to');
for (const b of [...head.querySelectorAll('button:not(.fg-crumb), input')].filter(seen))
	need(b.getBoundingClientRect().right <= width && b.getBoundingClientRect().left >= 0,
		'out of sight: ' + (b.textContent || b.localName));
const sets = [...document.querySelectorAll('.fg-tools .fg-set')].slice(0, -1);
const sandwich = document.querySelector('.fg-way').textContent.includes('callers above');
for (const set of sets) {
	const on = set.querySelectorAll('[aria-pressed=true]').length;
	need(on === 1 || on === 0 && /drawing/.test(set.getAttribute('aria-label')),
		on + ' pressed of ' + set.textContent);
}
return wrong.join('; ');
END

sub wrong { return js($wrong) }

# --- numbers ---

sub stacks {
	my ($text) = @_;
	my @stacks;
	for (split /\n/, $text) {
		push @stacks, [$2, split /;/, $1] if !/^#/ && /^(.*) (\d+)$/;
	}
	return \@stacks;
}

sub new_node { return { name => $_[0], total => 0, self => 0, kids => {} } }

sub grow {
	my ($node, $value, @names) = @_;
	$node->{total} += $value;
	for my $name (@names) {
		$node = $node->{kids}{$name} ||= new_node($name);
		$node->{total} += $value;
	}
	$node->{self} += $value;
}

sub tree {
	my ($stacks, $name) = @_;
	my $root = new_node(defined $name ? $name : 'all');
	grow($root, @$_) for @$stacks;
	return $root;
}

sub callers {
	my ($stacks) = @_;
	return tree([map { my ($value, @names) = @$_; [$value, reverse @names] } @$stacks]);
}

# The outermost place of the function in each stack counts.
sub sandwich {
	my ($stacks, $name) = @_;
	my (@up, @down);
	for (@$stacks) {
		my ($value, @names) = @$_;
		my ($at) = grep { $names[$_] eq $name } 0 .. $#names;
		next unless defined $at;
		push @up, [$value, reverse @names[0 .. $at - 1]];
		push @down, [$value, @names[$at + 1 .. $#names]];
	}
	return (tree(\@up, $name), tree(\@down, $name));
}

sub tops {
	my ($stacks) = @_;
	my %tops;
	for (@$stacks) {
		my ($value, @names) = @$_;
		my %once = map { $_ => 1 } @names;
		$tops{$_}{total} += $value for keys %once;
		$tops{$names[-1]}{self} += $value;
	}
	$_->{self} ||= 0 for values %tops;
	return \%tops;
}

sub union {
	my ($stacks, $re) = @_;
	my $sum = 0;
	for (@$stacks) {
		my ($value, @names) = @$_;
		$sum += $value if grep { /$re/ } @names;
	}
	return $sum;
}

sub count_hits {
	my ($node, $re) = @_;
	my ($n, @left) = (0, values %{$node->{kids}});
	while (my $next = pop @left) {
		$n++ if $next->{name} =~ /$re/;
		push @left, values %{$next->{kids}};
	}
	return $n;
}

sub node_at {
	my ($node, @names) = @_;
	$node = $node->{kids}{$_} || die "no node '$_'\n" for @names;
	return $node;
}

# Children as they are drawn, each with its place in the parent.
sub kids_of {
	my ($node, %how) = @_;
	my $from = 0;
	my @kids = map { $node->{kids}{$_} } sort { Encode::encode_utf8($a) cmp
		Encode::encode_utf8($b) } keys %{$node->{kids}};
	@kids = sort { $b->{total} <=> $a->{total} } @kids if $how{weight};
	for (@kids) {
		$_->{from} = $from;
		$from += $_->{total};
	}
	return @kids;
}

# All nodes below and the node itself, depth first, as [node, depth, place].
sub flat {
	my ($node, %how) = @_;
	my (@found, @left);
	push @left, [$node, $how{depth} || 0, 0];
	while (my $next = pop @left) {
		my ($n, $depth, $place) = @$next;
		push @found, $next;
		push @left, map { [$_, $depth + 1, $place + $_->{from}] } reverse
			grep { $_->{total} >= ($how{least} || 0) } kids_of($n, %how);
	}
	return @found;
}

sub sayings {
	my ($node, %how) = @_;
	return map {
		my ($n, $depth) = @$_;
		$depth + 1 . " $n->{name}, " . spoken($n->{total}, $how{whole}) .
			', ' . amount($n->{total}, $how{unit}) .
			($how{noself} ? '' : ', self ' . spoken($n->{self}, $how{whole}));
	} flat($node, %how);
}

sub spoken { return percent(@_) =~ s/%/percent/r }

# Halves are rounded up, which sprintf does not always do.
sub fixed {
	my ($number, $digits) = @_;
	return sprintf "%.${digits}f", $number + 1e-9;
}

sub percent {
	my ($part, $whole) = @_;
	my $p = $whole ? 100 * $part / $whole : 0;
	return $p > 0 && $p < .005 ? '<0.01 %' : fixed($p, $p < 9.995 ? 2 : 1) . ' %';
}

sub grouped { return scalar reverse join ',', unpack '(A3)*', reverse $_[0] }

sub amount {
	my ($value, $unit) = @_;
	my @steps = ('', ' k', ' M', ' G', ' T');
	my $limit = 10000;
	while ($value >= $limit && @steps > 1) {
		$value /= 1000;
		shift @steps;
		$limit = 1000;
	}
	my $digits = $value < 1 ? 3 : $value < 10 ? 2 : $value < 100 ? 1 : 0;
	my $text = fixed($value, $digits);
	$text =~ s/\.?0+$// if $digits;
	$unit = 'sample' if ($unit || '') eq 'samples' && $value == 1;
	return grouped_part($text) . $steps[0] . ($unit ? " $unit" : '');
}

sub grouped_part {
	my ($whole, $rest) = $_[0] =~ /^(\d+)(.*)/;
	return grouped($whole) . $rest;
}

# --- profiles ---

our $small = <<'END';
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

sub small_stacks { return stacks($small) }

# Some hundred stacks, with recursion, names worth cutting and many narrow frames; 9,973
# in all, so that no share lies between two that can be written.
sub medium {
	my ($seed) = @_;
	srand($seed || 7);
	my @names = map { ("std::io::file_$_", "fn$_", "org.app.Main.step$_") } 1 .. 14;
	my (%sum, $total);
	while (($total || 0) < 9973) {
		my @stack = ('srv', 'main');
		push @stack, $names[rand(rand() < .5 ? 9 : @names)] for 1 .. 1 + rand 11;
		my $value = 1 + int(rand(rand() < .1 ? 400 : 8));
		$value = 9973 - ($total || 0) if ($total || 0) + $value > 9973;
		$sum{join ';', @stack} += $value;
		$total += $value;
	}
	return "# unit: cycles\n" . join '', map { "$_ $sum{$_}\n" } sort keys %sum;
}

1;
