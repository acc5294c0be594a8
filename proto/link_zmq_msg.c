/*
 * link_zmq_msg.c - multipart messages of link.h: parts, sending, receiving.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Parts move without being copied: camera frames pass three threads this way.
 */
#include "proto/link_zmq.h"

#include <errno.h>
#include <string.h>

#include "proto/crypto.h"
#include "proto/sanitized.h"

/*
 * ThreadSanitizer does not see libzmq's atomics: it is told that a part's bytes
 * are handed over from the sender to the receiver.
 */
#if SANITIZED_THREAD
#include <sanitizer/tsan_interface.h>
#define LINK_HANDS_OVER(p) __tsan_release(p)
#define LINK_TAKES_OVER(p) __tsan_acquire(p)
#else
#define LINK_HANDS_OVER(p) ((void)(p))
#define LINK_TAKES_OVER(p) ((void)(p))
#endif

_Static_assert(sizeof(zmq_msg_t) <= sizeof(((struct link_msg *)0)->part[0].opaque), "a part holds a zmq_msg_t");

/* The message of part i. The cast drops const: libzmq's readers take a plain pointer and change nothing. */
static zmq_msg_t *
link_zmq_part(const struct link_msg *m, size_t i)
{
	return (zmq_msg_t *)(uintptr_t)m->part[i].opaque;
}

void
link_msg_init(struct link_msg *m)
{
	m->n = 0;
}

void
link_msg_close(struct link_msg *m)
{
	for (size_t i = 0; i < m->n; i++) {
		zmq_msg_t *part = link_zmq_part(m, i);

		crypto_wipe(zmq_msg_data(part), zmq_msg_size(part));	/* passwords, codes, pictures of people */
		zmq_msg_close(part);
	}
	m->n = 0;
}

size_t
link_msg_size(const struct link_msg *m, size_t i)
{
	return i < m->n ? zmq_msg_size(link_zmq_part(m, i)) : 0;
}

const uint8_t *
link_msg_data(const struct link_msg *m, size_t i)
{
	return i < m->n ? zmq_msg_data(link_zmq_part(m, i)) : NULL;
}

enum rc
link_msg_add(struct link_msg *m, const void *p, size_t n)
{
	zmq_msg_t *part;

	if (m->n == LINK_PARTS_MAX)
		return RC_TOO_BIG;
	part = link_zmq_part(m, m->n);
	if (zmq_msg_init_size(part, n) != 0)
		return RC_NOMEM;
	if (n > 0)
		memcpy(zmq_msg_data(part), p, n);
	m->n++;
	return RC_OK;
}

enum rc
link_msg_move(struct link_msg *dst, struct link_msg *src, size_t i)
{
	zmq_msg_t *part;

	if (dst->n == LINK_PARTS_MAX)
		return RC_TOO_BIG;
	if (i >= src->n)
		return RC_SHORT;
	part = link_zmq_part(dst, dst->n);
	zmq_msg_init(part);
	if (zmq_msg_move(part, link_zmq_part(src, i)) != 0)
		return RC_BUG;
	dst->n++;
	return RC_OK;
}

const char *
link_msg_user(const struct link_msg *m)
{
	const char *user = m->n == 0 ? NULL : zmq_msg_gets(link_zmq_part(m, m->n - 1), "User-Id");

	return user == NULL ? "" : user;
}

int
link_msg_fd(const struct link_msg *m)
{
	return m->n == 0 ? -1 : zmq_msg_get(link_zmq_part(m, m->n - 1), ZMQ_SRCFD);
}

enum rc
link_recv(struct link_sock *s, struct link_msg *m)
{
	zmq_msg_t rest;
	enum rc r = RC_OK;
	int more = 1;

	link_msg_close(m);
	while (more) {
		zmq_msg_t *part = m->n < LINK_PARTS_MAX ? link_zmq_part(m, m->n) : &rest;

		zmq_msg_init(part);
		if (zmq_msg_recv(part, s->zmq, ZMQ_DONTWAIT) < 0) {
			int err = zmq_errno();

			zmq_msg_close(part);
			if (err == EINTR && m->n > 0)
				continue;	/* the rest of a message is always there */
			r = link_zmq_rc(err);
			break;
		}
		more = zmq_msg_more(part);
		if (part == &rest) {
			zmq_msg_close(part);
			r = RC_TOO_BIG;
		} else {
			LINK_TAKES_OVER(zmq_msg_data(part));
			m->n++;
		}
	}
	if (r != RC_OK && r != RC_TOO_BIG)
		link_msg_close(m);
	return r;
}

enum rc
link_send(struct link_sock *s, struct link_msg *m)
{
	for (size_t i = 0; i < m->n; i++) {
		LINK_HANDS_OVER(zmq_msg_data(link_zmq_part(m, i)));
		if (zmq_msg_send(link_zmq_part(m, i), s->zmq, ZMQ_DONTWAIT | (i + 1 < m->n ? ZMQ_SNDMORE : 0)) < 0) {
			/* libzmq refuses a message at its first part or not at all */
			return i == 0 ? link_zmq_rc(zmq_errno()) : RC_CLOSED;
		}
	}
	m->n = 0;
	return RC_OK;
}
