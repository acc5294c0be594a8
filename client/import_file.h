/*
 * import_file.h - payments from a file of comma-separated values, looked at
 * line by line before one of them goes anywhere.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a file read a piece at a time; its payments, BATCH_LINES_MAX at
 *               most, and what is wrong in which line, IMPORT_FAULTS at most.
 *               Columns: debit, payee, amount, currency, reference, date, named
 *               so by the first line, in any order; reference and date may be
 *               missing. A date is today's, as YYYY-MM-DD, or empty: payments
 *               are booked on the day they are posted.
 *               Amounts have digits and at most one point: nothing is guessed.
 * What it isn't: it does not know which accounts there are; the server says so.
 *
 * Ownership: import_file_close() wipes, frees and closes. Threads: none.
 */
#ifndef CLIENT_IMPORT_FILE_H
#define CLIENT_IMPORT_FILE_H

#include "client/csv_in.h"
#include "proto/msg.h"

#define IMPORT_FAULTS 500u
#define IMPORT_WORD_BYTES 160u
#define IMPORT_DATE_BYTES 11u	/* YYYY-MM-DD */

struct import_payment {
	uint64_t number;	/* its line in the file */
	cs_BatchLine line;	/* place is not set */
};

struct import_fault {
	uint64_t number;
	char word[IMPORT_WORD_BYTES];
};

struct import_file {
	int fd;			/* -1: not open */
	uint64_t size, done;	/* bytes */
	struct csv_in csv;
	int  column[CSV_IN_FIELDS];	/* what stands in each field of a line */
	int  columns;			/* 0: the first line was not read yet */
	bool headless;			/* it is wrong: nothing below it can be judged */
	char today[IMPORT_DATE_BYTES];
	struct import_payment *payment;
	size_t payments, room;
	struct import_fault *fault;	/* IMPORT_FAULTS of them */
	size_t faults;
	bool no_memory;
};

/* Today is the local day of utc_ms. RC_NOT_FOUND: no such file, or none that may be read; RC_INVALID: no plain file; RC_NOMEM. Nothing is open then. */
enum rc import_file_open(struct import_file *f, const char *path, int64_t utc_ms) MUST_CHECK;
void    import_file_close(struct import_file *f);
/* Reads on, at most so many bytes. RC_AGAIN: there is more; RC_OK: that was all, or enough is wrong; RC_IO; RC_NOMEM. */
enum rc import_file_read(struct import_file *f, size_t most) MUST_CHECK;
/* One more thing that is wrong; more than IMPORT_FAULTS are not kept. */
void    import_file_fault(struct import_file *f, uint64_t number, const char *word);

#endif
