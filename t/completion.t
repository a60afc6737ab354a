#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# What the shells offer: bash is asked; zsh and fish read theirs where they are there.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use Test::More;

require "$FindBin::Bin/lib.pm";

my %second = ('fg-collapse' => 'stackcollapse-perf', 'fg-diff' => 'difffolded', 'fg-svg' => 'flamegraph');
my @programs = (sort(keys %second), 'fg-convert', 'fg-filter', 'fg-top', -x "$Fg::build/fg-png" ? 'fg-png' : ());

# What bash offers for the last of the words.
sub offered {
	my ($program, $script, @words) = @_;
	(my $function = "_$program") =~ tr/-/_/;
	my $ask = <<'END';
. "$1"; function=$2; shift 2
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
"$function" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\n' "${COMPREPLY[@]}"
END
	my $run = Fg::run({ dir => $Fg::temp }, 'bash', '--norc', '-c', $ask, 'bash', $script,
		$function, $program, @words);
	return join ' ', sort split /\n/, $run->{out};
}

sub check_bash {
	my ($program) = @_;
	my $script = "$Fg::temp/$program.bash";
	is(offered($program, $script, '--stri'), '--strict', "$program: an option");
	is(offered($program, $script, '--no-in'), '--no-inline', '... one of many');
	is(offered($program, $script, '--group-by', 'p'), 'pid', '... the value of an option');
	is(offered($program, $script, '--group-by', '=', 'c'), 'comm cpu', '... behind "="');
	is(offered($program, $script, '--metric', 'x'), '', '... nothing to offer');
	is(offered($program, $script, 'perf.t'), 'perf.txt', '... a file');
	is(offered($program, $script, '-o', 'perf.t'), 'perf.txt', '... a file for an option');
	return unless $second{$program};
	my $names = Fg::run({}, 'bash', '--norc', '-c', '. "$1"; complete -p "$2" "$3"', 'bash',
		$script, $program, $second{$program});
	is($names->{status}, 0, "... and for $second{$program}") or diag($names->{err});
}

sub check_syntax {
	my ($program, $shell) = @_;
	SKIP: {
		skip "no $shell", 1 unless Fg::has_program($shell);
		my $run = Fg::run({}, $shell, '-n', "$Fg::temp/$program.$shell");
		is("$run->{status}$run->{err}", '0', "$program: $shell takes its completion");
	}
}

Fg::spew("$Fg::temp/perf.txt", '');
for my $program (@programs) {
	for my $shell (qw(bash zsh fish)) {
		my $run = Fg::run({}, Fg::program($program), "--completion=$shell");
		is($run->{status}, 0, "$program --completion=$shell") or diag($run->{err});
		Fg::spew("$Fg::temp/$program.$shell", $run->{out});
		check_syntax($program, $shell);
	}
	check_bash($program);
}
is(Fg::run({}, Fg::program('fg-svg'), '--completion=csh')->{status}, 2, 'no other shell');
done_testing();
