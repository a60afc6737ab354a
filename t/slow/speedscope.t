#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# speedscope in a real browser: it takes what fg-convert writes for it and folded text,
# knows of each profile what we have written, and what it exports is the same to us.  Other
# programs' files that both can read have the same sums in both.
#
# The package comes from npm into a folder of the user's cache.
use strict;
use feature qw(state);
use utf8;
use warnings;
no warnings qw(once);
use Encode ();
use File::Basename qw(basename);
use FindBin;
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Test::More;

BEGIN {
	require "$FindBin::Bin/../lib.pm";
	require "$FindBin::Bin/../browser.pm";
}

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
plan skip_all => Browser::missing() if Browser::missing();
my ($package, $why) = Fg::npm_package('speedscope', '1.25.0');
plan skip_all => $why unless $package;

# What the page would save goes into a list.
my $browser = Browser->new(start => <<'END');
window.saved = [];
URL.createObjectURL = blob => { blob.text().then(text => saved.push(text)); return 'about:blank' };
HTMLAnchorElement.prototype.click = () => {};
END

my $exact = 2**53;              # numbers above that are no longer whole to it

check_ours($_) for grep { !$_->{again} && $_->{exit} == 0 } Fg::cases();
check_theirs($_) for map { Fg::cases($_) }
	qw(speedscope/exported speedscope/evented stackprof/wall stackprof/cpu stackprof/object);
check_theirs({ name => basename($_), format => 'speedscope', in => $_ })
	for glob("$Fg::shared/peers/speedscope/speedscope/0*/*.json");
check_refused($_) for map { Fg::cases("speedscope/broken-$_") } qw(open close crossed backwards counts);
done_testing();

# The page keeps what loads files once it was given one.
sub open_page {
	my $profile = encode_base64('a 1', '');
	my $script = Fg::spew("$Fg::temp/load.js", "speedscope.loadFileFromBase64('a.folded', '$profile')");
	$browser->visit("file://$package/dist/release/index.html#localProfilePath=$script");
	$browser->wait_for('return / - speedscope$/.test(document.title)');
	return 1;
}

# What it has made of the file, as it writes it again; undef when it refuses it.
sub import_file {
	my ($name, $bytes) = @_;
	state $is_open = open_page();
	$browser->js('saved = []; document.title = ""; speedscope.loadFileFromBase64(...arguments)',
		$name, encode_base64($bytes, ''));
	my $state = $browser->wait_for(<<'END');
return /went wrong/.test(document.body.textContent) ? 'wrong'
	: / - speedscope$/.test(document.title) ? 'read' : '';
END
	$is_open = open_page() if $state eq 'wrong';
	return if $state eq 'wrong';
	$browser->type('<Ctrl+s>');
	my $text = $browser->wait_for('return saved[0]');
	my $read = JSON::PP->new->decode($text);
	return wantarray ? ($read, $text) : $read;
}

# {profile and unit}{stack} = value
sub sums_of {
	my ($j) = @_;
	my %sum;
	my @names = map { $_->{name} } @{ $j->{shared}{frames} };
	for my $p (@{ $j->{profiles} }) {
		my $of = $sum{"$p->{name}, $p->{unit}"} //= {};
		if ($p->{type} eq 'sampled') {
			$of->{join ';', @names[@{ $p->{samples}[$_] }]} += $p->{weights}[$_]
				for 0 .. $#{ $p->{samples} };
		} else {
			add_events($of, \@names, $p->{events});
		}
		delete $of->{''};        # what has no frame it forgets
		$_ = sprintf '%.9g', $_ for values %$of;
		delete @$of{grep { $of->{$_} == 0 } keys %$of};
	}
	return \%sum;
}

sub add_events {
	my ($of, $names, $events) = @_;
	my (@stack, $last);
	for my $e (@$events) {
		$of->{join ';', @stack} += $e->{at} - $last if @stack;
		$last = $e->{at};
		$e->{type} eq 'O' ? push @stack, $names->[$e->{frame}] : pop @stack;
	}
}

sub convert {
	my ($case, $to) = @_;
	return Fg::run({}, Fg::program('fg-convert'), '-q', '-f', $case->{format}, '-t', $to, $case->{in});
}

sub total_of {
	my ($sums) = @_;
	my $total = 0;
	$total += $_ for map { values %$_ } values %$sums;
	return sprintf '%.6g', $total;
}

sub check_ours {
	my ($case) = @_;
	my $ran = convert($case, 'speedscope');
	return if $ran->{status} != 0;
	my $written = JSON::PP->new->utf8->decode($ran->{out});
	my $sums = sums_of($written);
	return if total_of($sums) > $exact || total_of($sums) == 0;
	my ($read, $text) = import_file('a.speedscope.json', $ran->{out});
	ok($read, "$case->{name}: speedscope reads it") or return;
	is_deeply(sums_of($read), $sums, '... and knows all of it');
	check_export($read, $text, $sums);
	check_folded($case);
}

# Our sum of a file that it has written, of the unit that is shown.
sub check_export {
	my ($read, $text, $sums) = @_;
	my $file = Fg::spew("$Fg::temp/export.json", Encode::encode('UTF-8', $text));
	my $ran = Fg::run({}, Fg::program('fg-collapse'), '-q', '--no-header', '--group-by=none', $file);
	is($ran->{status}, 0, '... and exports what we read') or return diag($ran->{err});
	my $active = $read->{profiles}[$read->{activeProfileIndex} // 0];
	my %shown = map { $_ => $sums->{$_} } grep { /, \Q$active->{unit}\E$/ } keys %$sums;
	my $total = 0;
	$total += $_ for $ran->{out} =~ / ([\d.]+)$/mg;
	is(sprintf('%.6g', $total), total_of(\%shown), '... and so do we of its export');
}

# Text without a stack it cannot read, and decimals it takes for no count.
sub check_folded {
	my ($case) = @_;
	my $ran = convert($case, 'folded');
	my $total = 0;
	return if $ran->{status} != 0 || $ran->{out} =~ /^[^#].*\.\d+$/m || $ran->{out} !~ /^[^#]/m;
	return if $ran->{out} =~ /^[^#].* \d+ \d+$/m;
	$total += $_ for $ran->{out} =~ /^(?!# ).* (\d+)$/mg;
	my $read = import_file('a.folded', $ran->{out});
	ok($read, '... it reads the folded text') or return;
	is(total_of(sums_of($read)), sprintf('%.6g', $total), '... with the same sum');
}

sub check_theirs {
	my ($case) = @_;
	my $read = import_file("a.$case->{format}.json", Fg::slurp($case->{in}));
	ok($read, "$case->{name}: speedscope reads it") or return;
	return if total_of(sums_of($read)) > $exact;
	my @metric = $case->{name} eq 'stackprof/object' ? '--metric=samples' : ();
	my $ran = Fg::run({}, Fg::program('fg-collapse'), '-q', '--no-header', '--group-by=none', @metric, $case->{in});
	my ($total, $theirs) = (0, sums_of($read));
	my $active = $read->{profiles}[$read->{activeProfileIndex} // 0];
	$total += $_ for $ran->{out} =~ / ([\d.]+)$/mg;
	is(sprintf('%.6g', $total), total_of({ map { $_ => $theirs->{$_} } grep { /, \Q$active->{unit}\E$/ } keys %$theirs }),
		'... and has the same sum');
}

# What it refuses, so do we.
sub check_refused {
	my ($case) = @_;
	is($case->{exit}, 2, "$case->{name}: we refuse it");
	is(scalar import_file('a.speedscope.json', Fg::slurp($case->{in})), undef, '... and so does speedscope');
}
