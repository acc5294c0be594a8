/*
 * msg.c - envelopes and video headers to bytes and back, through nanopb.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A message is accepted only in its one canonical form: what this file itself
 * would write for the decoded struct. So unknown, repeated, misplaced and
 * needlessly long fields, NULs inside texts and bytes after the end are all
 * refused by one comparison, and no two readers can take a message differently.
 */
#include <pb_common.h>
#include <pb_decode.h>
#include <pb_encode.h>
#include <string.h>

#include "proto/crypto.h"
#include "proto/msg.h"
#include "proto/text.h"

#define TEXT_DEPTH_MAX 4	/* Envelope, body, entry: messages nest no deeper */

/*
 * The version is the first field of every message, tag byte 0x08 and a varint,
 * so that it can be read whatever else changes.
 */
static enum rc
msg_check_version(const uint8_t *src, size_t n)
{
	uint64_t version = 0;

	if (n == 0)
		return RC_SHORT;
	if (src[0] != 0x08)
		return RC_MALFORMED;
	for (size_t i = 1, shift = 0; shift < 64; i++, shift += 7) {
		if (i == n)
			return RC_SHORT;
		version |= (uint64_t)(src[i] & 0x7f) << shift;
		if ((src[i] & 0x80) == 0)
			return version == PROTO_VERSION ? RC_OK : RC_VERSION;
	}
	return RC_MALFORMED;
}

static bool msg_texts_are_clean(const pb_msgdesc_t *desc, const void *m, int depth);

/* All elements of one field: one of a plain field, the used ones of a list, none of an unused choice. */
static bool
msg_field_is_clean(const pb_field_iter_t *f, int depth)
{
	size_t count = 1;

	if (PB_HTYPE(f->type) == PB_HTYPE_ONEOF)
		count = *(const pb_size_t *)f->pSize == f->tag;
	else if (PB_HTYPE(f->type) == PB_HTYPE_REPEATED)
		count = *(const pb_size_t *)f->pSize;
	for (size_t i = 0; i < count; i++) {
		const char *p = (const char *)f->pData + i * f->data_size;

		if (PB_LTYPE(f->type) == PB_LTYPE_STRING && !text_is_clean(p, strnlen(p, f->data_size)))
			return false;
		if (PB_LTYPE_IS_SUBMSG(f->type) && !msg_texts_are_clean(f->submsg_desc, p, depth + 1))
			return false;
	}
	return true;
}

static bool
msg_texts_are_clean(const pb_msgdesc_t *desc, const void *m, int depth)
{
	pb_field_iter_t f;

	if (depth > TEXT_DEPTH_MAX)
		return false;
	if (!pb_field_iter_begin_const(&f, desc, m))
		return true;	/* a message without fields */
	do
		if (!msg_field_is_clean(&f, depth))
			return false;
	while (pb_field_iter_next(&f));
	return true;
}

/* What is sent is what every reader accepts: the same checks as on receipt. */
static enum rc
msg_put(const pb_msgdesc_t *desc, const void *m, uint8_t *dst, size_t max, size_t *n)
{
	pb_ostream_t out = pb_ostream_from_buffer(dst, max);
	enum rc r = RC_MALFORMED;

	*n = 0;
	if (!pb_encode(&out, desc, m) || !msg_texts_are_clean(desc, m, 0) ||
	    (r = msg_check_version(dst, out.bytes_written)) != RC_OK) {
		crypto_wipe(dst, max);
		return r;
	}
	*n = out.bytes_written;
	return RC_OK;
}

/* What nanopb's description of the fields does not say. */
static bool
msg_envelope_values_are_known(const cs_Envelope *e)
{
	if ((int)rc_from_wire(e->rc) != e->rc || (e->token.size != 0 && e->token.size != TOKEN_BYTES))
		return false;
	switch (e->which_body) {
	case 0:
		return false;
	case cs_Envelope_hello_tag:
		return e->body.hello.console <= _cs_Console_MAX;
	case cs_Envelope_capture_begin_tag:
		return e->body.capture_begin.purpose <= _cs_CapturePurpose_MAX;
	case cs_Envelope_capture_guide_tag:
		return e->body.capture_guide.ask <= _cs_CaptureAsk_MAX && e->body.capture_guide.light <= 0xffffff;
	case cs_Envelope_overview_tag:
		return e->body.overview.last.state <= _cs_TransferState_MAX;
	case cs_Envelope_code_sent_tag:
		return e->body.code_sent.token.size == 0 || e->body.code_sent.token.size == TOKEN_BYTES;
	case cs_Envelope_signed_on_tag:
		return e->body.signed_on.token.size == TOKEN_BYTES;
	}
	return true;
}

/* Decodes into m, which is wiped unless RC_OK; again has room for max bytes. */
static enum rc
msg_get(const pb_msgdesc_t *desc, const uint8_t *src, size_t n, void *m, size_t m_n, uint8_t *again, size_t max)
{
	pb_istream_t in = pb_istream_from_buffer(src, n);
	size_t again_n = 0;
	enum rc r = RC_BUG;

	memset(m, 0, m_n);
	if (n > max)
		return RC_TOO_BIG;
	if ((r = msg_check_version(src, n)) != RC_OK)
		return r;
	if (!pb_decode(&in, desc, m) || msg_put(desc, m, again, max, &again_n) != RC_OK ||
	    again_n != n || memcmp(again, src, n) != 0)
		r = RC_MALFORMED;
	if (r != RC_OK)
		crypto_wipe(m, m_n);
	return r;
}

enum rc
msg_envelope_put(const cs_Envelope *e, uint8_t *dst, size_t *n)
{
	*n = 0;
	if (!msg_envelope_values_are_known(e))
		return RC_MALFORMED;
	return msg_put(cs_Envelope_fields, e, dst, CONTROL_MESSAGE_MAX, n);
}

enum rc
msg_envelope_get(const uint8_t *src, size_t n, cs_Envelope *e)
{
	uint8_t again[CONTROL_MESSAGE_MAX];
	enum rc r = RC_BUG;

	r = msg_get(cs_Envelope_fields, src, n, e, sizeof *e, again, sizeof again);
	if (r == RC_OK && !msg_envelope_values_are_known(e)) {
		msg_wipe(e);
		r = RC_MALFORMED;
	}
	crypto_wipe(again, n < sizeof again ? n : sizeof again);
	return r;
}

enum rc
msg_video_header_put(const cs_VideoHeader *h, uint8_t dst[static VIDEO_HEADER_MAX], size_t *n)
{
	return msg_put(cs_VideoHeader_fields, h, dst, VIDEO_HEADER_MAX, n);
}

enum rc
msg_video_header_get(const uint8_t *src, size_t n, cs_VideoHeader *h)
{
	uint8_t again[VIDEO_HEADER_MAX];

	return msg_get(cs_VideoHeader_fields, src, n, h, sizeof *h, again, sizeof again);
}

enum rc
msg_video_credit_put(const cs_VideoCredit *c, uint8_t dst[static VIDEO_HEADER_MAX], size_t *n)
{
	return msg_put(cs_VideoCredit_fields, c, dst, VIDEO_HEADER_MAX, n);
}

enum rc
msg_video_credit_get(const uint8_t *src, size_t n, cs_VideoCredit *c)
{
	uint8_t again[VIDEO_HEADER_MAX];

	return msg_get(cs_VideoCredit_fields, src, n, c, sizeof *c, again, sizeof again);
}

void
msg_wipe(cs_Envelope *e)
{
	crypto_wipe(e, sizeof *e);
}

const char *
msg_kind_name(pb_size_t which_body)
{
	switch (which_body) {
#define BODY_NAME(choice, name, path) #name
#define CASE_SINGULAR(names, tag)
#define CASE_ONEOF(names, tag) case tag: return BODY_NAME names;
#define X(a, atype, htype, ltype, names, tag) CASE_##htype(names, tag)
	cs_Envelope_FIELDLIST(X, 0)
#undef X
	}
	return "?";
}
