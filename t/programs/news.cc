/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a heap profiler sees of C++: all kinds of operator new, containers, code that was
 * compiled into main, a thread, a library that is opened and closed, leaks that the
 * program itself says are none.
 *
 *	c++ -O1 -g -pthread -o news news.cc
 */
#include <dlfcn.h>

#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

struct alignas(64) Wide {
	char bytes[64];
};

static char *volatile kept;

extern "C" const char *__lsan_default_suppressions();
extern "C" const char *__lsan_default_suppressions()
{
	return "# not freed, and meant so\nleak:^known_leak\n";
}

__attribute__((noinline)) static void known_leak()
{
	kept = new char[70];
}

__attribute__((noinline)) static void leak()
{
	kept = new char[30];
	kept = new (std::nothrow) char[40];
}

__attribute__((noinline)) static void worker()
{
	std::vector<int> squares;
	for (int i = 0; i < 20; i++)
		squares.push_back(i * i);
}

__attribute__((noinline)) static size_t names()
{
	std::vector<std::unique_ptr<std::string>> all;
	for (int i = 0; i < 5; i++)
		all.push_back(std::make_unique<std::string>(40 + i, 'x'));
	return all.size();
}

__attribute__((noinline)) static void library()
{
	void *lib = dlopen("libutil.so.1", RTLD_NOW);
	if (lib)
		dlclose(lib);
	kept = static_cast<char *>(malloc(11));
	free(kept);
}

int main(int argc, char **)
{
	auto wide = std::make_unique<Wide>();
	std::memset(wide->bytes, argc, sizeof(wide->bytes));
	std::thread thread(worker);
	thread.join();
	library();
	known_leak();
	leak();
	return names() == 5 ? 0 : 1;
}
