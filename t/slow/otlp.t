#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# protoc, which knows nothing of us but io/otlp.proto, reads what fg-convert writes: nothing is
# left that the definition does not have, and both encodings say the same.  Where somebody has
# the definition of OpenTelemetry itself, in the folder that OTLP_PROTO names, it is read with
# that, too.
use strict;
use warnings;
no warnings qw(once);
use FindBin;
use Test::More;

require "$FindBin::Bin/../lib.pm";
require "$FindBin::Bin/../proto.pm";
require "$FindBin::Bin/../otlp.pm";

plan skip_all => 'no protoc' unless Fg::has_program('protoc');

my @definitions = (["$Fg::source/src/io", 'otlp.proto', 'otlp.ProfilesData']);
push @definitions, [$ENV{OTLP_PROTO}, 'opentelemetry/proto/profiles/v1development/profiles.proto',
	'opentelemetry.proto.profiles.v1development.ProfilesData'] if $ENV{OTLP_PROTO};

for my $format (qw(otlp pprof perf perfdata dhat)) {
	check($_) for grep { !$_->{again} && $_->{exit} == 0 } Fg::cases($format);
}
done_testing();

sub convert { return Fg::run({}, Fg::program('fg-convert'), '-q', @_) }

sub check {
	my ($case) = @_;
	my $file = "$Fg::temp/a.otlp";
	my $ran = convert('-f', $case->{format}, $case->{in}, '-t', 'otlp', '-o', $file);
	return if $ran->{status} != 0;
	for (@definitions) {
		my ($folder, $proto, $message) = @$_;
		my $read = Fg::run({ stdin => $file }, 'protoc', "-I$folder", "--decode=$message", $proto);
		is($read->{status}, 0, "$case->{name}: protoc reads it") or return diag($read->{err});
		# A field that the definition does not have is shown by its number.
		unlike($read->{out}, qr/^ *\d+(?::| \{)/m, '... and knows all fields');
		my $again = Fg::run({ in => $read->{out} }, 'protoc', "-I$folder", "--encode=$message", $proto);
		is_deeply(Otlp::decode($again->{out}), Otlp::decode(Fg::slurp($file)), '... and writes the same');
	}
	my $json = convert('-f', $case->{format}, $case->{in}, '-t', 'otlp-json', '-o', '-');
	is_deeply(Otlp::from_json($json->{out}), Otlp::decode(Fg::slurp($file)), '... as JSON, too');
}
