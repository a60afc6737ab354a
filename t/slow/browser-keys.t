#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# A picture in a real browser without a mouse; addresses, old, stale and hostile; links.
use strict;
use utf8;
use warnings;
no warnings qw(once);
use Compress::Raw::Zlib;
use FindBin;
use MIME::Base64 qw(decode_base64 encode_base64);
use Test::More;

BEGIN {
	require "$FindBin::Bin/../viewer.pm";
	Viewer->import;
}

start_browser();

my $url = draw('small', $small, '--title=small one');
my $tree = tree(small_stacks());
my @whole = (whole => 1000, unit => 'cycles');
my @all = sayings($tree, @whole);

sub focused {
	return js('const e = document.activeElement || document.documentElement;' .
		'return e.frame ? e.frame.name : e.localName');
}

# Which frames the arrows lead to, from the one that has the focus.
sub walks {
	my ($name, @steps) = @_;
	while (my ($keys, $to) = splice @steps, 0, 2) {
		press($keys);
		is(focused(), $to, "$name: $keys");
		is(name(), $to, "$name: $keys: details") if $to ne 'all';
	}
}

show($url);
press('<Up>');
is(focused(), 'app', 'flame: the first step up is the root\'s child');
walks('flame', '<Up>' => 'main', '<Left>' => 'idle', '<Left>' => 'idle', '<Right>' => 'main',
	'<Right>' => 'main', '<Up>' => 'parse', '<Right>' => 'run', '<Up>' => 'read',
	'<Left>' => 'parse', '<Left>' => 'read', '<Left>' => 'lex', '<Up>' => 'read', '<Up>' => 'read',
	'<Down>' => 'lex', '<Down>' => 'parse', '<Down>' => 'main', '<Down>' => 'app', '<Down>' => 'all',
	'<Down>' => 'all');
press('i');
like(pressed(), qr/^Icicle/, 'i turns it');
is(focused(), 'all', 'the focus stays');
walks('icicle', '<Down>' => 'app', '<Down>' => 'main', '<Up>' => 'app', '<Down>' => 'main',
	'<Down>' => 'parse', '<Down>' => 'read', '<Right>' => 'parse');
press('<Enter>');
is(way(), 'all › app › main › run › parse', 'Enter zooms');
is(focused(), 'parse', 'the focus stays on the frame');
walks('zoomed', '<Down>' => 'read', '<Up>' => 'parse', '<Up>' => 'run', '<Up>' => 'main');
press('<Enter>');
is(way(), 'all › app › main', 'Enter zooms out to an ancestor');
walks('zoomed out', '<Down>' => 'parse', '<Right>' => 'run');
press('0');
is(way(), '', '0 shows all');
press('i');
like(pressed(), qr/^Flame/, 'i turns it again');
is($browser->count('.fg-live [tabindex="0"]'), 1, 'one frame can be tabbed to');
calm('arrows');

# By weight, arrows go by what is seen.
button('Weight');
js('boxNow("all").focus()');
walks('weight', '<Up>' => 'app', '<Up>' => 'main', '<Right>' => 'idle', '<Left>' => 'main',
	'<Up>' => 'parse', '<Up>' => 'read', '<Right>' => 'lex');
button('Name');

# Copying.
sub copied {
	my $stacks = js('return copied.splice(0)');
	return join ' | ', map { s/\n/;/gr } @$stacks;
}
show($url);
press('c');
is(copied(), '', 'c copies nothing when nothing is selected');
click('lex');
press('c');
is(copied(), 'app;main;parse;lex', 'c copies the stack, outermost first');
like(info(), qr/copied.* 4 frames/, 'and says so');
press('<Up>c');
is(copied(), 'app;main;parse;lex;read', 'of the frame the arrows lead to');
press('0');
button('Callers');
click('copy');
press('<Up>c');
is(copied(), 'parse;read;copy' =~ s/parse;//r, 'in callers outermost first, too');
press('0');
button('Callees');
click('parse', 1);
press('s');
press('<Up>c');
is(copied(), 'main;parse', 'above the middle of a sandwich: the caller and the function');
js('Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true })');
press('c');
is(js('const t = document.querySelector("textarea"); return t && t.value'), "main\nparse",
	'without a clipboard the stack is shown to be copied');
press('<Escape>');
is($browser->count('textarea'), 0, 'Esc closes that');
like(pressed(), qr/Sandwich/, 'and nothing else');
calm('copying');

# Other keys.
show($url);
press('?');
is(words('.fg-help .fg-heading'), 'Keys', '? shows the keys');
my $keys = words('.fg-help dl');
like($keys, qr/\Q$_\E/, "'$_' is told") for qw(Enter Esc Backspace / 0 n N s t i c ?);
press('<Escape>');
is($browser->count('.fg-help'), 0, 'Esc closes them');
press('??');
is($browser->count('.fg-help'), 0, 'so does ?');
press('t');
like(pressed(), qr/Table/, 't shows the table');
press('t');
unlike(pressed(), qr/Table/, 'and hides it');
click('lex');
press('s');
like(pressed(), qr/Sandwich/, 's shows the sandwich');
press('<Escape>');
unlike(pressed(), qr/Sandwich/, 'Esc leaves it');
press('0');

# In the field keys are text.
press('/');
is(focused(), 'input', '/ goes to the field');
my $was = [said()];
my ($buttons, $fragment) = (pressed(), $browser->fragment);
press('tsic0?N<Backspace>/');
$browser->js_async('setTimeout(arguments[0], 100)');
is(js('return document.activeElement.value'), 'tsic0?/', 'keys in the field are text');
is(pressed(), $buttons, 'and do nothing else');
is_deeply([said()], $was, 'no frame has moved');
is($browser->count('.fg-help'), 0, 'no window opens');
press('<Left><Left><Up><Down>');
is(focused(), 'input', 'arrows stay in it');
press('<Escape><Escape>');
isnt(focused(), 'input', 'Esc twice leaves it');
is_deeply([copied()], [''], 'nothing was copied');

# The browser's own keys.
for my $chord ('f', '0', 'c', 'n', 's', 't', '/') {
	my $prevented = js('let taken; const e = new KeyboardEvent("keydown", { key: arguments[0],' .
		' ctrlKey: true, bubbles: true, cancelable: true });' .
		'(document.activeElement || document.documentElement).dispatchEvent(e);' .
		'return e.defaultPrevented', $chord);
	ok(!$prevented, "Ctrl-$chord stays the browser's");
}
press('<Ctrl+f>');
isnt(focused(), 'input', 'Ctrl-F does not lead to our field');
is_deeply([said()], $was, 'and changes nothing');
calm('keys');

# Tab: the field, its buttons, the controls, one frame.
show($url);
my @stops;
for (1 .. 25) {
	press('<Tab>');
	my $stop = js('const e = document.activeElement; return !e || e === document.documentElement' .
		' ? "" : e.frame ? "frame " + e.frame.name : e.localName + " " + e.textContent');
	last if @stops && ($stop eq '' || $stop eq $stops[0]);
	push @stops, $stop if $stop;
}
is(scalar(grep { /^frame/ } @stops), 1, 'Tab stops at one frame');
is(scalar(grep { /^input/ } @stops), 1, 'at the field');
for my $b (qw(Flame Callees Callers Name Weight Palette Kind Table ?)) {
	is(scalar(grep { $_ eq "button $b" } @stops), 1, "at the button '$b'");
}
js('boxNow("all").focus()');
press('<Up><Up><Tab>');
press('<Shift+Tab>');
is(focused(), 'main', 'Tab comes back to the frame that was left');
calm('Tab');

# Old addresses.
show("$url?s=lex");
like(status(), qr/^5\.00 % · 1 function · 1 frame$/, 'an old address with a search');
my $svg = read_picture($url);
for my $name (qw(lex run idle main)) {
	my ($x, $y) = $svg =~ m{<title>$name \(.*?<rect x="([\d.]+)" y="([\d.]+)"}s;
	show("$url?x=$x&y=$y");
	like(way(), qr/ › $name$/, "an old address of the frame '$name'");
}
show("$url?s=read&x=16&y=9999");
is(way(), '', 'an old address of nothing');
like(status(), qr/^54\.0 % · 1 function/, 'its search stays');
my $big = draw('weighted', $small, '--inverted', '--order=weight');
my ($x, $y) = read_picture($big) =~ m{<title>copy \(.*?<rect x="([\d.]+)" y="([\d.]+)"}s;
show("$big?x=$x&y=$y");
is(way(), 'all › app › main › parse › read › copy', 'an old address of an icicle by weight');
calm('old addresses');

# What an address says wrongly does no harm.
my $long = '0.' x 20000;
my @bad = ('#z=9.9&s=(', '#z=&s=%', '?s=%zz&x=1&y=', '#', '?x=16.0&y=abc', '#z=NaN.1e9',
	'#z=-1', '#z=0.0.0.0.0.0.0.0', "#z=$long", '#v=sandwich', '#v=sandwich&f=nobody',
	'#v=constructor&k=__proto__', '#k=toString&o=valueOf&i=2', '#v=sandwich&f=all&z=u0_d0_x0',
	'#t=1&t=0&t=%00', '#s=(a%2B)%2B%24', '#s=%F0%9F%92%A5%E0%A4%A', '#z=99999999999999999999',
	'#&&&===&z', '#s=<script>window.pwned=1</script>', '?s=<img src=x onerror=window.pwned=1>',
	'#f=javascript:window.pwned=1', '#z=u0&v=callers&o=weight&i=1', '#' . '%' x 500,
	'?x=1e309&y=-1e309', '#z=0.1.0_0.1', '#v=callees&f=read&f=lex', "#s=\x{202e}\x{0}x");
for my $tail (@bad) {
	show($url . $tail);
	my $words = length $tail > 60 ? substr($tail, 0, 57) . '…' : $tail;
	$words =~ s/[^ -~…]/?/g;
	is(wrong(), '', "'$words': everything in its place");
	is(box('all')->{label}, 'all · 1,000 cycles', "'$words': the root is there")
		unless pressed() =~ /Sandwich/;
	press('0');
	press('<Escape>') for 1 .. 2;
	calm("'$words'");
}
my ($path) = $url =~ m{^file://(.*)};
show("$url#z=0.1.0.1");
Fg::spew($path, Fg::slurp(draw('less', "app;x 5\n") =~ s{^file://}{}r));
$browser->reload;
Viewer::live();
is(wrong(), '', 'an address of another picture: everything in its place');
is(way(), 'all › app', 'it leads as far as there is something');
calm('an address of another picture');

# Links.
my $there = Fg::spew("$Fg::temp/there.html", '<!DOCTYPE html><title>there</title>there');
my $attributes = Fg::spew("$Fg::temp/links.txt", join '', map { "$_\n" }
	"main\thref=there.html\ttarget=_self\ttitle=where it begins",
	"run\tjunk=1\thref=javascript:window.pwned=1", "lex\thref=data:text/html,x",
	"parse\ttitle=only words", "idle\thref=javascriptXwindow.pwned=1\ttarget=_self");
my $in = Fg::spew("$Fg::temp/linked.folded", $small);
my $ran = Fg::run({}, Fg::program('fg-svg'), "--nameattr=$attributes", '-q', '-o',
	"$Fg::temp/linked.svg", $in);
is($ran->{status}, 0, 'a picture with links') or diag($ran->{err});
my $linked = "file://$Fg::temp/linked.svg";
show($linked);
is_deeply([map { "$_->{name} $_->{link}" } grep { $_->{link} } boxes()],
	['idle javascriptXwindow.pwned=1', 'main there.html'], 'only harmless links are there');
is_deeply([said()], \@all, 'a linked picture has the same frames');
is(wrong(), '', 'links: everything in its place');
point('main');
like(info(), qr/^where it begins · total 60\.0 %.*there\.html/, 'details tell of the link');
point('parse');
like(info(), qr/^only words · total/, 'and words without a link');
click('main', 0, ctrl => 1);
is(way(), 'all › app › main', 'Ctrl-click zooms');
is(scalar @{$browser->call('GET', '/window/handles')}, 1, 'and opens no window');
press('0');
click('parse');
is(way(), 'all › app › main › parse', 'a frame without a link zooms');
press('0');
js('boxNow("main").focus()');
press('<Enter>');
is(way(), 'all › app › main', 'Enter zooms');
press('0');
calm('links');
$browser->click(frame('main'));
ok(eval { $browser->wait_for('return document.title === "there"') }, 'a click follows the link');
$browser->back;
Viewer::live();
is_deeply([said()], \@all, 'back shows the picture');

# What the writer would never write, but somebody could have changed.
my $changed = Fg::slurp("$Fg::temp/linked.svg");
$changed =~ s{(class="fg-data"[^>]*><desc>)([^<]*)}{$1 . change_data($2)}e;
show('file://' . Fg::spew("$Fg::temp/changed.svg", $changed));
is_deeply([map { "$_->{name} $_->{link}" } grep { $_->{link} } boxes()], ['main there.html'],
	'a link to a script is none');
click('idle');
is(way(), 'all › app › idle', 'the frame zooms');
calm('a link to a script');

sub change_data {
	my ($packed) = @_;
	my $bytes = '';
	my ($inflate) = Compress::Raw::Zlib::Inflate->new(-WindowBits => -15);
	$inflate->inflate(my $in = decode_base64($packed), $bytes);
	$bytes =~ s/javascriptX/javascript:/ or die "no link in the data\n";
	my ($deflate) = Compress::Raw::Zlib::Deflate->new(-WindowBits => -15, -AppendOutput => 1);
	$deflate->deflate($bytes, my $out = '');
	$deflate->flush($out);
	return encode_base64($out, '');
}
done_testing();
