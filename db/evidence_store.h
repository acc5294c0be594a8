/*
 * evidence_store.h - the small sealed picture that is kept of a judged capture,
 * and its key's life.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A picture is written by capture_store's finish(), in one transaction with its
 * verdict. Its key stands apart; the end of a case is the end of that row, and
 * what is sealed is emptied with it. Nobody looks at a picture of themselves or
 * decides how long it is kept: that is part of each statement here.
 * Rules for all operations: store.h.
 */
#ifndef DB_EVIDENCE_STORE_H
#define DB_EVIDENCE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "db/audit_event.h"
#include "proto/crypto.h"
#include "proto/limits.h"

#define SEALED_PICTURE_BYTES (EVIDENCE_BYTES + SEAL_OVERHEAD)
#define SEALED_KEY_BYTES     (KEY_BYTES + SEAL_OVERHEAD)

/* A picture to keep. */
struct evidence_new {
	uint8_t picture[SEALED_PICTURE_BYTES];	/* under the case's key */
	uint8_t key[SEALED_KEY_BYTES];		/* that key, under the master key */
	int64_t until_ms;			/* UTC: destroyed then, unless it is held */
};

struct evidence {
	uint8_t  capture[ID_BYTES];
	uint64_t person;			/* of whom it is */
	int64_t  created_ms, until_ms;
	bool     held;
	uint8_t  picture[SEALED_PICTURE_BYTES];
	uint8_t  key[SEALED_KEY_BYTES];
};

struct evidence_store;
struct evidence_store_ops {
	/* Of whom the picture of this capture is. RC_NOT_FOUND: there never was one. */
	enum rc (*person)(struct evidence_store *s, const uint8_t capture[ID_BYTES], uint64_t *person);
	/*
	 * Records ev, then gives the picture away to `by`. RC_NOT_FOUND, RC_DENIED: it
	 * is of `by`, RC_EXPIRED: its time was over at ev->at_ms; nothing was recorded.
	 */
	enum rc (*look)(struct evidence_store *s, const uint8_t capture[ID_BYTES], uint64_t by, const struct audit_event *ev,
	    struct evidence *e);
	/* Keeps it beyond its time, or no longer. The same again is RC_OK. Else as look(). */
	enum rc (*hold)(struct evidence_store *s, const uint8_t capture[ID_BYTES], bool hold, uint64_t by,
	    const struct audit_event *ev);
	/* Destroys the key that is due the longest at ev->at_ms; ev's subject is written here. RC_NOT_FOUND: none is. */
	enum rc (*end)(struct evidence_store *s, const struct audit_event *ev);
};

struct evidence_store {
	const struct evidence_store_ops *ops;
	void *ctx;
};

#endif
