/*
 * terminals.c - the list of terminals, sorted by id as the store gives it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/terminals.h"

#define TERMINALS_NOTE_MS 1000

struct terminals {
	struct terminal *list, *spare;	/* TERMINALS_MAX each */
	size_t n;
	int64_t noted_ms;
};

struct terminals *
terminals_new(void)
{
	struct terminals *t = calloc(1, sizeof *t);

	if (t == NULL)
		return NULL;
	t->list = calloc(TERMINALS_MAX, sizeof *t->list);
	t->spare = calloc(TERMINALS_MAX, sizeof *t->spare);
	if (t->list == NULL || t->spare == NULL) {
		terminals_free(t);
		return NULL;
	}
	return t;
}

void
terminals_free(struct terminals *t)
{
	if (t == NULL)
		return;
	free(t->list);
	free(t->spare);
	free(t);
}

enum rc
terminals_load(struct terminals *t, struct stores *st)
{
	struct terminal *old = t->list;
	size_t n = 0;
	enum rc r;

	if ((r = st->terminal.ops->list(&st->terminal, t->spare, TERMINALS_MAX, &n)) != RC_OK)
		return r;
	t->list = t->spare;
	t->spare = old;
	t->n = n;
	return RC_OK;
}

const struct terminal *
terminals_by_key(const struct terminals *t, const uint8_t key[static KEY_BYTES])
{
	for (size_t i = 0; i < t->n; i++)
		if (memcmp(t->list[i].public_key, key, KEY_BYTES) == 0)
			return &t->list[i];
	return NULL;
}

const struct terminal *
terminals_by_id(const struct terminals *t, uint64_t id)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->list[middle].id == id)
			return &t->list[middle];
		if (t->list[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct terminal *
terminals_by_user(const struct terminals *t, const char *user)
{
	const struct terminal *found;
	unsigned long long id;
	char *end;

	errno = 0;
	id = strtoull(user, &end, 10);
	if (*user < '1' || *user > '9' || *end != '\0' || errno != 0)
		return NULL;
	found = terminals_by_id(t, id);
	return found != NULL && found->status == TERMINAL_ACCEPTED ? found : NULL;
}

enum rc
terminals_note(struct terminals *t, struct stores *st, const uint8_t key[static KEY_BYTES], const char *address,
    int64_t now_ms)
{
	struct audit_event ev = { .action = AUDIT_TERMINAL_PENDING, .outcome = RC_TERMINAL_UNKNOWN, .at_ms = now_ms };

	if (terminals_by_key(t, key) != NULL || now_ms - t->noted_ms < TERMINALS_NOTE_MS)
		return RC_OK;
	t->noted_ms = now_ms;
	hex_put(key, 16, ev.subject);
	snprintf(ev.detail, sizeof ev.detail, "an unknown key connected from %s", address);
	return st->terminal.ops->note_pending(&st->terminal, key, now_ms, &ev);
}
