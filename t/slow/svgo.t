#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Pictures survive svgo, as web sites and editors run it over what they are given: all is
# there without scripts, looks the same in both themes, and the viewer takes over.
#
# svgo is the one in PATH, or comes from npm into a folder of the user's cache; $SVGO
# names another one.
use strict;
use utf8;
use warnings;
use Encode ();
use FindBin;
use Test::More;

BEGIN {
	require "$FindBin::Bin/../lib.pm";
	require "$FindBin::Bin/../browser.pm";
}

my $version = '4.1.0';

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
plan skip_all => Browser::missing() if Browser::missing();

# The program, or '' and why there is none.
sub get_svgo {
	return $ENV{SVGO} if $ENV{SVGO};
	return 'svgo' if Fg::has_program('svgo');
	my ($package, $why) = Fg::npm_package('svgo', $version);
	return $package ? "$package/../.bin/svgo" : ('', $why);
}

my ($svgo, $why) = get_svgo();
plan skip_all => $why unless $svgo;

my $folded = <<'END';
# event: cycles
# unit: cycles
app;main;parse;read;copy_[k] 100
app;main;parse;read 200
app;main;parse;lex;read 50
app;main;parse;std::vector<int>::push_back("a & b") 60
app;main;run;read 150
app;main;run;parse;größe→長さ 40
app;main 60
app;java/lang/Object:::hash_[j] 90
app;idle 310
END

sub draw {
	my ($name, @options) = @_;
	my $in = Fg::spew("$Fg::temp/$name.folded", Encode::encode_utf8($folded));
	my $ran = Fg::run({}, Fg::program('fg-svg'), @options, '-o', "$Fg::temp/$name.svg", $in);
	die "$ran->{command}: status $ran->{status}\n$ran->{err}" if $ran->{status};
	return "$Fg::temp/$name.svg";
}

# The minified file, well-formed and smaller, or the end of the test.
sub minify {
	my ($file) = @_;
	(my $to = $file) =~ s/\.svg$/.min.svg/;
	my $ran = Fg::run({}, $svgo, '-i', $file, '-o', $to);
	is($ran->{status}, 0, 'svgo works') or die "$ran->{out}$ran->{err}";
	cmp_ok(-s $to, '<', -s $file, 'what comes out is smaller');
	if (Fg::has_program('xmllint')) {
		my $parsed = Fg::run({}, 'xmllint', '--noout', $to);
		is($parsed->{err}, '', 'and well-formed');
	}
	return $to;
}

# All that can be seen, in order: shapes and texts with place and colour, tooltips.
my $look = <<'END';
const round = n => Math.round(n * 100) / 100;
const seen = e => {
	const style = getComputedStyle(e), b = e.getBBox(), at = e.getCTM();
	return [e.localName === 'text' ? e.textContent : 'shape', round(b.x + at.e),
		round(b.y + at.f), round(b.width), round(b.height), style.fill, style.fillOpacity,
		style.opacity, style.fontWeight].join(' ');
};
const all = [...document.querySelectorAll('rect, path, text')];
return {
	seen: all.filter(e => e.getClientRects().length && !e.closest('defs')).map(seen),
	tips: [...document.querySelectorAll('.fg-frames title')].map(e => e.textContent),
	title: document.querySelector('svg > title').textContent,
};
END

my $browser = Browser->new;

sub looks {
	my ($file, $theme) = @_;
	$browser->media('prefers-color-scheme' => $theme);
	$browser->visit("file://$file");
	return $browser->js($look);
}

# Without scripts nothing may be lost.
sub same_picture {
	my ($name, $file, $small) = @_;
	$browser->scripts(0);
	for my $theme (qw(light dark)) {
		my ($was, $is) = map { looks($_, $theme) } $file, $small;
		cmp_ok(scalar @{$was->{tips}}, '>=', 15, "$name: frames have tooltips");
		cmp_ok(scalar @{$was->{seen}}, '>', 20, "$name: there are shapes and texts");
		is_deeply($is, $was, "$name: it looks the same in the $theme theme");
	}
	$browser->scripts(1);
	$browser->media;
}

sub content {
	my ($file, $selector) = @_;
	$browser->scripts(0);
	$browser->visit("file://$file");
	my $text = $browser->text($selector);
	$browser->scripts(1);
	return defined $text ? $text =~ s/^\s+|\s+$//gr : undef;
}

my $static = draw('static', '--no-javascript');
same_picture('static', $static, minify($static));

my $file = draw('whole', '--title=whole');
my $small = minify($file);
same_picture('whole', $file, $small);
for my $what ('.fg-data', 'script') {
	my $was = content($file, $what);
	cmp_ok(length($was || ''), '>', 100, "there is a '$what'");
	is(content($small, $what), $was, "and svgo keeps it as it is");
}

# The viewer takes over, zooms and searches.
my $frame = 'return [...document.querySelectorAll(".fg-frames > *")]' .
	'.find(g => g.frame && g.frame.name === arguments[0])';
$browser->visit("file://$small");
ok(eval { $browser->wait_for('return document.querySelector(".fg-live")') },
	'the viewer takes over') or die $browser->complaints, "\n";
is($browser->complaints, '', 'without complaint');
my $width = 'const r = arguments[0].getBoundingClientRect(); return r.width / innerWidth';
cmp_ok($browser->js($width, $browser->js($frame, 'parse')), '<', .6, 'a frame is narrow');
$browser->click($browser->js($frame, 'parse'));
ok(eval { $browser->wait_for('return location.hash.includes("z=")') }, 'a click zooms');
$browser->painted;
cmp_ok($browser->js($width, $browser->js($frame, 'parse')), '>', .9, 'the frame is wide');
$browser->type('0/lex');
ok(eval { $browser->wait_for('return document.querySelector(".fg-hit")') }, 'search finds');
is($browser->complaints, '', 'no complaint');
done_testing();
