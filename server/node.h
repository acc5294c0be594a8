/*
 * node.h - the server assembled: every part opened in order, run, and stopped.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Order of start: keys, database, hubs and listening sockets, notifier, vision
 * pool, sealer, check of the trail, desks, gateway. Stopping goes the other way; the sealer stops
 * last so that the record of the stop is sealed.
 * Threads: main's own.
 */
#ifndef SERVER_NODE_H
#define SERVER_NODE_H

#include "proto/log.h"
#include "server/config.h"
#include "server/worker_launch.h"

struct node;

/*
 * Reads the keys and opens a database connection for every part; nothing is
 * started. err gets a sentence that says what to do. c, l and launcher must outlive it.
 * launcher: who starts the vision workers; NULL: this process itself.
 */
enum rc node_open(const struct config *c, struct log *l, const struct worker_launcher *launcher, struct node **out,
    char *err, size_t err_n) MUST_CHECK;
/* Starts every part; on failure what was started is stopped by node_close(). */
enum rc node_start(struct node *n, char *err, size_t err_n) MUST_CHECK;
/* Stops what runs, records the stop, wipes the keys. NULL is fine. */
void    node_close(struct node *n);

#endif
