/*
 * import_file.c - a file of payments read and judged line by line.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/import_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "client/amount.h"
#include "proto/crypto.h"
#include "proto/money.h"
#include "proto/text.h"

#define IMPORT_PIECE 65536u

enum { COL_DEBIT, COL_PAYEE, COL_AMOUNT, COL_CURRENCY, COL_REFERENCE, COL_DATE, COLS };

static const char *const col_names[COLS] = { "debit", "payee", "amount", "currency", "reference", "date" };

void
import_file_fault(struct import_file *f, uint64_t number, const char *word)
{
	struct import_fault *at;

	if (f->faults == IMPORT_FAULTS)
		return;
	at = &f->fault[f->faults++];
	at->number = number;
	snprintf(at->word, sizeof at->word, "%s", word);
}

/* The first line is wrong: what stands in the fields below is not known. */
static void
head_wrong(struct import_file *f, uint64_t number, const char *word)
{
	import_file_fault(f, number, word);
	f->headless = true;
}

/* The first line names the columns. */
static void
head_read(struct import_file *f, const struct csv_line *l)
{
	bool there[COLS] = { false };
	char word[IMPORT_WORD_BYTES];

	f->columns = l->fields;
	for (int i = 0; i < l->fields; i++) {
		int col = 0;

		while (col < COLS && strcasecmp(l->text[i], col_names[col]) != 0)
			col++;
		if (col == COLS || there[col]) {
			snprintf(word, sizeof word, "The first line must name the columns: debit,payee,amount,currency,reference,date. Column %d does not.", i + 1);
			head_wrong(f, l->number, word);
			return;
		}
		there[col] = true;
		f->column[i] = col;
	}
	for (int col = 0; col < COL_REFERENCE; col++)
		if (!there[col]) {
			snprintf(word, sizeof word, "The column \"%s\" is missing in the first line.", col_names[col]);
			head_wrong(f, l->number, word);
			return;
		}
}

/* Why this is no amount of a file; NULL: it is one. */
static const char *
amount_read(const char *text, const char *currency, int64_t *minor)
{
	int exponent = money_exponent(currency);
	const char *point = strchr(text, '.');

	if (text[0] == '-' || text[0] == '+')
		return "The amount has a sign; write digits and a point alone.";
	if (strspn(text, "0123456789.") != strlen(text) || text[0] == '\0')
		return strpbrk(text, "eE") != NULL ? "The amount has an exponent; write all its digits." :
		    strchr(text, ',') != NULL ? "The amount has a comma; write digits, and a point before the cents." :
		    "This is no amount; write digits, and a point before the cents.";
	if (point != NULL && strchr(point + 1, '.') != NULL)
		return "This is no amount; write digits, and a point before the cents.";
	if (point != NULL && strlen(point + 1) > (size_t)exponent)
		return "The amount has more decimals than its currency.";
	if (strspn(text, "0.") == strlen(text))
		return "The amount must be more than zero.";
	return amount_calc(text, exponent, minor) != RC_OK ? "The amount is larger than any account can hold." : NULL;
}

/* Why this is not the day of a payment; NULL: it is, or none is named. */
static const char *
date_read(const char *text, const char *today)
{
	struct tm day = { 0 };
	const char *end;
	int mday;

	if (text[0] == '\0')
		return NULL;
	end = strptime(text, "%Y-%m-%d", &day);
	mday = day.tm_mday;
	if (end == NULL || *end != '\0' || strlen(text) != IMPORT_DATE_BYTES - 1 || strspn(text, "0123456789-") != IMPORT_DATE_BYTES - 1 ||
	    timegm(&day) == -1 || day.tm_mday != mday)
		return "This is no date; write it as YYYY-MM-DD, or leave it empty.";
	if (strcmp(text, today) > 0)
		return "The date is after today; future dates are refused in this release. Write today's, or leave it empty.";
	if (strcmp(text, today) < 0)
		return "The date is before today; payments are booked today. Write today's, or leave it empty.";
	return NULL;
}

static const char *
payment_read(const struct import_file *f, const struct csv_line *l, cs_BatchLine *to)
{
	const char *text[COLS] = { "", "", "", "", "", "" }, *why;
	char account[ACCOUNT_MAX_BYTES + 1];

	if (l->fields != f->columns)
		return l->fields < f->columns ? "Columns are missing in this line." : "There are more columns than the first line names; a comma may stand in an amount or a text without quotes.";
	for (int i = 0; i < l->fields; i++)
		text[f->column[i]] = l->text[i];
	for (int i = 0; i < COLS; i++)
		if (i != COL_AMOUNT && text[i][0] != '\0' && strchr("=+-@", text[i][0]) != NULL)
			return "A field begins with =, +, - or @ like a formula of a spreadsheet; that is not taken.";
	if (account_number_parse(text[COL_DEBIT], account) != RC_OK)
		return "The debit account is not right; compare it digit by digit.";
	snprintf(to->debit, sizeof to->debit, "%s", account);
	if (account_number_parse(text[COL_PAYEE], account) != RC_OK)
		return "The payee's account is not right; compare it digit by digit.";
	snprintf(to->payee, sizeof to->payee, "%s", account);
	if (money_exponent(text[COL_CURRENCY]) < 0)
		return "This is no currency; write one such as EUR.";
	snprintf(to->currency, sizeof to->currency, "%s", text[COL_CURRENCY]);
	if (strchr("=@", text[COL_AMOUNT][0]) != NULL && text[COL_AMOUNT][0] != '\0')
		return "A field begins with =, +, - or @ like a formula of a spreadsheet; that is not taken.";
	if ((why = amount_read(text[COL_AMOUNT], text[COL_CURRENCY], &to->amount)) != NULL)
		return why;
	if (text[COL_REFERENCE][0] != '\0' && !text_is_line(text[COL_REFERENCE], REFERENCE_MAX_BYTES))
		return "The reference is too long, more than 140 bytes, or blank.";
	snprintf(to->reference, sizeof to->reference, "%s", text[COL_REFERENCE]);
	return date_read(text[COL_DATE], f->today);
}

/* Room for one more; false: out of memory. */
static bool
payment_room(struct import_file *f)
{
	struct import_payment *grown;
	size_t room = f->room == 0 ? 64 : f->room * 2;

	if (f->payments < f->room)
		return true;
	if ((grown = realloc(f->payment, room * sizeof *grown)) == NULL)
		return false;
	f->payment = grown;
	f->room = room;
	return true;
}

static void
import_line(void *ctx, const struct csv_line *l)
{
	struct import_file *f = ctx;
	struct import_payment p = { .number = l->number, .line = cs_BatchLine_init_zero };
	const char *why;

	if (f->no_memory || f->headless || f->faults == IMPORT_FAULTS || f->payments > BATCH_LINES_MAX)
		return;
	if (l->fault != CSV_GOOD) {
		if (f->columns == 0)
			head_wrong(f, l->number, csv_fault_text(l->fault));
		else
			import_file_fault(f, l->number, csv_fault_text(l->fault));
		return;
	}
	if (f->columns == 0) {
		head_read(f, l);
		return;
	}
	if ((why = payment_read(f, l, &p.line)) != NULL) {
		import_file_fault(f, l->number, why);
		return;
	}
	if (f->payments == BATCH_LINES_MAX) {
		import_file_fault(f, l->number, "A batch holds 2,000 payments; please split the file before this line.");
		f->payments++;		/* said once */
		return;
	}
	if (!payment_room(f)) {
		f->no_memory = true;
		return;
	}
	f->payment[f->payments++] = p;
}

enum rc
import_file_open(struct import_file *f, const char *path, int64_t utc_ms)
{
	time_t now = (time_t)(utc_ms / 1000);
	struct stat st;
	struct tm day;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	*f = (struct import_file){ .fd = -1 };
	if (fd < 0)
		return RC_NOT_FOUND;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return RC_INVALID;
	}
	if ((f->fault = calloc(IMPORT_FAULTS, sizeof *f->fault)) == NULL) {
		close(fd);
		return RC_NOMEM;
	}
	f->fd = fd;
	f->size = (uint64_t)st.st_size;
	if (localtime_r(&now, &day) != NULL)
		strftime(f->today, sizeof f->today, "%Y-%m-%d", &day);
	csv_in_open(&f->csv, import_line, f);
	return RC_OK;
}

void
import_file_close(struct import_file *f)
{
	if (f->fault == NULL)
		return;
	if (f->payment != NULL)
		crypto_wipe(f->payment, f->room * sizeof *f->payment);
	free(f->payment);
	free(f->fault);
	if (f->fd >= 0)
		close(f->fd);
	crypto_wipe(f, sizeof *f);
	f->fd = -1;
}

enum rc
import_file_read(struct import_file *f, size_t most)
{
	uint8_t piece[IMPORT_PIECE];
	enum rc r = RC_AGAIN;

	while (r == RC_AGAIN && most > 0) {
		ssize_t n = read(f->fd, piece, most < sizeof piece ? most : sizeof piece);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			r = RC_IO;
			break;
		}
		if (n == 0) {
			csv_in_end(&f->csv);
			if (f->payments == 0 && f->faults == 0 && !f->no_memory)
				import_file_fault(f, 0, "There is no payment in this file.");
			r = RC_OK;
		}
		csv_in_feed(&f->csv, piece, (size_t)n);
		f->done += (uint64_t)n;
		most -= (size_t)n;
		if (f->no_memory)
			r = RC_NOMEM;
		else if (f->faults == IMPORT_FAULTS || f->payments > BATCH_LINES_MAX)
			r = RC_OK;
	}
	crypto_wipe(piece, sizeof piece);
	return r;
}
