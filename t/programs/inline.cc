// SPDX-License-Identifier: Apache-2.0
// Built without frame pointers and with everything inlined, for --call-graph dwarf.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <vector>

namespace mix {

static inline __attribute__((always_inline)) uint64_t rotate(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

template <typename T> struct Hash {
	inline __attribute__((always_inline)) T operator()(T x) const
	{
		x = rotate(x, 23) * 0x9e3779b97f4a7c15u;
		return x ^ x >> 32;
	}
};

template <typename It, typename F>
inline __attribute__((always_inline)) uint64_t fold(It a, It b, F f)
{
	uint64_t r = 0;
	for (; a != b; ++a)
		r = f(r ^ *a);
	return r;
}

} // namespace mix

namespace {

__attribute__((noinline)) uint64_t digest(const std::vector<uint64_t> &v, int depth)
{
	if (depth > 0) {
		uint64_t r = digest(v, depth - 1);
		return r + 1;
	}
	return mix::fold(v.begin(), v.end(), [](uint64_t x) { return mix::Hash<uint64_t>()(x); });
}

} // namespace

int main(int argc, char **argv)
{
	std::vector<uint64_t> v(2000000);
	std::iota(v.begin(), v.end(), argc);
	uint64_t r = 0;
	for (int i = 0; i < (argc > 1 ? atoi(argv[1]) : 60); i++)
		r += digest(v, 3);
	printf("%llx\n", (unsigned long long)r);
	return 0;
}
