/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Names of functions as the tool chains spell them:
 *
 *	C     tcp_flush_queue, btree_read_page.isra.0, sock_poll@plt
 *	C++   void rpc::PageCache::flushSession<int>(void*, bool) const
 *	Rust  <rustc_middle::PageMap as core::iter::Iterator>::next
 *	Java  Lio/netty/channel/PagePool;::readEntry (perf-map-agent)
 *	      void io.netty.channel.PagePool.readEntry(int, java.lang.String)
 *	Go    net/http.(*pageCache).readEntry
 *
 * The number of a function is spread over the product of the word lists, so
 * that two functions of a module never share their qualified name.
 */

#include "gen.h"

#include <string.h>

static const char *const kernel_areas[] = {
	"ext4", "xfs", "tcp", "ip", "skb", "blk_mq", "vfs", "sched", "rcu",
	"futex", "folio", "mem_cgroup", "page", "hrtimer", "security", "cgroup",
	"bpf", "io_uring", "nvme", "virtqueue", "perf", "shmem", "epoll", "pipe",
	"unix", "dentry", "mnt", "swap", "irq", "task", "update", "__x64_sys",
};

static const char *const c_areas[] = {
	"_int", "__libc", "_IO", "ossl", "evp", "asn1", "PyObject", "_PyEval",
	"dict", "unicode", "execute", "expand", "sha256", "aes_gcm", "BN", "ssl",
	"__GI", "arena", "str", "wcs", "pthread", "dl", "list", "hashtable",
};

static const char *const verbs[] = {
	"get", "set", "read", "write", "parse", "find", "insert", "remove",
	"alloc", "free", "lock", "unlock", "flush", "merge", "split", "poll",
	"wait", "wake", "queue", "submit", "commit", "lookup", "resolve", "emit",
	"fold", "visit", "check", "update", "begin", "finish", "copy", "scan",
	"handle", "dispatch", "encode", "decode", "compress", "hash", "sort",
	"build", "reserve", "release", "init",
};

static const char *const nouns[] = {
	"page", "node", "tree", "block", "buffer", "entry", "session", "request",
	"response", "socket", "packet", "stream", "segment", "index", "cursor",
	"table", "column", "row", "key", "value", "token", "expr", "type",
	"scope", "symbol", "region", "batch", "task", "timer", "event", "message",
	"header", "body", "field", "chunk", "slot", "bucket", "cache", "lease",
	"range", "extent", "inode", "journal", "snapshot", "replica", "shard",
	"leader",
};

static const char *const classes[] = {
	"Manager", "Impl", "Cache", "Pool", "Map", "Builder", "Visitor", "Handler",
	"Iterator", "Context", "Writer", "Reader", "Service",
};

static const char *const namespaces[] = {
	"rpc", "store", "net::detail", "(anonymous namespace)", "base",
	"folly::detail", "absl::container_internal", "llvm", "rocksdb", "query",
	"std::__detail", "grpc_core", "v8::internal", "cp", "std", "media::codec",
};

static const char *const crates[] = {
	"core::iter::adapters", "alloc::vec", "rustc_middle::ty",
	"rustc_mir_transform", "hashbrown::raw", "tokio::runtime::task",
	"rustc_data_structures", "serde_json::de", "std::io", "regex_automata",
	"rustc_codegen_llvm::back", "rustc_infer::infer", "syn::expr",
};

static const char *const packages[] = {
	"java/util/concurrent", "io/netty/channel", "io/vertx/core/http/impl",
	"org/apache/lucene/search", "com/fasterxml/jackson/core",
	"org/springframework/web/servlet", "org/hibernate/engine/internal",
	"java/lang/invoke", "sun/nio/ch", "org/apache/kafka/clients/producer",
	"scala/collection/immutable",
};

static const char *const go_packages[] = {
	"runtime", "net/http", "encoding/json", "github.com/acme/gateway/internal/route",
	"google.golang.org/grpc/internal/transport", "sync", "bufio",
	"crypto/tls", "go.etcd.io/etcd/raft/v3",
};

static const char *const types[] = {
	"int", "void*", "unsigned long", "bool", "char const*", "unsigned int&",
	"store::Status const&", "absl::Span<char const>", "rpc::Context*",
	"std::shared_ptr<net::Session> const&", "std::function<void (int)>",
	"std::vector<unsigned char, std::allocator<unsigned char> >&",
	("std::__cxx11::basic_string<char, std::char_traits<char>, "
	 "std::allocator<char> > const&"),
};

static const char *const rust_types[] = {
	"T", "u32", "&str", "usize", "alloc::string::String", "[u8]",
	"rustc_span::span_encoding::Span", "core::option::Option<u64>",
	"alloc::vec::Vec<rustc_ast::ast::Attribute>",
};

static const char *const java_types[] = {
	"int", "java.lang.String", "java.lang.Object", "long", "byte[]",
	"java.util.Map", "io.netty.channel.ChannelHandlerContext",
};

static const char *const operators[] = {
	"operator()", "operator<", "operator->", "operator==", "operator[]",
	"operator<<",
};

static const char *const c_suffixes[] = {
	".isra.0", ".part.0", ".constprop.0", ".cold", "_nocheck", "_slow",
	"_rcu", "_locked",
};

#define PICK(list, h) (list)[(h) % COUNT(list)]

struct text {
	char *p;
	uint32_t n;
};

static void add(struct text *t, const char *s)
{
	size_t n = strlen(s);
	if (n > NAME_MAX_BYTES - t->n)
		n = NAME_MAX_BYTES - t->n;
	memcpy(t->p + t->n, s, n);
	t->n += (uint32_t)n;
}

/* Adds a word beginning with a capital letter. */
static void add_capital(struct text *t, const char *s)
{
	uint32_t at = t->n;
	add(t, s);
	if (t->n > at && t->p[at] >= 'a' && t->p[at] <= 'z')
		t->p[at] -= 'a' - 'A';
}

static void add_type_list(struct text *t, const char *const *list, uint32_t n,
			  uint32_t length, uint64_t h)
{
	for (uint32_t i = 0; i < length; i++) {
		h = mix(h);
		add(t, i ? ", " : "");
		add(t, list[skewed(h, n, 2)]);
	}
}

/* Word number *i of a list of n; *i becomes the number for the next list. */
static const char *word(const char *const *list, size_t n, uint64_t *i)
{
	const char *s = list[*i % n];
	*i /= n;
	return s;
}

#define WORD(list, i) word(list, COUNT(list), i)

static void add_c(struct text *t, uint64_t i, uint64_t h, bool kernel)
{
	add(t, kernel ? WORD(kernel_areas, &i) : WORD(c_areas, &i));
	add(t, "_");
	add(t, WORD(verbs, &i));
	add(t, "_");
	add(t, WORD(nouns, &i));
	if (h % 9 == 0)
		add(t, PICK(c_suffixes, h >> 8));
	else if (h % 29 == 1 && !kernel)
		add(t, "@plt");
}

static void add_cpp(struct text *t, uint64_t i, uint64_t h)
{
	bool template = h % 3 == 0;
	add(t, template ? PICK(((const char *const[]){ "void ", "bool ",
		"unsigned long ", "auto " }), h >> 4) : "");
	add(t, WORD(namespaces, &i));
	add(t, "::");
	add_capital(t, WORD(nouns, &i));
	add(t, WORD(classes, &i));
	if ((h >> 8) % 5 == 0) {
		add(t, "<");
		add_type_list(t, types, COUNT(types), 1 + (h >> 12) % 2, h);
		add(t, " >");
	}
	add(t, "::");
	add(t, WORD(verbs, &i));
	add_capital(t, PICK(nouns, h >> 16));
	if (template) {
		add(t, "<");
		add_type_list(t, types, COUNT(types), 1, h + 1);
		add(t, ">");
	}
	add(t, "(");
	add_type_list(t, types, COUNT(types), (h >> 24) % 4, h + 2);
	add(t, (h >> 28) % 4 == 0 ? ") const" : ")");
	if ((h >> 32) % 14 == 0)
		add(t, "::{lambda(auto:1 const&)#1}::operator()(int) const");
	else if ((h >> 32) % 14 == 1)
		add(t, " [clone .constprop.0]");
	else if ((h >> 32) % 40 == 2) {
		add(t, "::");
		add(t, PICK(operators, h >> 40));
		add(t, "(int)");
	}
}

static void add_rust(struct text *t, uint64_t i, uint64_t h)
{
	const char *crate = WORD(crates, &i);
	const char *noun = WORD(nouns, &i);
	const char *class = WORD(classes, &i);
	bool trait = h % 4 == 0;
	add(t, trait ? "<" : "");
	add(t, crate);
	add(t, "::");
	add(t, noun);
	add(t, "::");
	add_capital(t, noun);
	add(t, class);
	if ((h >> 4) % 3 == 0) {
		add(t, "<");
		add_type_list(t, rust_types, COUNT(rust_types),
			      1 + (h >> 8) % 3, h);
		add(t, ">");
	}
	add(t, trait ? " as core::iter::traits::iterator::Iterator>::" : "::");
	add(t, WORD(verbs, &i));
	add(t, "_");
	add(t, PICK(nouns, h >> 16));
	if ((h >> 24) % 5 == 0)
		add(t, "::{closure#0}");
	else if ((h >> 24) % 5 == 1) {
		add(t, "::h");
		for (int k = 0; k < 16; k++)
			add(t, (const char[]){ "0123456789abcdef"
				[mix(h) >> 4 * k & 15], 0 });
	}
}

static void add_java(struct text *t, uint64_t i, uint64_t h)
{
	const char *package = WORD(packages, &i);
	bool agent = h % 3 != 0;
	add(t, agent ? "L" : (h >> 4) % 2 ? "void " : "java.lang.Object ");
	uint32_t at = t->n;
	add(t, package);
	add(t, "/");
	for (uint32_t k = at; !agent && k < t->n; k++)
		if (t->p[k] == '/')
			t->p[k] = '.';
	add_capital(t, WORD(nouns, &i));
	add(t, WORD(classes, &i));
	if ((h >> 8) % 9 == 0)
		add(t, "$$Lambda");
	add(t, agent ? ";::" : ".");
	add(t, WORD(verbs, &i));
	add_capital(t, PICK(nouns, h >> 16));
	if (agent)
		return;
	add(t, "(");
	add_type_list(t, java_types, COUNT(java_types), (h >> 24) % 4, h);
	add(t, ")");
}

static void add_go(struct text *t, uint64_t i, uint64_t h)
{
	add(t, WORD(go_packages, &i));
	bool method = h % 3 != 0;
	add(t, method ? ".(*" : ".");
	add(t, WORD(nouns, &i));
	add(t, WORD(classes, &i));
	add(t, method ? ")." : "");
	add_capital(t, WORD(verbs, &i));
	add_capital(t, PICK(nouns, h >> 16));
	if ((h >> 24) % 8 == 0)
		add(t, ".func1");
}

/* Spreads i over the products of the lists: a prime, so no two meet soon. */
static uint64_t spread(uint32_t i, uint64_t product)
{
	return (i * (uint64_t)2654435761 + 97) % product;
}

uint32_t name_make(char *to, enum style style, uint32_t i, uint64_t h)
{
	const uint64_t members = COUNT(nouns) * COUNT(classes) * COUNT(verbs);
	const uint64_t both = COUNT(nouns) * COUNT(verbs);
	struct text t = { to, 0 };
	if (style != STYLE_KERNEL && style != STYLE_JAVA && h % 83 == 5)
		return name_copy(to, "[unknown]");
	switch (style) {
	case STYLE_KERNEL:
		add_c(&t, spread(i, COUNT(kernel_areas) * both), h >> 8, true);
		break;
	case STYLE_C:
		add_c(&t, spread(i, COUNT(c_areas) * both), h >> 8, false);
		break;
	case STYLE_CPP:
		add_cpp(&t, spread(i, COUNT(namespaces) * members), h >> 8);
		break;
	case STYLE_RUST:
		add_rust(&t, spread(i, COUNT(crates) * members), h >> 8);
		break;
	case STYLE_JAVA:
		add_java(&t, spread(i, COUNT(packages) * members), h >> 8);
		break;
	case STYLE_GO:
		add_go(&t, spread(i, COUNT(go_packages) * members), h >> 8);
		break;
	}
	return t.n;
}

uint32_t name_copy(char *to, const char *name)
{
	struct text t = { to, 0 };
	add(&t, name);
	return t.n;
}
