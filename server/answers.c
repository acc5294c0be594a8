/*
 * answers.c - a ring of answers by the hash of their request.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "proto/crypto.h"
#include "server/answers.h"

#define ANSWERS_KEPT 64u

struct answers {
	struct {
		uint8_t  key[DIGEST_BYTES];
		uint8_t *bytes;		/* NULL: free */
		size_t   n;
	} kept[ANSWERS_KEPT];
	size_t next;
};

struct answers *
answers_new(void)
{
	return calloc(1, sizeof(struct answers));
}

static void
answers_drop(struct answers *a, size_t i)
{
	if (a->kept[i].bytes != NULL)
		crypto_wipe(a->kept[i].bytes, a->kept[i].n);
	free(a->kept[i].bytes);
	memset(&a->kept[i], 0, sizeof a->kept[i]);
}

void
answers_free(struct answers *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < ANSWERS_KEPT; i++)
		answers_drop(a, i);
	free(a);
}

void
answers_key(uint64_t terminal, const uint8_t *request, size_t n, uint8_t key[static DIGEST_BYTES])
{
	struct hash h;

	hash_start(&h, "countersign answer 1");
	hash_u64(&h, terminal);
	hash_bytes(&h, request, n);
	hash_end(&h, key);
}

const uint8_t *
answers_get(const struct answers *a, const uint8_t key[static DIGEST_BYTES], size_t *n)
{
	for (size_t i = 0; i < ANSWERS_KEPT; i++)
		if (a->kept[i].bytes != NULL && memcmp(a->kept[i].key, key, DIGEST_BYTES) == 0) {
			*n = a->kept[i].n;
			return a->kept[i].bytes;
		}
	return NULL;
}

void
answers_put(struct answers *a, const uint8_t key[static DIGEST_BYTES], const uint8_t *answer, size_t n)
{
	size_t i = a->next;

	answers_drop(a, i);
	if ((a->kept[i].bytes = malloc(n)) == NULL)
		return;
	memcpy(a->kept[i].bytes, answer, n);
	memcpy(a->kept[i].key, key, DIGEST_BYTES);
	a->kept[i].n = n;
	a->next = (i + 1) % ANSWERS_KEPT;
}
