<?php
/* SPDX-License-Identifier: Apache-2.0
 *
 * For t/cases/callgrind:
 *	php -d xdebug.mode=profile -d xdebug.start_with_request=yes \
 *	    -d xdebug.use_compression=0 calls.php
 */
function fib($n) { return $n < 2 ? $n : fib($n - 1) + fib($n - 2); }
function even($n) { return $n == 0 ? true : odd($n - 1); }
function odd($n) { return $n == 0 ? false : even($n - 1); }

class Worker {
	function work($n) { return strlen(str_repeat('x', $n)); }
	static function make() { return new Worker; }
}

$worker = Worker::make();
for ($i = 1; $i < 4; $i++)
	$worker->work(1000000 * $i);
array_map(function ($x) { return strtoupper($x); }, ['a', 'b']);
echo fib(4), even(5), "\n";
