/*
 * trail.c - the thread that checks the audit trail.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/audit_verify.h"
#include "proto/text.h"
#include "server/seal.h"
#include "server/trail.h"

struct trail {
	const struct office *office;
	struct stores *stores;
	uint8_t pub[SIGN_PUBLIC_BYTES];
	pthread_mutex_t lock;		/* of what follows, up to asked */
	pthread_cond_t  wake;
	bool stop;
	struct trail_state state;
	struct audit_event asked;
	struct audit_report report;	/* the thread's own, and below */
	char first[TRAIL_FAULT_BYTES];
	pthread_t thread;
};

/* The first fault in words; whoever changed a lane's name may have aimed at a terminal. */
static void
trail_found(void *ctx, const struct audit_finding *f)
{
	struct trail *t = ctx;

	if (t->first[0] != '\0')
		return;
	snprintf(t->first, sizeof t->first, "%s%s%s", f->lane, f->lane[0] != '\0' ? ": " : "", f->text);
	if (!text_is_clean(t->first, strlen(t->first)))
		snprintf(t->first, sizeof t->first, "in a lane whose name holds control characters, at number %" PRIu64, f->at);
}

static bool
trail_goes_on(void *ctx, uint64_t done, uint64_t total)
{
	struct trail *t = ctx;
	bool stop;

	pthread_mutex_lock(&t->lock);
	t->state.done = done;
	t->state.total = total;
	stop = t->stop;
	pthread_mutex_unlock(&t->lock);
	return !stop;
}

/* What was found, with who asked for it: in the trail, and in the log if it is bad. */
static void
trail_record(struct trail *t, enum rc r, bool sealed)
{
	struct audit_store *a = &t->stores->audit;
	struct audit_event ev = t->asked;

	ev.outcome = r;
	ev.at_ms = clock_utc_ms(t->office->clock);
	if (r == RC_OK)
		snprintf(ev.detail, sizeof ev.detail, "%" PRIu64 " records are whole, %s", t->report.records,
		    sealed ? "and the seals vouch for them" : "by their chains alone: the seal file cannot be read");
	else if (r == RC_AUDIT_BROKEN)
		snprintf(ev.detail, sizeof ev.detail, "%" PRIu64 " faults, the first: %.200s", t->report.findings, t->first);
	else
		snprintf(ev.detail, sizeof ev.detail, "the trail cannot be read: %s", rc_text(r));
	if (r != RC_OK)
		log_line(t->office->log, LOG_LEVEL_ERROR, "trail", "%s", ev.detail);
	if (a->ops->append(a, &ev) != RC_OK)
		log_line(t->office->log, LOG_LEVEL_ERROR, "trail", "a check of the audit trail could not be recorded");
}

/* One check; the lock is not held, and t->asked stays as it is while state.running is set. */
static void
trail_check(struct trail *t)
{
	const struct audit_watch watch = { .found = trail_found, .goes_on = trail_goes_on, .ctx = t };
	FILE *seals = fopen(t->office->config->seals, "re");
	bool sealed = seals != NULL;
	enum rc r;

	t->first[0] = '\0';
	r = audit_verify(&t->stores->audit, seals, t->pub, &t->report, &watch);
	if (seals != NULL)
		fclose(seals);
	if (r != RC_CLOSED)
		trail_record(t, r, sealed);
	pthread_mutex_lock(&t->lock);
	t->state = (struct trail_state){
		.at_ms = clock_utc_ms(t->office->clock), .outcome = r, .records = t->report.records,
		.faults = t->report.findings, .sealed = sealed, .sealed_ms = t->report.last_seal_ms,
	};
	memcpy(t->state.fault, t->first, sizeof t->state.fault);
	pthread_mutex_unlock(&t->lock);
}

static void *
trail_thread(void *arg)
{
	struct trail *t = arg;

	pthread_mutex_lock(&t->lock);
	while (!t->stop) {
		if (!t->state.running) {
			pthread_cond_wait(&t->wake, &t->lock);
			continue;
		}
		pthread_mutex_unlock(&t->lock);
		trail_check(t);
		pthread_mutex_lock(&t->lock);
	}
	pthread_mutex_unlock(&t->lock);
	return NULL;
}

enum rc
trail_start(const struct office *o, struct stores *st, struct trail **out, char *err, size_t err_n)
{
	struct trail *t = calloc(1, sizeof *t);
	enum rc r = RC_NOMEM;

	if (t == NULL)
		return r;
	t->office = o;
	t->stores = st;
	if ((r = seal_public(o, t->pub, err, err_n)) != RC_OK)
		goto out;
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->wake, NULL);
	if (pthread_create(&t->thread, NULL, trail_thread, t) == 0) {
		*out = t;
		return RC_OK;
	}
	pthread_cond_destroy(&t->wake);
	pthread_mutex_destroy(&t->lock);
	r = RC_NOMEM;
out:
	free(t);
	return r;
}

void
trail_stop(struct trail *t)
{
	if (t == NULL)
		return;
	pthread_mutex_lock(&t->lock);
	t->stop = true;
	pthread_cond_signal(&t->wake);
	pthread_mutex_unlock(&t->lock);
	pthread_join(t->thread, NULL);
	pthread_cond_destroy(&t->wake);
	pthread_mutex_destroy(&t->lock);
	stores_close(t->stores);
	free(t);
}

void
trail_look(struct trail *t, struct trail_state *dst)
{
	pthread_mutex_lock(&t->lock);
	*dst = t->state;
	pthread_mutex_unlock(&t->lock);
}

void
trail_verify(struct trail *t, const struct audit_event *asked)
{
	pthread_mutex_lock(&t->lock);
	if (!t->state.running) {
		t->state.running = true;
		t->state.done = t->state.total = 0;
		t->asked = *asked;
		pthread_cond_signal(&t->wake);
	}
	pthread_mutex_unlock(&t->lock);
}
