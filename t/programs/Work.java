// SPDX-License-Identifier: Apache-2.0
// Compiled Java methods with array, object and generic parameters, a lambda and an inner class.
import java.util.Arrays;
import java.util.function.IntBinaryOperator;

public class Work {
	static volatile long sink;

	static class Grid {
		final int[][] cells = new int[300][300];

		long sum(int[][] c, String label) {
			long s = label.length();
			for (int[] row : c)
				for (int v : row)
					s = s * 31 + v;
			return s;
		}
	}

	static int fib(int n) {
		return n < 2 ? n : fib(n - 1) + fib(n - 2);
	}

	static int reduce(int[] a, IntBinaryOperator op) {
		int r = 0;
		for (int v : a)
			r = op.applyAsInt(r, v);
		return r;
	}

	static void shuffle(int[] a) {
		for (int i = 0; i < a.length; i++)
			a[i] = (int)(((long)i * 2654435761L) % 100003);
		Arrays.sort(a);
	}

	public static void main(String[] args) throws Exception {
		long end = System.nanoTime() + 4_000_000_000L;
		Grid grid = new Grid();
		int[] a = new int[20000];
		while (System.nanoTime() < end) {
			sink += fib(20) + grid.sum(grid.cells, "grid");
			shuffle(a);
			sink += reduce(a, (x, y) -> x * 31 + y);
		}
	}
}
