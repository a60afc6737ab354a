/* SPDX-License-Identifier: Apache-2.0 */
#include "io/xml.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"

static const size_t block_sizes[] = { 1, 2, 3, 7, 64, 256 * 1024 };

/* "<a>'text'</a>|cut", with the message behind it after an error. */
static void show(struct str text, size_t block_size, bool mend, struct buf *out)
{
	struct input in;
	input_memory(&in, "x", text);
	input_block_size(&in, block_size);
	struct xml *x = xml_new(&in);
	x->mend_tags = mend;
	enum xml_kind kind;
	while ((kind = xml_next(x)) > XML_END) {
		buf_add(out, kind == XML_OPEN ? STR("<") : kind == XML_CLOSE ? STR("</") : STR("'"));
		buf_add(out, x->text);
		buf_addc(out, kind == XML_TEXT ? '\'' : '>');
	}
	if (x->is_cut)
		buf_add(out, STR("|cut"));
	if (mend && in.warning_count)
		buf_addf(out, "|%d %s %d '%.*s'", (int)in.warnings[0].count,
			 in.warnings[0].what, (int)in.warnings[0].first_line,
			 STR_ARG(in.warnings[0].first_text));
	assert_int_equal(kind == XML_FAILED, in.failed);
	if (in.failed)
		buf_add(out, buf_str(&in.message));
	xml_delete(x);
	input_close(&in);
}

static void assert_shown(struct str text, bool mend, const char *expected)
{
	for (size_t i = 0; i < ARRAY_SIZE(block_sizes); i++) {
		struct buf got = { 0 };
		show(text, block_sizes[i], mend, &got);
		assert_string_equal(buf_cstr(&got), expected);
		buf_free(&got);
	}
}

static void assert_tokens(const char *text, const char *expected)
{
	assert_shown(str_of(text), false, expected);
}

static void tags_and_text(void **state)
{
	(void)state;
	assert_tokens("<a/>", "<a></a>");
	assert_tokens("<?xml version=\"1.0\"?>\n\n<a>\n <b> x y </b>\n</a>\n\n",
		      "<a><b>'x y'</b></a>");
	assert_tokens("<a b='1' c=\"x>\">1<!-- no --> 2<?no?></a>",
		      "<a>'1 2'</a>");
	assert_tokens("<a b='1'>p<c/>q</a>", "<a>'p'<c></c>'q'</a>");
	assert_tokens("<a>&lt;&gt;&amp;&quot;&apos;&#65;<![CDATA[<b>&amp;]]></a>",
		      "<a>'<>&\"'A<b>&amp;'</a>");
	assert_tokens("\xef\xbb\xbf<a/>", "<a></a>");
}

static void text_is_bytes(void **state)
{
	(void)state;
	assert_tokens("<a>\xe4\xc3\xa4\xff</a>", "<a>'\xe4\xc3\xa4\xff'</a>");
	assert_tokens("<?xml version='1.0' encoding='UTF-8'?><a>\xe2\x82\xac</a>",
		      "<a>'\xe2\x82\xac'</a>");
	assert_tokens("<a>&#8364;</a>", "<a>'\xe2\x82\xac'</a>");
}

static void a_text_that_was_cut_off(void **state)
{
	(void)state;
	assert_tokens("<a><b>1</b><c>2", "<a><b>'1'</b><c>|cut");
	assert_tokens("<a><b>1</b><c>2<", "<a><b>'1'</b><c>|cut");
	assert_tokens("<a><b>1</b", "<a><b>|cut");
	assert_tokens("<a><![CDATA[x", "<a>|cut");
	assert_tokens("<a><!-- x", "<a>|cut");
	assert_tokens("", "x:1: error: no element found");
	assert_tokens("<?xml version='1.0'?>", "x:1: error: no element found");
}

static void errors_have_a_line(void **state)
{
	(void)state;
	assert_tokens("<a>\n<b>\n</c></a>",
		      "<a><b>x:3: error: the XML closes another tag than it has opened");
	assert_tokens("<a/>\nx", "<a></a>x:2: error: text behind the end of the XML");
	assert_tokens("<a/>\n<a/>", "<a></a>x:2: error: text behind the end of the XML");
	assert_tokens("<a>\x01</a>", "<a>x:1: error: not well-formed (invalid token)");
	assert_tokens("<a>&b;</a>", "<a>x:1: error: undefined entity");
}

static void names_are_short(void **state)
{
	(void)state;
	struct buf text = { 0 }, got = { 0 };
	buf_addc(&text, '<');
	for (int i = 0; i < XML_NAME_MAX; i++)
		buf_addc(&text, 'a');
	size_t longest = text.n;
	buf_add(&text, STR("/>"));
	show(buf_str(&text), 64, false, &got);
	assert_true(str_starts(buf_str(&got), STR("<aaa")));
	text.n = longest;
	buf_add(&text, STR("a/>"));
	buf_clear(&got);
	show(buf_str(&text), 64, false, &got);
	assert_true(str_ends(buf_str(&got), STR("x:1: error: a tag with a name of more than "
						"1000 bytes")));
	buf_free(&text);
	buf_free(&got);
}

static void no_entities(void **state)
{
	(void)state;
	assert_tokens("<!DOCTYPE a>\n<a/>", "x:1: error: a DOCTYPE is not accepted");
	assert_tokens("<?xml version='1.0'?>\n<!DOCTYPE a [\n<!ENTITY b 'bb'>\n"
		      "<!ENTITY c '&b;&b;'>]>\n<a>&c;</a>",
		      "x:2: error: a DOCTYPE is not accepted");
	assert_tokens("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
		      "x:1: error: a DOCTYPE is not accepted");
}

static void levels_are_counted(void **state)
{
	(void)state;
	struct buf text = { 0 }, got = { 0 };
	for (int i = 0; i < XML_DEPTH_MAX; i++)
		buf_add(&text, STR("<a>\n"));
	show(buf_str(&text), 64, false, &got);
	assert_true(str_ends(buf_str(&got), STR("<a><a>|cut")));
	buf_add(&text, STR("<b/>"));
	buf_clear(&got);
	show(buf_str(&text), 64, false, &got);
	assert_true(str_ends(buf_str(&got),
			     STR("<a>x:257: error: more than 256 levels of tags")));
	buf_free(&text);
	buf_free(&got);
}

static void tags_are_closed(void **state)
{
	(void)state;
	assert_shown(STR("<a>\n<b>\n<c>1</c><d>x\n</b>\n<e>2</e>\n</a>"), true,
		     "<a><b><c>'1'</c><d>'x'</d></b><e>'2'</e></a>"
		     "|1 tags that are not closed 4 'd'");
	assert_shown(STR("<a><b><c></a>\n"), true,
		     "<a><b><c></c></b></a>|1 tags that are not closed 1 'c'");
	assert_shown(STR("<a><b><c></b><d></a>\n<a>"), true,
		     "<a><b><c></c></b><d></d></a>|2 tags that are not closed 1 'c'"
		     "x:2: error: text behind the end of the XML");
	assert_shown(STR("<a><b></x></a>"), true,
		     "<a><b>x:1: error: the XML closes another tag than it has opened");
}

static void long_texts(void **state)
{
	(void)state;
	struct buf text = { 0 }, got = { 0 };
	buf_add(&text, STR("<a>"));
	for (int i = 0; i < XML_TEXT_MAX; i++)
		buf_addc(&text, i % 100 ? 'x' : '\n');
	show(buf_str(&text), 64, false, &got);
	assert_string_equal(buf_cstr(&got), "<a>|cut");
	buf_add(&text, STR("yy</a>"));
	buf_clear(&got);
	show(buf_str(&text), 256 * 1024, false, &got);
	assert_true(str_ends(buf_str(&got), STR(": error: text of more than 1 MiB")));
	buf_free(&text);
	buf_free(&got);
}

static void endless_tags(void **state)
{
	(void)state;
	static const char *const starts[] = { "<a><b", "<a><b c='", "<a><!--" };
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		struct buf text = { 0 }, got = { 0 };
		buf_add(&text, str_of(starts[i]));
		for (int k = 0; k < 3 * XML_TEXT_MAX; k++)
			buf_addc(&text, 'x');
		show(buf_str(&text), 256 * 1024, false, &got);
		assert_string_equal(buf_cstr(&got), "<a>x:1: error: a tag or comment of "
						    "more than 1 MiB");
		buf_free(&text);
		buf_free(&got);
	}
}

static void elements(void **state)
{
	(void)state;
	struct input in;
	struct str text;
	input_memory(&in, "x", STR("<a><b>1<c>2<d/></c>3</b><e><f>4</f></e><g>"));
	struct xml *x = xml_new(&in);
	assert_int_equal(xml_next(x), XML_OPEN);
	assert_int_equal(xml_next(x), XML_OPEN);
	assert_true(xml_element_text(x, &text) && str_eq(text, STR("13")));
	assert_int_equal(xml_next(x), XML_OPEN);
	assert_true(str_eq(x->text, STR("e")) && xml_skip(x));
	assert_int_equal(xml_next(x), XML_OPEN);
	assert_false(xml_element_text(x, &text));
	assert_true(x->kind == XML_END && x->is_cut);
	xml_delete(x);
	input_close(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_and_text),
		cmocka_unit_test(text_is_bytes),
		cmocka_unit_test(a_text_that_was_cut_off),
		cmocka_unit_test(errors_have_a_line),
		cmocka_unit_test(names_are_short),
		cmocka_unit_test(no_entities),
		cmocka_unit_test(levels_are_counted),
		cmocka_unit_test(tags_are_closed),
		cmocka_unit_test(long_texts),
		cmocka_unit_test(endless_tags),
		cmocka_unit_test(elements),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
