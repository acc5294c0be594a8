/*
 * weight_store.h - the packed constants of all networks of a process (weights
 * in the processor's favourite order, biases, slopes) in one block, which
 * other processes of the host can map instead of packing their own.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One process makes a store over a memory file, opens all its networks with
 * it, and seals it: the file can then never be changed again by anybody. Other
 * processes get the descriptor, open the store read-only, and open the same
 * networks in the same order: each request is answered with what the first
 * process put there, and nothing is packed. A request that differs in order,
 * name or size is refused by name: another version of the models, another
 * instruction set, other settings.
 *
 *	struct weight_store *s;		maker          user
 *	weight_store_make(&s, fd)	yes
 *	weight_store_open(&s, fd, ...)	               yes
 *	face_pipeline_open(... s ...)	yes            yes
 *	weight_store_seal(s)		yes
 *	weight_store_close(s)		after the networks
 *
 * Threads: one at a time while networks are opened; afterwards only reads.
 */
#ifndef MODELS_WEIGHT_STORE_H
#define MODELS_WEIGHT_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/rc.h"

#define WEIGHT_STORE_MAX (128u << 20)	/* address space; pages are taken as they are filled */
#define WEIGHT_KEY_BYTES 111u

struct weight_store;

/*
 * An empty store. fd: an empty memory file made with MFD_ALLOW_SEALING that
 * the caller keeps open and passes on, -1: private memory that cannot be
 * sealed.
 */
enum rc weight_store_make(struct weight_store **out, int fd) MUST_CHECK;
/* Gives the file its final size and seals it against any change; the store stays usable, read-only. */
enum rc weight_store_seal(struct weight_store *s) MUST_CHECK;
/* A sealed store; fd may be closed afterwards. RC_MODEL_BAD with a sentence in err if it is none, RC_NOMEM. */
enum rc weight_store_open(struct weight_store **out, int fd, char *err, size_t err_n) MUST_CHECK;
void    weight_store_close(struct weight_store *s);	/* NULL is fine */

/* True: the answers to weight_store_next() hold their data already, and must not be written. */
bool    weight_store_packed(const struct weight_store *s);
/*
 * The next constant: `bytes` at an address that stays where it is, aligned to
 * 64. key says what it is and how it is laid out; each is used once.
 * RC_MODEL_BAD: in a packed store the next one is another, in one being made
 * the key was there before or there is no room; weight_store_trouble() has the
 * sentence.
 */
enum rc weight_store_next(struct weight_store *s, const char *key, size_t bytes, void **at) MUST_CHECK;
const char *weight_store_trouble(const struct weight_store *s);	/* "" if there was none */
size_t  weight_store_bytes(const struct weight_store *s);	/* handed out so far */

#endif
