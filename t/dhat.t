#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# DHAT's files, read a second time by Perl: --list-metrics gives the sum of every value,
# folded stacks add up to it, and so do the numbers that were written down for the files
# of ../shared/data.  What fg-svg tells of the other metrics goes through the pipe.
use strict;
use warnings;
no warnings qw(once);
use File::Basename qw(basename);
use FindBin;
use JSON::PP ();
use Test::More;

require "$FindBin::Bin/lib.pm";

my %key = (
	peak => 'gb', 'peak-blocks' => 'gbk', total => 'tb', blocks => 'tbk', leaked => 'eb',
	'leaked-blocks' => 'ebk', lifetime => 'tl', reads => 'rb', writes => 'wb',
	'site-peak' => 'mb', 'site-peak-blocks' => 'mbk',
);
my %old = (tl => 'tli', eb => 'fb', ebk => 'fbk');
my $data = "$Fg::shared/mem";

check_sums($_->{in}) for grep { !$_->{again} && $_->{exit} == 0 } Fg::cases('dhat');
check_pipe("$Fg::cases/dhat/heap.in", [], 'peak 12 KiB · total 18.5 KiB · at end 300 B · 130 blocks');
check_pipe("$Fg::cases/dhat/heap.in", ['--metric=reads'],
	'read 1.11 KiB · peak 12 KiB · total 18.5 KiB · at end 300 B · 130 blocks');
check_pipe("$Fg::cases/dhat/heap.in", ['--show-from=fill'], 'peak 11.7 KiB · 98 % of the profile shown');
check_pipe("$Fg::cases/dhat/clean.in", ['--metric=leaked'],
	'nothing was leaked, so there is nothing to draw · peak 12 KiB · total 18.5 KiB · 130 blocks');
check_pipe("$Fg::cases/dhat/ad-hoc.in", [], 'ad-hoc · total 10 units · 4 events');
check_files();
check_folded_metrics();
check_stats();

SKIP: {
	skip("no $data", 1) unless -r "$data/expected.md";
	check_sums($_) for glob("$data/dhat/*.json");
	check_expected();
	check_same_stacks();
}
done_testing();

sub points {
	my ($text) = @_;
	$text =~ s/"fs":\]/"fs":[]/g;
	my $file = JSON::PP->new->decode($text);
	return @{$file->{pps} || $file->{aps}};
}

sub sums {
	my ($file) = @_;
	my %sum;
	for my $point (points(Fg::slurp($file))) {
		for my $metric (keys %key) {
			my $value = $point->{$key{$metric}} // $point->{$old{$key{$metric}} || ''};
			$sum{$metric} += $value if defined $value;
		}
	}
	return \%sum;
}

sub listed {
	my ($file) = @_;
	my $ran = Fg::run({}, Fg::program('fg-collapse'), '--list-metrics', $file);
	my %total = map { (split /\t/)[0, 2] } grep { !/^#/ } split /\n/, $ran->{out};
	return \%total;
}

sub folded_sum {
	my ($file, $metric) = @_;
	my $ran = Fg::run({}, Fg::program('fg-collapse'), '-q', '--no-header',
		"--metric=$metric", $file);
	my $sum = 0;
	$sum += $_ for $ran->{out} =~ / (\d+)$/mg;
	return $ran->{status} == 0 ? $sum : "exit status $ran->{status}";
}

sub check_sums {
	my ($file) = @_;
	my $name = basename($file);
	my ($sum, $listed) = (sums($file), listed($file));
	ok(exists $listed->{total} && exists $listed->{blocks}, "$name has metrics");
	is($listed->{$_}, $sum->{$_}, "$name: $_ is the sum of all points") for sort keys %$listed;
	is(folded_sum($file, $_), $sum->{$_}, "$name: stacks add up to $_") for sort keys %$listed;
	my @missing = grep { !exists $listed->{$_} && !/^site-/ } sort keys %$sum;
	is("@missing", '', "$name: nothing of it is missing");
}

sub subtitle {
	my ($svg) = @_;
	my ($line) = $svg =~ /<text[^>]*\bid="fg-subtitle"[^>]*>(.*?)<\/text>/s;
	($line) = $svg =~ /<text[^>]*\by="57"[^>]*>(.*?)<\/text>/s unless defined $line;
	return $line // '';
}

# Directly and through the pipe.
sub check_pipe {
	my ($file, $options, $words) = @_;
	my $name = join ' ', basename($file), @$options;
	my $direct = Fg::run({}, Fg::program('fg-svg'), '-q', @$options, $file);
	my $folded = Fg::run({}, Fg::program('fg-collapse'), '-q', @$options, $file);
	my $piped = Fg::run({ in => $folded->{out} }, Fg::program('fg-svg'), '-q');
	is($direct->{status} + $folded->{status} + $piped->{status}, 0, "$name: exit status");
	is(subtitle($direct->{out}), $words, "$name: the subtitle");
	is(subtitle($piped->{out}), $words, "$name: the subtitle behind a pipe");
}

# Files are added up when they count the same.
sub check_files {
	my @files = map { "$Fg::cases/dhat/$_.in" } qw(heap clean copy v1);
	my $ran = Fg::run({}, Fg::program('fg-collapse'), '--list-metrics', @files[0, 1]);
	like($ran->{out}, qr/^total\t\t37978\tbytes$/m, 'two files: the totals are added up');
	$ran = Fg::run({}, Fg::program('fg-collapse'), '--list-metrics', @files[3, 0]);
	unlike($ran->{out}, qr/^site-peak/m, 'two files: what only one has is not listed');
	$ran = Fg::run({}, Fg::program('fg-collapse'), '--metric=total', @files[0, 2]);
	is($ran->{status}, 2, 'heap and copies are not added up');
	like($ran->{err}, qr/copy\.in: error: counts 'copy', which '.*heap\.in' does not/, '... it says');
}

# Folded text has one metric, and says which.
sub check_folded_metrics {
	my $text = Fg::slurp("$Fg::cases/dhat/heap.folded");
	my $run = sub { Fg::run({ in => $_[0] }, Fg::program('fg-collapse'), @_[1 .. $#_], '-') };
	is($run->($text, '--metric=gb')->{out}, $text, 'folded: the metric may be named');
	my $ran = $run->($text, '--metric=total');
	is($ran->{status}, 2, 'folded: another one is not there');
	like($ran->{err}, qr/unknown metric 'total': peak$/m, '... it says');
	like($run->($text, '--list-metrics')->{out}, qr/^peak\t\t12300\tbytes\tdefault$/m,
		'folded: --list-metrics');
	my $twice = $run->($text . $text)->{out};
	like($twice, qr/^# total: 24600 bytes\n# also: total 37978 bytes$/m, 'folded: put together by cat');
	(my $less = $text) =~ s/^main;leak.*\n//m;
	unlike($run->($less)->{out}, qr/^# also/m, 'folded: nothing of the whole when lines are gone');
	(my $other = $text) =~ s/peak/leaked/;
	$ran = $run->($text . $other);
	like($ran->{err}, qr/error: this metric differs from the one before/, 'folded: two metrics');
	my $empty = Fg::slurp("$Fg::cases/dhat/clean+leaked.folded");
	is($run->($empty)->{out}, $empty, 'folded: nothing leaked');
}

sub check_stats {
	my $stats = "$Fg::temp/stats";
	Fg::run({}, Fg::program('fg-collapse'), '-q', '--stats', $stats, '--metric=leaked',
		"$Fg::cases/dhat/heap.in");
	my $json = JSON::PP->new->decode(Fg::slurp($stats));
	is($json->{metric}, 'leaked', '--stats: the metric');
	is_deeply([map { "$_->{name} $_->{total} $_->{unit}" } @{$json->{metrics}}[0, 2, 4]],
		['peak 12300 bytes', 'total 18989 bytes', 'leaked 300 bytes'], '--stats: all metrics');
}

# The table of expected.md: a column is named by its key.
sub check_expected {
	my @columns;
	for my $line (split /\n/, Fg::slurp("$data/expected.md")) {
		my (undef, @cells) = map { s/^\s+|\s+$//gr } split /\|/, $line;
		@columns = @cells if ($cells[0] // '') eq 'file' && ($cells[1] // '') eq 'mode';
		next unless @columns && ($cells[0] // '') =~ /^(.*\.json)$/ && -r "$data/dhat/$1";
		my $listed = listed("$data/dhat/$1");
		my %cell;
		@cell{@columns} = map { s/,//gr } @cells;
		for my $metric (grep { !/^site-/ } sort keys %key) {
			my $told = $cell{$key{$metric}};
			next if !defined $told || $told eq '-';
			is($listed->{$metric}, $told, "$cell{file}: $metric as it was written down");
		}
	}
	ok(@columns > 0, 'the table was found');
}

# An unknown function has another name there.
sub check_same_stacks {
	for my $file (glob("$data/expected/dhat.*.folded")) {
		my ($from, $metric) = basename($file) =~ /^dhat\.(\w+)\.(\w+)\.folded$/;
		my ($json) = grep { -r } map { "$data/dhat/$_.json" }
			"$from.heap", "memdemo.$from";
		my $ran = Fg::run({}, Fg::program('fg-collapse'), '-q', '--no-header', '--no-marks',
			'--names=full', "--metric=$metric", $json);
		my $wanted = join '', sort map { s/\?\?\?/[unknown]/gr } split /^/, Fg::slurp($file);
		my $got = join '', sort map { s/\[[\w.+-]+\.so[\w.]*\]/[unknown]/gr } split /^/, $ran->{out};
		is($got, $wanted, basename($file));
	}
}
