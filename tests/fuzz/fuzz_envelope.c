/*
 * fuzz_envelope.c - bytes from a hostile peer: accepted means writes back the
 * same, refused means nothing is left in the output.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "proto/msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const cs_Envelope nothing;
	static cs_Envelope e;
	uint8_t back[CONTROL_MESSAGE_MAX];
	size_t n = 0;

	if (msg_envelope_get(data, size, &e) != RC_OK) {
		if (memcmp(&e, &nothing, sizeof e) != 0)
			abort();
		return 0;
	}
	if (msg_envelope_put(&e, back, &n) != RC_OK || n != size || memcmp(back, data, n) != 0)
		abort();
	if (e.version != PROTO_VERSION || msg_kind_name(e.which_body)[0] == '?')
		abort();
	return 0;
}
