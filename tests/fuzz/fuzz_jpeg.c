/*
 * fuzz_jpeg.c - pictures from outside: what the header check lets through, the
 * decoder survives, and both agree on the size.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "models/image_jpeg.h"

#define PIXELS_MAX (512u * 512u)	/* larger ones would only make the fuzzer slow */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct image_jpeg *jpeg;
	struct image_jpeg_info info;
	struct image im;

	if (jpeg == NULL && image_jpeg_open(&jpeg) != RC_OK)
		abort();
	if (image_jpeg_look(data, size, &info) != RC_OK || info.width * info.height > PIXELS_MAX)
		return 0;
	if (image_jpeg_decode(jpeg, data, size, &im) == RC_OK &&
	    (im.width != info.width || im.height != info.height))
		abort();
	image_free(&im);
	return 0;
}
