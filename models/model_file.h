/*
 * model_file.h - which networks there are and whether their files are the ones
 * the project ships.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Darknet exits, crashes or returns rubbish on a bad file, so no file reaches
 * it before MANIFEST has vouched for its size and BLAKE2b-256 hash. The bytes
 * that were hashed are the bytes that are handed on; the file is read once.
 * Threads: any; no state.
 */
#ifndef MODELS_MODEL_FILE_H
#define MODELS_MODEL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/limits.h"
#include "proto/rc.h"

#define MODEL_NAME_BYTES 31u
#define MODEL_PATH_MAX   255u
#define MODEL_FILE_MAX   (64u * 1024 * 1024)

struct model_shape { uint32_t c, h, w; };

/* Numbers of one tensor of this shape. */
static inline size_t
model_shape_floats(struct model_shape s)
{
	return (size_t)s.c * s.h * s.w;
}

struct model_file {
	char     path[MODEL_PATH_MAX + 1];	/* with the folder in front */
	uint64_t size;
	uint8_t  hash[DIGEST_BYTES];		/* BLAKE2b-256, as b2sum -l 256 prints it */
};

/* One network as MANIFEST describes it. */
struct model {
	char name[MODEL_NAME_BYTES + 1];
	struct model_file cfg, weights;
	struct model_shape in, out;
	uint32_t layers, prelu, gate;
	bool     bf16;			/* accurate enough in bfloat16 */
	char     embedder[EMBEDDER_NAME_BYTES + 1];	/* "" unless it makes templates */
	uint32_t embedder_version;
};

/*
 * The entry of this name in DIR/MANIFEST. RC_MODEL_BAD with one sentence in
 * err that names what was wrong and what to do.
 */
enum rc model_find(const char *dir, const char *name, struct model *m, char *err, size_t err_n) MUST_CHECK;

/*
 * A file that belongs to all networks: the line "WORD PATH BYTES HASH" of
 * DIR/MANIFEST before the first network. Errors as above.
 */
enum rc model_file_find(const char *dir, const char *word, struct model_file *f, char *err, size_t err_n) MUST_CHECK;

/* The checked bytes of a file; the caller frees them with free(). */
enum rc model_file_read(const struct model_file *f, uint8_t **bytes, char *err, size_t err_n) MUST_CHECK;

#endif
