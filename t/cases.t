#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Every case in t/cases once through fg-collapse; see t/README.
use strict;
use warnings;
no warnings qw(once);
use File::Basename qw(basename);
use FindBin;
use Test::More;

require "$FindBin::Bin/lib.pm";

check($_) for Fg::cases();
check_files($_) for glob("$Fg::cases/*");
done_testing();

# What differs, a few lines each way.
sub difference {
	my ($got, $want) = @_;
	my %got = map { $_ => 1 } split /^/, $got;
	my %want = map { $_ => 1 } split /^/, $want;
	my @gone = grep { !$got{$_} } split /^/, $want;
	my @new = grep { !$want{$_} } split /^/, $got;
	return 'the same lines, in another order or number' unless @gone || @new;
	splice @gone, 6 if @gone > 6;
	splice @new, 6 if @new > 6;
	return join '', map({ "- $_" } @gone), map({ "+ $_" } @new);
}

sub check {
	my ($case) = @_;
	my $base = $case->{base};
	my $ran = Fg::run_case($case);
	my @wrong;
	# Without elfutils messages are others, and stacks are not unwound.
	my $without = $ran->{err} =~ /made without elfutils/;
	my $not_unwound = $ran->{err} =~ /not unwound, as this program was made/;
	push @wrong, "exit status $ran->{status}, not $case->{exit}"
		if $ran->{status} != $case->{exit};
	if (-e "$base.folded") {
		my $want = Fg::slurp("$base.folded");
		push @wrong, difference($ran->{out}, $want) if $ran->{out} ne $want && !$not_unwound;
	} elsif ($case->{exit} == 0) {
		push @wrong, "no $case->{name}.folded: make bless CASE=$case->{name}, and read it";
	} elsif (length $ran->{out}) {
		push @wrong, "writes although it fails:\n$ran->{out}";
	}
	if (-e "$base.err") {
		my $want = Fg::slurp("$base.err");
		push @wrong, difference($ran->{err}, $want) if $ran->{err} ne $want && !$without;
	} elsif ($case->{exit} != 0 && $ran->{err} eq '') {
		push @wrong, 'fails without a word';
	}
	ok(!@wrong, $case->{name}) or diag(join("\n", @wrong, $ran->{err}));
}

# Nothing lies around, and the README tells where each file is from.
sub check_files {
	my ($folder) = @_;
	my $name = basename($folder);
	my $readme = -e "$folder/README" ? Fg::slurp("$folder/README") : '';
	my %known = map { $_->{base} => 1 } Fg::cases($name);
	my @wrong;
	for my $file (glob("$folder/*")) {
		next if $file eq "$folder/README";
		my ($base, $suffix) = $file =~ /^(.*)\.(in|folded|args|err|exit|probe)$/;
		push @wrong, basename($file) . ': belongs to no case'
			unless defined $base && $known{$base};
		push @wrong, basename($file) . ': not in the README'
			if ($suffix || '') eq 'in' && index($readme, basename($file)) < 0;
	}
	ok(!@wrong, "files in t/cases/$name") or diag(join "\n", @wrong);
}
