#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Labels of the static picture and of the viewer are the same: share/svg/label.js and
# src/model/label.c cut the same names at the same places, and know the same widths of
# characters. Runs the viewer's file in node, so that it is skipped where there is none.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use Test::More;

require "$FindBin::Bin/lib.pm";

my $unit = "$Fg::build/t/unit/label.t";
plan skip_all => 'no unit tests here, which print labels' unless -x $unit;

my $script = Fg::slurp("$Fg::source/share/svg/label.js");
my $widths = print_of('', $unit, '--widths');
is(tables_of($script), $widths, 'the tables of widths are those of utf8.c');

SKIP: {
	skip 'no node in PATH', 3 unless Fg::has_program('node');
	is(node('printWidths()'), $widths, 'every character has the same width');

	my @names = names();
	ok(@names > 3000, 'names to compare');
	my @lines = map { lines_for($_) } @names;
	my @drawn = split /\n/, print_of(join('', @lines), $unit, '--print'), -1;
	my @viewed = split /\n/, node('printLabels()', join('', @lines)), -1;
	my @other = grep { $drawn[$_] ne ($viewed[$_] // '') } 0 .. $#drawn;
	is(@other + abs(@drawn - @lines - 1) + abs(@viewed - @drawn), 0,
		scalar(@lines) . ' labels are the same');
	diag("$lines[$_]\tdrawn  '$drawn[$_]'\n\tviewed '$viewed[$_]'")
		for grep { defined } @other[0 .. 9];
}
done_testing();

sub print_of {
	my ($in, @command) = @_;
	my $r = Fg::run({ in => $in }, @command);
	die "@command: $r->{status} $r->{err}\n" if $r->{status};
	return $r->{out};
}

# The two constants, each a sum of strings, as lines.
sub tables_of {
	my ($text) = @_;
	my @tables = $text =~ /^const LABEL_(?:NONE|TWO) =\n(.*?);$/msg;
	return join '', map { join('', /'([^']*)'/g) . "\n" } @tables;
}

sub node {
	my ($call, $in) = @_;
	my $file = Fg::spew("$Fg::temp/labels.js",
		"'use strict';\n$script\n" . more() . "$call;\n");
	return print_of($in // '', 'node', $file);
}

sub more {
	return <<'END';
function printLabels() {
	const lines = require('fs').readFileSync(0, 'utf8').split('\n');
	lines.pop();
	const labels = lines.map(line => {
		const [, cut, columns, name] = /^(\w+)\t(\d+)\t(.*)$/s.exec(line);
		return fitLabel(name, +columns, cut) + '\n';
	});
	require('fs').writeFileSync(1, labels.join(''));
}
function printWidths() {
	const words = [[], [], []], ends = [0, 0, 0];
	let from = 0;
	const width = c => c >= 0xd800 && c < 0xe000 ? 1 : columnsOf(String.fromCodePoint(c));
	for (let to = 1; to <= 0x110000; to++) {
		const w = width(from);
		if (to < 0x110000 && width(to) === w)
			continue;
		const more = to - 1 - from;
		words[w].push((from - ends[w]).toString(36) +
			(more ? ':' + more.toString(36) : ''));
		ends[w] = to - 1;
		from = to;
	}
	console.log(words[0].join(' ') + '\n' + words[2].join(' '));
}
END
}

sub lines_for {
	my ($name) = @_;
	my $most = length($name) < 100 ? length $name : 100;
	my @columns = (0, 2 .. 12, map { 12 + 3 * $_ } 1 .. $most / 3);
	return map { my $n = $_; map { "$_\t$n\t$name\n" } qw(smart left right middle) } @columns;
}

# Those in the table of the unit test, what the cases have, and any.
sub names {
	my %names;
	my $table = Fg::slurp("$Fg::source/t/unit/label.c");
	$table =~ s/.*styles\[\]//s;
	$table =~ s/^\};.*//ms;
	$names{s/\\\\/\\/gr} = 1 for $table =~ /\{ "((?:[^"\\]|\\\\)*)"/g;
	for my $case (Fg::cases()) {
		my $file = $case->{in} =~ s/\.in$/.folded/r;
		next unless -f $file;
		$names{$_} = 1 for map { split /;/, s/ \S*$//r } Fg::lines_of($file);
	}
	delete @names{grep { /\n/ || !utf8::decode(my $copy = $_) } keys %names};
	$names{$_} = 1 for shuffled(6000), long_names(), 'main.f.gowrap1', 'a.b /c/d.js:1',
		'f+ /a/b.js:1:2', 'f^ /a/b.js', '<impl x.y for a/z>::f', 'a::b::<impl x.y for /z>::f',
		'a.b.c::d e/f', 'a.b{c}/d';
	return sort keys %names;
}

# The same in every run.
sub shuffled {
	my ($count) = @_;
	my @pieces = (
		qw(a bc std foo Bar operator operator< operator() impl cold so func1 h 7
			py:: abi0 $ $a $$Lambda $$Lambda$1/0x7f $Foo),
		qw/:: :: :: . . : : :. ` ( ) < > < > [ ] { } ! -> * & ~ $_0 ' -[/, '#', ',',
		' ', ' ', ' as ', ' for ', '<impl ', '(int)', '<T>', '{lambda(int)#1}',
		' const', '(anonymous namespace)', '::h0123456789abcdef', '数据', "e\xcc\x81",
		"\xcc\x81", '😀', "\xe2\x80\x8d", 'é', 'a vtable for ', ' to ', '(*T[', 'T[a]');
	my $random = 12345;
	my @names;
	for (1 .. $count) {
		my $name = '';
		for (0 .. ($random >> 8) % 16) {
			$random = ($random * 1103515245 + 12345) % 2147483648;
			$name .= $pieces[($random >> 8) % @pieces];
		}
		push @names, $name;
	}
	return @names;
}

# At the limits of what is looked at.
sub long_names {
	my @names = map { my $size = $_; map { substr($_ x $size, 0, $size) . '::f' }
		'a::', '<', 'a<b>::', 'a.', '(', '{(', ' ', 'x' } 300, 4093, 4094, 9000;
	push @names, ('<' x $_) . 'a::T' . (' as X>' x $_) . '::f' for 63 .. 66;
	push @names, 'a::b' . ('(' x $_) . (')' x $_) for 255 .. 257;
	push @names, map { my $marks = "\xcc\x81" x $_; ("e::xe$marks", "${marks}e") }
		10, 15, 24, 300;
	return @names;
}
