/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The wire format, https://protobuf.dev/programming-guides/encoding/: a field is a tag,
 * its number times 8 plus its kind, and a value.  Tags, lengths and numbers are varints:
 * seven bits in a byte, the lowest first, the eighth says that more follow.
 *
 *	12 04           field 2, bytes, 4 of them
 *	   0a 02 01 02          field 1, bytes: the packed numbers 1 and 2
 */
#include "io/proto.h"

#include <protobuf-c/protobuf-c.h>
#include <stdlib.h>

#include "base/alloc.h"

enum { VARINT_MAX = 10, TAG_MAX = 5 };

/* Bytes of the varint at the start of s; 0 when it is not whole, -1 when it is none. */
static int read_varint(struct str s, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < VARINT_MAX; i++) {
		if (i == s.n)
			return 0;
		unsigned char c = (unsigned char)s.p[i];
		if (i == VARINT_MAX - 1 && c > 1)
			return -1;
		*value |= (uint64_t)(c & 0x7f) << 7 * i;
		if (!(c & 0x80))
			return (int)i + 1;
	}
	return -1;
}

/* Bytes of tag, and length or number, in *n. */
enum head { HEAD_GOOD, HEAD_SHORT, HEAD_WRONG };

static enum head read_fixed(struct str s, size_t size, struct proto_field *f, size_t *n)
{
	if (s.n < size)
		return HEAD_SHORT;
	for (size_t i = 0; i < size; i++)
		f->value |= (uint64_t)(unsigned char)s.p[i] << 8 * i;
	*n += size;
	return HEAD_GOOD;
}

static enum head read_head(struct str s, struct proto_field *f, size_t *n)
{
	uint64_t tag;
	int length = read_varint(s, &tag);
	if (length <= 0)
		return length ? HEAD_WRONG : HEAD_SHORT;
	f->number = (uint32_t)(tag >> 3);
	f->kind = (enum proto_kind)(tag & 7);
	f->value = 0;
	*n = (size_t)length;
	if (tag > UINT32_MAX || f->number == 0)
		return HEAD_WRONG;
	s = str_skip(s, *n);
	switch (f->kind) {
	case PROTO_FIXED64: return read_fixed(s, 8, f, n);
	case PROTO_FIXED32: return read_fixed(s, 4, f, n);
	case PROTO_VARINT: case PROTO_BYTES: break;
	default: return HEAD_WRONG;
	}
	length = read_varint(s, &f->value);
	if (length <= 0)
		return length ? HEAD_WRONG : HEAD_SHORT;
	*n += (size_t)length;
	return HEAD_GOOD;
}

static void set_bytes(struct proto_field *f, struct str s, size_t head)
{
	size_t n = f->kind == PROTO_BYTES ? (size_t)f->value : 0;
	f->bytes = (struct str){ s.p + head, n };
	f->whole = str_head(s, head + n);
}

bool proto_cut(struct str *rest, struct proto_field *f)
{
	size_t head = 0;
	f->bytes = (struct str){ NULL, 0 };
	if (read_head(*rest, f, &head) != HEAD_GOOD)
		return false;
	if (f->kind == PROTO_BYTES && f->value > rest->n - head) {
		f->bytes = str_skip(*rest, head);
		return false;
	}
	set_bytes(f, *rest, head);
	*rest = str_skip(*rest, f->whole.n);
	return true;
}

bool proto_cut_number(struct str *rest, uint64_t *value)
{
	int n = read_varint(*rest, value);
	if (n <= 0)
		return false;
	*rest = str_skip(*rest, (size_t)n);
	return true;
}

static bool wait_for(struct input *in, size_t n)
{
	while (input_ahead(in).n < n)
		if (!input_refill(in))
			return false;
	return true;
}

static bool fail(struct input *in, uint64_t offset, const char *why)
{
	return input_error_at(in, offset, "%s", why);
}

bool proto_peek(struct input *in, struct proto_field *f, size_t *head)
{
	*head = 0;
	if (in->failed || input_peek(in, 1).n == 0)
		return false;
	f->offset = input_offset(in);
	/* The head of a field may be as long as a tag and a number. */
	wait_for(in, TAG_MAX + VARINT_MAX);
	if (in->failed)
		return false;
	switch (read_head(input_ahead(in), f, head)) {
	case HEAD_SHORT: return fail(in, f->offset, "ends within a field");
	case HEAD_WRONG: return fail(in, f->offset, "no protocol buffer: a field of an "
				     "unknown kind");
	case HEAD_GOOD: break;
	}
	return true;
}

bool proto_take(struct input *in, struct proto_field *f, size_t head)
{
	if (f->kind == PROTO_BYTES && f->value > PROTO_FIELD_MAX)
		return fail(in, f->offset, "a field of more than 64 MiB");
	size_t n = f->kind == PROTO_BYTES ? (size_t)f->value : 0;
	if (!wait_for(in, head + n))
		return !in->failed && fail(in, f->offset, "ends within a field");
	set_bytes(f, input_ahead(in), head);
	input_take(in, f->whole.n);
	return true;
}

bool proto_next(struct input *in, struct proto_field *f)
{
	size_t head;
	return proto_peek(in, f, &head) && proto_take(in, f, head);
}

/* Unpacking: what the library asks for is handed out from blocks and given up at once. */

enum { BLOCK_SIZE = 64 * 1024 };

struct proto {
	ProtobufCAllocator allocator;
	struct block {
		struct block *before;
		size_t size, used;
		_Alignas(16) char bytes[];
	} *block;                /* the newest and largest */
	size_t taken;            /* for this message */
};

static void *take(void *data, size_t n)
{
	struct proto *p = data;
	n = (n + 15) & ~(size_t)15;
	if (n > PROTO_UNPACKED_MAX - p->taken)
		return NULL;
	p->taken += n;
	if (p->block == NULL || n > p->block->size - p->block->used) {
		size_t size = p->block ? 2 * p->block->size : BLOCK_SIZE;
		size = size > n ? size : n;
		struct block *block = xmalloc(sizeof(*block) + size);
		*block = (struct block){ .before = p->block, .size = size };
		p->block = block;
	}
	void *start = p->block->bytes + p->block->used;
	p->block->used += n;
	return start;
}

static void give_back(void *data, void *memory)
{
	(void)data, (void)memory;
}

struct proto *proto_new(void)
{
	struct proto *p = xcalloc(1, sizeof(*p));
	p->allocator = (ProtobufCAllocator){
		.alloc = take, .free = give_back, .allocator_data = p,
	};
	return p;
}

static void drop(struct block *block)
{
	while (block) {
		struct block *before = block->before;
		free(block);
		block = before;
	}
}

void proto_delete(struct proto *p)
{
	drop(p->block);
	free(p);
}

void *proto_unpack(struct proto *p, const struct ProtobufCMessageDescriptor *type,
		   struct str bytes)
{
	if (p->block) {
		drop(p->block->before);
		p->block->before = NULL;
		p->block->used = 0;
	}
	p->taken = 0;
	return protobuf_c_message_unpack(type, &p->allocator, bytes.n,
					 (const uint8_t *)bytes.p);
}

/* Packing */

void proto_put_varint(struct buf *out, uint64_t value)
{
	char *to = buf_reserve(out, VARINT_MAX);
	for (; value >= 0x80; value >>= 7, out->n++)
		*to++ = (char)(value | 0x80);
	*to = (char)value;
	out->n++;
}

void proto_put_tag(struct buf *out, uint32_t number, enum proto_kind kind)
{
	proto_put_varint(out, (uint64_t)number << 3 | kind);
}

void proto_put_number(struct buf *out, uint32_t number, uint64_t value)
{
	proto_put_tag(out, number, PROTO_VARINT);
	proto_put_varint(out, value);
}

void proto_put_fixed64(struct buf *out, uint32_t number, uint64_t value)
{
	proto_put_tag(out, number, PROTO_FIXED64);
	for (unsigned i = 0; i < 8; i++)
		buf_addc(out, (char)(value >> 8 * i));
}

void proto_put_bytes(struct buf *out, uint32_t number, struct str bytes)
{
	proto_put_tag(out, number, PROTO_BYTES);
	proto_put_varint(out, bytes.n);
	buf_add(out, bytes);
}

void proto_put_fields(struct buf *out, const struct ProtobufCMessage *message)
{
	size_t n = protobuf_c_message_get_packed_size(message);
	protobuf_c_message_pack(message, (uint8_t *)buf_reserve(out, n));
	out->n += n;
}

void proto_put_message(struct buf *out, uint32_t number,
		       const struct ProtobufCMessage *message)
{
	proto_put_tag(out, number, PROTO_BYTES);
	proto_put_varint(out, protobuf_c_message_get_packed_size(message));
	proto_put_fields(out, message);
}
