/*
 * weight_store.c - see weight_store.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The block: one head, then ENTRIES entries, then the data in the order of the
 * entries, each at a multiple of ALIGN. Only this machine reads it.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "models/net_file.h"
#include "models/weight_store.h"

#define ENTRIES 2000u
#define ALIGN   64u
#define PAGE    4096u
#define SEALS   (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static const char magic[16] = "countersign-pk1";

struct head {
	char magic[16];
	uint64_t entries, bytes;	/* bytes: of the whole block */
};

struct entry {
	char key[WEIGHT_KEY_BYTES + 1];
	uint64_t bytes, at;
};

struct layout {
	struct head head;
	struct entry entry[ENTRIES];
};

struct weight_store {
	struct layout *block;
	size_t mapped;
	int fd;			/* the maker's file, -1: private */
	bool packed;
	uint64_t next, end;	/* entry, end of the data handed out */
	char trouble[256];
};

static uint64_t
aligned(uint64_t n, uint64_t step)
{
	return (n + step - 1) / step * step;
}

enum rc
weight_store_make(struct weight_store **out, int fd)
{
	struct weight_store *s = calloc(1, sizeof *s);
	void *block = MAP_FAILED;

	if (s == NULL)
		return RC_NOMEM;
	if (fd < 0)
		block = mmap(NULL, WEIGHT_STORE_MAX, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	else if (ftruncate(fd, WEIGHT_STORE_MAX) == 0)
		block = mmap(NULL, WEIGHT_STORE_MAX, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (block == MAP_FAILED) {
		free(s);
		return fd < 0 ? RC_NOMEM : RC_IO;
	}
	s->block = block;
	s->mapped = WEIGHT_STORE_MAX;
	s->fd = fd;
	s->end = aligned(sizeof *s->block, PAGE);
	memcpy(s->block->head.magic, magic, sizeof magic);
	*out = s;
	return RC_OK;
}

enum rc
weight_store_seal(struct weight_store *s)
{
	size_t n = (size_t)aligned(s->end, PAGE);
	void *again;

	if (s->fd < 0 || s->packed)
		return RC_INVALID;
	s->block->head.entries = s->next;
	s->block->head.bytes = n;
	/* A writable shared mapping would forbid the seal; the same pages come back at the same address. */
	again = mmap(s->block, n, PROT_READ, MAP_PRIVATE | MAP_FIXED, s->fd, 0);
	if (again == MAP_FAILED || munmap((uint8_t *)again + n, s->mapped - n) != 0)
		return RC_IO;
	s->mapped = n;
	if (ftruncate(s->fd, (off_t)n) != 0 || net_file_seal(s->fd) != 0)
		return RC_IO;
	s->packed = true;
	return RC_OK;
}

/* Every entry lies behind the one before it and inside the block. */
static bool
entries_ok(const struct layout *block, size_t bytes)
{
	uint64_t end = aligned(sizeof *block, PAGE);

	if (memcmp(block->head.magic, magic, sizeof magic) != 0 || block->head.bytes != bytes ||
	    block->head.entries > ENTRIES)
		return false;
	for (uint64_t i = 0; i < block->head.entries; i++) {
		const struct entry *e = &block->entry[i];

		if (e->at != end || e->bytes > bytes || e->at > bytes - e->bytes ||
		    memchr(e->key, '\0', sizeof e->key) == NULL)
			return false;
		end = aligned(e->at + e->bytes, ALIGN);
	}
	return true;
}

enum rc
weight_store_open(struct weight_store **out, int fd, char *err, size_t err_n)
{
	struct weight_store *s = calloc(1, sizeof *s);
	int seals = fcntl(fd, F_GET_SEALS);
	void *block = MAP_FAILED;
	enum rc r = RC_MODEL_BAD;
	struct stat st;

	(void)snprintf(err, err_n, "out of memory");
	if (s == NULL)
		return RC_NOMEM;
	if (seals < 0 || (seals & SEALS) != SEALS || fstat(fd, &st) != 0 ||
	    st.st_size < (off_t)sizeof *s->block || st.st_size > (off_t)WEIGHT_STORE_MAX) {
		(void)snprintf(err, err_n, "the store of packed weights is not a sealed memory file; start the server again");
		goto fail;
	}
	s->mapped = (size_t)st.st_size;
	if ((block = mmap(NULL, s->mapped, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED) {
		r = RC_NOMEM;
		goto fail;
	}
	s->block = block;
	if (!entries_ok(s->block, s->mapped)) {
		(void)snprintf(err, err_n, "the store of packed weights cannot be read; start the server again");
		goto fail;
	}
	s->fd = -1;
	s->packed = true;
	s->end = aligned(sizeof *s->block, PAGE);
	*out = s;
	return RC_OK;
fail:
	if (block != MAP_FAILED)
		(void)munmap(block, s->mapped);
	free(s);
	return r;
}

void
weight_store_close(struct weight_store *s)
{
	if (s == NULL)
		return;
	(void)munmap(s->block, s->mapped);
	free(s);
}

bool
weight_store_packed(const struct weight_store *s)
{
	return s->packed;
}

/* The next entry of a packed store must be the one that is wanted. */
static enum rc
find_packed(struct weight_store *s, const char *key, size_t bytes)
{
	const struct entry *e = &s->block->entry[s->next];

	if (s->next >= s->block->head.entries)
		(void)snprintf(s->trouble, sizeof s->trouble, "the store of packed weights ends before %s", key);
	else if (strcmp(e->key, key) != 0 || e->bytes != bytes)
		(void)snprintf(s->trouble, sizeof s->trouble,
		    "the store of packed weights has %s where %s is wanted", e->key, key);
	else
		return RC_OK;
	return RC_MODEL_BAD;
}

/* Whether a key may be put behind those that are there. */
static enum rc
check_fresh(struct weight_store *s, const char *key, size_t bytes)
{
	if (s->next >= ENTRIES || bytes > s->mapped - s->end || strlen(key) > WEIGHT_KEY_BYTES) {
		(void)snprintf(s->trouble, sizeof s->trouble, "the store of packed weights is full at %s", key);
		return RC_MODEL_BAD;
	}
	for (uint64_t i = 0; i < s->next; i++)
		if (strcmp(s->block->entry[i].key, key) == 0) {
			(void)snprintf(s->trouble, sizeof s->trouble, "the store of packed weights has %s already", key);
			return RC_MODEL_BAD;
		}
	return RC_OK;
}

enum rc
weight_store_next(struct weight_store *s, const char *key, size_t bytes, void **at)
{
	struct entry *e = &s->block->entry[s->next];
	enum rc r;

	if ((r = s->packed ? find_packed(s, key, bytes) : check_fresh(s, key, bytes)) != RC_OK)
		return r;
	if (!s->packed) {
		(void)snprintf(e->key, sizeof e->key, "%s", key);
		e->bytes = bytes;
		e->at = s->end;
	}
	*at = (uint8_t *)s->block + e->at;
	s->end = aligned(e->at + bytes, ALIGN);
	s->next++;
	return RC_OK;
}

const char *
weight_store_trouble(const struct weight_store *s)
{
	return s->trouble;
}

size_t
weight_store_bytes(const struct weight_store *s)
{
	return (size_t)s->end;
}
