# SPDX-License-Identifier: Apache-2.0
#
# Profiles of OpenTelemetry in Perl, written without a look at ours: what tests compare with,
# and what t/otlp-cases makes files with.  They are what their JSON is when it is decoded:
# { resourceProfiles => [...], dictionary => {...} }.
#
#	decode(BYTES)        of protocol buffers; dies where they are none
#	encode(HASH, ORDER)  the bytes; ORDER sorts numbers of fields, for those that come last first
#	from_json(TEXT)      of JSON, with numbers as numbers
#	to_json(HASH)        the text
#	wrong(HASH)          what is not as it should be: tables, indices, numbers of values
#	samples(HASH)        [{ type, unit, values, times, labels => {...}, stack => [...] }...]
#	build(HASH)          the whole from samples that are told in words; see there
package Otlp;
use strict;
use warnings;
use FindBin;
use JSON::PP ();

require "$FindBin::Bin/proto.pm" if -e "$FindBin::Bin/proto.pm";

# NUMBER NAME TYPE: i a signed number, u one without a sign, f eight bytes, s text, b bytes, d a double, t true or
# false, or the name of a message; * says that there may be several.
my %schema = (
	ProfilesData => '1 resourceProfiles *ResourceProfiles, 2 dictionary ProfilesDictionary',
	ProfilesDictionary => '1 mappingTable *Mapping, 2 locationTable *Location, 3 functionTable *Function,
		4 linkTable *Link, 5 stringTable *s, 6 attributeTable *KeyValueAndUnit, 7 stackTable *Stack',
	ResourceProfiles => '1 resource Resource, 2 scopeProfiles *ScopeProfiles, 3 schemaUrl s',
	Resource => '1 attributes *KeyValue, 2 droppedAttributesCount i',
	ScopeProfiles => '1 scope InstrumentationScope, 2 profiles *Profile, 3 schemaUrl s',
	InstrumentationScope => '1 name s, 2 version s, 3 attributes *KeyValue',
	Profile => '1 sampleType ValueType, 2 samples *Sample, 3 timeUnixNano f, 4 durationNano u, 5 periodType ValueType,
		6 period i, 7 profileId b, 8 droppedAttributesCount i, 9 originalPayloadFormat s, 10 originalPayload b,
		11 attributeIndices *i',
	ValueType => '1 typeStrindex i, 2 unitStrindex i',
	Sample => '1 stackIndex i, 2 attributeIndices *i, 3 linkIndex i, 4 values *i, 5 timestampsUnixNano *f',
	Mapping => '1 memoryStart u, 2 memoryLimit u, 3 fileOffset u, 4 filenameStrindex i, 5 attributeIndices *i',
	Stack => '1 locationIndices *i',
	Location => '1 mappingIndex i, 2 address u, 3 lines *Line, 4 attributeIndices *i',
	Line => '1 functionIndex i, 2 line i, 3 column i',
	Function => '1 nameStrindex i, 2 systemNameStrindex i, 3 filenameStrindex i, 4 startLine i',
	Link => '1 traceId b, 2 spanId b',
	KeyValueAndUnit => '1 keyStrindex i, 2 value AnyValue, 3 unitStrindex i',
	KeyValue => '1 key s, 2 value AnyValue, 3 keyStrindex i',
	AnyValue => '1 stringValue s, 2 boolValue t, 3 intValue i, 4 doubleValue d, 5 arrayValue ArrayValue,
		6 kvlistValue KeyValueList, 7 bytesValue b, 8 stringValueStrindex i',
	ArrayValue => '1 values *AnyValue',
	KeyValueList => '1 values *KeyValue',
);
# What stands in quotes in JSON, and what is left out when it is 0 but where one of several is told.
my %short = map { $_ => 1 } qw(typeStrindex unitStrindex stackIndex attributeIndices linkIndex filenameStrindex
	locationIndices mappingIndex functionIndex nameStrindex systemNameStrindex keyStrindex stringValueStrindex
	droppedAttributesCount);
my (%by_number, %by_name);
for my $message (keys %schema) {
	for (split /,\s*/, $schema{$message}) {
		my ($number, $name, $type) = split;
		my $field = { number => $number, name => $name, many => scalar $type =~ s/^\*//, type => $type };
		$by_number{$message}{$number} = $by_name{$message}{$name} = $field;
	}
}

# Protocol buffers

sub value_of {
	my ($field, $kind, $value) = @_;
	my $type = $field->{type};
	return decode($value, $type) if $schema{$type};
	return unpack 'Q', $value if $type eq 'f';
	return unpack 'Q', pack 'q', $value if $type eq 'u';
	return unpack 'd', $value if $type eq 'd';
	return unpack 'H*', $value if $type eq 'b';
	return $value ? 'true' : 'false' if $type eq 't';
	die "kind $kind of $field->{name}\n" if ($kind == 2) != ($type eq 's');
	return $value;
}

sub values_of {
	my ($field, $kind, $bytes) = @_;
	my $type = $field->{type};
	return value_of($field, $kind, $bytes) unless $field->{many} && $kind == 2 && $type =~ /^[if]$/;
	return unpack 'Q*', $bytes if $type eq 'f';
	my @numbers;
	push @numbers, Proto::signed(Proto::cut_varint(\$bytes)) while length $bytes;
	return @numbers;
}

sub decode {
	my ($bytes, $message) = @_;
	$message ||= 'ProfilesData';
	my %made;
	for my $f (Proto::fields($bytes)) {
		my ($number, $kind, $value) = @$f;
		my $field = $by_number{$message}{$number} or next;
		my @values = values_of($field, $kind, $value);
		if ($field->{many}) { push @{ $made{ $field->{name} } }, @values } else { $made{ $field->{name} } = $values[-1] }
	}
	return \%made;
}

sub encode_field {
	my ($field, $value, $order) = @_;
	my ($number, $type) = @$field{qw(number type)};
	return Proto::bytes($number, encode($value, $order, $type)) if $schema{$type};
	return Proto::bytes($number, $value) if $type eq 's';
	return Proto::bytes($number, pack 'H*', $value) if $type eq 'b';
	return Proto::field($number, $value =~ /^true$|^1$/ ? 1 : 0) if $type eq 't';
	return Proto::varint($number << 3 | 1) . pack('Q', $value) if $type eq 'f';
	return Proto::varint($number << 3 | 1) . pack('d', $value) if $type eq 'd';
	return Proto::field($number, $value);
}

sub encode {
	my ($hash, $order, $message) = @_;
	$message ||= 'ProfilesData';
	$order ||= sub { $_[0] <=> $_[1] };
	my $out = '';
	for my $field (sort { $order->($a->{number}, $b->{number}) } values %{ $by_name{$message} }) {
		my $value = $hash->{ $field->{name} };
		next unless defined $value;
		if (!$field->{many}) {
			$out .= encode_field($field, $value, $order);
		} elsif ($field->{type} eq 'i') {
			$out .= Proto::packed($field->{number}, @$value) if @$value;
		} elsif ($field->{type} eq 'f') {
			$out .= Proto::bytes($field->{number}, pack 'Q*', @$value) if @$value;
		} else {
			$out .= encode_field($field, $_, $order) for @$value;
		}
	}
	return $out;
}

# JSON

sub plain {
	my ($value, $message) = @_;
	my %made;
	for my $name (keys %$value) {
		my $field = $by_name{$message}{$name} or die "$message has no $name\n";
		my $one = sub {
			my $v = shift;
			return plain($v, $field->{type}) if $schema{ $field->{type} };
			return JSON::PP::is_bool($v) ? ($v ? 'true' : 'false') : lc $v if $field->{type} =~ /^[bt]$/;
			# Eight bytes do not fit a number of JSON.
			die "$name is $v\n" if $field->{type} =~ /^[ifu]$/ && ($v !~ /^-?\d+$/ ||
				($short{$name} ? JSON::PP->new->allow_nonref->encode($v) =~ /"/ :
					JSON::PP->new->allow_nonref->encode($v) !~ /"/));
			utf8::encode($v) if $field->{type} eq 's';
			return $v;
		};
		$made{$name} = $field->{many} ? [map { $one->($_) } @{ $value->{$name} }] : $one->($value->{$name});
	}
	return \%made;
}

sub from_json { return plain(JSON::PP->new->utf8->decode($_[0]), 'ProfilesData') }

sub json_of {
	my ($value, $message) = @_;
	my %made;
	for my $name (keys %$value) {
		my $field = $by_name{$message}{$name};
		my $one = sub {
			my $v = shift;
			return json_of($v, $field->{type}) if $schema{ $field->{type} };
			return $v eq 'true' ? JSON::PP::true() : JSON::PP::false() if $field->{type} eq 't';
			return 0 + $v if $field->{type} eq 'd' || $short{$name};
			utf8::decode($v = "$v");
			return $v;
		};
		$made{$name} = $field->{many} ? [map { $one->($_) } @{ $value->{$name} }] : $one->($value->{$name});
	}
	return \%made;
}

sub to_json { return JSON::PP->new->utf8->canonical->encode(json_of($_[0], 'ProfilesData')) . "\n" }

# What it says

my %table_of = (
	mappingIndex => 'mappingTable', functionIndex => 'functionTable', stackIndex => 'stackTable',
	linkIndex => 'linkTable', attributeIndices => 'attributeTable', locationIndices => 'locationTable',
);

sub wrong_indices {
	my ($tables, $value, $message) = @_;
	for my $name (keys %$value) {
		my $field = $by_name{$message}{$name};
		my $table = $table_of{$name} || ($name =~ /Strindex$/ ? 'stringTable' : undef);
		for my $v ($field->{many} ? @{ $value->{$name} } : $value->{$name}) {
			return "$name $v" if $table && ($v < 0 || $v >= @{ $tables->{$table} });
			my $wrong = $schema{ $field->{type} } ? wrong_indices($tables, $v, $field->{type}) : '';
			return $wrong if $wrong;
		}
	}
	return '';
}

sub profiles {
	my ($data) = @_;
	return map { my $r = $_; map { my $s = $_; map { [$r, $s, $_] } @{ $s->{profiles} || [] } } @{ $r->{scopeProfiles} || [] } }
		@{ $data->{resourceProfiles} || [] };
}

sub wrong {
	my ($data) = @_;
	my $tables = $data->{dictionary} or return 'no dictionary';
	for my $field (values %{ $by_name{ProfilesDictionary} }) {
		my ($name, $type) = @$field{qw(name type)};
		my @items = @{ $tables->{$name} || [] } or return "no $name";
		my $first = $type eq 's' ? $items[0] : $type eq 'Link' ? "$items[0]{traceId}$items[0]{spanId}" =~ s/0//gr :
			join ' ', %{ $items[0] };
		return "the first of $name is $first" if $first ne '';
		my %seen;
		my $json = JSON::PP->new->canonical->allow_nonref;
		$seen{ $json->encode($_) }++ and return "twice in $name: " . $json->encode($_) for @items;
	}
	my $wrong = wrong_indices($tables, $data, 'ProfilesData');
	return $wrong if $wrong;
	for (profiles($data)) {
		my $p = $_->[2];
		return 'an id' if ($p->{profileId} || '') !~ /^(?!0{32})[0-9a-f]{32}$/;
		for my $s (@{ $p->{samples} || [] }) {
			my ($values, $times) = (scalar @{ $s->{values} || [] }, scalar @{ $s->{timestampsUnixNano} || [] });
			return 'nothing' if !$values && !$times;
			return "$values values and $times times" if $values && $times && $values != $times;
		}
	}
	return '';
}

sub any {
	my ($tables, $v) = @_;
	return '' unless $v;
	return $tables->{stringTable}[ $v->{stringValueStrindex} ] if defined $v->{stringValueStrindex};
	return [map { any($tables, $_) } @{ $v->{arrayValue}{values} || [] }] if $v->{arrayValue};
	return (values %$v)[0];
}

sub attributes {
	my ($tables, $plain, $indices) = @_;
	my $text = $tables->{stringTable};
	my %made = map { ($_->{keyStrindex} ? $text->[ $_->{keyStrindex} ] : $_->{key}) => any($tables, $_->{value}) } @{ $plain || [] };
	for my $i (grep { $_ } @{ $indices || [] }) {
		my $a = $tables->{attributeTable}[$i];
		my $unit = $text->[ $a->{unitStrindex} || 0 ];
		my $value = any($tables, $a->{value});
		$made{ $text->[ $a->{keyStrindex} ] } = length $unit ? "$value $unit" : $value;
	}
	return \%made;
}

sub samples {
	my ($data) = @_;
	my $t = $data->{dictionary};
	my $text = sub { $t->{stringTable}[ $_[0] || 0 ] };
	my @samples;
	for (profiles($data)) {
		my ($resource, undef, $p) = @$_;
		for my $s (@{ $p->{samples} || [] }) {
			my @stack;
			for my $i (@{ ($t->{stackTable}[ $s->{stackIndex} || 0 ] || {})->{locationIndices} || [] }) {
				my $l = $t->{locationTable}[$i];
				my $m = $l->{mappingIndex} ? $t->{mappingTable}[ $l->{mappingIndex} ] : undef;
				push @stack, {
					address => $l->{address} || 0,
					mapping => $m && { %$m, file => $text->($m->{filenameStrindex}),
						attributes => attributes($t, [], $m->{attributeIndices}) },
					attributes => attributes($t, [], $l->{attributeIndices}),
					lines => [map {
						my $f = $t->{functionTable}[ $_->{functionIndex} || 0 ] || {};
						{ name => $text->($f->{nameStrindex}), system => $text->($f->{systemNameStrindex}),
							file => $text->($f->{filenameStrindex}), start => $f->{startLine} || 0,
							line => $_->{line} || 0, column => $_->{column} || 0 }
					} @{ $l->{lines} || [] }],
				};
			}
			my $times = $s->{timestampsUnixNano} || [];
			my $link = $s->{linkIndex} ? $t->{linkTable}[ $s->{linkIndex} ] : {};
			push @samples, {
				type => $text->($p->{sampleType}{typeStrindex}), unit => $text->($p->{sampleType}{unitStrindex}),
				values => @{ $s->{values} || [] } ? $s->{values} : [(1) x @$times], times => $times, stack => \@stack,
				labels => { %{ attributes($t, $resource->{resource}{attributes}, $s->{attributeIndices}) }, %$link },
			};
		}
	}
	return \@samples;
}

# From words: strings, attributes and stacks go to their tables by themselves.
#
#	mappings => [[START, LIMIT, OFFSET, FILE, {KEY => VALUE}]...],      from index 1 on
#	functions => [[NAME, SYSTEM, FILE, START]...],
#	locations => [[MAPPING, ADDRESS, [[FUNCTION, LINE, COLUMN]...], {KEY => VALUE}]...],
#	links => [[TRACE, SPAN]...],
#	resources => [{ attributes => {...}, scope => {...}, profiles => [{
#		type => [TYPE, UNIT], period => N, period_type => [...], time, duration, attributes => {...},
#		samples => [[[LOCATION...], [VALUE...], {KEY => VALUE}, [TIME...], LINK]...] }...] }...]
#
# A VALUE is a number, a text, \1 or \0, or a list of texts; [VALUE, UNIT] with a key that ends in "/".
sub build {
	my ($p) = @_;
	my (%text, %attribute, %stack);
	my %t = (mappingTable => [{}], locationTable => [{}], functionTable => [{}], linkTable => [{}],
		stringTable => [], attributeTable => [{}], stackTable => [{}]);
	my $text = sub {
		my $s = shift // '';
		push @{ $t{stringTable} }, $s unless exists $text{$s};
		return $text{$s} //= $#{ $t{stringTable} };
	};
	$text->('');
	my $value = sub {
		my $v = shift;
		return { boolValue => $$v ? 'true' : 'false' } if ref $v eq 'SCALAR';
		return { arrayValue => { values => [map { { stringValue => $_ } } @$v] } } if ref $v eq 'ARRAY';
		return $v =~ /^-?\d+$/ ? { intValue => $v } : $v =~ /^-?\d+\.\d+$/ ? { doubleValue => $v } : { stringValue => $v };
	};
	my $attributes = sub {
		my $h = shift || {};
		return [map {
			my ($key, $v, $unit) = ($_, $h->{$_}, '');
			($v, $unit) = @$v if $key =~ s{/$}{};
			my $id = join "\0", $key, ref $v ? JSON::PP->new->encode([ref $v eq 'SCALAR' ? $$v : $v]) : $v, $unit;
			push @{ $t{attributeTable} }, { keyStrindex => $text->($key), value => $value->($v),
				unitStrindex => $text->($unit) } unless $attribute{$id};
			$attribute{$id} ||= $#{ $t{attributeTable} };
		} sort keys %$h];
	};
	my $plain = sub { my $h = shift || {}; return [map { { key => $_, value => $value->($h->{$_}) } } sort keys %$h] };
	for (@{ $p->{mappings} || [] }) {
		push @{ $t{mappingTable} }, { memoryStart => $_->[0], memoryLimit => $_->[1], fileOffset => $_->[2],
			filenameStrindex => $text->($_->[3]), attributeIndices => $attributes->($_->[4]) };
	}
	for (@{ $p->{functions} || [] }) {
		push @{ $t{functionTable} }, { nameStrindex => $text->($_->[0]), systemNameStrindex => $text->($_->[1]),
			filenameStrindex => $text->($_->[2]), startLine => $_->[3] // 0 };
	}
	for (@{ $p->{locations} || [] }) {
		push @{ $t{locationTable} }, { mappingIndex => $_->[0], address => $_->[1], attributeIndices => $attributes->($_->[3]),
			lines => [map { { functionIndex => $_->[0], line => $_->[1] // 0, column => $_->[2] // 0 } } @{ $_->[2] || [] }] };
	}
	push @{ $t{linkTable} }, { traceId => $_->[0], spanId => $_->[1] } for @{ $p->{links} || [] };
	my $stack = sub {
		my $id = "@_";
		return 0 unless @_;
		push @{ $t{stackTable} }, { locationIndices => [@_] } unless $stack{$id};
		return $stack{$id} ||= $#{ $t{stackTable} };
	};
	my $type = sub { return { typeStrindex => $text->($_[0][0]), unitStrindex => $text->($_[0][1]) } };
	my @resources;
	for my $r (@{ $p->{resources} }) {
		my @profiles;
		for my $f (@{ $r->{profiles} }) {
			push @profiles, {
				sampleType => $type->($f->{type}), periodType => $type->($f->{period_type} || []), period => $f->{period} // 0,
				timeUnixNano => $f->{time} // 0, durationNano => $f->{duration} // 0,
				attributeIndices => $attributes->($f->{attributes}),
				samples => [map { {
					stackIndex => $stack->(@{ $_->[0] }), values => $_->[1], attributeIndices => $attributes->($_->[2]),
					timestampsUnixNano => $_->[3] || [], linkIndex => $_->[4] || 0,
				} } @{ $f->{samples} }],
			};
		}
		push @resources, { resource => { attributes => $plain->($r->{attributes}) }, scopeProfiles => [{
			scope => { name => 'made', attributes => $plain->($r->{scope}) }, profiles => \@profiles }] };
	}
	return { resourceProfiles => \@resources, dictionary => \%t };
}

1;
