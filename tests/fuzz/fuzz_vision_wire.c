/*
 * fuzz_vision_wire.c - bytes from a hostile worker: accepted means writes back
 * the same.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "proto/vision_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
same(const uint8_t *back, size_t back_n, const uint8_t *data, size_t size)
{
	if (back_n != size || memcmp(back, data, size) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vision_request request;
	struct vision_hello hello;
	struct vision_features features;
	uint8_t back[VISION_FEATURES_MAX];

	if (vision_request_get(data, size, &request) == RC_OK)
		same(back, vision_request_put(&request, back), data, size);
	if (vision_hello_get(data, size, &hello) == RC_OK)
		same(back, vision_hello_put(&hello, back), data, size);
	if (vision_features_get(data, size, &features) == RC_OK)
		same(back, vision_features_put(&features, back), data, size);
	return 0;
}
