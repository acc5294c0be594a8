/*
 * gate.h - what gateway and desks say to each other over the hub "desks".
 * SPDX-License-Identifier: Apache-2.0
 *
 *   gateway -> desk: head, routing id, bytes (envelope or video header), JPEG
 *   desk -> gateway: head, routing id, bytes (envelope or video credit)
 *
 * The head is a struct of one program, copied as it is. Parts are moved from
 * socket to socket, never copied: a frame is touched by nobody but the worker.
 */
#ifndef SERVER_GATE_H
#define SERVER_GATE_H

#include <stdint.h>

#include "db/terminal_store.h"
#include "proto/limits.h"
#include "proto/link.h"

#define GATE_HUB          "desks"
#define GATE_ROUTE_BYTES  64u	/* longest routing id that is served */
#define GATE_NAME_BYTES   16u	/* "desk-03" with NUL */

enum gate_kind {
	GATE_CONTROL = 1,	/* both ways: an envelope */
	GATE_VIDEO = 2,		/* in: a frame; out: credit for one capture */
	GATE_OPEN = 3,		/* out: frames of this capture may pass, so many */
	GATE_CLOSE = 4,		/* out: no frame of this capture may pass any more */
};

struct gate_head {
	uint32_t kind;				/* enum gate_kind */
	uint32_t credits;			/* GATE_OPEN and GATE_VIDEO out */
	uint64_t terminal;
	uint32_t consoles;			/* that the terminal may open, in only */
	uint8_t  capture[ID_BYTES];		/* all but GATE_CONTROL */
	char     name[TERMINAL_NAME_BYTES + 1];	/* of the terminal, in only */
	char     branch[64];
};

/* Which desk serves this terminal. */
static inline uint32_t
gate_desk_of(uint64_t terminal, uint32_t desks)
{
	return (uint32_t)((terminal * UINT64_C(0x9e3779b97f4a7c15)) >> 32) % desks;
}

void    gate_desk_name(uint32_t desk, char dst[static GATE_NAME_BYTES]);
/* Part i of m as a head. RC_MALFORMED: not one. */
enum rc gate_head_get(const struct link_msg *m, size_t i, struct gate_head *h) MUST_CHECK;

#endif
