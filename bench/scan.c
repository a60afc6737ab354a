/* SPDX-License-Identifier: Apache-2.0 */

/*
 * scan FILE: what no reader of JSON can do without: yajl's own way through the text, in
 * blocks of 256 KiB, with calls that do nothing.
 */
#include <stdio.h>
#include <yajl/yajl_parse.h>

static int on_nothing(void *context)
{
	(void)context;
	return 1;
}

static int on_boolean(void *context, int value)
{
	(void)context;
	(void)value;
	return 1;
}

static int on_number(void *context, const char *text, size_t n)
{
	(void)context;
	(void)text;
	(void)n;
	return 1;
}

static int on_text(void *context, const unsigned char *text, size_t n)
{
	(void)context;
	(void)text;
	(void)n;
	return 1;
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_nothing, .yajl_boolean = on_boolean, .yajl_number = on_number,
	.yajl_string = on_text, .yajl_map_key = on_text, .yajl_start_map = on_nothing,
	.yajl_end_map = on_nothing, .yajl_start_array = on_nothing,
	.yajl_end_array = on_nothing,
};

int main(int argc, char **argv)
{
	static unsigned char block[256 * 1024];
	FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
	yajl_handle yajl = yajl_alloc(&callbacks, NULL, NULL);
	yajl_status status = yajl_status_ok;
	size_t n;
	if (file == NULL) {
		fprintf(stderr, "usage: scan FILE\n");
		return 2;
	}
	yajl_config(yajl, yajl_dont_validate_strings, 1);
	while (status == yajl_status_ok && (n = fread(block, 1, sizeof(block), file)) > 0)
		status = yajl_parse(yajl, block, n);
	if (status == yajl_status_ok)
		status = yajl_complete_parse(yajl);
	if (status != yajl_status_ok)
		fprintf(stderr, "scan: '%s' is no JSON\n", argv[1]);
	yajl_free(yajl);
	fclose(file);
	return status == yajl_status_ok ? 0 : 2;
}
