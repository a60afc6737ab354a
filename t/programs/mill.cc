// SPDX-License-Identifier: Apache-2.0
// The program of the demo recording (share/demo): a little data mill. Threads parse JSON,
// index its words, pack it (LZ77 and Huffman codes), query it and store it in a file.
#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <map>
#include <memory>
#include <pthread.h>
#include <queue>
#include <regex>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>
#include <unordered_map>
#include <variant>
#include <vector>

#define OUT __attribute__((noinline))	// a frame of its own in the recording

static std::atomic<uint64_t> sink;

namespace data {

class Random {
	uint64_t state;
public:
	explicit Random(uint64_t seed) : state(seed * 2862933555777941757u + 3037000493u) {}
	uint32_t next(uint32_t n)
	{
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		return uint32_t(state >> 33) % n;
	}
};

static const char *const syllables[] = { "ka", "ri", "ton", "mel", "su", "vor", "lin", "qua",
	"be", "dra", "fen", "gol", "hi", "jup", "nex", "os" };

static std::string word(Random &r)
{
	std::string w;
	for (uint32_t n = 1 + std::min(r.next(4), r.next(4)); n > 0; n--)
		w += syllables[std::min(r.next(16), r.next(16))];
	return w;
}

static std::string sentence(Random &r, int words)
{
	std::string s;
	for (int i = 0; i < words; i++) {
		if (i)
			s += ' ';
		s += word(r);
	}
	return s;
}

static void generate(Random &r, std::string &out, int depth)
{
	if (depth == 0) {
		if (r.next(3))
			out += '"' + sentence(r, 3 + r.next(6)) + '"';
		else
			out += std::to_string(r.next(1000000)) + "." + std::to_string(r.next(100));
		return;
	}
	if (r.next(2)) {
		out += "[";
		for (uint32_t i = 0, n = 2 + r.next(3); i < n; i++) {
			if (i)
				out += ", ";
			generate(r, out, depth - 1);
		}
		out += "]";
		return;
	}
	out += "{";
	for (uint32_t i = 0, n = 2 + r.next(3); i < n; i++) {
		if (i)
			out += ", ";
		out += '"' + word(r) + std::to_string(i) + "\": ";
		generate(r, out, depth - 1);
	}
	out += "}";
}

} // namespace data

namespace json {

struct Value;
using Array = std::vector<Value>;
using Object = std::map<std::string, Value>;

struct Value {
	std::variant<std::nullptr_t, bool, double, std::string, Array, Object> v;
};

class Parser {
	std::string_view text;
	size_t at = 0;

	void blank() { while (at < text.size() && std::isspace((unsigned char)text[at])) at++; }
	bool take(char c)
	{
		blank();
		if (at < text.size() && text[at] == c) {
			at++;
			return true;
		}
		return false;
	}
	std::string string()
	{
		std::string s;
		while (at < text.size() && text[at] != '"')
			s += text[at++];
		at++;
		return s;
	}
	Value number()
	{
		size_t start = at;
		while (at < text.size() && std::strchr("+-.eE0123456789", text[at]))
			at++;
		return { std::strtod(std::string(text.substr(start, at - start)).c_str(), nullptr) };
	}
	Value array()
	{
		Array a;
		while (!take(']')) {
			a.push_back(value());
			take(',');
		}
		return { std::move(a) };
	}
	Value object()
	{
		Object o;
		while (!take('}')) {
			take('"');
			std::string key = string();
			take(':');
			o.emplace(std::move(key), value());
			take(',');
		}
		return { std::move(o) };
	}
public:
	explicit Parser(std::string_view t) : text(t) {}
	Value value()
	{
		blank();
		if (take('['))
			return array();
		if (take('{'))
			return object();
		if (take('"'))
			return { string() };
		return number();
	}
};

template <typename Visitor> void walk(const Value &value, Visitor &visit)
{
	visit(value);
	if (auto a = std::get_if<Array>(&value.v))
		for (const Value &v : *a)
			walk(v, visit);
	else if (auto o = std::get_if<Object>(&value.v))
		for (const auto &[key, v] : *o)
			walk(v, visit);
}

class Printer {
	std::string &out;
public:
	explicit Printer(std::string &o) : out(o) {}
	void print(const Value &value)
	{
		std::visit([this](const auto &x) { one(x); }, value.v);
	}
private:
	void one(std::nullptr_t) { out += "null"; }
	void one(bool b) { out += b ? "true" : "false"; }
	void one(double d)
	{
		char s[32];
		snprintf(s, sizeof s, "%.6g", d);
		out += s;
	}
	void one(const std::string &s) { out += '"' + s + '"'; }
	void one(const Array &a)
	{
		out += '[';
		for (const Value &v : a) {
			print(v);
			out += ',';
		}
		out.back() = ']';
	}
	void one(const Object &o)
	{
		out += '{';
		for (const auto &[key, v] : o) {
			out += '"' + key + "\":";
			print(v);
			out += ',';
		}
		out.back() = '}';
	}
};

} // namespace json

namespace text {

template <typename Count> class Index {
	std::unordered_map<std::string, Count> words;
public:
	template <typename F> static void split(std::string_view s, F each)
	{
		size_t start = 0;
		for (size_t i = 0; i <= s.size(); i++) {
			if (i < s.size() && std::isalpha((unsigned char)s[i]))
				continue;
			if (i > start)
				each(s.substr(start, i - start));
			start = i + 1;
		}
	}
	OUT void add(std::string_view s)
	{
		split(s, [this](std::string_view w) { words[std::string(w)]++; });
	}
	std::vector<std::pair<std::string, Count>> ranked() const
	{
		std::vector<std::pair<std::string, Count>> v(words.begin(), words.end());
		std::sort(v.begin(), v.end(), [](const auto &a, const auto &b) {
			return a.second != b.second ? a.second > b.second : a.first < b.first;
		});
		return v;
	}
	std::map<size_t, std::vector<std::string>> by_length() const
	{
		std::map<size_t, std::vector<std::string>> m;
		for (const auto &[w, n] : words)
			m[w.size()].push_back(w);
		for (auto &[n, v] : m)
			std::stable_sort(v.begin(), v.end());
		return m;
	}
};

} // namespace text

namespace pack {

struct Token {
	uint16_t distance, length;
	uint8_t literal;
};

template <unsigned Bits> class Matcher {
	std::vector<int32_t> head, previous;
	std::string_view text;

	uint32_t hash(size_t i) const
	{
		uint32_t h;
		std::memcpy(&h, text.data() + i, 4);
		return h * 2654435761u >> (32 - Bits);
	}
	OUT size_t common(size_t a, size_t b) const
	{
		size_t n = 0;
		while (b + n < text.size() && n < 258 && text[a + n] == text[b + n])
			n++;
		return n;
	}
public:
	explicit Matcher(std::string_view t)
		: head(1u << Bits, -1), previous(t.size(), -1), text(t) {}
	OUT Token longest(size_t i) const
	{
		Token best = { 0, 1, uint8_t(text[i]) };
		int tries = 24;
		for (int32_t p = head[hash(i)]; p >= 0 && tries-- > 0; p = previous[p]) {
			if (i - p > 32768)
				break;
			size_t n = common(p, i);
			if (n > best.length && n >= 4)
				best = { uint16_t(i - p), uint16_t(n), 0 };
		}
		return best;
	}
	OUT void insert(size_t i)
	{
		uint32_t h = hash(i);
		previous[i] = head[h];
		head[h] = i;
	}
};

template <unsigned Bits> std::vector<Token> squeeze(std::string_view text)
{
	Matcher<Bits> matcher(text);
	std::vector<Token> out;
	for (size_t i = 0; i + 4 < text.size();) {
		Token t = matcher.longest(i);
		out.push_back(t);
		for (size_t end = std::min(i + t.length, text.size() - 4); i < end; i++)
			matcher.insert(i);
	}
	return out;
}

struct Node {
	uint64_t weight;
	int symbol;
	std::unique_ptr<Node> left, right;
};

class Huffman {
	std::vector<std::string> codes { 512 };

	void assign(const Node &node, const std::string &code)
	{
		if (!node.left) {
			codes[node.symbol] = code;
			return;
		}
		assign(*node.left, code + '0');
		assign(*node.right, code + '1');
	}
public:
	OUT explicit Huffman(const std::vector<Token> &tokens)
	{
		std::vector<uint64_t> count(512, 1);
		for (const Token &t : tokens)
			count[t.distance ? 256 + t.length % 256 : t.literal]++;
		auto heavier = [](const Node *a, const Node *b) { return a->weight > b->weight; };
		std::priority_queue<Node *, std::vector<Node *>, decltype(heavier)> queue(heavier);
		for (int i = 0; i < 512; i++)
			queue.push(new Node { count[i], i, nullptr, nullptr });
		while (queue.size() > 1) {
			Node *a = queue.top();
			queue.pop();
			Node *b = queue.top();
			queue.pop();
			queue.push(new Node { a->weight + b->weight, -1,
				std::unique_ptr<Node>(a), std::unique_ptr<Node>(b) });
		}
		std::unique_ptr<Node> root(queue.top());
		assign(*root, "");
	}
	OUT std::vector<uint8_t> encode(const std::vector<Token> &tokens) const
	{
		std::vector<uint8_t> out;
		uint32_t bits = 0, n = 0;
		for (const Token &t : tokens)
			for (char c : codes[t.distance ? 256 + t.length % 256 : t.literal]) {
				bits = bits << 1 | (c == '1');
				if (++n % 8 == 0)
					out.push_back(uint8_t(bits));
			}
		return out;
	}
};

static OUT uint32_t checksum(const std::vector<uint8_t> &bytes)
{
	uint32_t crc = ~0u;
	for (uint8_t b : bytes) {
		crc ^= b;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
	}
	return ~crc;
}

} // namespace pack

namespace store {

static OUT void save(const std::string &name, const std::vector<uint8_t> &bytes)
{
	int fd = open(name.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
	for (int copy = 0; copy < 60; copy++)
		for (size_t i = 0; i < bytes.size(); i += 4096)
			if (write(fd, bytes.data() + i, std::min<size_t>(4096, bytes.size() - i)) < 0)
				break;
	fsync(fd);
	close(fd);
}

static OUT uint64_t load(const std::string &name)
{
	int fd = open(name.c_str(), O_RDONLY);
	off_t size = lseek(fd, 0, SEEK_END);
	auto p = (const uint8_t *)mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	uint64_t sum = 0;
	if (p == MAP_FAILED)
		return 0;
	for (off_t i = 0; i < size; i += 64)
		sum += p[i];
	munmap((void *)p, size);
	unlink(name.c_str());
	return sum;
}

static OUT uint64_t scratch(size_t pages)
{
	std::unique_ptr<char[]> p(new char[pages * 4096]);
	uint64_t sum = 0;
	for (size_t i = 0; i < pages; i++) {
		p[i * 4096] = char(i);
		sum += p[i * 4096 / 2];
	}
	return sum;
}

} // namespace store

namespace work {

static void parse(const std::string &input, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		json::Value root = json::Parser(input).value();
		size_t strings = 0;
		auto count = [&strings](const json::Value &v) {
			if (auto s = std::get_if<std::string>(&v.v))
				strings += s->size();
		};
		json::walk(root, count);
		std::string out;
		json::Printer(out).print(root);
		sink += strings + out.size();
	}
}

static void index(const std::string &input, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		text::Index<uint32_t> index;
		index.add(input);
		sink += index.ranked().size() + index.by_length().size();
	}
}

static void query(const std::string &input, int rounds)
{
	const std::regex wanted("(ka|ri)[a-z]*(ton|mel)( |$)");
	for (int i = 0; i < rounds; i++) {
		std::string_view rest(input);
		for (size_t line = 0; line + 40 < rest.size(); line += 40) {
			std::string part(rest.substr(line, 40));
			std::smatch m;
			if (std::regex_search(part, m, wanted))
				sink += m.position(0);
		}
	}
}

static void squeeze(const std::string &input, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		auto tokens = pack::squeeze<14>(input);
		auto bytes = pack::Huffman(tokens).encode(tokens);
		sink += pack::checksum(bytes);
		std::string name = "mill-" + std::to_string(getpid()) + ".tmp";
		store::save(name, bytes);
		sink += store::load(name) + store::scratch(4000);
	}
}

} // namespace work

static std::thread start(const char *name, void (*f)(const std::string &, int),
		const std::string &input, int rounds)
{
	return std::thread([=, &input] {
		pthread_setname_np(pthread_self(), name);
		f(input, rounds);
	});
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 10;
	data::Random random(7);
	std::string input;
	while (input.size() < 300000) {
		input += input.empty() ? "[" : ", ";
		data::generate(random, input, 6);
	}
	input += "]";
	std::vector<std::thread> threads;
	threads.push_back(start("parser", work::parse, input, rounds * 3));
	threads.push_back(start("indexer", work::index, input, rounds));
	threads.push_back(start("packer", work::squeeze, input, rounds));
	threads.push_back(start("query 1", work::query, input, (rounds + 1) / 2));
	for (std::thread &t : threads)
		t.join();
	printf("%llu\n", (unsigned long long)sink.load());
	return 0;
}
