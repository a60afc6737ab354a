# SPDX-License-Identifier: Apache-2.0
#
# Makes perf.data files byte by byte, for cases that cannot be recorded: t/programs/perfdata
# writes all of t/cases/perfdata with it.
package PerfData;
use strict;
use warnings;

my %bit = (
	ip => 0, tid => 1, time => 2, addr => 3, read => 4, chain => 5, id => 6, cpu => 7, period => 8,
	stream => 9, raw => 10, branches => 11, regs => 12, stack => 13, weight => 14, source => 15,
	identifier => 16, transaction => 17,
);
my %type = (
	mmap => 1, lost => 2, comm => 3, exit => 4, fork => 7, sample => 9, mmap2 => 10,
	lost_samples => 13, ksymbol => 17, deferred => 22, attr => 64, tracing => 66, build_id => 67,
	round => 68, auxtrace => 71, update => 78, feature => 80, compressed => 81, compressed2 => 83,
);
our ($user, $kernel) = (-512, -128);

# Usual events have these.
our @usual = qw(ip tid time chain cpu period identifier);

sub bits { my $n = 0; $n |= 1 << $bit{$_} for @_; return $n }

sub text { my ($s) = @_; return $s . "\0" x (8 - length($s) % 8) }

# A record: type, misc, body.
sub record { my ($type, $misc, $body) = @_; return pack('L S S', $type{$type} // $type, $misc, 8 + length $body) . $body }

# struct perf_event_attr of so many bytes.
sub attr {
	my (%a) = @_;
	my $size = $a{size} // 128;
	my $attr = pack 'L L Q Q Q Q Q L L Q Q', $a{type} // 1, $a{told} // $size, $a{config} // 0,
		$a{period} // 0, bits(@{$a{has} // \@usual}), $a{format} // 4, $a{flags} // 1 << 18, 0, 0, 0, 0;
	$attr .= pack 'Q Q L l Q', $a{branches} // 0, $a{regs} // 0, 0, 1, 0;
	return substr $attr . "\0" x 8192, 0, $size;
}

# What ends records that are no samples: of usual events.
sub trailer {
	my (%r) = @_;
	return pack 'L L Q L L Q', $r{pid} // 100, $r{tid} // $r{pid} // 100, $r{time} // 0, $r{cpu} // 0, 0, $r{id} // 1;
}

sub comm {
	my ($name, %r) = @_;
	my $pid = $r{pid} // 100;
	return record('comm', $r{misc} // 0, pack('L L', $pid, $r{tid} // $pid) . text($name) . trailer(%r));
}

sub task {
	my ($type, $pid, $tid, $ppid, $ptid, %r) = @_;
	return record($type, $r{misc} // 0,
		pack('L L L L Q', $pid, $ppid, $tid, $ptid, $r{time} // 0) . trailer(%r));
}

sub mmap2 {
	my ($path, $start, $length, $offset, %r) = @_;
	my $pid = $r{pid} // 100;
	my $id = defined $r{build} ? pack('C x3 a20', length $r{build}, $r{build}) : pack('L L Q Q', 8, 1, 5, 0);
	return record('mmap2', ($r{mode} // 2) | (defined $r{build} ? 0x4000 : 0),
		pack('L L Q Q Q', $pid, $pid, $start, $length, $offset) . $id .
		pack('L L', $r{protection} // 5, 2) . text($path) . trailer(%r));
}

sub mmap {
	my ($path, $start, $length, $offset, %r) = @_;
	my $pid = $r{pid} // 0xffffffff;
	return record('mmap', $r{mode} // 1, pack('L L Q Q Q', $pid, 0, $start, $length, $offset) .
		text($path) . trailer(%r));
}

sub ksymbol {
	my ($name, $start, $length, %r) = @_;
	return record('ksymbol', 0, pack('Q L S S', $start, $length, 1, 0) . text($name) . trailer(%r));
}

# Fields by name; those that the event has, in their order.
sub sample {
	my (%s) = @_;
	my %has = map { $_ => 1 } @{$s{has} // \@usual};
	my ($pid, $id) = ($s{pid} // 100, $s{id} // 1);
	my @chain = @{$s{chain} // []};
	my $body = '';
	my $add = sub { $body .= pack $_[1], @_[2 .. $#_] if $has{$_[0]} };
	$add->('identifier', 'Q', $id);
	$add->('ip', 'Q', $s{ip} // (grep { $_ >= 0 } @chain)[0] // 0);
	$add->('tid', 'L L', $pid, $s{tid} // $pid);
	$add->('time', 'Q', $s{time} // 0);
	$add->('addr', 'Q', 0);
	$add->('id', 'Q', $id);
	$add->('stream', 'Q', $id);
	$add->('cpu', 'L L', $s{cpu} // 0, 0);
	$add->('period', 'Q', $s{period} // 1000);
	$add->('read', 'Q*', @{$s{read} // []});
	$add->('chain', 'Q q*', scalar @chain, @chain);
	$add->('raw', 'L a12', 12, 'x' x 12);
	$add->('branches', 'Q Q*', @{$s{branches} // []} / 3, @{$s{branches} // []});
	$add->('regs', 'Q Q*', $s{abi} // 2, @{$s{regs} // []});
	$add->('stack', 'Q a* Q', length $s{stack}, $s{stack}, $s{used} // length $s{stack}) if $has{stack};
	$add->('weight', 'Q', $s{weight} // 0);
	return record('sample', $s{mode} // 2, $body . ($s{more} // ''));
}

sub feature_text { my $s = text($_[0]); return pack('L', length $s) . $s }

sub feature_command { return pack('L', scalar @_) . join '', map { feature_text($_) } @_ }

sub feature_events {
	my ($attrs, $names) = @_;
	return pack('L L', scalar @$attrs, length $attrs->[0]) . join '', map {
		$attrs->[$_] . pack('L', 1) . feature_text($names->[$_]) . pack('Q', $_ + 1) } 0 .. $#$attrs;
}

sub build_id {
	my ($path, $id) = @_;
	my $body = pack('l a20 C x3', -1, $id, length $id) . text($path);
	return pack('L S S', 0, 0x8002, 8 + length $body) . $body;
}

# A whole file: events are [attr, name, ids...], records follow.
sub file {
	my ($events, $records, %f) = @_;
	my $data = join '', @$records;
	my $ids = '';
	my $attrs = '';
	my $size = 16 + length $events->[0][0];
	my $n = 0;
	for my $event (@$events) {
		my ($attr, undef, @ids) = @$event;
		@ids = (++$n) unless @ids;
		$attrs .= $attr . pack 'Q Q', 104 + length $ids, 8 * @ids;
		$ids .= pack 'Q*', @ids;
	}
	my %features = (
		3 => feature_text('host'), 4 => feature_text('0.0-none'), 5 => feature_text('6.1'), 6 => feature_text('x86_64'),
		11 => feature_command('perf', 'record', '-g', '--', 'app', 'with words'),
		12 => feature_events([map { $_->[0] } @$events], [map { $_->[1] } @$events]), %{$f{features} // {}},
	);
	my @features = sort { $a <=> $b } grep { defined $features{$_} } keys %features;
	my $at = 104 + length $ids;
	my $start = $at + length $attrs;
	my @bitmap = (0) x 4;
	$bitmap[$_ >> 6] |= 1 << ($_ & 63) for @features;
	my $end = $start + length($data) + 16 * @features;
	my ($table, $sections) = ('', '');
	for my $feature (@features) {
		$table .= pack 'Q Q', $end + length $sections, length $features{$feature};
		$sections .= $features{$feature};
	}
	my $header = pack 'a8 Q Q Q Q Q Q Q Q Q4', 'PERFILE2', 104, $f{attr_size} // $size, $f{attrs} // $at, length $attrs,
		$start, $f{data_size} // length $data, 0, 0, @bitmap;
	return $header . $ids . $attrs . $data . $table . $sections;
}

# The same in a pipe.
sub pipe_file {
	my ($events, $records) = @_;
	my $n = 0;
	return pack('a8 Q', 'PERFILE2', 16) .
		join('', map { $n++; record('attr', 0, $_->[0] . pack 'Q', $n) } @$events) .
		record('feature', 0, pack('Q', 12) . feature_events([map { $_->[0] } @$events], [map { $_->[1] } @$events])) .
		record('feature', 0, pack('Q', 11) . feature_command('perf', 'record', 'app')) . join '', @$records;
}

# A zstd stream of blocks that are not compressed: its beginning, and one block.
sub zstd_start { return pack 'L C C', 0xfd2fb528, 0, 0x58 }

sub zstd_block { my ($bytes) = @_; return substr(pack('L', length($bytes) << 3), 0, 3) . $bytes }

1;
