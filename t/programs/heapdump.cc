// SPDX-License-Identifier: Apache-2.0
// What tcmalloc tells of the heap from within: samples of it, and how it grew.
//
//	c++ -O1 -g -o heapdump heapdump.cc -ltcmalloc
//	TCMALLOC_SAMPLE_PARAMETER=4096 ./heapdump DIRECTORY
#include <cstdlib>
#include <fstream>
#include <gperftools/malloc_extension.h>
#include <string>
#include <vector>

#define NOINLINE __attribute__((noinline))

static std::vector<char *> kept;
static volatile char sink;

NOINLINE static void small(int n)
{
	for (int i = 0; i < n; i++)
		kept.push_back(new char[200]);
}

NOINLINE static void large(int n)
{
	for (int i = 0; i < n; i++) {
		kept.push_back(static_cast<char *>(malloc(100000)));
		kept.back()[0] = 'x';
	}
}

NOINLINE static void temporary(int n)
{
	for (int i = 0; i < n; i++) {
		char *volatile p = new char[5000];
		sink = p[0];
		delete[] p;
	}
}

static void write(const std::string &name, const std::string &text)
{
	std::ofstream(name) << text;
}

int main(int, char **argv)
{
	std::string heap, growth;
	kept.reserve(1000);
	temporary(8000);      // tcmalloc takes its first sample late
	small(500);
	large(15);
	MallocExtension::instance()->GetHeapSample(&heap);
	MallocExtension::instance()->GetHeapGrowthStacks(&growth);
	write(std::string(argv[1]) + "/sample", heap);
	write(std::string(argv[1]) + "/growth", growth);
	return sink;
}
