/*
 * test_link.c - who gets in: keys, the ZAP handler, refusals and cuts over
 * real CURVE sockets on loopback.
 * SPDX-License-Identifier: Apache-2.0
 *
 * That something was not delivered is shown by what is: the next message the
 * server gets is one sent later by a client that is let in.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "link_rig.h"

/* The accepted client says text, and that is the next thing the server hears. */
static void
next_heard_is(struct link_rig *g, struct rig_client *c, const char *text)
{
	struct link_msg m;

	link_msg_init(&m);
	rig_say(c->sock, text);
	rig_receive(g, g->server, &m);
	assert_int_equal(m.n, 2);
	assert_true(rig_part_is(&m, 1, text));
	link_msg_close(&m);
}

static void
known_key_passes_and_brings_its_user(void **state)
{
	struct link_rig g;
	struct rig_client c;
	struct link_msg m;

	(void)state;
	rig_open(&g, LINK_FLOW_CONTROL);
	link_msg_init(&m);
	c = rig_dial(&g, 0, g.server_public);
	rig_say(c.sock, "good morning");
	rig_expect(&g, &c, LINK_EVENT_CONNECTED);
	rig_expect(&g, &c, LINK_EVENT_READY);
	rig_receive(&g, g.server, &m);
	assert_int_equal(m.n, 2);
	assert_true(rig_part_is(&m, 1, "good morning"));
	assert_string_equal(link_msg_user(&m), "terminal-17");
	assert_true(link_msg_fd(&m) >= 0);
	assert_int_equal(g.asked, 1);

	link_msg_close(&m);	/* an answer to the routing id that came */
	rig_say(c.sock, "again");
	rig_receive(&g, g.server, &m);
	assert_int_equal(link_send(g.server, &m), RC_OK);
	rig_receive(&g, c.sock, &m);
	assert_true(rig_part_is(&m, 0, "again"));
	link_msg_close(&m);
	rig_hang_up(&c);
	rig_close(&g);
}

static void
unknown_key_is_refused_until_it_is_accepted(void **state)
{
	struct link_rig g;
	struct rig_client c;
	struct link_msg m;

	(void)state;
	rig_open(&g, LINK_FLOW_CONTROL);
	link_msg_init(&m);
	c = rig_dial(&g, 1, g.server_public);
	rig_say(c.sock, "from a stranger");
	rig_expect(&g, &c, LINK_EVENT_KEY_REFUSED);
	assert_true(g.asked >= 1);
	assert_int_equal(link_recv(g.server, &m), RC_AGAIN);
	rig_hang_up(&c);

	g.key[1].accepted = true;
	c = rig_dial(&g, 1, g.server_public);
	rig_expect(&g, &c, LINK_EVENT_READY);
	rig_say(c.sock, "now enrolled");
	rig_receive(&g, g.server, &m);
	assert_true(rig_part_is(&m, 1, "now enrolled"));
	assert_string_equal(link_msg_user(&m), "terminal-18");
	link_msg_close(&m);
	rig_hang_up(&c);
	rig_close(&g);
}

/* Two peers at once: each message carries the user of the key it came with. */
static void
users_are_not_mixed_up(void **state)
{
	struct link_rig g;
	struct rig_client c[2];
	struct link_msg m;

	(void)state;
	rig_open(&g, LINK_FLOW_CONTROL);
	link_msg_init(&m);
	g.key[1].accepted = true;
	for (size_t k = 0; k < 2; k++)
		c[k] = rig_dial(&g, k, g.server_public);
	for (unsigned i = 0; i < 20; i++) {
		size_t k = i % 3 == 0;

		rig_say(c[k].sock, g.key[k].user);
		rig_receive(&g, g.server, &m);
		assert_true(rig_part_is(&m, 1, link_msg_user(&m)));
		assert_string_equal(link_msg_user(&m), g.key[k].user);
	}
	link_msg_close(&m);
	rig_hang_up(&c[0]);
	rig_hang_up(&c[1]);
	rig_close(&g);
}

static void
nobody_serves_without_a_handler(void **state)
{
	struct link_server_opts o = { .endpoint = "tcp://127.0.0.1:*", .flow = LINK_FLOW_CONTROL };
	struct link_ctx *c = link_ctx_new();
	struct link_sock *zap = NULL, *second = NULL, *s = NULL;
	uint8_t pub[KEY_BYTES];
	char err[160] = "";

	(void)state;
	assert_non_null(c);
	curve_keypair(pub, o.secret);
	assert_int_equal(link_serve(c, &o, &s, err, sizeof err), RC_EARLY);
	assert_null(s);
	assert_non_null(strstr(err, o.endpoint));
	assert_int_equal(link_zap_open(c, &zap), RC_OK);
	assert_int_equal(link_zap_open(c, &second), RC_EXISTS);
	assert_int_equal(link_serve(c, &o, &s, err, sizeof err), RC_OK);
	link_close(s);
	link_close(zap);	/* without the handler the door is shut again */
	assert_int_equal(link_serve(c, &o, &s, err, sizeof err), RC_EARLY);
	link_ctx_free(c);
}

static void
address_in_use_is_named(void **state)
{
	struct link_rig g;
	struct link_server_opts o = { .flow = LINK_FLOW_CONTROL };
	struct link_sock *s = NULL;
	char err[160] = "", small[4];

	(void)state;
	rig_open(&g, LINK_FLOW_CONTROL);
	o.endpoint = g.endpoint;
	memcpy(o.secret, g.server_secret, KEY_BYTES);
	assert_int_equal(link_serve(g.server_ctx, &o, &s, err, sizeof err), RC_IO);
	assert_non_null(strstr(err, g.endpoint));
	assert_non_null(strstr(err, "in use"));
	assert_int_equal(link_endpoint(g.server, small, sizeof small), RC_TOO_BIG);
	rig_close(&g);
}

static void
wrong_server_key_is_noticed(void **state)
{
	struct link_rig g;
	struct rig_client c;
	uint8_t other[KEY_BYTES], secret[KEY_BYTES];

	(void)state;
	rig_open(&g, LINK_FLOW_CONTROL);
	curve_keypair(other, secret);
	c = rig_dial(&g, 0, other);
	rig_say(c.sock, "meant for another server");
	(void)rig_expect_any(&g, &c, LINK_EVENT_PROTOCOL, LINK_EVENT_GONE);
	assert_int_equal(g.asked, 0);	/* it does not even come to the handler */
	rig_hang_up(&c);
	c = rig_dial(&g, 0, g.server_public);
	next_heard_is(&g, &c, "meant for this one");
	rig_hang_up(&c);
	rig_close(&g);
}

static void
revoked_terminal_is_cut_and_stays_out(void **state)
{
	char peer[LINK_PEER_BYTES];
	struct link_rig g;
	struct rig_client c;
	struct link_msg m;

	(void)state;
	rig_open(&g, LINK_FLOW_CONTROL);
	link_msg_init(&m);
	c = rig_dial(&g, 0, g.server_public);
	rig_say(c.sock, "still welcome");
	rig_receive(&g, g.server, &m);
	g.key[0].accepted = false;
	link_peer(link_msg_fd(&m), peer);
	assert_true(link_cut(link_msg_fd(&m), peer));
	rig_expect(&g, &c, LINK_EVENT_GONE);
	rig_expect(&g, &c, LINK_EVENT_KEY_REFUSED);	/* libzmq knocks again by itself */
	assert_int_equal(link_send(g.server, &m), RC_NOT_FOUND);
	assert_int_equal(m.n, 2);	/* a message that cannot go stays whole */
	link_msg_close(&m);
	assert_false(link_cut(-1, peer));
	assert_false(link_cut(-1, ""));
	rig_hang_up(&c);
	rig_close(&g);
}

static void
client_finds_a_restarted_server(void **state)
{
	struct link_rig g;
	struct rig_client c;
	char endpoint[64];

	(void)state;
	rig_open(&g, LINK_FLOW_CONTROL);
	c = rig_dial(&g, 0, g.server_public);
	next_heard_is(&g, &c, "before");
	memcpy(endpoint, g.endpoint, sizeof endpoint);
	link_close(g.server);
	rig_expect(&g, &c, LINK_EVENT_GONE);
	rig_serve(&g, endpoint);
	rig_expect(&g, &c, LINK_EVENT_READY);
	next_heard_is(&g, &c, "after");
	rig_hang_up(&c);
	rig_close(&g);
}

/* ---- peers that do not speak CURVE ---- */

static int
raw_dial(const struct link_rig *g)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	a.sin_port = htons((uint16_t)strtoul(strrchr(g->endpoint, ':') + 1, NULL, 10));
	assert_int_equal(connect(fd, (const struct sockaddr *)&a, sizeof a), 0);
	return fd;
}

/* The server hangs up within ms, whatever it says before. */
static void
raw_expect_end(struct link_rig *g, int fd, int ms)
{
	int64_t until = clock_mono_ms(clock_system()) + ms;
	struct link_poll p = { .fd = fd };
	char said[256];

	while (clock_mono_ms(clock_system()) < until) {
		(void)rig_turn(g, NULL, NULL, 0);
		if (link_poll(&p, 1, 50) == RC_OK && p.in && recv(fd, said, sizeof said, MSG_DONTWAIT) <= 0) {
			close(fd);
			return;
		}
	}
	fail_msg("the server kept the connection");
}

static void
strangers_on_the_wire_are_dropped(void **state)
{
	/* ZMTP 3.0 greeting (https://rfc.zeromq.org/spec/23/) that asks for no encryption */
	uint8_t greeting[64] = { 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0, 'N', 'U', 'L', 'L' };
	uint8_t flood[64];
	struct link_rig g;
	struct rig_client c;
	int fd;

	(void)state;
	memset(flood, 0xa5, sizeof flood);
	rig_open(&g, LINK_FLOW_CONTROL);
	fd = raw_dial(&g);
	assert_int_equal(send(fd, greeting, sizeof greeting, MSG_NOSIGNAL), sizeof greeting);
	raw_expect_end(&g, fd, RIG_WAIT_MS);
	fd = raw_dial(&g);
	memcpy(greeting + 12, "CURVE", 5);
	assert_int_equal(send(fd, greeting, sizeof greeting, MSG_NOSIGNAL), sizeof greeting);
	assert_int_equal(send(fd, flood, sizeof flood, MSG_NOSIGNAL), sizeof flood);
	raw_expect_end(&g, fd, RIG_WAIT_MS);
	assert_int_equal(g.asked, 0);
	c = rig_dial(&g, 0, g.server_public);
	next_heard_is(&g, &c, "served all the same");
	rig_hang_up(&c);
	rig_close(&g);
}

static void
silent_peer_is_dropped(void **state)
{
	struct link_rig g;

	(void)state;
	rig_open(&g, LINK_FLOW_CONTROL);
	raw_expect_end(&g, raw_dial(&g), LINK_HANDSHAKE_MS + RIG_WAIT_MS);
	rig_close(&g);
}

/* A descriptor that was a connection once and is another one, or a pipe, now: left alone. */
static void
reused_descriptor_is_not_cut(void **state)
{
	char peer[LINK_PEER_BYTES], other[LINK_PEER_BYTES];
	struct link_rig g;
	int fd, second, pair[2];

	(void)state;
	rig_open(&g, LINK_FLOW_CONTROL);
	fd = raw_dial(&g);
	link_peer(fd, peer);
	assert_string_not_equal(peer, "");
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(dup2(pair[0], fd), fd);
	link_peer(fd, other);
	assert_string_equal(other, "");
	assert_false(link_cut(fd, peer));
	assert_false(link_cut(fd, other));
	assert_int_equal(write(fd, "x", 1), 1);		/* still whole */
	rig_close(&g);
	rig_open(&g, LINK_FLOW_CONTROL);		/* another port, as another terminal's */
	second = raw_dial(&g);
	assert_int_equal(dup2(second, fd), fd);
	assert_false(link_cut(fd, peer));
	link_peer(fd, other);
	assert_true(link_cut(fd, other));
	close(pair[0]);
	close(pair[1]);
	close(second);
	close(fd);
	rig_close(&g);
}

/* ---- peers in processes of their own ---- */

struct order {
	char endpoint[64];
	uint8_t server_public[KEY_BYTES], public_key[KEY_BYTES], secret[KEY_BYTES];
};

/* In a child, which has no threads yet: waits for its order and dials. */
static struct link_sock *
child_dial(int from, enum link_flow flow)
{
	struct link_client_opts o = { .flow = flow };
	struct link_ctx *c = link_ctx_new();
	struct link_sock *s = NULL;
	struct order order;

	if (c == NULL || read(from, &order, sizeof order) != sizeof order)
		_exit(1);
	o.endpoint = order.endpoint;
	memcpy(o.server_public, order.server_public, KEY_BYTES);
	memcpy(o.public_key, order.public_key, KEY_BYTES);
	memcpy(o.secret, order.secret, KEY_BYTES);
	if (link_dial(c, &o, &s) != RC_OK)
		_exit(1);
	return s;
}

/* Says one word and stops itself, some heartbeats later: libzmq counts a peer's silence from a heartbeat on. */
static void
frozen_client(int from)
{
	struct link_poll p = { .sock = child_dial(from, LINK_FLOW_CONTROL) };

	rig_say(p.sock, "here");
	if (link_poll(&p, 1, 5 * LINK_HEARTBEAT_MS / 2) == RC_TIMEOUT)
		raise(SIGSTOP);
	_exit(0);
}

/* Sends frames as fast as they are taken, until it is killed or nobody takes one for a while; then resets. */
static void
flooding_client(int from)
{
	struct link_sock *s = child_dial(from, LINK_FLOW_VIDEO);
	struct link_poll p = { .sock = s, .want_out = true };
	const struct linger reset = { .l_onoff = 1 };
	static const uint8_t frame[4096];
	struct link_msg m;
	unsigned sent = 0;

	link_msg_init(&m);
	while (sent < 400 && link_poll(&p, 1, 1000) == RC_OK) {
		if (link_msg_add(&m, frame, sizeof frame) != RC_OK)
			_exit(1);
		if (link_send(s, &m) == RC_OK)
			sent++;
		link_msg_close(&m);
	}
	for (int fd = 3; fd < 256; fd++)	/* its connection among them */
		(void)!setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	_exit(0);
}

static pid_t
child_start(void (*run)(int from), int to[2])
{
	pid_t pid;

	assert_int_equal(pipe(to), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		run(to[0]);
	return pid;
}

static void
child_order(const struct link_rig *g, int to)
{
	struct order order;

	memcpy(order.endpoint, g->endpoint, sizeof order.endpoint);
	memcpy(order.server_public, g->server_public, KEY_BYTES);
	memcpy(order.public_key, g->key[0].public_key, KEY_BYTES);
	memcpy(order.secret, g->key[0].secret, KEY_BYTES);
	assert_int_equal(write(to, &order, sizeof order), sizeof order);
}

/* Its own process is stopped: TCP itself would not notice. */
static void
frozen_peer_is_noticed(void **state)
{
	struct rig_client watch = { NULL, NULL };
	struct link_rig g;
	struct link_msg m;
	pid_t pid;
	int to[2], status = 0;

	(void)state;
	pid = child_start(frozen_client, to);
	rig_open(&g, LINK_FLOW_CONTROL);
	link_msg_init(&m);
	assert_int_equal(link_monitor_open(g.server_ctx, g.server, &watch.monitor), RC_OK);
	child_order(&g, to[1]);
	rig_receive(&g, g.server, &m);
	assert_true(rig_part_is(&m, 1, "here"));
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_true(WIFSTOPPED(status));
	rig_expect(&g, &watch, LINK_EVENT_GONE);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(to[0]);
	close(to[1]);
	link_msg_close(&m);
	link_close(watch.monitor);
	rig_close(&g);
}

/*
 * Nobody reads while a terminal floods and is reset. Its connection is dropped
 * at once, which shows that libzmq had not stopped reading it: one that it has
 * stopped reading, and that is reset, makes it abort at the next heartbeat.
 */
static void
flooding_peer_that_dies_leaves_the_server_alive(void **state)
{
	struct rig_client watch = { NULL, NULL };
	struct link_rig g;
	struct link_msg m;
	unsigned got = 0;
	pid_t pid;
	int to[2];

	(void)state;
	pid = child_start(flooding_client, to);
	rig_open(&g, LINK_FLOW_VIDEO);
	link_msg_init(&m);
	assert_int_equal(link_monitor_open(g.server_ctx, g.server, &watch.monitor), RC_OK);
	child_order(&g, to[1]);
	rig_expect(&g, &watch, LINK_EVENT_READY);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	rig_expect(&g, &watch, LINK_EVENT_GONE);
	while (link_recv(g.server, &m) == RC_OK)
		got++;
	assert_true(got > 2);		/* a queue of frames would have been full */
	close(to[0]);
	close(to[1]);
	link_close(watch.monitor);
	rig_close(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_key_passes_and_brings_its_user),
		cmocka_unit_test(unknown_key_is_refused_until_it_is_accepted),
		cmocka_unit_test(users_are_not_mixed_up),
		cmocka_unit_test(nobody_serves_without_a_handler),
		cmocka_unit_test(address_in_use_is_named),
		cmocka_unit_test(wrong_server_key_is_noticed),
		cmocka_unit_test(revoked_terminal_is_cut_and_stays_out),
		cmocka_unit_test(client_finds_a_restarted_server),
		cmocka_unit_test(strangers_on_the_wire_are_dropped),
		cmocka_unit_test(silent_peer_is_dropped),
		cmocka_unit_test(reused_descriptor_is_not_cut),
		cmocka_unit_test(frozen_peer_is_noticed),
		cmocka_unit_test(flooding_peer_that_dies_leaves_the_server_alive),
	};

	if (crypto_init() != RC_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
