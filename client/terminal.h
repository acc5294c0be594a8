/*
 * terminal.h - a console: pages, terminal, link and camera in one event loop.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLIENT_TERMINAL_H
#define CLIENT_TERMINAL_H

#include <stddef.h>

#include "client/console.h"
#include "client/directory.h"

/* Runs until the person leaves or a signal ends it. err: why it could not start, and what to do. */
enum rc terminal_run(const struct console_kind *console, const struct directory *d, char *err, size_t err_n) MUST_CHECK;

#endif
