#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Images and pages: fg-png draws what fg-svg has in its static picture, box for box
# and label for label, in files that are right by themselves.
use strict;
use warnings;
no warnings qw(once);
use Compress::Zlib ();
use FindBin;
use POSIX qw(ceil);
use Test::More;

require "$FindBin::Bin/lib.pm";

plan skip_all => 'built without cairo' unless -x "$Fg::build/fg-png";
plan skip_all => 'no font' if Fg::run({ in => "a 1\n" }, Fg::program('fg-png'))->{err} =~ /no font is/;

my $temp = $Fg::temp;
my $perf = "$Fg::cases/perf/fp.in";
my $mill = "$Fg::source/share/demo/mill.perf.txt.gz";
my $folded = Fg::spew("$temp/a.folded", <<'END');
# event: cpu-clock
# unit: ns
app;main;parse;read 3000000
app;main;parse 1000000
app;main;write;parse;copy 2000000
app;main;idle 2500000
END

check_same();
check_sizes();
check_files();
check_bytes();
check_zoom();
check_limits();
check_errors();
check_fonts();
check_names();
check_pages();
check_terminal();
done_testing();

sub draw {
	my ($how, @args) = @_;
	return Fg::run($how, Fg::program('fg-png'), @args);
}

sub told {
	my ($ran) = @_;
	return diag("$ran->{command}\nstatus $ran->{status}\n" . substr($ran->{err}, 0, 500));
}

sub fails {
	my ($ran, $words, $what) = @_;
	ok($ran->{status} == 2 && $ran->{out} eq '' && $ran->{err} =~ $words, $what) or told($ran);
}

### Reading what was drawn

# { w, h, per_metre, channels, rows, repeated } of a PNG; filters other than 0 and 2 are not used.
sub image {
	my ($png) = @_;
	my %image = (bytes => '');
	die "no PNG\n" unless substr($png, 0, 8, '') eq "\x89PNG\r\n\x1a\n";
	while (length $png) {
		my ($n, $kind) = unpack 'Na4', substr($png, 0, 8, '');
		my $data = substr($png, 0, $n, '');
		my $sum = unpack 'N', substr($png, 0, 4, '');
		die "$kind: wrong check sum\n" unless $sum == Compress::Zlib::crc32($kind . $data);
		push @{$image{kinds}}, $kind;
		@image{qw(w h depth type)} = unpack 'NNCC', $data if $kind eq 'IHDR';
		@image{qw(per_metre across unit)} = unpack 'NNC', $data if $kind eq 'pHYs';
		$image{bytes} .= $data if $kind eq 'IDAT';
	}
	my $bytes = Compress::Zlib::uncompress(delete $image{bytes}) // die "not deflated\n";
	$image{channels} = $image{type} == 6 ? 4 : 3;
	my $n = $image{channels} * $image{w};
	die "wrong size\n" unless length $bytes == ($n + 1) * $image{h};
	for my $y (0 .. $image{h} - 1) {
		my $filter = ord substr $bytes, $y * ($n + 1), 1;
		my $row = substr $bytes, $y * ($n + 1) + 1, $n;
		die "filter $filter\n" unless $filter == 0 || $filter == 2 && $row !~ /[^\0]/;
		$image{repeated}++ if $filter;
		push @{$image{rows}}, $filter ? $image{rows}[-1] : $row;
	}
	return \%image;
}

sub pixel {
	my ($image, $x, $y) = @_;
	my $n = $image->{channels};
	return unpack 'C*', substr($image->{rows}[$y], $n * int $x, $n);
}

# The largest difference of a channel.
sub distance {
	my ($a, $b) = @_;
	my $most = 0;
	for my $i (0 .. 2) {
		my $d = abs($a->[$i] - $b->[$i]);
		$most = $d if $d > $most;
	}
	return $most;
}

sub number {
	my ($attributes, $name, $default) = @_;
	return $attributes =~ /(?<![\w-])\Q$name\E="([-\d.]+)"/ ? $1 : $default;
}

sub color {
	my ($attributes) = @_;
	my ($hex) = $attributes =~ /fill="#(\w{6})"/;
	return [map { hex } $hex =~ /../g];
}

sub over {
	my ($color, $back, $opacity) = @_;
	return [map { $back->[$_] + ($color->[$_] - $back->[$_]) * $opacity } 0 .. 2];
}

# Boxes of a static SVG as they look: { x, y, w, h, color, label, edge }.
sub boxes {
	my ($svg) = @_;
	my ($back) = map { color($_) } $svg =~ /<rect class="fg-back"([^>]*)>/;
	my $dim = $svg =~ /class="fg-frames"[^>]* fill-opacity="\.82"/ ? .82 : 1;
	my @boxes;
	while ($svg =~ m{<g role="treeitem"[^>]*><title>[^<]*</title>\s*(?:<a [^>]*>)?<rect ([^>]*)/>(.*?)</g>}sg) {
		my ($at, $rest) = ($1, $2);
		my %box = map { $_ => number($at, $_, 0) } qw(x y width height);
		push @boxes, { %box, label => $rest =~ /<text / ? 1 : 0,
			edge => $rest =~ /fg-edge/ ? 2 : 0,
			color => over(color($at), $back, $dim * number($at, 'opacity', 1)) };
	}
	return @boxes;
}

# Pixels of a box that are not its colour: [leftmost, rightmost, how many].
sub ink {
	my ($image, $box) = @_;
	my ($left, $right, $count) = (undef, undef, 0);
	my $last = int($box->{x} + $box->{width}) - 2;
	for my $y (int($box->{y}) + 2 .. int($box->{y} + $box->{height}) - 2) {
		for my $x (ceil($box->{x}) + 1 + $box->{edge} .. $last) {
			next if distance([pixel($image, $x, $y)], $box->{color}) < 40;
			$left = $x if !defined $left || $x < $left;
			$right = $x if !defined $right || $x > $right;
			$count++;
		}
	}
	return ($left, $right, $count);
}

### The same picture

sub check_same {
	my @kinds = (
		[$mill], [$mill, '--width=500', '--inverted'], [$mill, '--theme=dark', '--colors=module'],
		[$mill, '--highlight=^std::', '--order=weight'], [$mill, '--view=callers', '--minwidth=2'],
		[$perf, '--height=30', '--fontsize=18'], [$perf, '--theme=dark', '--highlight=e'],
		[$folded, '--colors=kind', '--bgcolors=blue'], [$folded, '--colordiffusion'],
		["$Fg::cases/perf/srcline-inline.in"],
	);
	for my $kind (@kinds) {
		my ($file, @args) = @$kind;
		my $svg = Fg::run({}, Fg::program('fg-svg'), '-q', '--no-javascript', '--minwidth=.5',
			@args, $file)->{out};
		my $ran = draw({}, '-q', '--scale=1', @args, $file);
		compare(join(' ', $file =~ s{.*/}{}r, @args), $svg, $ran);
	}
}

sub compare {
	my ($what, $svg, $ran) = @_;
	ok($ran->{status} == 0, $what) or return told($ran);
	my $image = image($ran->{out});
	my ($w, $h) = $svg =~ /viewBox="0 0 ([\d.]+) ([\d.]+)"/;
	is("$image->{w} x $image->{h}", ceil($w) . ' x ' . ceil($h), '... as large');
	my ($colors, $labels, $over, $tried, $named) = ('', '', '', 0, 0);
	for my $box (boxes($svg)) {
		next if $box->{width} < 3;
		my $name = "$box->{x},$box->{y}+$box->{width}";
		# Above the text, where there is some.
		my @at = ($box->{x} + $box->{width} / 2, $box->{y} + ($box->{label} ? 1 : $box->{height} / 2));
		my @is = pixel($image, @at);
		$tried++;
		$colors .= "$name: @is, not @{$box->{color}}\n" if distance(\@is, $box->{color}) > 3;
		next if $box->{width} < 12;
		my ($left, $right, $count) = ink($image, $box);
		$named += $box->{label};
		$labels .= "$name: $count\n" if $box->{label} ? $count < 5 : $count > 0;
		$over .= "$name: $left to $right\n"
			if $count && ($left < $box->{x} + 2 || $right > $box->{x} + $box->{width} - 3);
	}
	is($colors, '', "... $tried boxes of the same colour in the same place");
	is($labels, '', "... with labels where the other has some: $named");
	is($over, '', '... inside of their boxes');
	check_around($svg, $image);
}

# Swatches of the legend and bars of the table, and that there are words.
sub check_around {
	my ($svg, $image) = @_;
	my ($back) = map { color($_) } $svg =~ /<rect class="fg-back"([^>]*)>/;
	my $wrong = '';
	for my $entry ($svg =~ m{(<g transform="translate\([^<]*<rect width="12"[^>]*>)}g) {
		my ($x, $y) = $entry =~ /translate\(([\d.]+),([\d.]+)\)/;
		my $want = over(color($entry), $back, number($entry, 'fill-opacity', 1));
		my @is = pixel($image, $x + 6, $y + 6);
		$wrong .= "swatch $x,$y: @is, not @$want\n" if distance(\@is, $want) > 3;
	}
	while ($svg =~ m{<g role="row" transform="translate\(0,([\d.]+)\)">.*?<rect class="fg-share"([^>]*)>}g) {
		my ($y, $bar) = ($1, $2);
		my @is = pixel($image, number($bar, 'x', 0), $y + number($bar, 'y', 0) + 1);
		$wrong .= "bar at $y: @is\n" if distance(\@is, color($bar)) > 3;
	}
	for my $line (['title', 20, 40], ['subtitle', 47, 60]) {
		my ($name, $from, $to) = @$line;
		my $ink = grep { my $y = $_; grep { distance([pixel($image, $_, $y)], $back) > 60 } 16 .. 60 }
			$from .. $to;
		$wrong .= "no $name\n" if $ink < 5;
	}
	is($wrong, '', '... legend, table and headings');
}

### Files

sub check_sizes {
	my $one = image(draw({}, '--scale=1', $folded)->{out});
	for my $scale ('', 1, 2, 1.5, .5, 4) {
		my $image = image(draw({}, $scale ? "--scale=$scale" : (), $folded)->{out});
		my $by = $scale || 2;
		is("$image->{w} x $image->{h}", ceil($one->{w} * $by) . ' x ' . ceil($one->{h} * $by),
			'a scale of ' . ($scale || 'nothing said'));
		is("$image->{per_metre} $image->{across} $image->{unit}",
			join(' ', (int($by * 96 / .0254 + .5)) x 2, 1), '... and its resolution');
	}
	is("@{$one->{kinds}}", 'IHDR pHYs IDAT IEND', 'no date, no words');
	cmp_ok($one->{repeated} // 0, '>', $one->{h} / 4, 'rows like those above them take no room');
	my $clear = image(draw({}, '--transparent', '--scale=1', $folded)->{out});
	is(join(' ', pixel($clear, 2, 2)), '0 0 0 0', '--transparent has no background');
	my @root = pixel($clear, 600, $one->{h} - 30);
	my $row = (grep { (pixel($clear, 600, $_))[3] == 255 } 72 .. $clear->{h} - 1)[0];
	ok($row, '... and boxes') or diag("@root");
	is(join(' ', (pixel($clear, 1100, $row + 2))[0 .. 2]), join(' ', pixel($one, 1100, $row + 2)),
		'... of the usual colours');
}

sub kind_of {
	my ($bytes) = @_;
	return $bytes =~ /^\x89PNG/ ? 'png' : $bytes =~ /^%PDF-/ ? 'pdf' : 'other';
}

sub check_files {
	my @names = (['x.png', 'png'], ['x.pdf', 'pdf'], ['x.PDF', 'pdf'], ['x', 'png'], ['x.pdf.new', 'png'],
		['y.png', 'pdf', '-t', 'pdf'], ['y.pdf', 'png', '--to=png'], ['y', 'pdf', '--to', 'pdf']);
	for my $name (@names) {
		my ($file, $want, @args) = @$name;
		my $ran = draw({}, @args, '-o', "$temp/$file", $folded);
		ok($ran->{status} == 0 && $ran->{out} eq '' && kind_of(Fg::slurp("$temp/$file")) eq $want,
			"@args $file is a $want") or told($ran);
	}
	is(kind_of(draw({}, $folded)->{out}), 'png', 'standard output is a PNG');
	is(kind_of(draw({}, '-t', 'pdf', '-o', '-', $folded)->{out}), 'pdf', '... or what --to says');
	fails(draw({}, '-o', "$temp/z.svg", $folded), qr/fg-svg/, 'an SVG is what fg-svg writes');
	fails(draw({}, '-o', "$temp/z.jpg", $folded), qr/PNG and PDF.*'jpg'/, 'nor is a JPEG made');
	fails(draw({}, '-t', 'gif', $folded), qr/'gif'.*png, pdf/, 'an unknown type');
	ok(!-e "$temp/z.svg" && !-e "$temp/z.jpg", 'nothing is left of these');
}

sub check_bytes {
	for my $args ([$mill], ['--theme=print', $mill], ['-t', 'pdf', $mill], ['--transparent', $perf]) {
		my $once = draw({}, '-q', @$args)->{out};
		ok(length $once && $once eq draw({}, '-q', @$args)->{out}, "@$args: the same bytes again");
	}
	my $pdf = draw({}, '-t', 'pdf', $folded)->{out};
	like($pdf, qr/Creator/, 'a page tells who made it');
	unlike($pdf, qr/CreationDate/, '... and has no date');
	like(draw({ env => { SOURCE_DATE_EPOCH => 86400 } }, '-t', 'pdf', $folded)->{out},
		qr/CreationDate \((?:D:)?19700102000000/, '... or that of SOURCE_DATE_EPOCH');
	fails(draw({ env => { SOURCE_DATE_EPOCH => 'noon' } }, $folded), qr/SOURCE_DATE_EPOCH 'noon'/,
		'... if it is one');
	my $text = Fg::run({}, Fg::program('fg-collapse'), '-q', $mill)->{out};
	ok(draw({ in => $text }, '-q', '--title=x')->{out} eq draw({}, '-q', '--title=x', $mill)->{out},
		'the same picture through a pipe');
}

### What is drawn

# The colour across the whole width, or nothing, of the row so many above the root.
sub row_color {
	my ($image, $level, $root) = @_;
	my $y = $root - 18 * $level;
	my @color = pixel($image, 400, $y);
	my @wrong = grep { distance([pixel($image, $_, $y)], \@color) > 3 } 18 .. 1180;
	return @wrong ? '' : "@color";
}

sub check_zoom {
	my @args = ('-q', '--scale=1', '--group-by=none', '--highlight=nothing', $folded);
	my $whole = image(draw({}, '-q', '--scale=1', $folded)->{out});
	my $ran = draw({}, '--scale=1', '--zoom=write', $folded);
	ok($ran->{status} == 0 && $ran->{err} eq '', '--zoom') or told($ran);
	my $image = image($ran->{out});
	# all, app, main, write, parse, copy, all as wide; the root's row is in its middle
	my $root = 72 + 5 * 18 + 1;
	isnt(row_color($image, $_, $root), '', "... level $_ is as wide as the picture") for 0 .. 5;
	is(row_color($whole, 3, 72 + 5 * 18 + 1), '', '... and is not without');
	my @faint = pixel($image, 900, $root - 2 * 18);
	my @plain = pixel($whole, 900, $root - 2 * 18);
	my $want = over([@plain], [255, 255, 255], .55);
	ok(distance(\@faint, $want) <= 3, '... callers are faint') or diag("@faint, not @$want");

	$ran = draw({}, '--zoom=parse', $folded);
	like($ran->{err}, qr/'parse' is in 2 places.*widest/, 'a function in two places: the widest');
	my $narrow = draw({}, '--zoom=write;parse', $folded);
	ok($narrow->{status} == 0 && $narrow->{err} eq '' && $narrow->{out} ne $ran->{out},
		'... a path chooses') or told($narrow);
	my $path = draw({}, '--zoom=app;main;parse', $folded);
	ok($path->{err} eq '' && $path->{out} eq $ran->{out}, '... from the root, too') or told($path);
	fails(draw({}, '--zoom=pars', $folded), qr/--zoom.*'pars'/, '... part of a name is none');
	fails(draw({}, '--zoom=parse;write', $folded), qr/--zoom.*'parse;write'/, '... nor a wrong path');
	$ran = draw({}, '-q', '--zoom=all', $folded);
	is($ran->{status}, 2, '... nor the root');
}

sub check_limits {
	my $deep = Fg::spew("$temp/deep.folded", join(';', map { "f$_" } 1 .. 1500) . " 1\n");
	fails(draw({}, '--width=20000', "$temp/not-there"), qr/40,000 pixels wide.*32,767.*--scale=1\.6/,
		'too wide: told before anything is read');
	fails(draw({}, $deep), qr/pixels high.*--scale=/, 'too high');
	fails(draw({}, '--width=14000', '--scale=2', Fg::spew("$temp/some.folded",
		join(';', map { "f$_" } 1 .. 700) . " 1\n")), qr/GiB of memory.*--scale=/, 'too much memory');
	for my $args ([$deep], ['--width=14000', "$temp/some.folded"]) {
		my ($scale) = draw({}, @$args)->{err} =~ /--scale=([\d.]+) fits/;
		my $ran = draw({ stdout => '/dev/null' }, "--scale=$scale", '-o', '/dev/null', @$args);
		is($ran->{status}, 0, "... and what fits, does: $scale") or told($ran);
	}
	my $ran = draw({}, '-t', 'pdf', $deep);
	ok($ran->{status} == 0 && $ran->{out} =~ /MediaBox \[ 0 0 [\d.]+ 14400/,
		'a page is made smaller instead') or told($ran);
	fails(draw({}, "--scale=$_", $folded), qr/--scale/, "--scale=$_") for 0, -1, 'x', 21;
}

sub check_errors {
	for my $type (qw(png pdf)) {
		for my $how ([{ stdout => '/dev/full' }], [{}, '-o', '/dev/full']) {
			my ($env, @args) = @$how;
			my $ran = draw($env, '-t', $type, @args, $folded);
			ok($ran->{status} == 2 && $ran->{err} =~ /No space left/, "$type: no space, @args") or told($ran);
		}
		my $ran = draw({ closed => 1 }, '-t', $type, $folded);
		ok($ran->{status} == 2 && $ran->{err} =~ /standard output/, "$type: standard output is closed")
			or told($ran);
	}
	fails(draw({}, '-o', "$temp/none/x.png", $folded), qr{none/x\.png.*No such file}, 'no such folder');
	fails(draw({}, "$temp/not-there"), qr/not-there: .*No such file/, 'no such file');
	fails(draw({}, '--highlight=(', $folded), qr/parenthesis/, 'a wrong expression');
	fails(draw({}, '--theme=auto', $folded), qr/auto.*light, dark, print/, 'no browser, no theme of its own');
	my $folder = "$temp/folder";
	mkdir $folder or die;
	draw({ env => no_fonts() }, '-o', "$folder/x.png", $folded);
	is(join(' ', glob("$folder/* $folder/.[a-z]*")), '', 'a failure leaves nothing behind');
	my $nothing = draw({ in => "# unit: bytes\nmain 0\n" });
	ok($nothing->{status} == 0 && image($nothing->{out})->{h} < 250, 'a picture of nothing')
		or told($nothing);
}

sub no_fonts {
	Fg::spew("$temp/no-fonts.conf", qq(<?xml version="1.0"?>\n<fontconfig/>\n));
	return { FONTCONFIG_FILE => "$temp/no-fonts.conf" };
}

sub check_fonts {
	fails(draw({ env => no_fonts() }, $folded), qr/no font is installed.*fonts-dejavu-core/, 'no fonts at all');
	my $odd = Fg::spew("$temp/odd.folded", "main;a\xee\x84\xa3b 5\nmain;\xf3\xb0\x80\x80 5\n");
	my $ran = draw({}, $odd);
	ok($ran->{status} == 0 && $ran->{err} =~ /^fg-png: warning: [\d,]+ characters have no font here, as U\+E123,.* install fonts-noto-\w+/,
		'characters without a font are told') or told($ran);
	is($ran->{err} =~ tr/\n//, 1, '... once');
	is(draw({}, '-q', $odd)->{err}, '', '... and with -q not at all');
	my $wide = draw({}, '-q', '--scale=1', '--fonttype=DejaVu Serif, serif', '--fontwidth=.3', $mill);
	my $svg = Fg::run({}, Fg::program('fg-svg'), '-q', '--no-javascript', '--minwidth=.5',
		'--fontwidth=.3', $mill)->{out};
	compare('a font too wide', $svg, $wide);
}

# Names that are no text, or that push.
sub check_names {
	my @names = ("\xff\xfe\x80", "a\0b", "\e[31mred", "x" x 100000, "\xe2\x80\xae" . 'evil', "a\xcc\x81" x 3000,
		"<b>&amp;\"'", "%s%n", "\xef\xbf\xbf\xed\xa0\x80", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", "\xe2\x80\xa9\xe2\x80\xa8",
		"\xf0\x9f\x91\xa8\xe2\x80\x8d" x 500);
	# Libraries that set text end the program at more than 32,767 marks on a letter.
	push @names, 'z' . "\xcc\x81" x 100000;
	for my $type (qw(png pdf)) {
		my $file = Fg::spew("$temp/names.folded", join '', map { "main;$_;$_ 10\n" } @names);
		my $ran = draw({}, '-q', '-t', $type, $file);
		ok($ran->{status} == 0 && $ran->{err} eq '' && kind_of($ran->{out}) eq $type,
			"$type: names that are no text") or told($ran);
		$ran = draw({}, '-q', '-t', $type, "--title=$names[0]", "--subtitle=$names[6]", '--fonttype=%s, "',
			'--countname=' . $names[3], $folded);
		ok($ran->{status} == 0 && $ran->{err} eq '', "$type: and other words") or told($ran);
	}
}

sub check_pages {
	my $pdf = draw({}, '-t', 'pdf', '--title=Two (words)', '--zoom=main', '--highlight=^parse$', $folded)->{out};
	my @pages = $pdf =~ m{/Type /Page\b(?!s)}g;
	is(scalar @pages, 1, 'one page');
	my ($w, $h) = $pdf =~ /MediaBox \[ 0 0 ([\d.]+) ([\d.]+)/;
	my $image = image(draw({}, '--scale=1', $folded)->{out});
	is($w, $image->{w} * .75, '... as wide as the image, 96 pixels being an inch');
	SKIP: {
		skip 'no pdftotext', 7 unless Fg::has_program('pdftotext');
		my $text = Fg::run({}, 'pdftotext', '-layout', Fg::spew("$temp/text.pdf", $pdf), '-')->{out};
		like($text, $_, "... its text has $_") for qr/^Two \(words\)$/m, qr/9 ms|8\.5 ms/, qr/in main/,
			qr/71 % match \^parse\$/, qr/Top functions by self/, qr/all · 8\.5 ms/, qr/\bwrite$/m;
	}
}

# script(1) gives a program a terminal.
sub check_terminal {
	my $program = Fg::program('fg-png');
	SKIP: {
		skip 'no script(1)', 1
			unless Fg::run({}, 'script', '-qec', 'exit 7', '/dev/null')->{status} == 7;
		my $ran = Fg::run({}, 'script', '-qec', "$program '$folded'", '/dev/null');
		ok($ran->{status} == 2 && $ran->{out} !~ /PNG/ && $ran->{out} =~ /-o FILE/,
			'no picture for a terminal') or told($ran);
	}
}
