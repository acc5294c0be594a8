/*
 * msg_sample.h - one message of every kind, filled by walking the fields'
 * descriptions, so that a new kind or field is tested without being named.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_MSG_SAMPLE_H
#define TESTS_MSG_SAMPLE_H

#include "proto/msg.h"

enum sample_fill {
	SAMPLE_BARE,	/* every field at its default, what must be there is */
	SAMPLE_FULL,	/* every text, list and blob as long as it may be */
};

/* How many kinds of body there are, and the tag of the i-th. */
size_t    sample_kinds(void);
pb_size_t sample_kind(size_t i);
/* An envelope with this body that the codec accepts. */
void      sample_envelope(pb_size_t kind, enum sample_fill fill, cs_Envelope *e);
/* The bytes of e as nanopb writes them, without the codec's own checks; returns how many. */
size_t    sample_encode_unchecked(const cs_Envelope *e, uint8_t dst[static CONTROL_MESSAGE_MAX]);

#endif
