/*
 * notify.c - the notifier's rounds and its thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/notify.h"

#define NOTIFY_LOOK_MS    1000	/* also looks without being woken: another node may have left something */
#define NOTIFY_LEASE_MS  60000
#define NOTIFY_FIRST_MS   2000	/* wait after the first failure; doubles */
#define NOTIFY_MOST_MS  300000

struct notify {
	const struct office *office;
	struct stores *stores;
	struct link_sock *hub;
	struct notify_channel channel;
	pthread_t thread;
	bool running;
};

int64_t
notify_next_ms(uint32_t attempts, int64_t now_ms)
{
	int64_t wait = NOTIFY_FIRST_MS;

	for (uint32_t n = 0; n < attempts && wait < NOTIFY_MOST_MS; n++)
		wait *= 2;
	return now_ms + (wait < NOTIFY_MOST_MS ? wait : NOTIFY_MOST_MS);
}

/* "address\nsubject\nbody" into its three texts, in place. */
static enum rc
notify_split(char *text, struct notify_message *m)
{
	char *subject, *body;

	if ((subject = strchr(text, '\n')) == NULL || (body = strchr(subject + 1, '\n')) == NULL)
		return RC_MALFORMED;
	*subject++ = '\0';
	*body++ = '\0';
	m->to = text;
	m->subject = subject;
	m->body = body;
	return RC_OK;
}

/* Notes what became of the message. */
static enum rc
notify_settle(struct stores *st, const struct outbox_row *row, enum rc sent, int64_t now, const char *channel)
{
	struct outbox_store *box = &st->outbox;
	struct audit_event ev = { .action = AUDIT_NOTIFY, .outcome = sent, .at_ms = now, .person = row->person };
	int64_t next = sent == RC_OK || sent == RC_INVALID || sent == RC_FORGED || sent == RC_EXPIRED ? 0 :
	    notify_next_ms(row->attempts, now);

	if (next >= row->expires_ms)
		next = 0;
	snprintf(ev.subject, sizeof ev.subject, "message %llu", (unsigned long long)row->id);
	snprintf(ev.detail, sizeof ev.detail, "channel %s: %s", channel, sent == RC_OK ? "handed over" :
	    next == 0 ? "given up" : "will be tried again");
	return sent == RC_OK ? box->ops->sent(box, row->id, &ev) : box->ops->failed(box, row->id, next, &ev);
}

enum rc
notify_once(const struct office *o, struct stores *st, struct notify_channel *ch)
{
	struct outbox_row row = { 0 };
	char text[OUTBOX_TEXT_MAX] = "", err[200] = "";
	int64_t now = clock_utc_ms(o->clock);
	struct notify_message m = { .at_ms = now };
	enum rc r = RC_BUG;

	if ((r = st->outbox.ops->claim(&st->outbox, now, now + NOTIFY_LEASE_MS, &row)) != RC_OK)
		return r;
	m.id = row.id;
	if (now >= row.expires_ms)
		r = RC_EXPIRED;
	else if ((r = vault_outbox_get(o->vault, &row, text)) != RC_OK || (r = notify_split(text, &m)) != RC_OK)
		r = RC_FORGED;
	else
		r = ch->ops->send(ch, &m, err, sizeof err);
	crypto_wipe(text, sizeof text);
	if (r != RC_OK)
		log_line(o->log, LOG_LEVEL_WARN, "notify", "message %llu was not sent: %s", (unsigned long long)row.id,
		    err[0] != '\0' ? err : rc_text(r));
	r = notify_settle(st, &row, r, now, ch->ops->name);
	crypto_wipe(&row, sizeof row);
	return r;
}

static void
notify_drain(struct notify *n)
{
	struct link_msg m;

	link_msg_init(&m);
	while (link_recv(n->hub, &m) == RC_OK)
		link_msg_close(&m);
	link_msg_close(&m);
}

static void *
notify_thread(void *arg)
{
	struct notify *n = arg;
	enum rc r;

	for (;;) {
		struct link_poll p = { .sock = n->hub };

		r = link_poll(&p, 1, NOTIFY_LOOK_MS);
		if (r != RC_OK && r != RC_TIMEOUT && r != RC_AGAIN)
			break;
		notify_drain(n);
		while ((r = notify_once(n->office, n->stores, &n->channel)) == RC_OK)
			;
	}
	if (r != RC_CLOSED)
		log_line(n->office->log, LOG_LEVEL_ERROR, "notify", "stopped: %s", rc_text(r));
	link_close(n->hub);
	n->hub = NULL;
	n->channel.ops->close(&n->channel);
	stores_close(n->stores);
	return NULL;
}

enum rc
notify_start(const struct office *o, struct stores *st, struct notify **out, char *err, size_t err_n)
{
	struct notify *n = calloc(1, sizeof *n);
	enum rc r = RC_NOMEM;

	if (n == NULL)
		return RC_NOMEM;
	n->office = o;
	if (strcmp(o->config->notify.channel, "smtp") == 0)
		r = notify_smtp_open(o->config, o->rng, &n->channel, err, err_n);
	else
		r = notify_file_open(o->config, o->rng, &n->channel, err, err_n);
	if (r == RC_OK && (r = link_hub(o->link, NOTIFY_HUB, &n->hub)) == RC_OK) {
		n->stores = st;
		n->running = pthread_create(&n->thread, NULL, notify_thread, n) == 0;
		r = n->running ? RC_OK : RC_NOMEM;
	}
	if (r == RC_OK) {
		*out = n;
		return RC_OK;
	}
	link_close(n->hub);
	if (n->channel.ops != NULL)
		n->channel.ops->close(&n->channel);
	free(n);
	return r;
}

void
notify_stop(struct notify *n)
{
	if (n == NULL)
		return;
	if (n->running)
		pthread_join(n->thread, NULL);
	free(n);
}
