// SPDX-License-Identifier: Apache-2.0
//
// Functions in each other and with names of all kinds, for t/symbolizer.t.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#define INLINE inline __attribute__((always_inline))

namespace geo {

namespace {

struct Rec {
	int key;
	double value;
	INLINE bool less(const Rec &o) const
	{
		return key < o.key || (key == o.key && value < o.value);
	}
};

template <typename T> static INLINE T twice(T x)
{
	return x + x;
}

}

template <int N> struct Depth {
	template <typename F> static INLINE long go(F f, long x)
	{
		return Depth<N - 1>::go(f, f(x));
	}
};
template <> struct Depth<0> {
	template <typename F> static INLINE long go(F f, long x)
	{
		return f(x) * 3;
	}
};

__attribute__((noinline)) long sorted(std::vector<Rec> &v)
{
	std::sort(v.begin(), v.end(), [](auto &a, auto &b) { return b.less(a); });
	return twice(v[0].key) + v.back().less(v[0]);
}

static __attribute__((noinline)) long run(int n)
{
	std::vector<Rec> v;
	for (int i = 0; i < n; i++)
		v.push_back({ i * 7 % 13, i * .5 });
	return sorted(v) + Depth<5>::go([&](long x) { return x * n + 1; }, n);
}

}

int main(int argc, char **argv)
{
	std::string name(argv[0]);
	std::printf("%ld %zu\n", geo::run(argc * 100), name.size());
	return 0;
}
