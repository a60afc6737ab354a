/* SPDX-License-Identifier: Apache-2.0 */
import java.net.*;
import java.util.*;
import java.util.function.*;
import java.util.concurrent.locks.LockSupport;

/* What t/cases/jfr and t/slow/jfr.t record: hot methods, recursion, lambdas, threads that wait. */
public class Flight {
	static volatile long sink;
	static final Object lock = new Object();

	static long spin(long n) {
		long x = n;
		for (long i = 0; i < n; i++)
			x = x * 31 + (i ^ x >>> 7);
		return x;
	}

	static long hot(int ms) {
		long end = System.nanoTime() + ms * 1000000L, x = 0;
		while (System.nanoTime() < end)
			x += spin(20000);
		return x;
	}

	static long recurse(int depth, int ms) {
		return depth == 0 ? hot(ms) : recurse(depth - 1, ms) + 1;
	}

	static long allocate(int n) {
		long sum = 0;
		List<byte[]> kept = new ArrayList<>();
		for (int i = 0; i < n; i++) {
			byte[] b = new byte[4096 + (i & 15)];
			if (i % 64 == 0)
				kept.add(b);
			if (kept.size() > 100)
				kept.clear();
			sum += b.length;
		}
		return sum;
	}

	static long lambda(int ms) {
		LongUnaryOperator f = m -> hot((int) m);
		return f.applyAsLong(ms);
	}

	static void blocked() {
		synchronized (lock) {
			sink++;
		}
	}

	static void holding(int ms) throws InterruptedException {
		synchronized (lock) {
			Thread.sleep(ms);
		}
	}

	static void parked(int ms) {
		LockSupport.parkNanos(ms * 1000000L);
	}

	/* In a native method all the time. */
	static void listening(int ms) {
		try (ServerSocket socket = new ServerSocket(0)) {
			socket.setSoTimeout(ms);
			socket.accept();
		} catch (Exception e) {
			sink++;
		}
	}

	public static void main(String[] args) throws Exception {
		int ms = args.length > 0 ? Integer.parseInt(args[0]) : 300;
		Thread deep = new Thread(() -> sink += recurse(100, ms), "deep");
		Thread worker = new Thread(() -> sink += lambda(ms), "worker-1");
		Thread waiting = new Thread(() -> {
			parked(50);
			blocked();
		}, "waiting");
		Thread listening = new Thread(() -> listening(ms), "listening");
		listening.start();
		deep.start();
		worker.start();
		waiting.start();
		holding(120);
		sink += recurse(5, ms);
		sink += allocate(ms * 200);
		listening.join();
		deep.join();
		worker.join();
		waiting.join();
	}
}
