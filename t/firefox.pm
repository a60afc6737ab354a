# SPDX-License-Identifier: Apache-2.0
#
# Profiles of the Firefox Profiler, read without fgtools.
#
#	Firefox::wrong(JSON)         what a processed profile of version 60 or 66 has that its
#	                             readers would stumble over, or ''
#	Firefox::stacks(JSON, CODE)  { "frame;frame" => value } of all threads; CODE gets a
#	                             thread and the number of a sample, and tells its value
#	Firefox::value(THREAD, I)    the weight, in ns where it is a time
package Firefox;
use strict;
use warnings;

my %row_of = (
	frame => 'frameTable', func => 'funcTable', resource => 'resourceTable', source => 'sources', filename => 'stringArray',
	name => 'stringArray', stack => 'stackTable', nativeSymbol => 'nativeSymbols', lib => 'libs', libIndex => 'libs', category => 'categories',
);
my %may_be_none = map { $_ => 1 } qw(resource source stack nativeSymbol lib category);
my %columns = (
	stackTable => [qw(frame prefix)], funcTable => [qw(name isJS relevantForJS resource source lineNumber columnNumber)],
	frameTable => [qw(address category column func inlineDepth innerWindowID line nativeSymbol subcategory)],
	resourceTable => [qw(lib name host type)], nativeSymbols => [qw(libIndex address name functionSize)], sources => [qw(filename uuid)],
);

sub rows { return ref $_[0] eq 'ARRAY' ? scalar @{ $_[0] } : $_[0]{length} }

sub wrong_table {
	my ($name, $table, $sizes) = @_;
	for my $column (grep { ref $table->{$_} eq 'ARRAY' } sort keys %$table) {
		my $values = $table->{$column};
		return "$name.$column has " . @$values . " rows" if @$values != $table->{length};
		my $of = $row_of{$column} or next;
		for my $i (grep { !defined $values->[$_] || $values->[$_] < 0 || $values->[$_] >= $sizes->{$of} } 0 .. $#$values) {
			return "$name.$column row $i" unless $may_be_none{$column} && (!defined $values->[$i] || $values->[$i] == -1);
		}
	}
	return '';
}

sub wrong_thread {
	my ($t, $sizes) = @_;
	my $s = $t->{samples};
	return "a thread without $_" for grep { !defined $t->{$_} } qw(name pid tid isMainThread markers pausedRanges registerTime);
	return 'a pid that is no text' if $t->{pid} ne "$t->{pid}" || (JSON::PP->new->allow_nonref->encode($t->{pid}) !~ /^"/);
	return "weights are $s->{weightType}" if $s->{weightType} !~ /^(?:samples|tracing-ms|bytes)$/;
	my $wrong = wrong_table('samples', $s, $sizes);
	return $wrong if $wrong;
	return 'samples without a column' if grep { !$s->{$_} } qw(stack time weight);
	return 'times that go back' if grep { $s->{time}[$_] < $s->{time}[$_ - 1] } 1 .. $#{ $s->{time} };
	return '';
}

sub wrong {
	my ($j) = @_;
	my ($meta, $shared) = @$j{qw(meta shared)};
	return 'version' if $meta->{preprocessedProfileVersion} != 60;
	return "no $_ in meta" for grep { !defined $meta->{$_} } qw(interval startTime processType product stackwalk version categories markerSchema symbolicated);
	return 'no category is grey' if !grep { $_->{color} eq 'grey' } @{ $meta->{categories} };
	return 'a category without Other' if grep { $_->{subcategories}[0] ne 'Other' } @{ $meta->{categories} };
	my %sizes = (libs => rows($j->{libs}), categories => rows($meta->{categories}), map { $_ => rows($shared->{$_}) } keys %columns, 'stringArray');
	for my $name (sort keys %columns) {
		return "$name has no $_" for grep { !$shared->{$name}{$_} } @{ $columns{$name} };
		my $wrong = wrong_table($name, $shared->{$name}, \%sizes);
		return $wrong if $wrong;
	}
	my $prefix = $shared->{stackTable}{prefix};
	return 'callers behind what they called' if grep { defined $prefix->[$_] && ($prefix->[$_] >= $_ || $prefix->[$_] < 0) } 0 .. $#$prefix;
	return 'a library without an id' if grep { $_->{breakpadId} !~ /^[0-9A-F]{33}$/ } @{ $j->{libs} };
	return 'no thread' if !@{ $j->{threads} };
	for my $t (@{ $j->{threads} }) {
		my $wrong = wrong_thread($t, \%sizes);
		return $wrong if $wrong;
	}
	return '';
}

sub value {
	my ($t, $i) = @_;
	my $weight = $t->{samples}{weight};
	my $scale = ($t->{samples}{weightType} // '') eq 'tracing-ms' ? 1e6 : 1;
	return $weight ? $weight->[$i] * $scale : 1;
}

# Rows as columns.
sub columns {
	my ($table) = @_;
	return $table if !$table->{schema};
	my %columns = (length => scalar @{ $table->{data} });
	for my $name (keys %{ $table->{schema} }) {
		$columns{$name} = [map { $_->[$table->{schema}{$name}] } @{ $table->{data} }];
	}
	return \%columns;
}

sub unknown {
	my ($lib) = @_;
	return '[unknown]' if !$lib;
	my $file = $lib->{path} || $lib->{name};
	return '[unknown]' if $file eq '';
	return $file =~ /^\[/ ? $file : '[' . $file =~ s{.*/}{}r . ']';
}

sub processed_name {
	my ($j, $of, $frame) = @_;
	my ($frames, $funcs) = map { $of->{$_} } qw(frameTable funcTable);
	my $func = $frames->{func}[$frame];
	my $name = $of->{stringArray}[$funcs->{name}[$func]];
	return $name if $name !~ /^0x[0-9a-f]+$/;
	my $resource = $funcs->{resource}[$func];
	my $lib = $frames->{lib} ? $frames->{lib}[$frame] : $resource >= 0 ? $of->{resourceTable}{lib}[$resource] : undef;
	return unknown(defined $lib && $lib >= 0 ? $j->{libs}[$lib] : undef);
}

sub gecko_name {
	my ($process, $of, $frame, $is_caller) = @_;
	my $name = $of->{stringTable}[$of->{frameTable}{location}[$frame]];
	if ($name =~ /^0x([0-9a-f]+)$/) {
		no warnings 'portable';
		my $address = hex($1) - $is_caller;
		return unknown(grep { $_->{start} <= $address && $address < $_->{end} } @{ $process->{libs} });
	}
	return $1 =~ s/^non-virtual thunk to //r if $name =~ /^(.*) \(in [^)]*\)(?: \+ \d+| \(.*:.*\))?$/;
	return $1 if $name =~ /^(.*) \(.+?:\d+(?::\d+)?\)(?:\[\d+\])?$/;
	return '(root scope) ' . $1 =~ s/.* -> //r if $name =~ /^(.+?):\d+(?::\d+)?(?:\[\d+\])?$/;
	return $name;
}

sub add_thread {
	my ($sum, $process, $t, $value) = @_;
	my %of = map { $_ => $t->{$_} || $process->{shared}{$_} } qw(stackTable frameTable funcTable resourceTable stringArray stringTable);
	$_ = columns($_) for @of{qw(stackTable frameTable)};
	$t = { %$t, samples => columns($t->{samples}) };
	my ($stacks, $gecko) = ($of{stackTable}, $of{frameTable}{location});
	for my $i (0 .. $t->{samples}{length} - 1) {
		my ($stack, @names) = $t->{samples}{stack}[$i];
		while (defined $stack) {
			my $frame = $stacks->{frame}[$stack];
			unshift @names, $gecko ? gecko_name($process, \%of, $frame, @names ? 1 : 0) : processed_name($process, \%of, $frame);
			my $offset = $stacks->{prefixOffset};
			$stack = !$offset ? $stacks->{prefix}[$stack] : $offset->[$stack] ? $stack - $offset->[$stack] : undef;
		}
		s/;/:/g for @names;
		my $v = $value->($t, $i);
		$sum->{join ';', @names} += $v if $v;
	}
}

sub stacks {
	my ($j, $value) = @_;
	my %sum;
	$j = $j->{profile} if $j->{profile};
	for my $process ($j, @{ $j->{processes} || [] }) {
		add_thread(\%sum, $process, $_, $value) for @{ $process->{threads} };
	}
	return \%sum;
}

1;
