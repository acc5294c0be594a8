/*
 * money.h - amounts, currencies and account numbers as texts.
 * SPDX-License-Identifier: Apache-2.0
 *
 * An amount is int64 minor units plus an ISO 4217 code; never floating point.
 * Threads: none; pure functions.
 */
#ifndef PROTO_MONEY_H
#define PROTO_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/limits.h"
#include "proto/rc.h"

#define MONEY_TEXT_BYTES 40u
#define MONEY_MAX 9000000000000000LL	/* one posting, minor units: far from overflow */

/* Digits after the point of this currency, -1 if the currency is not supported. */
int     money_exponent(const char *currency);
/* The code of the currency i, from 0 in the order of codes, and its name in English; NULL: there are no more. */
const char *money_currency(size_t i, const char **name);
/*
 * "1234.50", "1,234.50", "1 234.50" to minor units. RC_INVALID: not an amount,
 * more decimals than the currency has, zero, negative, or above MONEY_MAX.
 */
enum rc money_parse(const char *text, const char *currency, int64_t *minor) MUST_CHECK;
/* "1,234.50 EUR"; negative amounts with a leading '-'. */
void    money_format(int64_t minor, const char *currency, char dst[static MONEY_TEXT_BYTES]);
/* The same without the currency: "1,234.50". */
void    money_format_plain(int64_t minor, const char *currency, char dst[static MONEY_TEXT_BYTES]);

/* ---- account numbers: IBAN scheme (ISO 13616), check digits by mod 97 (ISO 7064) ----
 * Ours: "XC" (a user-assigned country code) + 2 check digits + 4 branch digits + 10 serial digits. */
void    account_number_make(uint32_t branch, uint64_t serial, char dst[static ACCOUNT_MAX_BYTES + 1]);
/* Upper-cases, drops blanks, checks length, characters and check digits: RC_INVALID. */
enum rc account_number_parse(const char *text, char dst[static ACCOUNT_MAX_BYTES + 1]) MUST_CHECK;
/* In groups of four for the screen. */
void    account_number_format(const char *number, char *dst, size_t n);

#endif
