/*
 * worker_pack.h - the weights that all vision workers of a host share.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a launcher runs `countersign-vision --pack` once, as the user
 *               of the workers and before there is any picture. That process
 *               loads the networks, writes their weights as the processor
 *               likes them into a memory file, and seals it. Each worker gets
 *               the file and maps it, so a second one takes little memory.
 * What it isn't: it knows no network; nobody can change a sealed file, so no
 *               worker can reach another one through it.
 *
 * Without the file each worker packs its own.
 * Threads: any; no state.
 */
#ifndef SERVER_WORKER_PACK_H
#define SERVER_WORKER_PACK_H

#include <stddef.h>
#include <sys/types.h>

#include "proto/rc.h"

#define WORKER_PACK_MS 10000	/* then the packing process is given up; below WORKER_HELLO_MS */

/* An empty memory file, closed on exec, its descriptor at least `least`; -1 and errno. */
int     worker_pack_file(int least);
/* Waits for the packing process and reaps it. RC_OK: the file is sealed; else one sentence in err. */
enum rc worker_pack_wait(pid_t pid, int file, char *err, size_t err_n) MUST_CHECK;

#endif
