#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Pictures: well-formed whatever names and options are, the same bytes every
# time, boxes where the numbers say, and whole without scripts and styles.
use strict;
use warnings;
no warnings qw(once);
use Compress::Zlib ();
use FindBin;
use Test::More;

require "$FindBin::Bin/lib.pm";

my $temp = $Fg::temp;
my $has_xmllint = Fg::has_program('xmllint');
my $small = <<'END';
app;main;parse;read_[k] 30
app;main;parse 12
app;main;write_[i] 1000
app;main 200
app;other 33
END
# 90 functions that call nine each, all of different weight.
my $wide = join '', map { my $n = $_; map { "p;f$n;g$_ " . (7 * $n + $_) . "\n" } 1 .. 9 }
	1 .. 90;
# What a name or an option may be.
my @hostile = (
	'</script><script>alert(1)</script>', ']]>', '<!--', '-->', '--', '" onload="alert(1)',
	"' onclick='alert(1)", '&amp;&lt;', '&', '<![CDATA[', '<?xml?>', '%s%n', "\e[31mred", "\x01",
	"bell\a", "\x7f", "\xff\xfe", "\xc0\xaf", "\xed\xa0\x80", "\xef\xbf\xbf", "\xf4\x90\x80\x80",
	"\xe6\xbc\xa2\xe5\xad\x97", "\xc2\x85", 'x' x 5000, "\xcc\x81" x 5000, 'javascript:alert(1)',
	"a\tb", "\r", '${x}', 'é', "\xe2\x80\xae" . 'olleh', ' ', '\\', "\xf0\x9f\x94\xa5",
);

check_small();
check_tooltips();
check_siblings();
check_geometry();
check_leaving_out();
check_legend();
check_subtitle();
check_colors();
check_ids();
check_hostile_text();
check_extremes();
check_wrong_options();
check_own_palette();
check_image();
check_pixels();
done_testing();

# Runs fg-svg on text; returns the picture, what it said and its status.
sub picture {
	my ($folded, @options) = @_;
	my $in = Fg::spew("$temp/in.folded", $folded);
	my $out = "$temp/out.svg";
	unlink $out;
	my $ran = Fg::run({}, Fg::program('fg-svg'), @options, '-o', $out, $in);
	return (-e $out ? Fg::slurp($out) : '', $ran->{err}, $ran->{status});
}

sub well_formed {
	my ($svg, $name) = @_;
	return ok(length $svg, $name) unless $has_xmllint;
	my $path = Fg::spew("$temp/check.svg", $svg);
	my $said = `xmllint --noout --nonet '$path' 2>&1`;
	is($said, '', $name) and length $svg or fail("$name: nothing was drawn");
}

# The frames: depth, value (without unit and point), title, rectangle, label.
sub frames {
	my ($svg) = @_;
	my @frames;
	my $number = qr/([\d.]+)/;
	my $rect = qr{<rect x="$number" y="$number" width="$number" height="$number" fill="(#\w+)"[^>]*/>};
	my $text = qr{\n<text x="[\d.]+" y="[\d.]+"[^>]*>(.*?)</text>};
	my $head = qr{<g role="treeitem" aria-level="(\d+)"><title>(.*?)</title>\n}s;
	while ($svg =~ m{$head$rect(<rect class="fg-edge".*?/>)?(?:$text)?</g>}gs) {
		push @frames, { depth => $1 - 1, title => Fg::unescaped($2), x => $3, y => $4, w => $5,
			h => $6, fill => $7, edge => $8, label => defined $9 ? Fg::unescaped($9) : undef };
		my ($value) = $frames[-1]{title} =~ /\(([\d,]+)[^()]*%\)$/m;
		$frames[-1]{value} = defined $value ? $value =~ s/,//gr : undef;
	}
	return @frames;
}

sub names {
	return join ' ', map { $_->{title} =~ /^(.*?) \(/s ? $1 : '?' } @_;
}

sub check_small {
	my ($svg, $said, $status) = picture($small);
	is($status, 0, 'status');
	is($said, '', 'nothing is said');
	well_formed($svg, 'a small picture is well-formed');
	my @frames = frames($svg);
	is(names(@frames), 'all app main parse read write other', 'frames in order, parents first');
	is($frames[2]{title}, "main (1,242, 97.41%)\nself 200, 15.69%",
		'without a unit no unit word');
	is_deeply([map { $_->{value} } @frames], [1275, 1275, 1242, 42, 30, 1000, 33], 'values');
	ok($frames[5]{edge}, 'an inlined frame has an edge');
	ok(!$frames[4]{edge}, 'a kernel frame has none');
	is(scalar(() = $svg =~ /<rect/g), 18,
		'back, frames, edge, three swatches, one with an edge, bars: no other box') or
		diag(join "\n", $svg =~ /<rect.*?>/g);
}

sub check_tooltips {
	my ($svg) = picture($small, '--countname=samples');
	like($svg, qr{<title>main \(1,242 samples, 97\.41%\)\n}, 'the first line of a tooltip');
	like($svg, qr{<title>all \(1,275 samples, 100%\)\n}, 'and that of the root');
	like($svg, qr{>all · 1,275 samples</text>}, 'the root says the total');

	($svg) = picture("# unit: ns\n# event: cpu-clock\na;b 1500000\na 500000\n", '--title=T');
	like($svg, qr{<title>b \(1,500,000 ns, 75\.00%\)\n1\.5 ms · self 1\.5 ms, 75\.00%},
		'exact number first, then for people');
	like($svg, qr{class="fg-sub"[^>]*>cpu-clock · 2 ms<}, 'subtitle: event and total');
	like($svg, qr{class="fg-title"[^>]*>T<}, 'title');

	($svg) = picture("a;b 0.5\na 1.25\n");
	like($svg, qr{<title>b \(0\.5, 28\.57%\)}, 'decimals stay exact');
}

# Siblings are one box though a shorter name sorts between them as a line.
sub check_siblings {
	my ($svg) = picture("run 10\nrun(int);x 10\nrun;x 10\nrun.1 5\n");
	is(names(frames($svg)), 'all run x run(int) x run.1', 'no split boxes');
}

# How often a box is not inside its parent, beside its neighbour, or as wide as its value.
sub misplaced {
	my ($svg, $options) = @_;
	my $inverted = $options =~ /inverted/;
	my @frames = frames($svg);
	my $pixels = (($svg =~ /viewBox="0 0 (\d+)/)[0] - 32) / $frames[0]{value};
	my ($bad, @last) = (0);		# the last one in each row is the parent
	for my $f (@frames) {
		my ($d, $wide) = ($f->{depth}, $f->{value} * $pixels);
		my ($p, $before) = @last[$d - 1, $d];
		splice @last, $d, @last, $f;
		$f->{end} = $f->{x} + $wide;
		$bad++ if abs($f->{w} - ($wide > 3 ? $wide - 1 : $wide * 2 / 3)) > .06;
		$bad++ if $d == 0 && $f->{x} != 16;
		next unless $d;
		$bad++ if $f->{x} < $p->{x} - .11 || $f->{end} > $p->{end} + .11;
		$bad++ if $options !~ /weight/ && abs($f->{x} - ($before ? $before->{end} : $p->{x})) > .11;
		$bad++ if abs(abs($f->{y} - $p->{y}) - 18) > .01;
		$bad++ if ($f->{y} > $p->{y}) != $inverted;
	}
	return $bad;
}

sub check_geometry {
	my $shuffled = join '', map { "$_\n" } sort { reverse($a) cmp reverse($b) }
		split /\n/, $wide;
	for my $options ([], ['--inverted'], ['--order=weight'], ['--width=700']) {
		my ($svg) = picture($wide, @$options, '--minwidth=0');
		cmp_ok(scalar(frames($svg)), '>', 700, "frames with '@$options'");
		is(misplaced($svg, "@$options"), 0,
			"every box lies where its numbers say with '@$options'");
		my ($again) = picture($shuffled, @$options, '--minwidth=0', '--title=in.folded');
		is($again, $svg, "order of lines does not matter with '@$options'");
	}
}

sub check_leaving_out {
	my ($svg) = picture($wide, '--max-frames=100', '--title=x', '--minwidth=0');
	is(scalar(frames($svg)), 100, '--max-frames');
	my ($hidden, $share) = $svg =~ /([\d,]+) narrow frames not drawn \((.*?) %\)/;
	is($hidden, 802, 'the footer says how many are missing');
	my @drawn = frames($svg);
	my %below;
	$below{$_->{depth}} += $_->{value} for @drawn;
	cmp_ok(abs($share - 100 * (1 - $below{3} / $drawn[0]{value})), '<', .6,
		'and what they stand for');
	($svg) = picture($wide, '--max-frames=0', '--minwidth=0');
	is(scalar(frames($svg)), 902, 'all are drawn when asked for');
	unlike($svg, qr/class="fg-foot"/, 'then no footer');
	($svg) = picture("a;b 1\na;c 99\n", '--minwidth=2%');
	is(names(frames($svg)), 'all a c', '--minwidth in percent');
	($svg) = picture("a;b 1\na;c 99\n", '--minwidth=11.7px');
	is(names(frames($svg)), 'all a c', '--minwidth in pixels');
	($svg) = picture("a;b 1\na;c 99\n", '--minwidth=11.6');
	is(names(frames($svg)), 'all a b c', 'or just not');

	($svg) = picture("a 50\n", '--total=200');
	like($svg, qr/<title>a \(50, 25\.00%\)/, '--total');
}

# The legend: an entry for each colour that means something, in rows the picture has room for.
sub check_legend {
	for my $width (1200, 300) {
		my ($svg) = picture("a 1\nb_[k] 1\nc_[j] 1\nd_[i] 1\n[unknown] 1\n", "--width=$width");
		my $words = join ', ', $svg =~ m{^<g transform=.*<text[^>]*>(.*)</text></g>$}mg;
		is($words, 'user code, kernel, generated at run time (JIT), no symbol, inlined',
			"legend at $width px");
		my @place = map { [split /,/] } $svg =~ /^<g transform="translate\((.*?)\)/mg;
		my %rows = map { $_->[1] => 1 } @place;
		is(scalar keys %rows, $width < 1200 ? 3 : 1, 'its rows');
		is(scalar(grep { $_->[0] > $width - 60 } @place), 0, 'none begins where the width ends');
		my ($height) = $svg =~ /viewBox="0 0 $width (\d+)/;
		cmp_ok($place[-1][1] + 12, '<', $height, 'the last one is in the picture');
	}
	my ($svg) = picture("a 1\nb 2\n");
	unlike($svg, qr/fg-legend">/, 'no legend for one colour');
}

# What an earlier filter has left, and how many samples stand behind it.
sub check_subtitle {
	my $total = "# unit: ns\n# total: 5 ns in 3 samples\n";
	my ($svg) = picture("$total# shown: 0.2 % of 2500 ns\na 5\n");
	like($svg, qr/>5 ns in 3 samples · 0\.2 % of the profile shown</,
		'the subtitle tells what was left');
	($svg) = picture("${total}a 4\n");
	like($svg, qr/>4 ns</, 'but no samples when lines are missing');

	# Widths differ between the picture and the window, which may have room for all words.
	unlike($svg, qr/data-words/, 'a subtitle that is not cut');
	($svg) = picture("a 1\n", '--width=200', '--subtitle="what" & why, told at length');
	like($svg, qr/data-words="&quot;what&quot; &amp; why, told at length · total 1">.*…/,
		'the viewer gets what was cut');
}

# The same function has the same colour in every picture.
sub check_colors {
	my %color;
	for my $text ("x;y 1\n", "z;x 2\nz;y 7\n", "q;y 3\nq;y;x 1\n") {
		my ($drawn) = picture($text, '--colors=hot');
		for my $f (frames($drawn)) {
			$color{($f->{title} =~ /^(\w+)/)[0]}{$f->{fill}}++;
		}
	}
	is(scalar keys %{ $color{x} }, 1, 'one colour for a function');
	isnt(join('', keys %{ $color{x} }), join('', keys %{ $color{y} }), 'others for others');
	my ($bytes) = picture("# unit: bytes\na;malloc 5\n");
	my ($cycles) = picture("# unit: cycles\na;malloc 5\n");
	isnt((frames($bytes))[2]{fill}, (frames($cycles))[2]{fill}, 'bytes look like memory');
}

# Pictures in one page cannot collide: nothing in them has an id.
sub check_ids {
	my ($drawn) = picture($small);
	unlike($drawn, qr/<[^>]*\sid=/, 'no ids');
}

sub viewer {
	my ($svg) = @_;
	return ($svg =~ m{<script>(.*)</script>}s)[0];
}

sub check_hostile_text {
	my $viewer = viewer(picture("a 1\n"));
	my $folded = join '', map { "root;$_;leaf $_ 10\n" } @hostile;
	my ($svg) = picture($folded);
	well_formed($svg, 'hostile names');
	is(scalar(() = $svg =~ /<script/g), 1, 'no other script');
	is(viewer($svg), $viewer, 'nothing of a profile in the script');
	for my $text (@hostile) {
		next if $text =~ /^\s*$/;
		(my $shown = substr $text, 0, 24) =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ge;
		my @options = map { "--$_=$text" } qw(title subtitle notes countname nametype fonttype);
		my ($drawn, undef, $status) = picture($small, @options);
		is($status, 0, "status with $shown");
		well_formed($drawn, "options with $shown");
		is(viewer($drawn), $viewer, "script untouched by $shown");
		is(scalar(() = $drawn =~ /\s(?:onload|onclick)=["']/g), 0, "no handler from $shown");
	}
	($svg) = picture("a;" . 'n' x 1_000_000 . " 1\n", '--from=folded');
	well_formed($svg, 'a name of 1 MB');
	cmp_ok(length($svg) - length((picture("a;b 1\n"))[0]), '<', 20_000, 'is bounded in the picture');
}

# Deep and empty.
sub check_extremes {
	my ($svg) = picture(join(';', map { "f$_" } 1 .. 3000) . " 1\n");
	is(scalar(frames($svg)), 3001, '3,000 levels');
	well_formed($svg, 'a tall picture');
	($svg, undef, my $status) = picture("a;b 0\n");
	is($status, 0, 'a profile of zero is no error');
	well_formed($svg, 'its picture is well-formed');
	like($svg, qr/nothing was counted/, 'and says so');
	unlike($svg, qr/<script/, 'without a viewer');
}

# Wrong options say what would be right.
sub check_wrong_options {
	for (['--colors=sunset', qr/unknown palette 'sunset' \(aqua, auto, .*yellow/],
	     ['--colors=./none.pal', qr/cannot read palette '\.\/none\.pal'/],
	     ['--bgcolors=plaid',
	      qr/unknown background 'plaid' \(yellow, blue, green, grey, #rrggbb\)/],
	     ['--order=luck', qr/'luck'.*name.*weight/],
	     ['--minwidth=thin', qr/'thin' is not a number of pixels/],
	     ['--minwidth=-1', qr/'-1' is not a number of pixels/],
	     ['--width=1', qr/200/]) {
		my ($option, $words) = @$_;
		my ($none, $said, $status) = picture($small, $option);
		is($status, 2, "$option: status");
		like($said, $words, "$option: message");
		is($none, '', "$option: no picture");
	}
}

sub check_own_palette {
	my $palette = Fg::spew("$temp/bad.pal", "color a #fff\npaint b\n");
	my (undef, $said) = picture($small, "--colors=$palette");
	like($said, qr/bad\.pal:2: unknown colour 'b'/, 'a wrong line in a palette is named');
	$palette = Fg::spew("$temp/good.pal", "color a #abcdef\npaint a\n");
	my ($svg) = picture($small, "--colors=$palette");
	is((frames($svg))[1]{fill}, '#abcdef', 'a palette of one\'s own');
	($svg) = picture($small, '--bgcolors=#123');
	like($svg, qr{class="fg-back"[^>]*fill="#112233"}, 'background');
}

# An image for a page is quick to load, whatever it shows, unless asked for more.
sub check_image {
	my $large = join '', map { my $n = $_; map { "p;ns::f$n<int>::call;g$_ 10\n" } 1 .. 9 } 1 .. 230;
	my ($svg) = picture($large, '--no-javascript');
	cmp_ok(length $svg, '<', 300_000, '--no-javascript: at most 300 kB');
	cmp_ok(length $svg, '>', 200_000, 'and not much less');
	like($svg, qr/narrow frames not drawn/, 'what is left out is told');
	my ($all) = picture($large, '--no-javascript', '--minwidth=0', '--max-frames=0');
	is(scalar(frames($all)), 2 + 230 * 10, 'all when asked for');
}

# Without script and style: pixels are where the attributes say.
sub check_pixels {
	my ($svg) = picture($small, '--no-javascript', '--width=600');
	unlike($svg, qr/<script/, '--no-javascript');
	SKIP: {
		skip 'no rsvg-convert', 3 unless Fg::has_program('rsvg-convert');
		$svg =~ s{<style>.*?</style>}{}s;
		my $path = Fg::spew("$temp/bare.svg", $svg);
		my $ran = Fg::run({}, 'rsvg-convert', '-o', "$temp/bare.png", $path);
		is($ran->{status}, 0, 'rsvg-convert draws it') or diag($ran->{err});
		my $png = png("$temp/bare.png");
		my @wrong = grep {
			$_->{w} > 8 && pixel($png, $_->{x} + $_->{w} - 3, $_->{y} + 3) ne $_->{fill}
		} frames($svg);
		is(names(@wrong), '', 'every box has its colour on the canvas');
		my ($main) = grep { $_->{title} =~ /^main/ } frames($svg);
		my %shade;
		for my $x (4 .. 34) {
			$shade{pixel($png, $main->{x} + $x, $main->{y} + $_)}++ for 3 .. 14;
		}
		cmp_ok(scalar keys %shade, '>', 5, 'and its label is drawn');
	}
}

# A PNG of 8 bits a channel as { channels, rows of bytes }, without a library.
sub png {
	my ($path) = @_;
	my $data = Fg::slurp($path);
	my ($at, $packed, $width, $height, $type) = (8, '');
	while ($at < length $data) {
		my ($n, $name) = unpack 'N a4', substr $data, $at, 8;
		my $body = substr $data, $at + 8, $n;
		($width, $height, undef, $type) = unpack 'NNCC', $body if $name eq 'IHDR';
		$packed .= $body if $name eq 'IDAT';
		$at += 12 + $n;
	}
	my $channels = { 2 => 3, 6 => 4 }->{$type} or die "PNG of colour type $type\n";
	my $length = 1 + $width * $channels;
	my $bytes = Compress::Zlib::uncompress($packed);
	my @rows;
	for my $y (0 .. $height - 1) {
		my ($filter, @line) = unpack 'C*', substr $bytes, $y * $length, $length;
		push @rows, unfiltered($filter, $channels, \@line, $rows[-1] || [(0) x @line]);
	}
	return { channels => $channels, rows => \@rows };
}

# A row of a PNG is written as differences from what is left of it and above.
sub unfiltered {
	my ($filter, $channels, $line, $above) = @_;
	for my $i (0 .. $#$line) {
		my $left = $i < $channels ? 0 : $line->[$i - $channels];
		my $corner = $i < $channels ? 0 : $above->[$i - $channels];
		my $guess = $filter == 1 ? $left : $filter == 2 ? $above->[$i]
			: $filter == 3 ? ($left + $above->[$i]) >> 1
			: $filter == 4 ? paeth($left, $above->[$i], $corner) : 0;
		$line->[$i] = ($line->[$i] + $guess) & 255;
	}
	return $line;
}

sub paeth {
	my ($left, $up, $corner) = @_;
	my $p = $left + $up - $corner;
	my ($a, $b, $c) = (abs($p - $left), abs($p - $up), abs($p - $corner));
	return $a <= $b && $a <= $c ? $left : $b <= $c ? $up : $corner;
}

sub pixel {
	my ($png, $x, $y) = @_;
	my $at = int($x) * $png->{channels};
	return sprintf '#%02x%02x%02x', @{ $png->{rows}[int $y] }[$at .. $at + 2];
}
