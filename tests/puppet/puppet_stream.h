/*
 * puppet_stream.h - JPEG pictures one after another into a fifo, as a camera
 * would: whoever reads late misses pictures, nobody waits.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A reader may come and go; each new one starts with a whole picture. Nothing
 * here blocks. SIGPIPE must be ignored by the program.
 * Threads: a stream belongs to one thread.
 */
#ifndef PUPPET_STREAM_H
#define PUPPET_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/rc.h"

struct puppet_stream;

/* path: a fifo, made (0600) if nothing is there and removed again at close; "-" is standard output.
 * err gets one sentence on failure. */
enum rc puppet_stream_open(struct puppet_stream **out, const char *path, char *err, size_t err_n) MUST_CHECK;
void    puppet_stream_close(struct puppet_stream *s);	/* NULL is fine */

/* Looks for a reader; true if one is there and has taken the former picture. */
bool    puppet_stream_wants(struct puppet_stream *s);
/* Takes a copy of one picture and sends what the reader has room for. RC_CLOSED: standard output is closed for good. */
enum rc puppet_stream_send(struct puppet_stream *s, const uint8_t *jpeg, size_t n) MUST_CHECK;
/* Sends more of a picture not taken yet; same result. */
enum rc puppet_stream_push(struct puppet_stream *s) MUST_CHECK;
/* For poll(): the descriptor to wait for until it can be written to, -1 if nothing waits. */
int     puppet_stream_fd(const struct puppet_stream *s);

#endif
