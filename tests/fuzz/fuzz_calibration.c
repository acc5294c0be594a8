/*
 * fuzz_calibration.c - a table of thresholds: what is accepted is written back
 * the same, never falls, and gives thresholds in range.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "models/calibration.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char back[CALIBRATION_BYTES_MAX + 1];
	struct calibration_table t;
	char err[128];

	if (calibration_get((const char *)data, size, &t, err, sizeof err) != RC_OK)
		return 0;
	if (calibration_put(&t, back, sizeof back) != size || memcmp(back, data, size) != 0)
		abort();
	for (int k = 0; k < CALIBRATION_KINDS; k++)
		for (uint32_t i = 1; i < CALIBRATION_ROWS; i++)
			if (!(t.cosine[k][i] >= t.cosine[k][i - 1] && t.cosine[k][i] <= 1.0f))
				abort();
	return 0;
}
