/*
 * text_find.c - searching as people do: without looking at case.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/text_find.h"

#include <stdint.h>

#include "client/cells.h"

/* The small letter; simple case folding of Unicode for the scripts that names here are written in. */
static uint32_t
text_fold(uint32_t cp)
{
	if ((cp >= 'A' && cp <= 'Z') || (cp >= 0xc0 && cp <= 0xde && cp != 0xd7) || (cp >= 0x391 && cp <= 0x3a9) ||
	    (cp >= 0x410 && cp <= 0x42f))
		return cp + 32;
	if (cp >= 0x400 && cp <= 0x40f)
		return cp + 80;
	if ((cp >= 0x100 && cp <= 0x137) || (cp >= 0x14a && cp <= 0x177))
		return cp | 1;
	if ((cp >= 0x139 && cp <= 0x148) || (cp >= 0x179 && cp <= 0x17e))
		return cp + (cp & 1);
	return cp;
}

/* Whether the word that begins at words (up to a blank or the end) stands at the start of text. */
static bool
text_begins(const char *text, const char *words)
{
	uint32_t want, have;

	while ((want = utf8_next(&words)) != 0 && want != ' ') {
		have = utf8_next(&text);
		if (text_fold(have) != text_fold(want))
			return false;
	}
	return true;
}

/* words: not at a blank, not at the end. */
static bool
text_has_word(const char *text, const char *words)
{
	const char *next = words, *at = text;
	uint32_t first = text_fold(utf8_next(&next)), cp;

	while ((cp = utf8_next(&text)) != 0) {
		if (text_fold(cp) == first && text_begins(at, words))
			return true;
		at = text;
	}
	return false;
}

bool
text_has(const char *text, const char *words)
{
	while (*words != '\0') {
		while (*words == ' ')
			words++;
		if (*words != '\0' && !text_has_word(text, words))
			return false;
		while (*words != '\0' && *words != ' ')
			words++;
	}
	return true;
}
