/*
 * msg_sample.c - see msg_sample.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pb_common.h>
#include <pb_encode.h>
#include <string.h>

#include "msg_sample.h"

static const pb_size_t sample_tags[] = {
#define TAG_SINGULAR(tag)
#define TAG_ONEOF(tag) tag,
#define X(a, atype, htype, ltype, names, tag) TAG_##htype(tag)
	cs_Envelope_FIELDLIST(X, 0)
#undef X
};

size_t
sample_kinds(void)
{
	return sizeof sample_tags / sizeof sample_tags[0];
}

pb_size_t
sample_kind(size_t i)
{
	return sample_tags[i];
}

static void sample_fill_message(const pb_msgdesc_t *desc, void *m);

/* Letters, and one character of two bytes where there is room. */
static void
sample_fill_text(char *p, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		p[i] = (char)('a' + i % 26);
	if (n > 4)
		memcpy(p, "\xc3\xab", 2);
	p[n - 1] = '\0';
}

static void
sample_fill_blob(void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((uint8_t *)p)[i] = (uint8_t)(0xa0 + i);
}

/* 1 is a known value of every list of numbers. */
static void
sample_fill_number(void *p, size_t n)
{
	if (n == 8)
		memcpy(p, &(int64_t){ INT64_C(0x0123456789abcdef) }, 8);
	else
		memcpy(p, &(int32_t){ 1 }, n < 4 ? n : 4);
}

static void
sample_fill_one(const pb_field_iter_t *f, void *p)
{
	switch (PB_LTYPE(f->type)) {
	case PB_LTYPE_STRING:
		sample_fill_text(p, f->data_size);
		break;
	case PB_LTYPE_FIXED_LENGTH_BYTES:
		sample_fill_blob(p, f->data_size);
		break;
	case PB_LTYPE_BYTES: {
		pb_bytes_array_t *b = p;
		size_t n = f->data_size - offsetof(pb_bytes_array_t, bytes);

		b->size = (pb_size_t)(n < TOKEN_BYTES ? n : TOKEN_BYTES);	/* padding follows the bytes */
		sample_fill_blob(b->bytes, b->size);
		break;
	}
	case PB_LTYPE_SUBMESSAGE:
		sample_fill_message(f->submsg_desc, p);
		break;
	default:
		sample_fill_number(p, f->data_size);
	}
}

static void
sample_fill_message(const pb_msgdesc_t *desc, void *m)
{
	pb_field_iter_t f;

	if (!pb_field_iter_begin(&f, desc, m))
		return;	/* no fields */
	do {
		size_t count = 1;

		if (PB_HTYPE(f.type) == PB_HTYPE_REPEATED)
			*(pb_size_t *)f.pSize = (pb_size_t)(count = f.array_size);
		else if (PB_HTYPE(f.type) == PB_HTYPE_OPTIONAL && f.pSize != NULL)
			*(bool *)f.pSize = true;
		for (size_t i = 0; i < count; i++)
			sample_fill_one(&f, (char *)f.pField + i * f.data_size);
	} while (pb_field_iter_next(&f));
}

void
sample_envelope(pb_size_t kind, enum sample_fill fill, cs_Envelope *e)
{
	pb_field_iter_t f;

	memset(e, 0, sizeof *e);
	e->version = PROTO_VERSION;
	e->which_body = kind;
	if (kind == cs_Envelope_signed_on_tag)
		e->body.signed_on.token.size = TOKEN_BYTES;
	if (fill == SAMPLE_BARE)
		return;
	sample_fill_blob(e->request_id, sizeof e->request_id);
	e->token.size = TOKEN_BYTES;
	sample_fill_blob(e->token.bytes, TOKEN_BYTES);
	e->rc = RC_LOGIN;
	sample_fill_text(e->detail, sizeof e->detail);
	if (pb_field_iter_begin(&f, cs_Envelope_fields, e))
		do
			if (f.tag == kind)
				sample_fill_message(f.submsg_desc, f.pData);
		while (pb_field_iter_next(&f));
}

size_t
sample_encode_unchecked(const cs_Envelope *e, uint8_t dst[static CONTROL_MESSAGE_MAX])
{
	pb_ostream_t out = pb_ostream_from_buffer(dst, CONTROL_MESSAGE_MAX);

	return pb_encode(&out, cs_Envelope_fields, e) ? out.bytes_written : 0;
}
