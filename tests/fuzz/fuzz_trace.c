/*
 * fuzz_trace.c - bytes in place of a stored trace: accepted means writes back
 * the same, and can be compared with.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "server/cue_recall.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t back[TRACE_BYTES_MAX];
	static struct cue_recall cue;
	static struct vision_features f;
	static struct trace t;
	struct recall *r;

	if (trace_get(data, size, &t) != RC_OK)
		return 0;
	if (trace_put(&t, back) != size || memcmp(back, data, size) != 0)
		abort();
	if ((r = recall_new()) == NULL)
		return 0;
	memset(&cue, 0, sizeof cue);
	f.faces = 1;
	if (recall_add(r, &t) == RC_OK) {
		cue.trace = t;		/* the newest, and one frame more */
		cue_recall_frame(&cue, r, &f, 600, t.n > 0 ? t.frame[0].hash : 0);
	}
	recall_free(r);
	return 0;
}
