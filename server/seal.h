/*
 * seal.h - the sealer: signs the heads of all audit lanes every few seconds,
 * also when nothing happened, into a file outside the database.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One thread with its own database bundle; the file's format and its lock are
 * db/seal_file.h's. Threads: seal_start() and seal_stop() belong to main.
 */
#ifndef SERVER_SEAL_H
#define SERVER_SEAL_H

#include "server/desk.h"

struct seal_keeper;

/* Whether the sealer's key can be read; err says what is wrong with it. Starts nothing. */
enum rc seal_check(const struct office *o, char *err, size_t err_n) MUST_CHECK;
/* The public half of that key. */
enum rc seal_public(const struct office *o, uint8_t pub[static SIGN_PUBLIC_BYTES], char *err, size_t err_n) MUST_CHECK;
/* Opens the file and starts. Takes st on success. */
enum rc seal_start(const struct office *o, struct stores *st, struct seal_keeper **out, char *err, size_t err_n) MUST_CHECK;
/* Seals once more, joins and frees: call after every other part has stopped. NULL is fine. */
void    seal_stop(struct seal_keeper *k);

#endif
