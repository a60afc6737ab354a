#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Hostile profiles in a real browser: nothing that a profile says is run or fetched, and
# each ends in a picture that can be used.
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

my @bad = ("</script><script>$pwned</script>", "]]><script>$pwned</script>",
	"</desc></g><script>$pwned</script>", "</title><script>$pwned</script><title>",
	"\" onload=\"$pwned\" x=\"", "' onclick='$pwned", "javascript:$pwned",
	"<img src=x onerror=$pwned>", "\"><image href=\"http://127.0.0.1:1/x\" onerror=\"$pwned\"/>",
	"<foreignObject><iframe srcdoc=\"<script>parent.$pwned</script>\"/></foreignObject>",
	"--><script>$pwned</script><!--", "<?php $pwned ?>", "&lt;script&gt;$pwned&lt;/script&gt;",
	"&#60;script&#62;", "&bad; &amp", "<style>*{display:none}</style>",
	"url(http://127.0.0.1:1/y)", "\${$pwned}", "{{constructor.constructor('$pwned')()}}",
	"\x{202e}gnp.exe\x{202c}", "\x01\x1b[31m\x7f", "x (y 5, 100%)", "\x{feff}\x{200b}",
	'__proto__', 'constructor', 'toString', '100%', '#z=0.0', '🔥 größe 長さ');

# Of what can be seen of the frames, all without the root, the n-th or the last.
my $in_sight = <<'END';
const top = document.querySelector('.fg-bar').getBoundingClientRect().bottom;
const all = boxesNow().map(g => g.querySelector('rect')).filter((r, i) => {
	const b = r.getBoundingClientRect();
	return i && b.top >= top && b.bottom <= innerHeight;
});
return all[Math.min(arguments[0], all.length) - 1];
END

# All that can be done with a picture, quickly.
sub handle {
	my ($name) = @_;
	is(wrong(), '', "$name: everything in its place");
	for my $i (1, 1000) {
		my $g = js($in_sight, $i) or last;
		$browser->move($g);
		$browser->click($g);
		settle();
		press('c');
		press('s');
		is(wrong(), '', "$name: frame $i in the middle: everything in its place");
		press('<Escape>0');
	}
	button('Callers');
	is(wrong(), '', "$name: callers: everything in its place");
	press('t');
	is(wrong(), '', "$name: table: everything in its place");
	press('it');
	button('Callees');
	search('<|[^ -~]|script');
	press('<Enter><Escape><Escape>');
	button('Kind');
	is(wrong(), '', "$name: everything in its place at last");
	calm($name);
}

my $text = join '', map { "r;$_;leaf 10\n" } @bad;
my $links = Fg::spew("$Fg::temp/links", join '', map { utf8::encode(my $b = $_);
	"$b\ttitle=$b\n" } @bad);
my $url = draw('bad', $text, '-q', "--title=$bad[0]", "--nametype=$bad[7]", "--countname=$bad[1]",
	"--subtitle=$bad[3]", "--notes=$bad[10]", "--highlight=\\<", "--nameattr=$links");
show($url);
my $all = () = Viewer::flat(tree(stacks($text)));
is(scalar(my @drawn = boxes()), $all, 'all are drawn');
is(words('.fg-heading'), $bad[0], 'the title is text');
my %shown = map { $_->{name} => 1 } boxes();
is(join(' | ', grep { !$shown{$_} && !/;|[\x00-\x1f\x7f\x{202a}-\x{202e}\x{200b}\x{feff}]/ } @bad), '',
	'names are whole');
is(js('return document.querySelectorAll("script").length'), 1, 'there is one script');
is(js('return document.querySelectorAll("iframe, img, image, style ~ style").length'), 0,
	'nothing that a name brought');
is_deeply([map { $_->{link} ? $_->{name} : () } boxes()], [], 'no link where there is no address');
handle('hostile names');

# As links.
$links = Fg::spew("$Fg::temp/links", join '', map { utf8::encode(my $b = $_);
	"$b\thref=$b\n" } @bad);
show(draw('linked', $text, '-q', "--nameattr=$links"));
cmp_ok(scalar(grep { $_->{link} } boxes()), '>', 0, 'some are links');
is_deeply([grep { !/^(?:https?:|mailto:|[^:]*$|[^:]*[\/?#])/ } grep { $_ } map { $_->{link} } boxes()], [],
	'no link to a script');
calm('links');
for my $bad (@bad[map { 4 * $_ } 0 .. $#bad / 4]) {
	show("$url#s=" . join '', map { sprintf '%%%02x', ord } split //, do { utf8::encode(my $b = $bad); $b });
	is($browser->complaints, '', 'no complaint when a name is searched for');
}
calm('addresses with hostile names');

# In an HTML page other rules hold for tags.
$Viewer::page = 'file://' . Fg::spew("$Fg::temp/page.html", do {
	my $html = "<!DOCTYPE html><meta charset=utf-8><title>p</title><body>" . read_picture($url);
	utf8::encode($html);
	$html;
});
$browser->visit($Viewer::page);
Viewer::live();
is(js('return document.querySelectorAll("script").length'), 1, 'inline: there is one script');
is(scalar(@drawn = boxes()), $all, 'inline: all are drawn');
calm('inline');

# Without scripts nothing is there to run, and nothing is fetched.
$browser->scripts(0);
$browser->visit($url);
is(js('return document.querySelectorAll("script").length'), 1, 'static: there is one script');
is($browser->count('.fg-frames > g'), $all, 'static: all are drawn');
is_deeply([grep { $_ ne $url } $browser->requests], [], 'static: nothing is fetched');
$browser->scripts(1);

# Sizes.
my %pictures = (
	'one frame' => "x 1\n",
	'one frame of nothing' => "x 0\ny 1\n",
	'names of 1 MB' => 'a;' . 'n' x 1_000_000 . ";b 5\na;" . 'm(' x 500_000 . " 5\n",
	'100,000 frames deep' => join(';', map { "f" . $_ % 1000 } 1 .. 100_000) . " 1\na 1\n",
	'100,000 deep in itself' => join(';', ('f') x 100_000) . " 1\na 1\n",
	'10,000 siblings' => join('', map { "r;f$_ 1\n" } 1 .. 10_000),
	'large numbers' => "a;b 9007199254740993\na;c 1\n",
	'small and large' => "a;b 1000000000000\n" . join('', map { "a;c$_ 1\n" } 1 .. 100),
	'blanks' => "a b;c d 1\n;x 2\n;; 3\n",
);
for my $name (sort keys %pictures) {
	my $url = eval { draw('size', $pictures{$name}, '-q', '--detail=all') };
	ok($url, "$name: a picture") or diag($@), next;
	show($url);
	cmp_ok(scalar(my @b = boxes()), '>', 1, "$name: frames");
	handle($name);
}
show(draw('long', 'a;' . 'n' x 1_000_000 . ";b 5\n", '-q'));
like((boxes())[2]{name}, qr/^n{4000,4095}…?$/, 'the beginning of a long name is in the data');
$browser->move(js('return boxesNow()[2].querySelector("rect")'));
cmp_ok(length name(), '<', 2000, 'but not in the details');

# Nothing at all: a clear error or a picture that says so, never half of one.
for (['nothing', ''], ['only headers', "# unit: cycles\n"], ['only zeros', "a;b 0\n"]) {
	my ($name, $text) = @$_;
	my $in = Fg::spew("$Fg::temp/empty.folded", $text);
	my $ran = Fg::run({}, Fg::program('fg-svg'), '-q', '-o', "$Fg::temp/empty.svg", $in);
	if ($ran->{status}) {
		like($ran->{err}, qr/^fg-svg: \S.*error: /, "$name: a clear error");
		ok(!-e "$Fg::temp/empty.svg", "$name: no picture");
		next;
	}
	$browser->visit("file://$Fg::temp/empty.svg");
	$browser->js_async('setTimeout(arguments[0], 100)');
	cmp_ok($browser->count('text'), '>', 0, "$name: a picture with words");
	is($browser->complaints, '', "$name: no complaint");
	unlink "$Fg::temp/empty.svg";
}

# NUL and bytes that are no text.
my $in = Fg::spew("$Fg::temp/nul.folded", "a;b\0c 1\na;\xff\xfe\xed\xa0\x80 2\na;\xc3\x28 3\n");
my $ran = Fg::run({}, Fg::program('fg-svg'), '-q', '-o', "$Fg::temp/nul.svg", $in);
SKIP: {
	skip 'refused: ' . $ran->{err}, 1 if $ran->{status};
	show("file://$Fg::temp/nul.svg");
	handle('bytes that are no text');
}
done_testing();
