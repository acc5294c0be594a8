/*
 * flood.c - a fixed window per key, oldest key out.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "server/flood.h"

static int64_t
flood_window(const struct flood *f)
{
	return f->window_ms > 0 ? f->window_ms : FLOOD_WINDOW_MS;
}

bool
flood_allow(struct flood *f, uint64_t key, int64_t now_ms, uint32_t *hidden)
{
	int64_t window = flood_window(f);
	uint32_t events = f->events > 0 ? f->events : FLOOD_EVENTS;
	struct flood_key *k = &f->key[0];

	for (size_t i = 0; i < FLOOD_KEYS; i++) {
		if (f->key[i].since_ms != 0 && f->key[i].key == key) {
			k = &f->key[i];
			break;
		}
		if (f->key[i].since_ms < k->since_ms)
			k = &f->key[i];
	}
	if (k->since_ms != 0 && k->key != key && k->hidden > 0)
		f->pushed_out = *k;
	if (k->since_ms == 0 || k->key != key)
		*k = (struct flood_key){ .key = key, .since_ms = now_ms };
	if (now_ms - k->since_ms >= window) {
		k->since_ms = now_ms;
		k->events = 0;
	}
	if (k->events >= events) {
		k->hidden++;
		return false;
	}
	k->events++;
	*hidden = k->hidden;
	k->hidden = 0;
	return true;
}

bool
flood_rest(struct flood *f, int64_t now_ms, uint64_t *key, uint32_t *hidden)
{
	struct flood_key *k = f->pushed_out.hidden > 0 ? &f->pushed_out : NULL;

	for (size_t i = 0; i < FLOOD_KEYS && k == NULL; i++)
		if (f->key[i].hidden > 0 && now_ms - f->key[i].since_ms >= flood_window(f))
			k = &f->key[i];
	if (k == NULL)
		return false;
	*key = k->key;
	*hidden = k->hidden;
	k->hidden = 0;
	return true;
}
