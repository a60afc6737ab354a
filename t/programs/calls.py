# SPDX-License-Identifier: Apache-2.0
#
# For t/cases/callgrind: python3 calls.py; pyprof2calltree -i calls.prof -o pyprof.in
import cProfile

def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
def leaf(n): return sum(i * i for i in range(n))
def left(): return leaf(3000)
def right(): return leaf(1000)
def main(): return fib(12), left(), right(), sorted(range(2000), key=lambda x: -x)

cProfile.run('main()', 'calls.prof')
