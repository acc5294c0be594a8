/*
 * gateway_captures.c - open captures and their credit.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "server/gateway_captures.h"

static struct gateway_capture *
gateway_capture_find(struct gateway_captures *c, const uint8_t id[static ID_BYTES])
{
	for (size_t i = 0; i < GATEWAY_CAPTURES_MAX; i++)
		if (c->slot[i].terminal != 0 && memcmp(c->slot[i].id, id, ID_BYTES) == 0)
			return &c->slot[i];
	return NULL;
}

bool
gateway_capture_open(struct gateway_captures *c, const uint8_t id[static ID_BYTES], uint64_t terminal, uint32_t credits)
{
	for (size_t i = 0; i < GATEWAY_CAPTURES_MAX; i++)
		if (c->slot[i].terminal == 0) {
			memcpy(c->slot[i].id, id, ID_BYTES);
			c->slot[i].terminal = terminal;
			c->slot[i].credits = credits;
			return true;
		}
	return false;
}

void
gateway_capture_close(struct gateway_captures *c, const uint8_t id[static ID_BYTES])
{
	struct gateway_capture *k = gateway_capture_find(c, id);

	if (k != NULL)
		memset(k, 0, sizeof *k);
}

void
gateway_capture_credit(struct gateway_captures *c, const uint8_t id[static ID_BYTES], uint32_t credits)
{
	struct gateway_capture *k = gateway_capture_find(c, id);

	if (k != NULL)
		k->credits = credits < GATEWAY_CREDITS_MAX - k->credits ? k->credits + credits : GATEWAY_CREDITS_MAX;
}

bool
gateway_capture_take(struct gateway_captures *c, const uint8_t id[static ID_BYTES], uint64_t terminal)
{
	struct gateway_capture *k = gateway_capture_find(c, id);

	if (k == NULL || k->terminal != terminal || k->credits == 0)
		return false;
	k->credits--;
	return true;
}
