/*
 * desk_trace.c - traces of captures: read when one begins, kept when it ends.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "server/desk_parts.h"

/* One stored trace among the earlier ones. */
static enum rc
desk_trace_add(const struct desk *d, const struct person *p, const struct capture_trace *t, struct recall *to)
{
	uint8_t raw[SEALED_TRACE_MAX];
	struct trace opened = { 0 };
	size_t n = 0;
	enum rc r;

	if ((r = vault_trace_get(d->office->vault, p, t, raw, &n)) == RC_OK && (r = trace_get(raw, n, &opened)) == RC_OK)
		r = recall_add(to, &opened);
	crypto_wipe(raw, sizeof raw);
	crypto_wipe(&opened, sizeof opened);
	return r;
}

enum rc
desk_trace_load(struct desk *d, struct desk_capture *k, const struct person *p)
{
	struct capture_store *st = &d->stores->capture;
	struct capture_trace *stored = calloc(RECALL_TRACES_MAX, sizeof *stored);
	char name[2 * ID_BYTES + 1];
	enum rc r = RC_NOMEM, one;
	size_t n = 0;

	if (stored == NULL || (k->recall = recall_new()) == NULL)
		goto out;
	if ((r = vault_frame_key(d->office->vault, p, k->key)) != RC_OK ||
	    (r = st->ops->traces(st, p->id, stored, RECALL_TRACES_MAX, &n)) != RC_OK)
		goto out;
	for (size_t i = 0; i < n; i++) {
		if ((one = desk_trace_add(d, p, &stored[i], k->recall)) == RC_OK)
			continue;
		hex_put(stored[i].capture, ID_BYTES, name);
		log_line(d->office->log, LOG_LEVEL_WARN, d->name, "the trace of capture %s is left out: %s", name, rc_text(one));
	}
out:
	free(stored);
	return r;
}

const struct capture_trace *
desk_trace_seal(struct desk *d, const struct desk_capture *k, struct capture_trace *to)
{
	const struct trace *t = capture_trace(k->capture);
	uint8_t raw[TRACE_BYTES_MAX];
	enum rc r;

	if (t->n == 0)
		return NULL;
	memcpy(to->capture, k->row.id, sizeof to->capture);
	r = vault_trace_put(d->office->vault, k->person, raw, trace_put(t, raw), to);
	crypto_wipe(raw, sizeof raw);
	if (r == RC_OK)
		return to;
	log_line(d->office->log, LOG_LEVEL_WARN, d->name, "the trace of a capture cannot be kept: %s", rc_text(r));
	return NULL;
}
