# SPDX-License-Identifier: Apache-2.0
#
# Protocol buffers of pprof in Perl, written without a look at ours: what tests compare
# with, and what t/pprof-cases makes files with.
#
#	fields(BYTES)        [NUMBER, KIND, VALUE], ...; dies where they are none
#	field(NUMBER, N)     the bytes of a number
#	bytes(NUMBER, TEXT)  ... and of bytes, text or message
#	packed(NUMBER, N...) ... and of packed numbers
#	read_pprof(BYTES)    { types, samples, period, ... }; see there
#	write_pprof(HASH)    the bytes of the same
#	same_pprof(HASH)     lines that do not depend on ids and order
package Proto;
use strict;
use warnings;

sub varint {
	my ($n) = @_;
	my $out = '';
	# As Perl shifts negative numbers as unsigned ones.
	while ($n < 0 || $n >= 128) {
		$out .= chr(128 | $n & 127);
		$n = $n >> 7;
	}
	return $out . chr $n;
}

sub field { return varint($_[0] << 3) . varint($_[1]) }
sub bytes { return varint($_[0] << 3 | 2) . varint(length $_[1]) . $_[1] }
sub packed { my $number = shift; return bytes($number, join '', map { varint($_) } @_) }

sub cut_varint {
	my ($s) = @_;
	my ($n, $shift) = (0, 0);
	while ($$s =~ s/^(.)//s) {
		my $c = ord $1;
		$n |= ($c & 127) << $shift;
		return $n if $c < 128;
		$shift += 7;
		die "a number of more than 64 bits\n" if $shift > 63;
	}
	die "cut off\n";
}

sub signed { return unpack 'q', pack 'Q', $_[0] }

sub fields {
	my ($s) = @_;
	my @fields;
	while (length $s) {
		my $tag = cut_varint(\$s);
		my ($number, $kind) = ($tag >> 3, $tag & 7);
		if ($kind == 0) {
			push @fields, [$number, 0, signed(cut_varint(\$s))];
		} elsif ($kind == 2) {
			my $n = cut_varint(\$s);
			die "cut off\n" if $n > length $s;
			push @fields, [$number, 2, substr($s, 0, $n, '')];
		} elsif ($kind == 1 || $kind == 5) {
			push @fields, [$number, $kind, substr($s, 0, $kind == 1 ? 8 : 4, '')];
		} else {
			die "kind $kind\n";
		}
	}
	return @fields;
}

# All numbers of a repeated field, packed or not.
sub numbers {
	my ($number, @fields) = @_;
	my @numbers;
	for my $f (grep { $_->[0] == $number } @fields) {
		my $s = $f->[2];
		push @numbers, $s if $f->[1] == 0;
		while ($f->[1] == 2 && length $s) { push @numbers, signed(cut_varint(\$s)) }
	}
	return @numbers;
}

sub number {
	my ($number, @fields) = @_;
	my ($last) = reverse grep { $_->[0] == $number } @fields;
	return $last ? $last->[2] : 0;
}

sub record {
	my ($bytes, @names) = @_;
	my @fields = fields($bytes);
	return { map { ($names[$_] => number($_ + 1, @fields)) } 0 .. $#names };
}

# {
#	types => [[TYPE, UNIT]...], period_type => [...], period, time, duration,
#	default, url, drop, keep => TEXT, comments => [TEXT...],
#	mappings => [{...}...],
#	samples => [{
#		values => [N...], labels => [[KEY, TEXT or undef, N, UNIT]...],
#		stack => [{ address, mapping => {...} or undef, folded,
#			lines => [{ name, system, file, start, line, column }...] }...],
#	}...],
# }
sub read_pprof {
	my @top = fields($_[0]);
	my @text = map { $_->[2] } grep { $_->[0] == 6 } @top;
	my $messages = sub { my $n = shift; return map { $_->[2] } grep { $_->[0] == $n } @top };
	my $type = sub { my $t = record($_[0], qw(type unit)); return [map { $text[$_] } @$t{qw(type unit)}] };
	my (%function, %mapping, %location);
	for ($messages->(5)) {
		my $f = record($_, qw(id name system file start));
		$f->{$_} = $text[$f->{$_}] // die "no text\n" for qw(name system file);
		$function{$f->{id}} = $f;
	}
	for ($messages->(3)) {
		my $m = record($_, qw(id start limit offset file build functions files lines inlined));
		$m->{$_} = $text[$m->{$_}] // die "no text\n" for qw(file build);
		$mapping{$m->{id}} = $m;
	}
	for my $bytes ($messages->(4)) {
		my @f = fields($bytes);
		my @lines = map { record($_->[2], qw(function line column)) } grep { $_->[0] == 4 } @f;
		for (@lines) {
			my $f = $function{$_->{function}} // { name => '', system => '', file => '', start => 0 };
			@$_{qw(name system file start)} = @$f{qw(name system file start)};
		}
		my $id = number(1, @f);
		die "location $id twice\n" if $location{$id};
		$location{$id} = {
			address => number(3, @f), folded => number(5, @f), lines => \@lines,
			mapping => number(2, @f) ? $mapping{number(2, @f)} // die "no mapping\n" : undef,
		};
	}
	my @samples;
	for my $bytes ($messages->(2)) {
		my @f = fields($bytes);
		my @labels = map { record($_->[2], qw(key str num unit)) } grep { $_->[0] == 3 } @f;
		push @samples, {
			values => [numbers(2, @f)],
			stack => [map { $location{$_} // die "no location $_\n" } numbers(1, @f)],
			labels => [map { [$text[$_->{key}], $_->{str} ? $text[$_->{str}] : undef, $_->{num},
				$text[$_->{unit}]] } @labels],
		};
	}
	my ($period) = $messages->(11);
	return {
		types => [map { $type->($_) } $messages->(1)],
		period_type => $period ? $type->($period) : ['', ''],
		time => number(9, @top), duration => number(10, @top), period => number(12, @top),
		default => $text[number(14, @top)], url => $text[number(15, @top)],
		drop => $text[number(7, @top)], keep => $text[number(8, @top)],
		comments => [map { $text[$_] } numbers(13, @top)],
		mappings => [map { $mapping{$_} } sort { $a <=> $b } keys %mapping],
		samples => \@samples, texts => \@text,
	};
}

# The other direction, for files made by hand: samples, locations, functions and
# mappings are given with their ids, texts as texts.
#
# {
#	types, period_type, period, time, duration, default, url, drop, keep, comments,
#	mappings => [[ID, START, LIMIT, OFFSET, FILE, BUILD-ID, FLAGS...]...],
#	functions => [[ID, NAME, SYSTEM, FILE, START]...],
#	locations => [[ID, MAPPING, ADDRESS, [[FUNCTION, LINE, COLUMN]...], FOLDED]...],
#	samples => [[[LOCATION...], [VALUE...], [[KEY, TEXT, NUMBER, UNIT]...]]...],
# }
sub write_pprof {
	my ($p) = @_;
	my (%text, @texts);
	my $text = sub {
		my $s = shift // '';
		return $text{$s} if exists $text{$s};
		push @texts, $s;
		return $text{$s} = $#texts;
	};
	$text->('');
	my $type = sub { return field(1, $text->($_[0][0])) . field(2, $text->($_[0][1])) };
	my $record = sub {
		my ($texts, @values) = @_;
		return join '', map {
			my $n = $texts->{$_} ? $text->($values[$_ - 1]) : $values[$_ - 1];
			$n ? field($_, $n) : '';
		} 1 .. @values;
	};
	my $out = join '', map { bytes(1, $type->($_)) } @{ $p->{types} };
	for (@{ $p->{samples} }) {
		my ($locations, $values, $labels) = @$_;
		$out .= bytes(2, packed(1, @$locations) . packed(2, @$values) . join '', map {
			my ($key, $string, $number, $unit) = @$_;
			bytes(3, $record->({}, $text->($key), defined $string ? $text->($string) : 0,
				$number // 0, $unit ? $text->($unit) : 0));
		} @{ $labels || [] });
	}
	$out .= bytes(3, $record->({ 5 => 1, 6 => 1 }, @$_)) for @{ $p->{mappings} || [] };
	for (@{ $p->{locations} || [] }) {
		my ($id, $mapping, $address, $lines, $folded) = @$_;
		$out .= bytes(4, $record->({}, $id, $mapping, $address)
			. join('', map { bytes(4, $record->({}, @$_)) } @$lines) . ($folded ? field(5, 1) : ''));
	}
	$out .= bytes(5, $record->({ 2 => 1, 3 => 1, 4 => 1 }, @$_)) for @{ $p->{functions} || [] };
	my $end = '';
	my %number = (drop => 7, keep => 8, default => 14, url => 15);
	$end .= field($number{$_}, $text->($p->{$_})) for grep { length($p->{$_} // '') } sort keys %number;
	%number = (time => 9, duration => 10, period => 12);
	$end .= field($number{$_}, $p->{$_}) for grep { $p->{$_} } sort keys %number;
	$end .= bytes(11, $type->($p->{period_type})) if $p->{period_type};
	$end .= packed(13, map { $text->($_) } @{ $p->{comments} }) if $p->{comments};
	return $out . join('', map { bytes(6, $_) } @texts) . $end;
}

sub place_words {
	my ($l) = @_;
	my $m = $l->{mapping};
	my $where = $m ? sprintf('%s+%x', $m->{file} . $m->{build}, $l->{address} - $m->{start}) :
		sprintf('%x', $l->{address});
	return join ' < ', $where . ($l->{folded} ? ' folded' : ''), map {
		"$_->{name} ($_->{system}) $_->{file}:$_->{line}:$_->{column} s=$_->{start}"
	} @{ $l->{lines} };
}

# Equal samples are one, as in pprof.
sub same_pprof {
	my ($p) = @_;
	my (%sum, @lines);
	for my $s (@{ $p->{samples} }) {
		my @labels = map { join '=', map { $_ // '' } @$_ } grep { defined $_->[1] || $_->[2] || length $_->[3] }
			@{ $s->{labels} };
		my $key = join "\n\t", join(' ', sort @labels), map { place_words($_) } @{ $s->{stack} };
		$sum{$key}[$_] += $s->{values}[$_] for 0 .. $#{ $s->{values} };
	}
	push @lines, join ' ', 'types', map { join '/', @$_ } @{ $p->{types} };
	push @lines, join ' ', 'period', $p->{period}, @{ $p->{period_type} };
	push @lines, map { "$_ $p->{$_}" } qw(time duration default url drop keep);
	push @lines, map { "comment $_" } @{ $p->{comments} };
	for my $m (@{ $p->{mappings} }) {
		push @lines, join ' ', 'mapping', map { $m->{$_} } qw(start limit offset file build functions files lines inlined);
	}
	push @lines, map { "@{ $sum{$_} }: $_" } sort keys %sum;
	return join '', map { "$_\n" } @lines;
}

1;
