# SPDX-License-Identifier: Apache-2.0
#
# Callgrind's format, read by Perl.
package Callgrind;
use strict;
use warnings;

# { events, totals, creator, functions => { KEY => { name, file, object, self, in, out,
# callees => { KEY => 1 } } }, sum, excess }; costs are arrays, excess is what calls cost
# more than what they called.  Calls of a function by itself are in no sum.
sub read_text {
	my ($text) = @_;
	my %p = (events => [], functions => {}, creator => '', sum => [], excess => []);
	my %s = (line => 0, addr => 0, object => '???', file => '???', source => '???', columns => 1, p => \%p);
	for (split /\n/, $text) {
		if (/^[-+*\d]/) {
			cost_line(\%s, $_);
		} elsif (/^(c?fn|ob|cob|fl|fi|fe|cfi|cfl)=(.*)/) {
			name_line(\%s, $1, $2);
		} elsif (/^calls=/) {
			$s{calls} = 1;
		} elsif (/^(?:jump|jcnd)=/) {
			$s{jump} = 1;
		} elsif (/^events:\s*(.*)/) {
			$p{events} = [split ' ', $1];
		} elsif (/^positions:(.*)/) {
			$s{columns} = my @columns = split ' ', $1;
		} elsif (/^creator:\s*(.*)/) {
			$p{creator} = $1;
		} elsif (/^(totals|summary):\s*(.*)/) {
			add($p{$1} //= [], [split ' ', $2]);
		}
	}
	for my $f (values %{ $p{functions} }) {
		for my $i (0 .. $#{ $f->{in} }) {
			my $more = $f->{in}[$i] - ($f->{out}[$i] // 0) - ($f->{self}[$i] // 0);
			$p{excess}[$i] += $more if $more > 0;
		}
	}
	return \%p;
}

sub add {
	my ($to, $costs) = @_;
	$to->[$_] += $costs->[$_] for 0 .. $#$costs;
}

sub cost_line {
	my ($s, $line) = @_;
	my @words = split ' ', $line;
	my @places = splice @words, 0, $s->{columns};
	return if delete $s->{jump};
	my $caller = $s->{function};
	if (!delete $s->{calls}) {
		add($caller->{self}, \@words);
		add($s->{p}{sum}, \@words);
		return;
	}
	my $callee = $s->{called};
	delete @$s{qw(called_file called_object)};
	return if $caller == $callee;
	add($caller->{out}, \@words);
	add($callee->{in}, \@words);
	$caller->{callees}{ $callee->{key} } = 1;
}

sub full_name {
	my ($s, $class, $text) = @_;
	return $text unless $text =~ /^\((\d+)\)\s*(.*)/;
	$s->{names}{$class}{$1} = $2 if length $2;
	return $s->{names}{$class}{$1};
}

sub name_line {
	my ($s, $key, $text) = @_;
	if ($key =~ /fn/) {
		my $c = $key eq 'cfn';
		my $file = $c ? $s->{called_file} // $s->{source} : $s->{file};
		my $object = $c ? $s->{called_object} // $s->{object} : $s->{object};
		my $f = function($s, $text, $file, $object);
		$s->{ $c ? 'called' : 'function' } = $f;
		$s->{source} = $s->{file} if !$c;
	} elsif ($key =~ /ob/) {
		$s->{ $key eq 'ob' ? 'object' : 'called_object' } = full_name($s, 'ob', $text);
	} else {
		my $name = full_name($s, 'fl', $text);
		$s->{called_file} = $name if $key =~ /^c/;
		$s->{source} = $name if $key =~ /^f/;
		$s->{file} = $name if $key eq 'fl';
	}
}

sub function {
	my ($s, $text, $file, $object) = @_;
	my ($id, $name) = $text =~ /^\((\d+)\)\s*(.*)/ ? ($1, $2) : (undef, $text);
	return $s->{ids}{$id} if defined $id && !length $name;
	$file ||= '???';
	$object ||= '???';
	my $key = join "\t", $name, $file, $object;
	my $f = $s->{p}{functions}{$key} //= {
		key => $key, name => $name, file => $file, object => $object,
		self => [], in => [], out => [], callees => {},
	};
	$s->{ids}{$id} = $f if defined $id;
	return $f;
}

# With all that it has called, of an event; what nobody calls has only what it does.
sub inclusive {
	my ($f, $event) = @_;
	my ($in, $all) = ($f->{in}[$event] // 0, ($f->{self}[$event] // 0) + ($f->{out}[$event] // 0));
	return $in > $all ? $in : $all;
}

# { KEY => 1 } of functions that can come back to themselves through others.
sub in_cycles {
	my ($p) = @_;
	my %in;
	for my $key (keys %{ $p->{functions} }) {
		my (%seen, @todo);
		@todo = keys %{ $p->{functions}{$key}{callees} };
		while (defined(my $k = pop @todo)) {
			next if $seen{$k}++;
			push @todo, keys %{ $p->{functions}{$k}{callees} };
		}
		$in{$key} = 1 if $seen{$key};
	}
	return \%in;
}

1;
