/*
 * model_file.c - reads MANIFEST and the files it names.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "models/model_file.h"
#include "proto/crypto.h"

#define MANIFEST_LINE "countersign-models 1"

#define WORD_HASH "%64[0-9a-f]"
_Static_assert(DIGEST_BYTES == 32, "WORD_HASH reads 64 digits");
#define WORD_PATH "%200s"
#define WORD_NAME "%31s"
_Static_assert(MODEL_NAME_BYTES == 31 && EMBEDDER_NAME_BYTES == 31, "WORD_NAME reads 31 characters");

/* What of an entry has been seen. */
enum { HAS_CFG = 1, HAS_WEIGHTS = 2, HAS_IN = 4, HAS_OUT = 8, HAS_LAYERS = 16, HAS_PRELU = 32, HAS_ALL = 63 };

static bool
file_line(const char *rest, const char *dir, struct model_file *f)
{
	char path[201], hash[65];
	unsigned long long size;
	int end = 0;

	if (sscanf(rest, WORD_PATH " %llu " WORD_HASH "%n", path, &size, hash, &end) != 3 || rest[end] != '\0' ||
	    size == 0 || size > MODEL_FILE_MAX || strstr(path, "..") != NULL || path[0] == '/' ||
	    hex_get(hash, f->hash, sizeof f->hash) != RC_OK)
		return false;
	f->size = size;
	return snprintf(f->path, sizeof f->path, "%s/%s", dir, path) < (int)sizeof f->path;
}

static bool
shape_line(const char *rest, struct model_shape *s)
{
	int end = 0;

	return sscanf(rest, "%u %u %u%n", &s->c, &s->h, &s->w, &end) == 3 && rest[end] == '\0' &&
	    s->c >= 1 && s->c <= 4096 && s->h >= 1 && s->h <= 4096 && s->w >= 1 && s->w <= 4096;
}

static bool
count_line(const char *rest, uint32_t *n)
{
	int end = 0;

	return sscanf(rest, "%u%n", n, &end) == 1 && rest[end] == '\0' && *n <= 1000;
}

static bool
embedder_line(const char *rest, struct model *m)
{
	int end = 0;

	return sscanf(rest, WORD_NAME " %u%n", m->embedder, &m->embedder_version, &end) == 2 && rest[end] == '\0';
}

/* One line of the wanted entry; words the loader has no use for are passed over. */
static bool
entry_line(char *line, const char *dir, struct model *m, unsigned *has)
{
	char *rest = strchr(line, ' ');
	bool ok = true;

	if (rest == NULL)
		return false;
	*rest++ = '\0';
	if (strcmp(line, "cfg") == 0) {
		ok = file_line(rest, dir, &m->cfg);
		*has |= HAS_CFG;
	} else if (strcmp(line, "weights") == 0) {
		ok = file_line(rest, dir, &m->weights);
		*has |= HAS_WEIGHTS;
	} else if (strcmp(line, "input") == 0) {
		ok = shape_line(rest, &m->in);
		*has |= HAS_IN;
	} else if (strcmp(line, "output") == 0) {
		ok = shape_line(rest, &m->out);
		*has |= HAS_OUT;
	} else if (strcmp(line, "layers") == 0) {
		ok = count_line(rest, &m->layers);
		*has |= HAS_LAYERS;
	} else if (strcmp(line, "prelu") == 0) {
		ok = count_line(rest, &m->prelu);
		*has |= HAS_PRELU;
	} else if (strcmp(line, "gate") == 0) {
		ok = count_line(rest, &m->gate);
	} else if (strcmp(line, "bf16") == 0) {
		m->bf16 = strcmp(rest, "yes") == 0;
		ok = m->bf16 || strcmp(rest, "no") == 0;
	} else if (strcmp(line, "embedder") == 0) {
		ok = embedder_line(rest, m);
	}
	return ok;
}

static enum rc
manifest_search(FILE *f, const char *path, const char *dir, const char *name, struct model *m,
    char *err, size_t err_n)
{
	char line[512];
	unsigned has = 0, number = 0;
	bool head = false, inside = false;

	while (fgets(line, sizeof line, f) != NULL) {
		number++;
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || line[0] == '\0')
			continue;
		if (!head) {
			head = strcmp(line, MANIFEST_LINE) == 0;
			if (!head)
				break;
			continue;
		}
		if (strncmp(line, "network ", 8) == 0) {
			if (inside)
				break;
			inside = strcmp(line + 8, name) == 0;
		} else if (inside && !entry_line(line, dir, m, &has)) {
			(void)snprintf(err, err_n, "%s, line %u: '%s' cannot be read; install the models again",
			    path, number, line);
			return RC_MODEL_BAD;
		}
	}
	if (!head)
		(void)snprintf(err, err_n, "%s is not a list of models of this version; install the models again", path);
	else if (!inside)
		(void)snprintf(err, err_n, "%s does not name the network %s; install the models again", path, name);
	else if ((has & HAS_ALL) != HAS_ALL)
		(void)snprintf(err, err_n, "%s: the entry of %s is not complete; install the models again", path, name);
	else
		return RC_OK;
	return RC_MODEL_BAD;
}

enum rc
model_find(const char *dir, const char *name, struct model *m, char *err, size_t err_n)
{
	struct model got = { 0 };
	char path[MODEL_PATH_MAX + 1];
	FILE *f;
	enum rc r;

	if (snprintf(path, sizeof path, "%s/MANIFEST", dir) >= (int)sizeof path ||
	    snprintf(got.name, sizeof got.name, "%s", name) >= (int)sizeof got.name) {
		(void)snprintf(err, err_n, "the path of the models is too long");
		return RC_MODEL_BAD;
	}
	if ((f = fopen(path, "re")) == NULL) {
		(void)snprintf(err, err_n, "%s: %s; say where the models are", path, strerror(errno));
		return RC_MODEL_BAD;
	}
	r = manifest_search(f, path, dir, name, &got, err, err_n);
	(void)fclose(f);	/* only read */
	if (r == RC_OK)
		*m = got;
	return r;
}

enum rc
model_file_find(const char *dir, const char *word, struct model_file *f, char *err, size_t err_n)
{
	char path[MODEL_PATH_MAX + 1], line[512];
	size_t word_n = strlen(word);
	enum rc r = RC_MODEL_BAD;
	FILE *list;

	if (snprintf(path, sizeof path, "%s/MANIFEST", dir) >= (int)sizeof path) {
		(void)snprintf(err, err_n, "the path of the models is too long");
		return RC_MODEL_BAD;
	}
	if ((list = fopen(path, "re")) == NULL) {
		(void)snprintf(err, err_n, "%s: %s; say where the models are", path, strerror(errno));
		return RC_MODEL_BAD;
	}
	(void)snprintf(err, err_n, "%s does not name a file for %s; install the models again", path, word);
	while (r != RC_OK && fgets(line, sizeof line, list) != NULL && strncmp(line, "network ", 8) != 0) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, word, word_n) == 0 && line[word_n] == ' ' && file_line(line + word_n + 1, dir, f))
			r = RC_OK;
	}
	(void)fclose(list);	/* only read */
	return r;
}

/* Reads exactly f->size bytes and finds the end of the file behind them. */
static bool
read_exactly(int fd, uint8_t *to, size_t size)
{
	size_t have = 0;
	uint8_t more;
	ssize_t n;

	while (have < size) {
		n = read(fd, to + have, size - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		have += (size_t)n;
	}
	do
		n = read(fd, &more, 1);
	while (n < 0 && errno == EINTR);
	return n == 0;
}

enum rc
model_file_read(const struct model_file *f, uint8_t **bytes, char *err, size_t err_n)
{
	uint8_t hash[DIGEST_BYTES], *buf = NULL;
	struct stat st;
	enum rc r = RC_MODEL_BAD;
	int fd;

	if ((fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) < 0 || fstat(fd, &st) != 0) {
		(void)snprintf(err, err_n, "%s: %s; install the models again", f->path, strerror(errno));
		goto out;
	}
	if (!S_ISREG(st.st_mode) || st.st_size < 0 || (uint64_t)st.st_size != f->size) {
		(void)snprintf(err, err_n, "%s is not a file of %llu bytes as MANIFEST says; install the models again",
		    f->path, (unsigned long long)f->size);
		goto out;
	}
	if ((buf = malloc((size_t)f->size)) == NULL) {
		(void)snprintf(err, err_n, "out of memory");
		r = RC_NOMEM;
		goto out;
	}
	if (!read_exactly(fd, buf, (size_t)f->size)) {
		(void)snprintf(err, err_n, "%s cannot be read to its end; install the models again", f->path);
		goto out;
	}
	hash_plain(buf, (size_t)f->size, hash);
	if (memcmp(hash, f->hash, sizeof hash) != 0) {
		(void)snprintf(err, err_n, "%s was changed: its hash is not the one in MANIFEST; install the models again",
		    f->path);
		goto out;
	}
	*bytes = buf;
	buf = NULL;
	r = RC_OK;
out:
	free(buf);
	if (fd >= 0)
		(void)close(fd);
	return r;
}
