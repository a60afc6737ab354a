# SPDX-License-Identifier: Apache-2.0
#
# A real browser: chromium without a window, driven through chromedriver by its HTTP
# interface (W3C WebDriver, and the DevTools protocol where that has more).  Core modules
# only.
#
#	require "$FindBin::Bin/../browser.pm";
#	plan skip_all => $why if my $why = Browser::missing();
#	my $browser = Browser->new(size => [1200, 800]);
#	$browser->visit("file://$file");
#	$browser->click('.fg-frames > g');
#	is($browser->text('.fg-name'), 'main');
#
# Whatever goes wrong dies with a message.  The browser ends with the object, and at the
# latest with the program, also when it dies or is interrupted.
#
# A place (PLACE below) is a CSS selector: the middle of what can be seen of the first
# element that it names; or an element that js() gave; or [X, Y] in pixels of the window.
#
# Start and end
#	missing()              why there can be no browser, or ''
#	new(HOW)               size => [W, H] of the window's inside; network => 1 to keep
#	                       requests(); start => JS to run before each page's own scripts;
#	                       args => [more options of chromium]; seconds => N a call may take
#	quit                   ends it now
# Pages
#	visit(URL)             opens it anew, back after its load event
#	reload, back, forward
#	url, fragment          the address; the fragment with its '#'
# Scripts
#	js(BODY, ARGS...)      what the function body BODY returns; ARGS are its arguments[]
#	js_async(BODY, ARGS..) the same; BODY calls its last argument with the result
#	wait_for(BODY, ARGS..) asks again until that is true and gives it; dies after 10 seconds
#	                       (or those of new())
#	painted                waits until what was changed is on the screen: two frames
#	text(SELECTOR)         textContent of the first such element, undef without one
#	count(SELECTOR)        how many there are
# Hands
#	move(PLACE), click(PLACE, HOW), double_click(PLACE)
#	                       HOW: ctrl, shift, alt, meta => 1; button => 0 left, 1, 2 right
#	type(TEXT)             keys, special ones in <>: 'x<Enter>', '<Ctrl+f>', '<Shift+Tab>'
#	insert(TEXT)           all at once where the focus is, as pasting does: one input event
# Surroundings
#	resize(W, H)           the inside of the window
#	media(FEATURE => VALUE...)   media('prefers-color-scheme' => 'dark',
#	                       'prefers-reduced-motion' => 'reduce'); media() ends it
#	scripts(0 or 1)        whether pages may run theirs, from the next visit on; js() may
# What is seen and told
#	screenshot(FILE)       the window as PNG; screenshot(FILE, 1) the page as far as it goes
#	complaints             what was written to the console since the last call, line by line;
#	                       '' when nothing
#	requests               addresses the page asked for since the last call, its own first;
#	                       needs network => 1
#	timing                 { first_paint, load }: milliseconds since the navigation began, up
#	                       to the first contentful paint and the end of the load event
#	busy                   milliseconds of processor time that the page's main thread has
#	                       used since the first such call (of the same visit)
#	memory                 { rss, peak } in bytes of the page's renderer process (the largest
#	                       one, when there are several), as the kernel counts
#	tree                   what a screen reader gets: { role, name, level, expanded, ...,
#	                       children => [...] }, ignored nodes left out
# Below
#	call(METHOD, PATH, BODY)     a request of WebDriver within the session
#	cdp(COMMAND, NAME => VALUE...)   a command of the DevTools protocol
package Browser;
use strict;
use warnings;
use File::Temp ();
use HTTP::Tiny;
use JSON::PP;
use MIME::Base64 qw(decode_base64);
use POSIX qw(WNOHANG);
use Scalar::Util qw(weaken);
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Time::HiRes qw(sleep time);

my $json = JSON::PP->new->utf8->allow_nonref;
my @options = qw(--headless=new --no-sandbox --disable-gpu --hide-scrollbars
	--disable-dev-shm-usage --no-first-run --disable-extensions --disable-sync
	--disable-background-networking --disable-component-update --disable-default-apps
	--disable-back-forward-cache --force-device-scale-factor=1);

# --- start and end ---

my %running;

sub missing {
	my $version = `chromedriver --version 2>&1`;
	return defined $version && $version =~ /ChromeDriver/ ? '' : 'no chromedriver';
}

sub new {
	my ($class, %how) = @_;
	my $self = bless { %how, profile => File::Temp->newdir }, $class;
	$self->{http} = HTTP::Tiny->new(timeout => $how{seconds} || 120);
	weaken($running{$self} = $self);
	$self->start_driver;
	$self->start_session;
	$self->resize(@{$how{size} || [1200, 800]});
	$self->cdp('Page.addScriptToEvaluateOnNewDocument', source => $how{start}) if $how{start};
	return $self;
}

sub start_driver {
	my ($self) = @_;
	$self->{driver} = open($self->{says}, '-|', 'exec chromedriver --port=0 2>&1')
		or die "chromedriver: $!\n";
	while (my $line = readline $self->{says}) {
		next unless $line =~ /successfully on port (\d+)/;
		$self->{base} = "http://127.0.0.1:$1";
		return;
	}
	die "chromedriver does not say its port\n";
}

sub start_session {
	my ($self) = @_;
	my %log = (browser => 'ALL', $self->{network} ? (performance => 'ALL') : ());
	my $reply = $self->request('POST', '/session', { capabilities => { alwaysMatch => {
		'goog:loggingPrefs' => \%log,
		timeouts => { pageLoad => 1000 * ($self->{seconds} || 120),
			script => 1000 * ($self->{seconds} || 120) },
		'goog:chromeOptions' => { args => [@options, "--user-data-dir=$self->{profile}",
			@{$self->{args} || []}] },
	} } });
	$self->{session} = "/session/$reply->{sessionId}";
}

# Waits for a child, then uses force.
sub reap {
	my ($pid) = @_;
	for (1 .. 100) {
		return if waitpid($pid, WNOHANG) != 0;
		sleep .05;
	}
	kill KILL => $pid;
	waitpid $pid, 0;
}

sub quit {
	my ($self) = @_;
	delete $running{$self};
	my $driver = delete $self->{driver} or return;
	local ($?, $@, $!);
	my @rest = descendants($driver);
	eval { $self->request('DELETE', $self->{session}) } if $self->{session};
	kill TERM => $driver;
	reap($driver);
	close $self->{says};
	kill KILL => map { $_->{pid} } grep {
		($_->{command} || '') =~ /\Q$self->{profile}\E/ } map { process($_) } @rest;
}

sub quit_all { $_ && $_->quit for values %running }

sub DESTROY { $_[0]->quit }
END { quit_all() }
for my $signal (qw(INT TERM HUP)) {
	$SIG{$signal} ||= sub { quit_all(); exit 130 };
}

# --- processes ---

sub process {
	my ($pid) = @_;
	my %p = (pid => $pid);
	open my $stat, '<', "/proc/$pid/stat" or return;
	$p{parent} = $1 if (readline($stat) // '') =~ /^\d+ \(.*\) \S (\d+)/s;
	if (open my $command, '<', "/proc/$pid/cmdline") {
		$p{command} = join ' ', split /\0/, readline($command) // '';
	}
	return \%p;
}

sub descendants {
	my ($root) = @_;
	opendir my $dir, '/proc' or return ();
	my %children;
	for my $pid (grep { /^\d+$/ } readdir $dir) {
		my $p = process($pid);
		push @{$children{$p->{parent}}}, $pid if $p && defined $p->{parent};
	}
	my @found = @{$children{$root} || []};
	for (my $i = 0; $i < @found; $i++) {
		push @found, @{$children{$found[$i]} || []};
	}
	return @found;
}

sub memory {
	my ($self) = @_;
	my %most = (rss => 0, peak => 0);
	for my $p (map { process($_) } descendants($self->{driver})) {
		next unless $p && ($p->{command} || '') =~ /--type=renderer/;
		open my $status, '<', "/proc/$p->{pid}/status" or next;
		local $/;
		my $text = readline($status) // '';
		my ($rss, $peak) = map { $text =~ /^$_:\s*(\d+) kB/m ? $1 * 1024 : 0 }
			qw(VmRSS VmHWM);
		%most = (rss => $rss, peak => $peak) if $peak > $most{peak};
	}
	return \%most;
}

# --- talking to it ---

# Head and body of a request are two writes: without this each call would take 40 ms more.
sub hurry {
	my ($http) = @_;
	my $socket = $http->{handle} && $http->{handle}{fh} or return;
	setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1;
}

sub request {
	my ($self, $method, $path, $body) = @_;
	hurry($self->{http});
	my $answer = $self->{http}->request($method, $self->{base} . $path, {
		headers => { 'Content-Type' => 'application/json' },
		$method eq 'POST' ? (content => $json->encode($body || {})) : (),
	});
	my $value = eval { $json->decode($answer->{content})->{value} };
	return $value if $answer->{success};
	my $why = ref $value ? $value->{message} : $answer->{content};
	die "$method $path: $why\n";
}

sub call {
	my ($self, $method, $path, $body) = @_;
	return $self->request($method, $self->{session} . $path, $body);
}

sub cdp {
	my ($self, $command, %params) = @_;
	return $self->call('POST', '/goog/cdp/execute', { cmd => $command, params => \%params });
}

# --- pages ---

# By way of an empty page, so that another fragment is a new page, too.
sub visit {
	my ($self, $url) = @_;
	$self->call('POST', '/url', { url => 'about:blank' });
	$self->requests if $self->{network};
	$self->call('POST', '/url', { url => $url });
}

sub reload { $_[0]->call('POST', '/refresh') }
sub back { $_[0]->call('POST', '/back') }
sub forward { $_[0]->call('POST', '/forward') }
sub url { $_[0]->js('return location.href') }
sub fragment { $_[0]->js('return location.hash') }

# --- scripts ---

sub js {
	my ($self, $body, @arguments) = @_;
	return $self->call('POST', '/execute/sync', { script => $body, args => \@arguments });
}

sub js_async {
	my ($self, $body, @arguments) = @_;
	return $self->call('POST', '/execute/async', { script => $body, args => \@arguments });
}

sub wait_for {
	my ($self, $body, @arguments) = @_;
	my $end = time + ($self->{seconds} || 10);
	while (1) {
		my $value = $self->js($body, @arguments);
		return $value if $value;
		die "still not true: $body\n" if time > $end;
		sleep .02;
	}
}

sub painted {
	my ($self) = @_;
	$self->js_async('const done = arguments[0];' .
		'requestAnimationFrame(() => requestAnimationFrame(() => done()))');
}

sub text {
	my ($self, $selector) = @_;
	return $self->js('const e = document.querySelector(arguments[0]);' .
		'return e && e.textContent', $selector);
}

sub count {
	my ($self, $selector) = @_;
	return $self->js('return document.querySelectorAll(arguments[0]).length', $selector);
}

# --- hands ---

my $middle = <<'END';
const what = arguments[0];
const e = typeof what === 'string' ? document.querySelector(what) : what;
if (!e)
	return null;
const b = e.getBoundingClientRect();
const x = Math.max(b.left, 0), y = Math.max(b.top, 0);
return [Math.floor((x + Math.min(b.right, innerWidth)) / 2),
	Math.floor((y + Math.min(b.bottom, innerHeight)) / 2)];
END

sub place {
	my ($self, $place) = @_;
	return @$place if ref $place eq 'ARRAY';
	my $at = $self->js($middle, $place);
	die "no element '$place'\n" unless $at;
	return @$at;
}

sub perform {
	my ($self, @actions) = @_;
	$self->call('POST', '/actions', { actions => \@actions });
}

sub press {
	my ($self, @actions) = @_;
	$self->perform({ type => 'key', id => 'k', actions => \@actions });
}

my %modifiers = (ctrl => "\x{e009}", shift => "\x{e008}", alt => "\x{e00a}",
	meta => "\x{e03d}");
my %special = (Escape => "\x{e00c}", Enter => "\x{e007}", Backspace => "\x{e003}",
	Tab => "\x{e004}", Space => ' ', Delete => "\x{e017}",
	Home => "\x{e011}", End => "\x{e010}", PageUp => "\x{e00e}", PageDown => "\x{e00f}",
	Up => "\x{e013}", Down => "\x{e015}", Left => "\x{e012}", Right => "\x{e014}",
	map { ("F$_" => chr(0xe030 + $_)) } 1 .. 12);

sub strokes {
	my ($type, @keys) = @_;
	return map { { type => $type, value => $_ } } @keys;
}

sub move {
	my ($self, $place, @more) = @_;
	my ($x, $y) = $self->place($place);
	$self->perform({ type => 'pointer', id => 'm', parameters => { pointerType => 'mouse' },
		actions => [{ type => 'pointerMove', duration => 0, x => $x, y => $y }, @more] });
}

sub click {
	my ($self, $place, %how) = @_;
	my @held = map { $modifiers{$_} } grep { $how{$_} } sort keys %modifiers;
	my $button = $how{button} || 0;
	$self->press(strokes('keyDown', @held)) if @held;
	my @press = ({ type => 'pointerDown', button => $button },
		{ type => 'pointerUp', button => $button });
	$self->move($place, map { @press } 1 .. $how{times} || 1);
	$self->press(strokes('keyUp', @held)) if @held;
}

sub double_click { $_[0]->click($_[1], times => 2) }

# 'Ctrl+f' are the keys Ctrl and f, the last one inmost.
sub chord {
	my ($text) = @_;
	my ($key, @held) = reverse split /\+/, $text;
	my @keys = ((map { $modifiers{lc $_} || die "no modifier '$_'\n" } reverse @held),
		$special{$key} || (length $key == 1 ? $key : die "no key '$key'\n"));
	return (strokes('keyDown', @keys), strokes('keyUp', reverse @keys));
}

sub type {
	my ($self, $text) = @_;
	my @keys = $text =~ /<\w+(?:\+\S)?>|<(?:\w+\+)+\w+>|./gs;
	$self->press(map {
		/^<(.+)>$/s ? chord($1) : (strokes('keyDown', $_), strokes('keyUp', $_)) } @keys);
}

sub insert { $_[0]->cdp('Input.insertText', text => $_[1]) }

# --- surroundings ---

sub resize {
	my ($self, $width, $height) = @_;
	$self->cdp('Emulation.setDeviceMetricsOverride', width => $width, height => $height,
		deviceScaleFactor => 1, mobile => JSON::PP::false);
}

sub media {
	my ($self, %features) = @_;
	$self->cdp('Emulation.setEmulatedMedia',
		features => [map { { name => $_, value => $features{$_} } } sort keys %features]);
}

sub scripts {
	my ($self, $on) = @_;
	$self->cdp('Emulation.setScriptExecutionDisabled',
		value => $on ? JSON::PP::false : JSON::PP::true);
}

# --- what is seen and told ---

sub screenshot {
	my ($self, $file, $whole) = @_;
	my $data = $whole
		? $self->cdp('Page.captureScreenshot', captureBeyondViewport => JSON::PP::true)->{data}
		: $self->call('GET', '/screenshot');
	open my $out, '>:raw', $file or die "$file: $!\n";
	print $out decode_base64($data);
	close $out or die "$file: $!\n";
}

sub complaints {
	my ($self) = @_;
	my $log = $self->call('POST', '/se/log', { type => 'browser' });
	return join "\n", map { $_->{message} } @$log;
}

sub requests {
	my ($self) = @_;
	my @urls;
	for my $entry (@{$self->call('POST', '/se/log', { type => 'performance' })}) {
		my $event = JSON::PP->new->decode($entry->{message})->{message};
		push @urls, $event->{params}{request}{url}
			if $event->{method} eq 'Network.requestWillBeSent';
		push @urls, $event->{params}{url} if $event->{method} eq 'Network.webSocketCreated';
	}
	return @urls;
}

sub timing {
	my ($self) = @_;
	$self->wait_for('return performance.getEntriesByName("first-contentful-paint").length');
	return $self->js(<<'END');
const [load] = performance.getEntriesByType('navigation');
const [paint] = performance.getEntriesByName('first-contentful-paint');
return { load: load.loadEventEnd, first_paint: paint.startTime };
END
}

sub busy {
	my ($self) = @_;
	$self->cdp('Performance.enable', timeDomain => 'threadTicks');
	my $metrics = $self->cdp('Performance.getMetrics')->{metrics};
	return 1000 * { map { ($_->{name} => $_->{value}) } @$metrics }->{TaskDuration};
}

sub tree_node {
	my ($node) = @_;
	my %seen = map { ($_->{name} => $_->{value}{value}) } @{$node->{properties} || []};
	$seen{$_} = $node->{$_}{value} for grep { $node->{$_} } qw(role name description value);
	return \%seen;
}

# Nodes come in a flat list; what is ignored passes its children on to the one above.
sub tree {
	my ($self) = @_;
	my $nodes = $self->cdp('Accessibility.getFullAXTree')->{nodes};
	my %by_id = map { ($_->{nodeId} => $_) } @$nodes;
	my %made = map { ($_->{nodeId} => tree_node($_)) } @$nodes;
	my $top;
	for my $node (@$nodes) {
		my $above = $node->{parentId};
		$above = $by_id{$above}{parentId} while defined $above && $by_id{$above}{ignored};
		next if $node->{ignored};
		if (defined $above) {
			push @{$made{$above}{children}}, $made{$node->{nodeId}};
		} else {
			$top ||= $made{$node->{nodeId}};
		}
	}
	return $top;
}

1;
