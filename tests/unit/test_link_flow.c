/*
 * test_link_flow.c - how much fits: sizes, queues, parts, and sockets between
 * threads.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "link_rig.h"

/* A message of exactly n bytes gets through. */
static void
passes(enum link_flow flow, size_t n)
{
	uint8_t *big = test_malloc(n);
	struct link_rig g;
	struct rig_client c;
	struct link_msg m;

	memset(big, 0x5a, n);
	rig_open(&g, flow);
	link_msg_init(&m);
	c = rig_dial(&g, 0, g.server_public);
	rig_expect(&g, &c, LINK_EVENT_READY);
	rig_send(c.sock, big, n);
	rig_receive(&g, g.server, &m);
	assert_int_equal(link_msg_size(&m, 1), n);
	assert_memory_equal(link_msg_data(&m, 1), big, n);
	link_msg_close(&m);
	rig_hang_up(&c);
	rig_close(&g);
	test_free(big);
}

static void
largest_messages_pass(void **state)
{
	(void)state;
	passes(LINK_FLOW_CONTROL, CONTROL_MESSAGE_MAX);
	passes(LINK_FLOW_VIDEO, JPEG_MAX_BYTES);
}

static void
too_big(enum link_flow flow, size_t n)
{
	uint8_t *big = test_calloc(1, n);
	struct link_rig g;
	struct rig_client bad, good;
	struct link_msg m;

	rig_open(&g, flow);
	link_msg_init(&m);
	bad = rig_dial(&g, 0, g.server_public);
	rig_expect(&g, &bad, LINK_EVENT_READY);
	rig_send(bad.sock, big, n);
	rig_expect(&g, &bad, LINK_EVENT_GONE);
	g.key[1].accepted = true;
	good = rig_dial(&g, 1, g.server_public);
	rig_expect(&g, &good, LINK_EVENT_READY);
	rig_say(good.sock, "of the right size");
	rig_receive(&g, g.server, &m);
	assert_true(rig_part_is(&m, 1, "of the right size"));
	link_msg_close(&m);
	rig_hang_up(&bad);
	rig_hang_up(&good);
	rig_close(&g);
	test_free(big);
}

static void
oversized_message_ends_its_connection_only(void **state)
{
	(void)state;
	too_big(LINK_FLOW_CONTROL, CONTROL_MESSAGE_MAX + 1024);
	too_big(LINK_FLOW_VIDEO, LINK_MESSAGE_MAX + 1024);
}

static void
video_queues_nothing_without_a_peer(void **state)
{
	struct link_rig g;
	struct rig_client c;
	struct link_msg m;

	(void)state;
	rig_open(&g, LINK_FLOW_VIDEO);
	link_close(g.server);
	g.server = NULL;
	c = rig_dial(&g, 0, g.server_public);
	link_msg_init(&m);
	assert_int_equal(link_msg_add(&m, "frame", 5), RC_OK);
	assert_int_equal(link_send(c.sock, &m), RC_AGAIN);
	assert_int_equal(m.n, 1);	/* still the caller's */
	assert_true(rig_part_is(&m, 0, "frame"));
	link_msg_close(&m);
	rig_hang_up(&c);
	rig_close(&g);
}

/* More frames at once than the wire takes: the queue of two refuses the rest, never blocks, and what it took arrives. */
static void
video_faster_than_the_wire_is_refused(void **state)
{
	enum { FRAME = 200000, TRIES = 400 };
	uint8_t *frame = test_calloc(1, FRAME);
	unsigned taken = 0, refused = 0;
	struct link_rig g;
	struct rig_client c;
	struct link_msg m;

	(void)state;
	rig_open(&g, LINK_FLOW_VIDEO);
	link_msg_init(&m);
	c = rig_dial(&g, 0, g.server_public);
	rig_expect(&g, &c, LINK_EVENT_READY);
	for (unsigned i = 0; i < TRIES; i++) {
		assert_int_equal(link_msg_add(&m, frame, FRAME), RC_OK);
		if (link_send(c.sock, &m) == RC_OK) {
			taken++;
			continue;
		}
		assert_int_equal(m.n, 1);	/* still the caller's */
		link_msg_close(&m);
		refused++;
	}
	assert_true(refused > 0);
	assert_true(taken >= 2);
	for (unsigned got = 0; got < taken; got++) {
		rig_receive(&g, g.server, &m);
		assert_int_equal(link_msg_size(&m, 1), FRAME);
	}
	link_msg_close(&m);
	rig_hang_up(&c);
	rig_close(&g);
	test_free(frame);
}

static void
control_waits_for_its_peer(void **state)
{
	struct link_rig g;
	struct rig_client c;
	struct link_msg m;
	char endpoint[64];

	(void)state;
	rig_open(&g, LINK_FLOW_CONTROL);
	memcpy(endpoint, g.endpoint, sizeof endpoint);
	link_close(g.server);
	link_msg_init(&m);
	c = rig_dial(&g, 0, g.server_public);
	for (uint8_t i = 0; i < 100; i++)
		rig_send(c.sock, &i, 1);
	rig_serve(&g, endpoint);
	for (uint8_t i = 0; i < 100; i++) {
		rig_receive(&g, g.server, &m);
		assert_int_equal(link_msg_size(&m, 1), 1);
		assert_int_equal(link_msg_data(&m, 1)[0], i);
	}
	link_msg_close(&m);
	rig_hang_up(&c);
	rig_close(&g);
}

static void
message_with_too_many_parts_is_refused_whole(void **state)
{
	struct link_rig g;
	struct rig_client c;
	struct link_msg m;

	(void)state;
	rig_open(&g, LINK_FLOW_CONTROL);
	link_msg_init(&m);
	c = rig_dial(&g, 0, g.server_public);
	for (size_t i = 0; i < LINK_PARTS_MAX; i++)
		assert_int_equal(link_msg_add(&m, "x", 1), RC_OK);
	assert_int_equal(link_msg_add(&m, "x", 1), RC_TOO_BIG);
	assert_int_equal(link_send(c.sock, &m), RC_OK);	/* the routing id makes one more */
	rig_say(c.sock, "short");
	while (link_recv(g.server, &m) == RC_AGAIN)
		(void)rig_turn(&g, g.server, NULL, 50);
	assert_int_equal(m.n, LINK_PARTS_MAX);
	assert_string_equal(link_msg_user(&m), "terminal-17");
	assert_true(link_msg_fd(&m) >= 0);
	rig_receive(&g, g.server, &m);
	assert_true(rig_part_is(&m, 1, "short"));
	link_msg_close(&m);
	rig_hang_up(&c);
	rig_close(&g);
}

/* ---- between threads ---- */

static void
hub_and_spoke_pass_parts_on(void **state)
{
	struct link_ctx *c = link_ctx_new();
	struct link_sock *hub = NULL, *spoke = NULL;
	struct link_msg in, out;
	struct link_poll p = { .fd = -1 };

	(void)state;
	assert_non_null(c);
	link_msg_init(&in);
	link_msg_init(&out);
	assert_int_equal(link_hub(c, "desks", &hub), RC_OK);
	assert_int_equal(link_spoke(c, "desks", "desk-1", &spoke), RC_OK);
	assert_int_equal(link_msg_add(&out, "ready", 5), RC_OK);
	assert_int_equal(link_msg_add(&out, NULL, 0), RC_OK);
	assert_int_equal(link_send(spoke, &out), RC_OK);
	p.sock = hub;
	assert_int_equal(link_poll(&p, 1, RIG_WAIT_MS), RC_OK);
	assert_int_equal(link_recv(hub, &in), RC_OK);
	assert_int_equal(in.n, 3);
	assert_true(rig_part_is(&in, 0, "desk-1"));
	assert_int_equal(link_msg_size(&in, 2), 0);
	assert_string_equal(link_msg_user(&in), "");
	assert_int_equal(link_msg_fd(&in), -1);

	assert_int_equal(link_msg_move(&out, &in, 0), RC_OK);
	assert_int_equal(link_msg_add(&out, "work", 4), RC_OK);
	assert_int_equal(link_msg_move(&out, &in, 1), RC_OK);
	assert_int_equal(link_msg_move(&out, &in, 9), RC_SHORT);
	assert_int_equal(link_msg_size(&in, 1), 0);	/* the empty part that stays */
	assert_int_equal(link_send(hub, &out), RC_OK);
	p.sock = spoke;
	assert_int_equal(link_poll(&p, 1, RIG_WAIT_MS), RC_OK);
	assert_int_equal(link_recv(spoke, &in), RC_OK);
	assert_int_equal(in.n, 2);
	assert_true(rig_part_is(&in, 0, "work") && rig_part_is(&in, 1, "ready"));
	assert_int_equal(link_recv(spoke, &in), RC_AGAIN);
	assert_int_equal(in.n, 0);

	assert_int_equal(link_msg_add(&out, "desk-9", 6), RC_OK);
	assert_int_equal(link_msg_add(&out, "work", 4), RC_OK);
	assert_int_equal(link_send(hub, &out), RC_NOT_FOUND);
	assert_int_equal(out.n, 2);
	link_msg_close(&out);
	link_msg_close(&out);
	link_close(spoke);
	link_close(hub);
	link_ctx_free(c);
}

static void
poll_says_when_nothing_happens(void **state)
{
	struct link_ctx *c = link_ctx_new();
	struct link_sock *hub = NULL;
	struct link_poll p[LINK_POLL_MAX + 1] = { 0 };

	(void)state;
	assert_non_null(c);
	assert_int_equal(link_hub(c, "quiet", &hub), RC_OK);
	p[0].sock = hub;
	assert_int_equal(link_poll(p, 1, 10), RC_TIMEOUT);
	assert_false(p[0].in);
	assert_int_equal(link_poll(p, LINK_POLL_MAX + 1, 10), RC_TOO_BIG);
	assert_int_equal(link_hub(c, "a name that is far too long to be an address between two threads", &hub), RC_TOO_BIG);
	link_close(p[0].sock);
	link_ctx_free(c);
}

struct waiter {
	struct link_ctx *ctx;
	struct link_sock *sock;
	atomic_bool waiting;
	enum rc polled, received;
};

static void *
wait_for_ever(void *arg)
{
	struct waiter *w = arg;
	struct link_poll p = { .sock = w->sock };
	struct link_msg m;

	link_msg_init(&m);
	atomic_store(&w->waiting, true);
	w->polled = link_poll(&p, 1, -1);
	w->received = link_recv(w->sock, &m);
	link_close(w->sock);
	return NULL;
}

static void
shutdown_wakes_every_thread(void **state)
{
	struct waiter w = { .ctx = link_ctx_new() };
	pthread_t thread;

	(void)state;
	assert_non_null(w.ctx);
	atomic_init(&w.waiting, false);
	assert_int_equal(link_hub(w.ctx, "waiting", &w.sock), RC_OK);
	assert_int_equal(pthread_create(&thread, NULL, wait_for_ever, &w), 0);
	while (!atomic_load(&w.waiting))
		;
	link_ctx_shutdown(w.ctx);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(w.polled, RC_CLOSED);
	assert_int_equal(w.received, RC_CLOSED);
	link_ctx_free(w.ctx);
	link_ctx_free(NULL);
	link_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(largest_messages_pass),
		cmocka_unit_test(oversized_message_ends_its_connection_only),
		cmocka_unit_test(video_queues_nothing_without_a_peer),
		cmocka_unit_test(video_faster_than_the_wire_is_refused),
		cmocka_unit_test(control_waits_for_its_peer),
		cmocka_unit_test(message_with_too_many_parts_is_refused_whole),
		cmocka_unit_test(hub_and_spoke_pass_parts_on),
		cmocka_unit_test(poll_says_when_nothing_happens),
		cmocka_unit_test(shutdown_wakes_every_thread),
	};

	if (crypto_init() != RC_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
