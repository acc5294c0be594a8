/*
 * test_notify.c - the outbox is emptied, retried, given up; the file channel.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/notify.h"
#include "unit/fake_stores.h"

struct post_office {
	struct fake f;
	struct config config;
	struct office office;
	struct vault *vault;
	struct clock clock;
	int64_t now;
};

static int64_t
now_of(void *ctx)
{
	return ((struct post_office *)ctx)->now;
}

static int
setup(void **state)
{
	static struct post_office p;
	const struct vault_keys keys = { .master = { 1 }, .code = { 2 }, .outbox = { 3 } };

	memset(&p, 0, sizeof p);
	fake_init(&p.f);
	p.now = 1000000;
	p.clock = (struct clock){ now_of, now_of, NULL, &p };
	p.vault = vault_new(&keys, rng_system());
	p.office = (struct office){ .config = &p.config, .vault = p.vault, .clock = &p.clock, .rng = rng_system() };
	strcpy(p.config.notify.directory, "/tmp/test_notify.XXXXXX");
	assert_non_null(mkdtemp(p.config.notify.directory));
	*state = &p;
	return 0;
}

static int
teardown(void **state)
{
	struct post_office *p = *state;
	struct dirent *e;
	DIR *d = opendir(p->config.notify.directory);

	while (d != NULL && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			unlinkat(dirfd(d), e->d_name, 0);
	if (d != NULL)
		closedir(d);
	rmdir(p->config.notify.directory);
	vault_free(p->vault);
	return 0;
}

static void
put_message(struct post_office *p, const char *text, int64_t expires)
{
	struct outbox_row *row = &p->f.message[p->f.messages++];
	struct outbox_new m;

	assert_int_equal(vault_outbox_put(p->vault, text, &m), RC_OK);
	row->id = p->f.messages;
	memcpy(row->sealed, m.sealed, m.sealed_n);
	row->sealed_n = m.sealed_n;
	row->expires_ms = expires;
}

static void
test_file_channel(void **state)
{
	struct post_office *p = *state;
	char err[200], path[600], text[400] = "";
	struct notify_channel ch = { 0 };
	struct stat st;
	FILE *f;

	put_message(p, "anna@example.org\nThe subject\nLine one\nline two\n", 2000000);
	assert_int_equal(notify_file_open(&p->config, rng_system(), &ch, err, sizeof err), RC_OK);
	assert_int_equal(notify_once(&p->office, &p->f.stores, &ch), RC_OK);
	assert_int_equal(notify_once(&p->office, &p->f.stores, &ch), RC_NOT_FOUND);
	assert_true(p->f.message_sent[0]);
	snprintf(path, sizeof path, "%s/0000001000000-1.txt", p->config.notify.directory);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_non_null(f = fopen(path, "r"));
	assert_true(fread(text, 1, sizeof text - 1, f) > 0);
	fclose(f);
	assert_string_equal(text, "To: anna@example.org\nSubject: The subject\n\nLine one\nline two\n");
	ch.ops->close(&ch);
	chmod(p->config.notify.directory, 0755);
	assert_int_equal(notify_file_open(&p->config, rng_system(), &ch, err, sizeof err), RC_FILE_MODE);
	assert_non_null(strstr(err, "chmod 700"));
}

struct broken {
	enum rc says;
	size_t calls;
};

static enum rc
broken_send(struct notify_channel *c, const struct notify_message *m, char *err, size_t err_n)
{
	struct broken *b = c->ctx;

	(void)m;
	(void)err;
	(void)err_n;
	b->calls++;
	return b->says;
}
static const struct notify_channel_ops broken_ops = { .name = "broken", .send = broken_send };

static void
test_retries(void **state)
{
	struct post_office *p = *state;
	struct broken b = { .says = RC_IO };
	struct notify_channel ch = { &broken_ops, &b };

	put_message(p, "a@example.org\ns\nb\n", p->now + 20000);
	for (; p->now < 1100000; p->now += 500)
		(void)!notify_once(&p->office, &p->f.stores, &ch);
	assert_int_equal(b.calls, 4);			/* at 0, 2, 6 and 14 s; 30 s would be too late */
	assert_true(p->f.message_sent[0]);		/* given up */
	assert_int_equal(fake_event(&p->f, AUDIT_NOTIFY)->outcome, RC_IO);
	assert_non_null(strstr(fake_event(&p->f, AUDIT_NOTIFY)->detail, "given up"));
}

static void
test_never_sent(void **state)
{
	struct post_office *p = *state;
	struct broken b = { .says = RC_OK };
	struct notify_channel ch = { &broken_ops, &b };

	put_message(p, "a@example.org\ns\nb\n", p->now);	/* too late */
	put_message(p, "a@example.org\ns\nb\n", p->now + 9);	/* changed in the database */
	p->f.message[1].sealed[30] ^= 1;
	put_message(p, "no lines", p->now + 9);
	for (int i = 0; i < 3; i++)
		assert_int_equal(notify_once(&p->office, &p->f.stores, &ch), RC_OK);
	assert_int_equal(notify_once(&p->office, &p->f.stores, &ch), RC_NOT_FOUND);
	assert_int_equal(b.calls, 0);
}

/* ---- a mail server that knows just enough of RFC 5321, for one connection, without TLS ---- */

struct mail_server {
	int listener;
	char heard[8192];	/* all that the client said */
	pthread_t thread;
};

static void
mail_say(int fd, const char *line)
{
	assert_int_equal(write(fd, line, strlen(line)), (ssize_t)strlen(line));
}

static void *
mail_serve(void *arg)
{
	struct mail_server *m = arg;
	int fd = accept(m->listener, NULL, NULL);
	FILE *in = fdopen(fd, "r+");
	size_t used = 0;
	char line[1024];
	bool data = false;

	mail_say(fd, "220 here\r\n");
	while (fgets(line, sizeof line, in) != NULL) {
		used += (size_t)snprintf(m->heard + used, sizeof m->heard - used, "%s", line);
		if (data) {
			if (strcmp(line, ".\r\n") != 0)
				continue;
			data = false;
			mail_say(fd, "250 taken\r\n");
		} else if (strncmp(line, "DATA", 4) == 0) {
			data = true;
			mail_say(fd, "354 go on\r\n");
		} else if (strncmp(line, "QUIT", 4) == 0) {
			mail_say(fd, "221 bye\r\n");
			break;
		} else
			mail_say(fd, "250 fine\r\n");
	}
	fclose(in);
	return NULL;
}

static void
mail_start(struct mail_server *m, struct config *c)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof a;

	memset(m, 0, sizeof *m);
	m->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(m->listener, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(m->listener, 1), 0);
	assert_int_equal(getsockname(m->listener, (struct sockaddr *)&a, &n), 0);
	snprintf(c->notify.smtp_url, sizeof c->notify.smtp_url, "smtp://127.0.0.1:%u", ntohs(a.sin_port));
	snprintf(c->notify.smtp_from, sizeof c->notify.smtp_from, "bank@example.org");
	assert_int_equal(pthread_create(&m->thread, NULL, mail_serve, m), 0);
}

static void
mail_stop(struct mail_server *m)
{
	pthread_join(m->thread, NULL);
	close(m->listener);
}

static void
test_smtp_channel(void **state)
{
	struct post_office *p = *state;
	static struct mail_server m;
	struct notify_channel ch = { 0 };
	char err[200] = "";

	/* a server without TLS gets nothing when TLS is wanted */
	p->config.notify.smtp_tls = true;
	put_message(p, "anna@example.org\nThe subject\nYour code: 123456\n.\nend\n", 2000000);
	mail_start(&m, &p->config);
	assert_int_equal(notify_smtp_open(&p->config, rng_system(), &ch, err, sizeof err), RC_OK);
	assert_int_equal(notify_once(&p->office, &p->f.stores, &ch), RC_OK);
	mail_stop(&m);
	assert_false(p->f.message_sent[0]);
	assert_null(strstr(m.heard, "anna"));
	assert_null(strstr(m.heard, "123456"));

	p->config.notify.smtp_tls = false;
	p->now += 10000;
	mail_start(&m, &p->config);
	assert_int_equal(notify_once(&p->office, &p->f.stores, &ch), RC_OK);
	mail_stop(&m);
	assert_true(p->f.message_sent[0]);
	assert_int_equal(fake_event(&p->f, AUDIT_NOTIFY)->outcome, RC_OK);
	assert_non_null(strstr(m.heard, "MAIL FROM:<bank@example.org>"));
	assert_non_null(strstr(m.heard, "RCPT TO:<anna@example.org>"));
	assert_non_null(strstr(m.heard, "\r\nSubject: The subject\r\n"));
	assert_non_null(strstr(m.heard, "\r\n\r\nYour code: 123456\r\n..\r\nend\r\n.\r\n"));	/* a lone dot is doubled */

	/* nobody listens: tried again later */
	put_message(p, "anna@example.org\ns\nb\n", 2000000);
	assert_int_equal(notify_once(&p->office, &p->f.stores, &ch), RC_OK);
	assert_false(p->f.message_sent[1]);
	assert_int_equal(p->f.message_next[1], p->now + 2000);
	ch.ops->close(&ch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_file_channel, setup, teardown),
		cmocka_unit_test_setup_teardown(test_smtp_channel, setup, teardown),
		cmocka_unit_test_setup_teardown(test_retries, setup, teardown),
		cmocka_unit_test_setup_teardown(test_never_sent, setup, teardown),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
