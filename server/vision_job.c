/*
 * vision_job.c - the messages between desks and the vision pool; vision_pool.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "server/vision_pool.h"

static void
vision_put_u32(uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static uint32_t
vision_get_u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

void
vision_job_put(const struct vision_job *j, uint8_t dst[static VISION_JOB_BYTES])
{
	memcpy(dst, j->capture, ID_BYTES);
	vision_put_u32(dst + ID_BYTES + vision_request_put(&j->ask, dst + ID_BYTES), j->spare);
}

enum rc
vision_job_get(const uint8_t *src, size_t n, struct vision_job *j)
{
	struct vision_request ask;
	enum rc r;

	if (n != VISION_JOB_BYTES)
		return n < VISION_JOB_BYTES ? RC_SHORT : RC_TOO_BIG;
	if ((r = vision_request_get(src + ID_BYTES, VISION_REQUEST_BYTES, &ask)) != RC_OK)
		return r;
	if (ask.seq > UINT32_MAX)
		return RC_MALFORMED;
	memcpy(j->capture, src, ID_BYTES);
	j->ask = ask;
	j->spare = vision_get_u32(src + ID_BYTES + VISION_REQUEST_BYTES);
	return RC_OK;
}

void
vision_answer_put(const struct vision_answer *a, uint8_t dst[static VISION_ANSWER_BYTES])
{
	memcpy(dst, a->capture, ID_BYTES);
	vision_put_u32(dst + ID_BYTES, a->seq);
	vision_put_u32(dst + ID_BYTES + 4, (uint32_t)(int32_t)a->rc);
	memset(dst + ID_BYTES + 8, 0, VISION_HELLO_BYTES);
	if (a->by.embed_dim != 0)
		vision_hello_put(&a->by, dst + ID_BYTES + 8);
}

enum rc
vision_answer_get(const uint8_t *src, size_t n, struct vision_answer *a)
{
	static const uint8_t nobody[VISION_HELLO_BYTES];
	struct vision_hello by = { 0 };
	enum rc r;

	if (n != VISION_ANSWER_BYTES)
		return n < VISION_ANSWER_BYTES ? RC_SHORT : RC_TOO_BIG;
	if (memcmp(src + ID_BYTES + 8, nobody, sizeof nobody) != 0 &&
	    (r = vision_hello_get(src + ID_BYTES + 8, VISION_HELLO_BYTES, &by)) != RC_OK)
		return r;
	memset(a, 0, sizeof *a);
	memcpy(a->capture, src, ID_BYTES);
	a->seq = vision_get_u32(src + ID_BYTES);
	a->rc = rc_from_wire((int32_t)vision_get_u32(src + ID_BYTES + 4));
	a->by = by;
	return RC_OK;
}

enum rc
vision_job_send(struct link_sock *spoke, const struct vision_job *j, struct link_msg *frame, size_t part)
{
	struct vision_job whole = *j;
	uint8_t head[VISION_JOB_BYTES];
	struct link_msg m;
	enum rc r;

	if (link_msg_size(frame, part) > JPEG_MAX_BYTES)
		return RC_TOO_BIG;
	whole.ask.jpeg_bytes = (uint32_t)link_msg_size(frame, part);
	vision_job_put(&whole, head);
	if ((r = vision_job_get(head, sizeof head, &whole)) != RC_OK)
		return r;
	link_msg_init(&m);
	if ((r = link_msg_add(&m, head, sizeof head)) == RC_OK && (r = link_msg_move(&m, frame, part)) == RC_OK)
		r = link_send(spoke, &m);
	link_msg_close(&m);
	return r;
}

enum rc
vision_answer_recv(struct link_sock *spoke, struct vision_answer *a)
{
	struct link_msg m;
	enum rc r;

	link_msg_init(&m);
	if ((r = link_recv(spoke, &m)) == RC_OK &&
	    (r = vision_answer_get(link_msg_data(&m, 0), link_msg_size(&m, 0), a)) == RC_OK && a->rc == RC_OK)
		r = vision_features_get(link_msg_data(&m, 1), link_msg_size(&m, 1), &a->features);
	link_msg_close(&m);
	return r;
}
