/*
 * log.h - lines for the operator, on stderr or into one file.
 * SPDX-License-Identifier: Apache-2.0
 *
 * "2026-01-31T23:59:59.123Z warn gateway: text". Log where a thing is decided,
 * once. Secrets (passwords, codes, keys, templates, frames, tokens) are never
 * arguments; bytes from outside are logged by size and kind only. Control
 * characters in arguments are replaced, so a line stays a line.
 * Threads: any; a line is written with one write().
 */
#ifndef PROTO_LOG_H
#define PROTO_LOG_H

#include "proto/rc.h"

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

struct log;	/* where lines go; opaque */

/* path NULL: stderr. The file is appended to, 0600. NULL with errno set on failure. */
struct log *log_open(const char *path, enum log_level least);
void        log_close(struct log *l);	/* NULL is fine */
/* l NULL: the line is dropped. part: "gateway", "desk 3", ... */
void        log_line(struct log *l, enum log_level level, const char *part, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
