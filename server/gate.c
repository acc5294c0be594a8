/*
 * gate.c - heads of messages between gateway and desks.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "server/gate.h"

void
gate_desk_name(uint32_t desk, char dst[static GATE_NAME_BYTES])
{
	snprintf(dst, GATE_NAME_BYTES, "desk-%02u", desk % 100);
}

enum rc
gate_head_get(const struct link_msg *m, size_t i, struct gate_head *h)
{
	if (link_msg_size(m, i) != sizeof *h)
		return RC_MALFORMED;
	memcpy(h, link_msg_data(m, i), sizeof *h);
	return RC_OK;
}
