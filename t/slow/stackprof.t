#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Ruby's stackprof, recorded here: its own stackcollapse has the same stacks with as many
# samples.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use JSON::PP ();
use Test::More;

require "$FindBin::Bin/../lib.pm";

my $stackprof = "$Fg::temp/work.json";
plan skip_all => 'no stackprof for Ruby' if !Fg::has_program('ruby') ||
	Fg::run({}, 'ruby', '-rstackprof', '-e', '0')->{status} != 0;

my $collapse = <<'END';
require 'stackprof'
require 'json'
data = JSON.parse(File.read(ARGV[0]), symbolize_names: true)
data[:frames].transform_keys! { |id| id.to_s.to_i }
StackProf::Report.new(data).print_stackcollapse
END

for my $mode (qw(wall cpu object custom)) {
	my $ran = Fg::run({}, 'ruby', "$Fg::source/t/programs/stackprof.rb", $mode, 'raw');
	is($ran->{status}, 0, "$mode is recorded") or diag($ran->{err}), next;
	Fg::spew($stackprof, $ran->{out});
	my $data = JSON::PP->new->utf8->decode($ran->{out});
	my $theirs = Fg::run({}, 'ruby', '-e', $collapse, $stackprof);
	my $ours = Fg::run({}, Fg::program('fg-collapse'), '-q', '--no-header', '--metric=samples', $stackprof);
	is_deeply(sums_of($ours->{out}), sums_of($theirs->{out}), '... and collapsed as by stackprof') or
		diag($theirs->{err}, $ours->{err});
	my $total = 0;
	$total += $_ for values %{ sums_of($ours->{out}) };
	is($total, $data->{samples}, '... all of it');
	check_time($mode, $data) if $mode =~ /wall|cpu/;
}
done_testing();

sub sums_of {
	my ($text) = @_;
	my %sum;
	$sum{$1} += $2 while $text =~ /^(.*) (\d+)$/mg;
	return \%sum;
}

sub check_time {
	my ($mode, $data) = @_;
	my $want = $mode eq 'cpu' ? $data->{samples} * $data->{interval} : 0;
	$want += $_ for $mode eq 'wall' ? grep { $_ > 0 } @{ $data->{raw_timestamp_deltas} } : ();
	my $ran = Fg::run({}, Fg::program('fg-collapse'), '-q', '--no-header', $stackprof);
	my $total = 0;
	$total += $_ for $ran->{out} =~ / (\d+)$/mg;
	is($total, $want, '... for as long as it tells');
}
