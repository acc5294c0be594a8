/*
 * fuzz_video_header.c - both messages of the video socket: accepted means
 * writes back the same.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "proto/msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t back[VIDEO_HEADER_MAX];
	cs_VideoHeader h;
	cs_VideoCredit c;
	size_t n = 0;

	if (msg_video_header_get(data, size, &h) == RC_OK)
		if (msg_video_header_put(&h, back, &n) != RC_OK || n != size || memcmp(back, data, n) != 0)
			abort();
	if (msg_video_credit_get(data, size, &c) == RC_OK)
		if (msg_video_credit_put(&c, back, &n) != RC_OK || n != size || memcmp(back, data, n) != 0)
			abort();
	return 0;
}
