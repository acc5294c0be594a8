/*
 * eval_json.c - see eval_json.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "eval_json.h"

/* Length of the UTF-8 character at s, 0 if there is none. */
static unsigned
json_character(const char *s)
{
	unsigned char c = (unsigned char)*s;
	unsigned n = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;

	for (unsigned i = 1; i < n; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
	if ((c == 0xe0 && (unsigned char)s[1] < 0xa0) || (c == 0xed && (unsigned char)s[1] > 0x9f) ||
	    (c == 0xf0 && (unsigned char)s[1] < 0x90) || (c == 0xf4 && (unsigned char)s[1] > 0x8f))
		return 0;	/* too long a form, half a pair, beyond Unicode */
	return n;
}

static void
json_string(FILE *f, const char *s)
{
	(void)fputc('"', f);
	while (*s != '\0') {
		unsigned n = json_character(s);

		if (*s == '"' || *s == '\\')
			(void)fprintf(f, "\\%c", *s++);
		else if (n == 0)
			(void)fprintf(f, "\\udc%02x", (unsigned)(unsigned char)*s++);
		else if ((unsigned char)*s < 0x20 || *s == 0x7f)
			(void)fprintf(f, "\\u%04x", (unsigned)(unsigned char)*s++);
		else
			for (; n > 0; n--)
				(void)fputc(*s++, f);
	}
	(void)fputc('"', f);
}

static void
json_key(struct json *j, const char *key)
{
	if (j->comma)
		(void)fputs(", ", j->f);
	j->comma = true;
	if (key == NULL)
		return;
	json_string(j->f, key);
	(void)fputs(": ", j->f);
}

void
json_open(struct json *j, const char *key, char bracket)
{
	json_key(j, key);
	(void)fputc(bracket, j->f);
	j->comma = false;
}

void
json_close(struct json *j, char bracket)
{
	(void)fputc(bracket, j->f);
	j->comma = true;
}

void
json_count(struct json *j, const char *key, uint64_t n)
{
	json_key(j, key);
	(void)fprintf(j->f, "%llu", (unsigned long long)n);
}

void
json_real(struct json *j, const char *key, double v)
{
	if (!isfinite(v)) {
		json_null(j, key);
		return;
	}
	json_key(j, key);
	(void)fprintf(j->f, "%.7g", v);
}

void
json_text(struct json *j, const char *key, const char *s)
{
	json_key(j, key);
	json_string(j->f, s);
}

void
json_null(struct json *j, const char *key)
{
	json_key(j, key);
	(void)fputs("null", j->f);
}
