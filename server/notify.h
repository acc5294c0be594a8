/*
 * notify.h - the notifier: takes messages from the outbox and has them sent.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   one thread with its own database bundle; claims the oldest due
 *               message, unseals it, hands it to the configured channel, and
 *               notes the outcome; retries with growing waits until the message
 *               has expired. A desk wakes it through the hub "notify".
 * What it isn't: it makes no message.
 *
 * Texts hold codes: they are wiped after each message and never logged.
 * Threads: notify_start() and notify_stop() belong to main.
 */
#ifndef SERVER_NOTIFY_H
#define SERVER_NOTIFY_H

#include "server/desk.h"

#define NOTIFY_HUB "notify"

/* ---- channels: how a message leaves ---- */
struct notify_message {
	uint64_t id;
	int64_t  at_ms;
	const char *to, *subject, *body;
};

struct notify_channel;
struct notify_channel_ops {
	const char *name;
	/* err gets one sentence without the message's texts. RC_INVALID: will never go; others: try again later. */
	enum rc (*send)(struct notify_channel *c, const struct notify_message *m, char *err, size_t err_n);
	void    (*close)(struct notify_channel *c);
};
struct notify_channel {
	const struct notify_channel_ops *ops;
	void *ctx;
};

/* One file per message in a folder: notify_file.c. */
enum rc notify_file_open(const struct config *c, const struct rng *g, struct notify_channel *out, char *err, size_t err_n) MUST_CHECK;
/* SMTP through libcurl: notify_smtp.c. */
enum rc notify_smtp_open(const struct config *c, const struct rng *g, struct notify_channel *out, char *err, size_t err_n) MUST_CHECK;

/* ---- one round, also used by tests ---- */
/* Sends what is due now. RC_NOT_FOUND: nothing was due; RC_OK: one message was dealt with. */
enum rc notify_once(const struct office *o, struct stores *st, struct notify_channel *ch) MUST_CHECK;
/* When to try again after so many attempts. */
int64_t notify_next_ms(uint32_t attempts, int64_t now_ms);

/* ---- the thread ---- */
struct notify;
/* Opens channel and hub, starts the thread. Takes st on success. */
enum rc notify_start(const struct office *o, struct stores *st, struct notify **out, char *err, size_t err_n) MUST_CHECK;
/* After link_ctx_shutdown(). NULL is fine. */
void    notify_stop(struct notify *n);

#endif
