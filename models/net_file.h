/*
 * net_file.h - what it takes to hand checked bytes to a library that reads
 * files by name and talks on stderr.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Threads: net_file_quiet() and net_file_loud() change the whole process's
 * stderr; load networks from one thread.
 */
#ifndef MODELS_NET_FILE_H
#define MODELS_NET_FILE_H

#include <stddef.h>
#include <stdint.h>

/* Nobody can change this memory file any more; no writable mapping may be left. -1 with errno on failure. */
int  net_file_seal(int fd);
/* Bytes as a sealed memory file; the caller closes it. -1 with errno on failure. */
int  net_file_memory(const char *name, const uint8_t *bytes, size_t n);

/* Turns stderr off; returns what net_file_loud() needs to turn it on again. */
int  net_file_quiet(void);
void net_file_loud(int kept);

/* A copy of a cfg with another input size; the caller frees it. NULL if out of memory. */
uint8_t *net_file_resized(const uint8_t *cfg, size_t n, uint32_t side, size_t *out_n);

#endif
