/*
 * outbox_store.h - messages to people that wait to be sent.
 * SPDX-License-Identifier: Apache-2.0
 * Rules for all operations: store.h.
 */
#ifndef DB_OUTBOX_STORE_H
#define DB_OUTBOX_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "db/audit_event.h"
#include "proto/crypto.h"
#include "proto/limits.h"

#define OUTBOX_TEXT_MAX   1024u
#define OUTBOX_SEALED_MAX (OUTBOX_TEXT_MAX + SEAL_OVERHEAD)

/* Sealed under the server's outbox key: "address\nsubject\nbody". Erased when sent or given up. */
struct outbox_new {
	uint64_t person;
	uint8_t  sealed[OUTBOX_SEALED_MAX];
	size_t   sealed_n;
	int64_t  expires_ms;	/* not worth sending after */
};

struct outbox_row {
	uint64_t id;
	uint64_t person;
	uint8_t  sealed[OUTBOX_SEALED_MAX];
	size_t   sealed_n;
	uint32_t attempts;
	int64_t  expires_ms;
};

struct outbox_store;
struct outbox_store_ops {
	/* The oldest due message, leased until lease_until (another node leaves it alone). RC_NOT_FOUND: none. */
	enum rc (*claim)(struct outbox_store *s, int64_t now_ms, int64_t lease_until, struct outbox_row *row);
	enum rc (*sent)(struct outbox_store *s, uint64_t id, const struct audit_event *ev);
	/* next_ms 0: given up, text erased. */
	enum rc (*failed)(struct outbox_store *s, uint64_t id, int64_t next_ms, const struct audit_event *ev);
};

struct outbox_store {
	const struct outbox_store_ops *ops;
	void *ctx;
};

#endif
