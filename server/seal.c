/*
 * seal.c - the sealer's thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "db/seal_file.h"
#include "server/seal.h"

struct seal_keeper {
	const struct office *office;
	struct stores *stores;
	struct seal_writer *writer;
	struct audit_head *heads;	/* LANES_MAX */
	pthread_mutex_t lock;		/* for stop alone */
	pthread_cond_t  wake;
	bool stop, running, failed;
	pthread_t thread;
};

static void
seal_once(struct seal_keeper *k)
{
	struct audit_store *a = &k->stores->audit;
	size_t n = 0;
	enum rc r;

	if ((r = a->ops->heads(a, k->heads, LANES_MAX, &n)) == RC_OK)
		r = seal_writer_append(k->writer, clock_utc_ms(k->office->clock), k->heads, n);
	if (r != RC_OK && !k->failed)
		log_line(k->office->log, LOG_LEVEL_ERROR, "seal", "the audit trail is not being sealed: %s", rc_text(r));
	if (r == RC_OK && k->failed)
		log_line(k->office->log, LOG_LEVEL_INFO, "seal", "the audit trail is being sealed again");
	k->failed = r != RC_OK;
}

/* Waits for the next seal; true: stop. */
static bool
seal_wait(struct seal_keeper *k)
{
	int64_t at = clock_mono_ms(k->office->clock) + k->office->config->seal_every_ms;
	const struct timespec until = { .tv_sec = at / 1000, .tv_nsec = (at % 1000) * 1000000 };
	bool stop;

	pthread_mutex_lock(&k->lock);
	while (!k->stop && pthread_cond_timedwait(&k->wake, &k->lock, &until) == 0)
		;
	stop = k->stop;
	pthread_mutex_unlock(&k->lock);
	return stop;
}

static void *
seal_thread(void *arg)
{
	struct seal_keeper *k = arg;

	do
		seal_once(k);
	while (!seal_wait(k));
	seal_once(k);
	return NULL;
}

static enum rc
seal_read_key(const struct office *o, uint8_t secret[static SIGN_SECRET_BYTES], char *err, size_t err_n)
{
	char path[CONFIG_PATH_BYTES];
	enum rc r;

	if ((r = config_key_path(o->config, "seal.sign", path)) == RC_OK)
		r = keyfile_read(path, "sign", secret, SIGN_SECRET_BYTES, err, err_n);
	return r;
}

enum rc
seal_check(const struct office *o, char *err, size_t err_n)
{
	uint8_t secret[SIGN_SECRET_BYTES] = { 0 };
	enum rc r = seal_read_key(o, secret, err, err_n);

	crypto_wipe(secret, sizeof secret);
	return r;
}

enum rc
seal_public(const struct office *o, uint8_t pub[static SIGN_PUBLIC_BYTES], char *err, size_t err_n)
{
	uint8_t secret[SIGN_SECRET_BYTES] = { 0 };
	enum rc r = seal_read_key(o, secret, err, err_n);

	if (r == RC_OK)
		sign_public(secret, pub);
	crypto_wipe(secret, sizeof secret);
	return r;
}

static enum rc
seal_open_file(const struct office *o, struct seal_keeper *k, char *err, size_t err_n)
{
	uint8_t secret[SIGN_SECRET_BYTES] = { 0 };
	enum rc r;

	if ((r = seal_read_key(o, secret, err, err_n)) == RC_OK)
		r = seal_writer_open(o->config->seals, secret, &k->writer, err, err_n);
	crypto_wipe(secret, sizeof secret);
	return r;
}

enum rc
seal_start(const struct office *o, struct stores *st, struct seal_keeper **out, char *err, size_t err_n)
{
	struct seal_keeper *k = calloc(1, sizeof *k);
	pthread_condattr_t attr;
	enum rc r = RC_NOMEM;

	if (k == NULL || (k->heads = calloc(LANES_MAX, sizeof *k->heads)) == NULL)
		goto out;
	k->office = o;
	if ((r = seal_open_file(o, k, err, err_n)) != RC_OK)
		goto out;
	pthread_mutex_init(&k->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&k->wake, &attr);
	pthread_condattr_destroy(&attr);
	k->stores = st;
	if (pthread_create(&k->thread, NULL, seal_thread, k) == 0) {
		k->running = true;
		*out = k;
		return RC_OK;
	}
	k->stores = NULL;
	r = RC_NOMEM;
out:
	seal_stop(k);
	return r;
}

void
seal_stop(struct seal_keeper *k)
{
	if (k == NULL)
		return;
	if (k->running) {
		pthread_mutex_lock(&k->lock);
		k->stop = true;
		pthread_cond_signal(&k->wake);
		pthread_mutex_unlock(&k->lock);
		pthread_join(k->thread, NULL);
		pthread_cond_destroy(&k->wake);
		pthread_mutex_destroy(&k->lock);
	}
	seal_writer_close(k->writer);
	stores_close(k->stores);
	free(k->heads);
	free(k);
}
