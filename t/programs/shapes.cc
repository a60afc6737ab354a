// SPDX-License-Identifier: Apache-2.0
// C++ names of every kind on the stack: templates, lambdas, unnamed namespaces, operators,
// functions taking functions, local classes, and two named threads.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <ostream>
#include <pthread.h>
#include <streambuf>
#include <string>
#include <thread>
#include <vector>

#define OUT __attribute__((noinline))

namespace {

volatile uint64_t sink;

OUT uint64_t spin(unsigned n)
{
	asm volatile("" :: "r"(__builtin_frame_address(0))); // a leaf with a frame
	uint64_t h = n;
	for (unsigned i = 0; i < n * 1000u; i++)
		h = (h ^ (h >> 29)) * 0x9e3779b97f4a7c15u + i;
	sink = h;
	return h;
}

struct Shape {
	virtual ~Shape() = default;
	virtual uint64_t area() const = 0;
};

template <int Sides> struct Polygon : Shape {
	OUT uint64_t area() const override { uint64_t r = spin(20 * Sides); sink += r; return r; }
};

struct Null : std::streambuf {
	int overflow(int c) override { return c; }
};

} // namespace

namespace geo {

template <typename T> struct Handle {
	T *t;
	OUT T *operator->() const { sink += spin(30); return t; }
	OUT bool operator<(const Handle &o) const { sink += spin(1); return t < o.t; }
	OUT explicit operator bool() const { sink += spin(30); return t != nullptr; }
};

struct Adder {
	OUT uint64_t operator()(int n) const { uint64_t r = spin(n); sink += r; return r; }
	OUT uint64_t operator[](unsigned n) const { uint64_t r = spin(n); sink += r; return r; }
};

OUT std::ostream &operator<<(std::ostream &o, const Adder &a)
{
	sink += spin(40);
	o.put('x');
	return o;
}

template <typename F> OUT decltype(auto) apply(F f, int n)
{
	auto r = f(n);
	sink += r;
	return r;
}

OUT uint64_t call(const std::function<uint64_t(int, const std::vector<std::string> &)> &f)
{
	uint64_t r = f(1, { "a", "b" });
	sink += r;
	return r;
}

} // namespace geo

static OUT uint64_t depth(int n, uint64_t x)
{
	if (n == 0)
		return spin(60);
	uint64_t r = depth(n - 1, x * 3) + x;
	sink += r;
	return r;
}

static OUT void all()
{
	struct Local {
		static OUT uint64_t step(int n) { uint64_t r = spin(n); sink += r; return r; }
	};
	Polygon<3> p3;
	Polygon<5> p5;
	const Shape *shapes[] = { &p3, &p5 };
	for (const Shape *s : shapes)
		sink += s->area();
	geo::Adder adder;
	geo::Handle<Polygon<5>> h { &p5 };
	sink += h->area();
	if (h)
		sink += adder(40);
	sink += adder[40];
	sink += geo::apply(adder, 40);
	sink += geo::apply([](int n) OUT { uint64_t r = spin(n); sink += r; return r; }, 50);
	sink += geo::call([](int n, const std::vector<std::string> &v) OUT {
		uint64_t r = spin(30 * n * v.size());
		sink += r;
		return r;
	});
	std::vector<geo::Handle<Polygon<5>>> v;
	for (int i = 0; i < 16; i++)
		v.push_back({ &p5 + (i * 7) % 16 });
	std::sort(v.begin(), v.end());
	Null null;
	std::ostream out(&null);
	out << adder;
	sink += Local::step(40);
	sink += depth(12, 1);
}

static OUT void worker(const char *name, int rounds)
{
	pthread_setname_np(pthread_self(), name);
	for (int i = 0; i < rounds; i++)
		all();
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 60;
	std::thread a(worker, "shapes-1", rounds);
	std::thread b([rounds] { worker("shapes 2", rounds); });
	a.join();
	b.join();
	return 0;
}
