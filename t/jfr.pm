# SPDX-License-Identifier: Apache-2.0
#
# JDK Flight Recorder read and written by Perl, apart from src/read/jfr*.c.  Every class is
# taken apart and put together by what the metadata says of it.
#
#	{ start, duration, start_ticks, ticks_per_second, raw, state, size,
#	  types => [{ id, name, super, simple,
#	              fields => [{ name, type, constant, array, unit, unit_type }] }],
#	  items => [[$type_id, \@values], ['constants', [[$type_id, [[$key, $value], ...]], ...]]] }
#
# is a chunk.  A structure is a list of values, in the order of its fields; a text is undef, a
# text, or { encoding => N, ... }; what is a constant is its key.
package Jfr;
use strict;
use warnings;
no warnings qw(portable);
use Encode qw(decode encode);

my %size = (long => 8, int => 4, short => 2, char => 2);
my %fixed = (byte => 1, boolean => 1, float => 4, double => 8);

# Numbers

sub number {
	my ($value, $raw_size) = @_;
	return substr(pack('Q>', $value), 8 - $raw_size) if $raw_size;
	my $out = '';
	for (1 .. 8) {
		return $out . chr($value) if $value < 0x80;
		$out .= chr($value & 0x7f | 0x80);
		$value >>= 7;
	}
	return $out . chr($value);
}

sub take_number {
	my ($b, $raw_size) = @_;
	if ($b->{raw}) {
		my $bytes = take($b, $raw_size);
		return unpack('Q>', "\0" x (8 - $raw_size) . $bytes);
	}
	my $value = 0;
	for my $i (0 .. 8) {
		my $byte = ord(take($b, 1));
		return $value | $byte << 56 if $i == 8;
		$value |= ($byte & 0x7f) << 7 * $i;
		return $value if $byte < 0x80;
	}
}

sub take {
	my ($b, $n) = @_;
	die "ends early at $b->{at}\n" if $b->{at} + $n > length ${ $b->{bytes} };
	my $part = substr(${ $b->{bytes} }, $b->{at}, $n);
	$b->{at} += $n;
	return $part;
}

# Texts, in UTF-8

sub text {
	my ($text, $raw) = @_;
	return chr(0) unless defined $text;
	return chr(1) unless ref $text || length $text;
	return chr(3) . number(length $text, $raw && 4) . $text unless ref $text;
	return chr(2) . number($text->{constant}, $raw && 8) if defined $text->{constant};
	my $unicode = decode('UTF-8', $text->{utf8});
	return chr(5) . number(length $unicode, $raw && 4) . encode('ISO-8859-1', $unicode)
		if $text->{encoding} == 5;
	my @units = unpack('n*', encode('UTF-16BE', $unicode));
	return chr(4) . number(scalar @units, $raw && 4) . join '', map { number($_, $raw && 2) } @units;
}

sub take_text {
	my ($b) = @_;
	my $encoding = ord(take($b, 1));
	return undef if $encoding == 0;
	return '' if $encoding == 1;
	return { constant => take_number($b, 8) } if $encoding == 2;
	my $n = take_number($b, 4);
	return take($b, $n) if $encoding == 3;
	return encode('UTF-8', decode('ISO-8859-1', take($b, $n))) if $encoding == 5;
	die "encoding $encoding\n" if $encoding != 4;
	return encode('UTF-8', decode('UTF-16BE', pack('n*', map { take_number($b, 2) } 1 .. $n)));
}

# Values

sub value {
	my ($c, $type_id, $value) = @_;
	my $type = $c->{by_id}{$type_id} or die "type $type_id\n";
	my $raw = $c->{raw};
	return text($value, $raw) if $type->{name} eq 'java.lang.String';
	return number($value, $raw && $size{$type->{name}}) if $size{$type->{name}};
	return substr(pack('Q>', $value), 8 - $fixed{$type->{name}}) if $fixed{$type->{name}};
	my @values = @$value;
	return join '', map { field($c, $_, shift @values) } @{ $type->{fields} };
}

sub field {
	my ($c, $field, $value) = @_;
	my $one = sub { $field->{constant} ? number($_[0], $c->{raw} && 8) : value($c, $field->{type}, $_[0]) };
	return $one->($value) unless $field->{array};
	return number(scalar @$value, $c->{raw} && 4) . join '', map { $one->($_) } @$value;
}

sub take_value {
	my ($c, $type_id, $b) = @_;
	my $type = $c->{by_id}{$type_id} or die "type $type_id\n";
	return take_text($b) if $type->{name} eq 'java.lang.String';
	return take_number($b, $size{$type->{name}}) if $size{$type->{name}};
	if (my $n = $fixed{$type->{name}}) {
		return unpack('Q>', "\0" x (8 - $n) . take($b, $n));
	}
	return [map { take_field($c, $_, $b) } @{ $type->{fields} }];
}

sub take_field {
	my ($c, $field, $b) = @_;
	my $one = sub { $field->{constant} ? take_number($b, 8) : take_value($c, $field->{type}, $b) };
	return $one->() unless $field->{array};
	return [map { $one->() } 1 .. take_number($b, 4)];
}

# Metadata: elements are [name, { attributes }, children].

sub take_element {
	my ($b, $strings) = @_;
	my $name = $strings->[take_number($b, 4)];
	my %attributes;
	for (1 .. take_number($b, 4)) {
		my $key = $strings->[take_number($b, 4)];
		$attributes{$key} = $strings->[take_number($b, 4)];
	}
	return [$name, \%attributes, [map { take_element($b, $strings) } 1 .. take_number($b, 4)]];
}

my @units = qw(TICKS NANOSECONDS MICROSECONDS MILLISECONDS SECONDS BYTES);

sub type_of_element {
	my ($element) = @_;
	my ($name, $a, $children) = @$element;
	my @fields;
	for (grep { $_->[0] eq 'field' } @$children) {
		my ($unit) = grep { my $value = $_->{value} // ''; grep { $value eq $_ } @units }
			map { $_->[1] } grep { $_->[0] eq 'annotation' } @{ $_->[2] };
		push @fields, {
			name => $_->[1]{name}, type => $_->[1]{class},
			unit => $unit->{value}, unit_type => $unit->{class},
			array => $_->[1]{dimension} ? 1 : 0, constant => exists $_->[1]{constantPool},
		};
	}
	return {
		id => $a->{id}, name => $a->{name}, super => $a->{superType},
		simple => exists $a->{simpleType}, fields => \@fields,
	};
}

sub element_of_type {
	my ($type) = @_;
	my @fields = map { ['field', {
		name => $_->{name}, class => $_->{type}, $_->{constant} ? (constantPool => 'true') : (),
		$_->{array} ? (dimension => $_->{array}) : (),
	}, $_->{unit} ? [['annotation', { class => $_->{unit_type}, value => $_->{unit} }, []]] : []] } @{ $type->{fields} };
	return ['class', {
		defined $type->{id} ? (id => $type->{id}) : (), name => $type->{name},
		$type->{super} ? (superType => $type->{super}) : (), $type->{simple} ? (simpleType => 'true') : (),
	}, \@fields];
}

sub element {
	my ($element, $index, $raw) = @_;
	my ($name, $a, $children) = @$element;
	my $n = sub { number($_[0], $raw && 4) };
	return join '', $n->($index->($name)), $n->(scalar keys %$a),
		(map { $n->($index->($_)), $n->($index->($a->{$_})) } sort keys %$a),
		$n->(scalar @$children), map { element($_, $index, $raw) } @$children;
}

sub metadata {
	my ($c) = @_;
	my (@strings, %index);
	my $index = sub { $index{$_[0]} //= do { push @strings, $_[0]; $#strings } };
	my $raw = $c->{raw};
	my $tree = element(['root', {}, [
		['metadata', {}, [map { element_of_type($_) } @{ $c->{types} }]],
		['region', { locale => 'en_US', gmtOffset => 0 }, []]]], $index, $raw);
	return event($c, 0, number(0, $raw && 8) x 2 . number(1, $raw && 8) .
		number(scalar @strings, $raw && 4) . join('', map { text($_, $raw) } @strings) . $tree);
}

# Chunks

# Its size counts itself.
sub event {
	my ($c, $type, $body) = @_;
	$body = number($type, $c->{raw} && 8) . $body;
	return pack('N', 4 + length $body) . $body if $c->{raw};
	my $n = 1;
	$n++ while length(number($n + length $body)) > $n;
	return number($n + length $body) . $body;
}

sub constants {
	my ($c, $pools, $delta) = @_;
	my $raw = $c->{raw};
	my $body = number(0, $raw && 8) x 2 . number($delta, $raw && 8) . "\0" . number(scalar @$pools, $raw && 4);
	for my $pool (@$pools) {
		my ($type, $entries) = @$pool;
		$body .= number($type, $raw && 8) . number(scalar @$entries, $raw && 4);
		$body .= number($_->[0], $raw && 8) . value($c, $type, $_->[1]) for @$entries;
	}
	return event($c, 1, $body);
}

sub index_types {
	my ($c) = @_;
	$c->{by_id} = { map { defined $_->{id} ? ($_->{id} => $_) : () } reverse @{ $c->{types} } };
	return $c;
}

# The bytes of a chunk; $c->{header} replaces fields of the header, $c->{extra} stands at the end.
sub chunk {
	my ($c) = @_;
	index_types($c);
	my ($body, $last) = ('', 0);
	for my $item (@{ $c->{items} }) {
		my ($what, @rest) = @$item;
		if ($what eq 'constants') {
			my $at = 68 + length $body;
			$body .= constants($c, $rest[0], $last ? ($last - $at) & 0xffffffffffffffff : 0);
			$last = $at;
		} elsif ($what eq 'bytes') {
			$body .= $rest[0];
		} else {
			$body .= event($c, $what, value($c, $what, $rest[0]));
		}
	}
	my $metadata_at = 68 + length $body;
	$body .= metadata($c) unless $c->{without_metadata};
	return pack('a4nnQ>Q>Q>Q>Q>Q>Q>CCCC', "FLR\0", $c->{version} // 2, 1, $c->{size} // 68 + length $body, $last,
		$metadata_at, $c->{start} // 0, $c->{duration} // 0, $c->{start_ticks} // 0,
		$c->{ticks_per_second} // 1_000_000_000, $c->{state} // 0, 0, 0, $c->{raw} ? 0 : 1) . $body;
}

# The chunks of a file that is whole.
sub read_file {
	my ($bytes) = @_;
	my @chunks;
	while (length $bytes) {
		my ($magic, $major, $minor, $size, $last, $metadata_at, $start, $duration, $start_ticks, $ticks_per_second,
			$state, undef, undef, $flags) = unpack('a4nnQ>Q>Q>Q>Q>Q>Q>CCCC', $bytes);
		die "no chunk\n" if $magic ne "FLR\0" || $size > length $bytes;
		my $c = {
			start => $start, duration => $duration, start_ticks => $start_ticks,
			ticks_per_second => $ticks_per_second, raw => !($flags & 1), items => [],
		};
		read_items($c, substr($bytes, 0, $size, ''), $metadata_at, $last);
		push @chunks, $c;
	}
	return @chunks;
}

# Constants are found by their chain, not on the way through the events.
sub read_items {
	my ($c, $bytes, $metadata_at, $last) = @_;
	my $b = { bytes => \$bytes, at => $metadata_at, raw => $c->{raw} };
	take_number($b, 4), take_number($b, 8), take_number($b, 8), take_number($b, 8), take_number($b, 8);
	my @strings = map { take_text($b) } 1 .. take_number($b, 4);
	my ($metadata) = grep { $_->[0] eq 'metadata' } @{ take_element($b, \@strings)->[2] };
	$c->{types} = [map { type_of_element($_) } grep { $_->[0] eq 'class' } @{ $metadata->[2] }];
	index_types($c);
	my @constants;
	for (my $delta = -1; $delta != 0; $last += $delta) {
		$b->{at} = $last;
		take_number($b, 4), take_number($b, 8), take_number($b, 8), take_number($b, 8);
		$delta = unpack('q', pack('Q', take_number($b, 8)));
		take($b, 1);
		unshift @constants, ['constants', [map {
			my $type = take_number($b, 8);
			[$type, [map { [take_number($b, 8), take_value($c, $type, $b)] } 1 .. take_number($b, 4)]]
		} 1 .. take_number($b, 4)]];
	}
	for (my $at = 68; $at < length $bytes;) {
		$b->{at} = $at;
		$at += take_number($b, 4);
		my $type = take_number($b, 8);
		push @{ $c->{items} }, $type == 1 ? shift @constants : [$type, take_value($c, $type, $b)] if $type != 0;
		die "an event of $type ends at $b->{at}, not at $at\n" if $type > 1 && $b->{at} != $at;
	}
	return;
}

# What constants say: { type name => { key => value } }; of one that comes again the first.
sub pools {
	my ($c) = @_;
	my %pools;
	for my $item (grep { $_->[0] eq 'constants' } @{ $c->{items} }) {
		for my $pool (@{ $item->[1] }) {
			my $of = $pools{$c->{by_id}{$pool->[0]}{name}} //= {};
			$of->{$_->[0]} //= $_->[1] for @{ $pool->[1] };
		}
	}
	return \%pools;
}

# The values of a structure by name.
sub named {
	my ($c, $type_name, $values) = @_;
	my ($type) = grep { $_->{name} eq $type_name } @{ $c->{types} };
	my %named;
	@named{map { $_->{name} } @{ $type->{fields} }} = @$values;
	return \%named;
}

1;
