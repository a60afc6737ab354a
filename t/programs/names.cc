// SPDX-License-Identifier: Apache-2.0
//
// Much that compilers inline and name in odd ways, for t/slow/symbolizer-large.t, which
// compiles it several times with another PART each, and once without.  It need not run.
#include <algorithm>
#include <deque>
#include <functional>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#define GLUE2(a, b) a##b
#define GLUE(a, b) GLUE2(a, b)

#ifdef PART

namespace GLUE(part, PART) {

template <int N> struct Depth {
	template <typename F> static long go(F &&f, long x)
	{
		return Depth<N - 1>::go(f, f(x) + N) ^ x;
	}
};
template <> struct Depth<0> {
	template <typename F> static long go(F &&f, long x) { return f(x); }
};

struct Shape {
	virtual ~Shape() = default;
	virtual double area() const = 0;
	bool operator<(const Shape &o) const { return area() < o.area(); }
};

namespace {

struct Square : Shape {
	double side;
	explicit Square(double s) : side(s) {}
	double area() const override { return side * side; }
};

struct Poly : Shape {
	std::vector<std::pair<double, double>> points;
	double area() const override
	{
		auto cross = [](auto a, auto b) { return a.first * b.second - b.first * a.second; };
		double sum = 0;
		for (size_t i = 0; i < points.size(); i++)
			sum += cross(points[i], points[(i + 1) % points.size()]);
		return sum / 2;
	}
};

static std::string join(const std::vector<std::string> &v, const char *by)
{
	return std::accumulate(v.begin(), v.end(), std::string(), [&](std::string a, const std::string &b) {
		return a.empty() ? b : std::move(a) + by + b;
	});
}

struct Visit {
	long operator()(int x) const { return x * PART; }
	long operator()(const std::string &s) const { return (long)s.size(); }
	long operator()(const std::vector<int> &v) const { return std::accumulate(v.begin(), v.end(), 0L); }
};

}

class Index {
	std::map<std::string, std::set<int>> words;
	std::unordered_map<int, std::string> lines;
	std::deque<std::function<void(int)>> waiting;
public:
	void add(const std::string &text, int n)
	{
		struct Splitter {
			std::istringstream in;
			std::string next()
			{
				std::string w;
				in >> w;
				std::transform(w.begin(), w.end(), w.begin(), [](unsigned char c) { return (char)std::tolower(c); });
				return w;
			}
		} splitter{ std::istringstream(text) };
		for (std::string w = splitter.next(); !w.empty(); w = splitter.next())
			words[w].insert(n);
		lines.emplace(n, text);
		waiting.push_back([this, n](int m) { words[std::to_string(m)].insert(n + m); });
	}
	std::vector<std::string> best(size_t most) const
	{
		std::vector<std::pair<size_t, std::string>> all;
		for (const auto &[word, where] : words)
			all.emplace_back(where.size(), word);
		std::partial_sort(all.begin(), all.begin() + (long)std::min(most, all.size()), all.end(), std::greater<>());
		std::vector<std::string> names;
		for (auto &one : all)
			if (names.size() < most)
				names.push_back(one.second);
		return names;
	}
	long run()
	{
		long sum = 0;
		while (!waiting.empty()) {
			waiting.front()((int)waiting.size());
			waiting.pop_front();
			sum++;
		}
		return sum;
	}
};

static long shapes(int n)
{
	std::list<std::unique_ptr<Shape>> all;
	std::mt19937 random(PART);
	std::uniform_real_distribution<double> one(0, 10);
	for (int i = 0; i < n; i++) {
		if (i % 2) {
			all.push_back(std::make_unique<Square>(one(random)));
		} else {
			auto p = std::make_unique<Poly>();
			for (int j = 0; j < 5; j++)
				p->points.emplace_back(one(random), one(random));
			all.push_back(std::move(p));
		}
	}
	all.sort([](const auto &a, const auto &b) { return *a < *b; });
	return (long)all.back()->area();
}

static long match(const std::string &text)
{
	static const std::regex pattern("([a-z]+)([0-9]*)(_|-)?");
	long sum = 0;
	for (auto i = std::sregex_iterator(text.begin(), text.end(), pattern); i != std::sregex_iterator(); ++i)
		sum += i->length();
	return sum;
}

long all(int n)
{
	Index index;
	for (int i = 0; i < n; i++)
		index.add("alpha beta" + std::to_string(i % 7) + " gamma_" + std::to_string(i), i);
	std::variant<int, std::string, std::vector<int>> v = n;
	if (n % 2)
		v = join(index.best(5), ", ");
	else if (n % 3)
		v = std::vector<int>(n, 3);
	long mix = Depth<12>::go([&](long x) { return x * 31 + n; }, n);
	return std::visit(Visit(), v) + index.run() + shapes(n) + match(join(index.best(9), "-")) + mix;
}

}

#else

#ifndef EACH
#define EACH(F) F(1) F(2) F(3) F(4)
#endif
#define DECLARE(n) namespace GLUE(part, n) { long all(int); }
#define CALL(n) sum += GLUE(part, n)::all(argc);
EACH(DECLARE)

int main(int argc, char **argv)
{
	long sum = 0;
	EACH(CALL)
	std::cout << sum << ' ' << argv[0] << '\n';
	return 0;
}

#endif
