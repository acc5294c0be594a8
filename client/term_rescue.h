/*
 * term_rescue.h - the terminal is given back whatever ends the program.
 * SPDX-License-Identifier: Apache-2.0
 *
 * There is one per process, as signal handlers are. Threads: none but the
 * handlers, which only write what was prepared.
 */
#ifndef CLIENT_TERM_RESCUE_H
#define CLIENT_TERM_RESCUE_H

#include <stdbool.h>

/* Remembers the modes of the terminal behind fd, before anybody changes them. */
void rescue_remember(int fd);
/* Bytes that give the screen back, to be written when the program breaks; NULL and (char *)-1 add nothing. */
void rescue_add(const char *capability);
/* Takes the signals. */
void rescue_arm(void);
void rescue_disarm(void);
bool rescue_armed(void);
/* A signal asked the program to end. */
bool rescue_ended(void);

#endif
