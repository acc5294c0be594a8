/*
 * sandbox.h - gives up every power a process does not need once it has loaded
 * everything: for the vision worker, which parses pictures from outside.
 * SPDX-License-Identifier: Apache-2.0
 *
 * After sandbox_enter() the process can compute, use memory, and read and
 * write the descriptors it still has. It cannot open files, make sockets or
 * processes, run programs, or make memory executable. Starting a program,
 * making a socket, tracing and a signal to another process kill it, so that a
 * break-in shows; the rest is refused with EPERM.
 *
 * In a build with AddressSanitizer or ThreadSanitizer the limit on the address
 * space is left out (their shadow memory needs terabytes of it); everything
 * else stays.
 * Threads: call once, from the main thread; the filter covers all threads.
 */
#ifndef SERVER_SANDBOX_H
#define SERVER_SANDBOX_H

#include <stddef.h>

#include "proto/rc.h"

/*
 * Closes every descriptor but 0, 1, 2 and keep_fd, points 0 and 1 at
 * /dev/null, sets limits, no_new_privs and the system call filter.
 * RC_IO with a sentence in err; the caller must then not go on.
 */
enum rc sandbox_enter(int keep_fd, char *err, size_t err_n) MUST_CHECK;

#endif
