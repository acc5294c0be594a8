/*
 * utf8.c - characters of a text and the columns they take.
 * SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8 as RFC 3629. Columns follow Unicode's East Asian Width (UAX 11) for
 * the blocks that matter in names; independent of the locale, so that pages
 * look alike in tests and everywhere.
 */
#include "client/cells.h"

uint32_t
utf8_next(const char **s)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)*s;
	unsigned more;
	uint32_t cp;

	if (p[0] == 0)
		return 0;
	if (p[0] < 0x80) {
		*s += 1;
		return p[0];
	}
	more = p[0] >= 0xf0 && p[0] < 0xf5 ? 3 : p[0] >= 0xe0 && p[0] < 0xf0 ? 2 : p[0] >= 0xc2 && p[0] < 0xe0 ? 1 : 0;
	cp = p[0] & (0x3fu >> more);
	for (unsigned i = 1; i <= more; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			more = 0;
			break;
		}
		cp = cp << 6 | (p[i] & 0x3fu);
	}
	if (more == 0 || cp < least[more] || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000)) {
		*s += 1;
		return 0xfffd;
	}
	*s += more + 1;
	return cp;
}

size_t
utf8_put(uint32_t cp, char dst[static 4])
{
	if (cp < 0x80) {
		dst[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		dst[0] = (char)(0xc0 | cp >> 6);
		dst[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		dst[0] = (char)(0xe0 | cp >> 12);
		dst[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		dst[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	dst[0] = (char)(0xf0 | cp >> 18);
	dst[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	dst[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	dst[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

int
utf8_columns(const char *s)
{
	int n = 0;
	uint32_t cp;

	while ((cp = utf8_next(&s)) != 0)
		n += cp_columns(cp);
	return n;
}

int
cp_columns(uint32_t cp)
{
	static const struct { uint32_t from, to; int columns; } ranges[] = {
		{ 0x0300, 0x036f, 0 }, { 0x0483, 0x0489, 0 }, { 0x0591, 0x05bd, 0 }, { 0x064b, 0x065f, 0 },
		{ 0x0e34, 0x0e3a, 0 }, { 0x0e47, 0x0e4e, 0 }, { 0x1ab0, 0x1aff, 0 }, { 0x1dc0, 0x1dff, 0 },
		{ 0x200b, 0x200f, 0 }, { 0x20d0, 0x20ff, 0 }, { 0xfe00, 0xfe0f, 0 }, { 0xfe20, 0xfe2f, 0 },
		{ 0x1100, 0x115f, 2 }, { 0x2e80, 0x303e, 2 }, { 0x3041, 0xa4cf, 2 }, { 0xa960, 0xa97f, 2 },
		{ 0xac00, 0xd7a3, 2 }, { 0xf900, 0xfaff, 2 }, { 0xfe30, 0xfe6f, 2 }, { 0xff00, 0xff60, 2 },
		{ 0xffe0, 0xffe6, 2 }, { 0x1f300, 0x1f64f, 2 }, { 0x1f680, 0x1f6ff, 2 }, { 0x1f900, 0x1f9ff, 2 },
		{ 0x20000, 0x3fffd, 2 },
	};

	if (cp < 0x300)
		return 1;
	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
		if (cp >= ranges[i].from && cp <= ranges[i].to)
			return ranges[i].columns;
	return 1;
}
