/*
 * fuzz_config_text.c - blanking comments: nothing but characters turned into
 * blanks and every line break kept.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/config_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = calloc(1, size + 1);

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	config_text_blank(text);
	for (size_t i = 0; i < size; i++)
		if ((uint8_t)text[i] != data[i] && (text[i] != ' ' || data[i] == '\n'))
			abort();
	free(text);
	return 0;
}
