/*
 * fuzz_jpeg.c - pictures from outside: what the header check lets through, the
 * decoder survives at every size, and both agree on the size.
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
	static uint8_t kept[PIXELS_MAX * 3];
	struct image im, small = { .rgb = kept };
	enum rc r;

	if (jpeg == NULL && image_jpeg_open(&jpeg) != RC_OK)
		abort();
	if (image_jpeg_look(data, size, &info) != RC_OK || info.width * info.height > PIXELS_MAX)
		return 0;
	r = image_jpeg_decode(jpeg, data, size, &im);
	if (r == RC_OK && (im.width != info.width || im.height != info.height))
		abort();
	image_free(&im);
	for (unsigned halved = 0; halved <= IMAGE_JPEG_HALVED_MAX; halved++)
		if (image_jpeg_decode_to(jpeg, data, size, &info, halved, &small, sizeof kept) == RC_OK &&
		    (r != RC_OK || small.full_width != info.width || small.width != (info.width + (1u << halved) - 1) >> halved))
			abort();
	return 0;
}
