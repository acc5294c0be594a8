/*
 * exceptions.h - what an exception of a person means: for the plan of a
 * capture, for its proof, and in words.
 * SPDX-License-Identifier: Apache-2.0
 *
 * moves are bits of enum exception_move (db/exception_store.h). Setting and
 * ending exceptions is countersign-admin's (admin_exception.c).
 * Threads: none; exceptions_active() with the caller's stores.
 */
#ifndef SERVER_EXCEPTIONS_H
#define SERVER_EXCEPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "db/store.h"
#include "server/capture.h"

#define EXCEPTION_WORDS_BYTES 40u
#define EXCEPTION_ENROL_MS (INT64_C(30) * 60 * 1000)	/* of its confirmation: who signed has just seen the person */

/* What is left out for this person now; 0 without an active exception. RC_STORE. */
enum rc exceptions_active(struct stores *st, uint64_t person, uint32_t *moves) MUST_CHECK;
/*
 * May this person be enrolled by the exception at now_ms? There is no transfer
 * that a third signature could stand under, so the second one itself has to be
 * fresh: RC_DENIED when challenges would be left out that nobody confirmed
 * within EXCEPTION_ENROL_MS. RC_OK without an exception. RC_STORE.
 */
enum rc exceptions_enrolling(struct stores *st, uint64_t person, int64_t now_ms) MUST_CHECK;
/* Leaves the moves out of the plan, and the light. */
void    exceptions_apply(uint32_t moves, struct capture_options *o);
/*
 * Does a face proof without these moves need a member of staff's approval?
 * Not for the light alone: it never decides against anybody.
 */
bool    exceptions_weaken(uint32_t moves);
/* "blink, turn"; "" for none. */
void    exceptions_words(uint32_t moves, char dst[static EXCEPTION_WORDS_BYTES]);
/*
 * From "blink,turn" as typed. RC_INVALID: a word that is none (*bad points at
 * it, *bad_n long), or every challenge (*bad is NULL): somebody has to do something.
 */
enum rc exceptions_parse(const char *text, uint32_t *moves, const char **bad, int *bad_n) MUST_CHECK;

#endif
