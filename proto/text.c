/*
 * text.c - checks on texts that came from outside.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <string.h>

#include "proto/limits.h"
#include "proto/text.h"

/*
 * The length of the well-formed sequence at s (table 3-7 of the Unicode
 * standard, the same as RFC 3629 section 4), 0 if there is none.
 */
static size_t
text_sequence(const uint8_t *s, size_t n, uint32_t *point)
{
	uint8_t low = 0x80, high = 0xbf;
	size_t len;

	if (s[0] < 0x80) {
		*point = s[0];
		return 1;
	}
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (n < len)
		return 0;
	switch (s[0]) {
	case 0xe0: low = 0xa0; break;	/* no overlong form */
	case 0xed: high = 0x9f; break;	/* no surrogate */
	case 0xf0: low = 0x90; break;
	case 0xf4: high = 0x8f; break;	/* nothing above U+10FFFF */
	}
	if (s[1] < low || s[1] > high)
		return 0;
	*point = s[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (s[i] & 0x3fu);
	}
	return len;
}

/* C0, DEL, C1, line and paragraph separators, direction marks and overrides, byte order mark. */
static bool
text_is_control(uint32_t p)
{
	return p < 0x20 || (p >= 0x7f && p < 0xa0) || p == 0x200e || p == 0x200f ||
	    (p >= 0x2028 && p <= 0x202e) || (p >= 0x2066 && p <= 0x2069) || p == 0xfeff;
}

bool
text_is_clean(const char *s, size_t n)
{
	const uint8_t *u = (const uint8_t *)s;
	uint32_t point;

	for (size_t i = 0, len; i < n; i += len)
		if ((len = text_sequence(u + i, n - i, &point)) == 0 || text_is_control(point))
			return false;
	return true;
}

bool
text_is_line(const char *s, size_t max)
{
	size_t n = strnlen(s, max + 1);

	return n >= 1 && n <= max && strspn(s, " ") < n && text_is_clean(s, n);
}

bool
text_is_email(const char *s)
{
	const char *at;

	if (!text_is_line(s, EMAIL_MAX_BYTES) || strpbrk(s, " <>,;:\"()[]\\") != NULL)
		return false;
	at = strchr(s, '@');
	return at != NULL && at != s && at[1] != '\0' && strchr(at + 1, '@') == NULL;
}

bool
text_is_digits(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return s[n] == '\0';
}

size_t
text_characters(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

enum rc
text_copy(char *dst, size_t dst_n, const char *src)
{
	size_t n = strlen(src);

	if (dst_n == 0)
		return RC_TOO_BIG;
	if (n >= dst_n) {
		dst[0] = '\0';
		return RC_TOO_BIG;
	}
	memcpy(dst, src, n + 1);
	return RC_OK;
}
